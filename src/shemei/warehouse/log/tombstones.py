"""What no longer counts: undone batches and erased persons. Everybody who reads the log leaves them out."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from shemei.warehouse.log.lists import change_list, read_list

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from shemei.warehouse.home import Home
    from shemei.warehouse.reading.dialects import Dialect

NAME = "tombstones.json"


@dataclass(frozen=True, slots=True)
class Tombstone:
    """One batch whose events no longer count.

    Attributes
    ----------
    batch : str
        The import's key, as in the events' ``batch``.
    workspace : str
        Whose it was.
    first, last : int
        The days its events lie on (yyyymmdd, both included): what has to be computed again.
    at : int
        UTC microseconds of the undo.
    rewritten : int
        UTC microseconds of the moment its rows left the log's files; 0 before.
    """

    batch: str
    workspace: str
    first: int
    last: int
    at: int = 0
    rewritten: int = 0
    sign: ClassVar[str] = "-"

    @property
    def key(self) -> str:
        """What tells this tombstone from every other."""
        return self.batch

    def covers(self, day: int) -> bool:
        """Return whether a day's figures must do without it."""
        return self.first <= day <= self.last

    def condition(self, dialect: Dialect) -> str:
        """Return the SQL condition of the events that do not count, "" where there are none."""
        return f"batch = {dialect.literal(self.batch)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """One person who was erased: all identities, up to one moment.

    Attributes
    ----------
    key : str
        Unguessable; stays when the identities are forgotten.
    workspace : str
        Whose person it was; the brand next door keeps its own events.
    until : int
        UTC microseconds: what the person did up to then does not count.
    days : tuple of int
        The days the person was seen on: what has to be computed and rewritten.
    person : int
        The person's key; 0 when forgotten.
    visitors : tuple of int
        ``visitor_key`` of every browser.
    customers, phones, orders : tuple of str
        As in the columns of the log.
    clicks : tuple of str
        Ids of clicks; only events that carry nothing else of anybody are taken by them.
    rows : int
        How many events it was about.
    at, rewritten : int
        UTC microseconds of the erasure, and of the moment the rows left the log's files (0 before).
    """

    key: str
    workspace: str
    until: int
    days: tuple[int, ...] = ()
    person: int = 0
    visitors: tuple[int, ...] = ()
    customers: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    orders: tuple[str, ...] = ()
    clicks: tuple[str, ...] = ()
    rows: int = 0
    at: int = 0
    rewritten: int = 0
    sign: ClassVar[str] = "-"

    @property
    def is_forgotten(self) -> bool:
        """Whether the identities are gone from the tombstone too."""
        return not (self.visitors or self.customers or self.phones or self.orders)

    def forgotten(self) -> Erased:
        """Return the record that stays: when and how much, no longer who."""
        return replace(self, person=0, visitors=(), customers=(), phones=(), orders=(), clicks=())

    def covers(self, day: int) -> bool:
        """Return whether a day's figures must do without it."""
        return day in self.days

    def named(self) -> dict[str, Sequence[str | int]]:
        """Return the columns of the log that name the person, with their values."""
        columns: dict[str, Sequence[str | int]] = {
            "visitor_key": self.visitors,
            "customer": self.customers,
            "phone": self.phones,
            "order_id": self.orders,
        }
        return {name: values for name, values in columns.items() if values}

    def condition(self, dialect: Dialect) -> str:
        """Return the SQL condition of the events that do not count, "" where there are none."""
        tests = [_within(dialect, name, values) for name, values in self.named().items()]
        if not tests:
            return ""
        if self.clicks:
            bare = "visitor_key = 0 AND customer = '' AND phone = '' AND order_id = ''"
            tests.append(f"({bare} AND {_within(dialect, 'click_id', self.clicks)})")
        return (
            f"(workspace = {dialect.literal(self.workspace)}"
            f" AND {dialect.micros('ts')} <= {self.until} AND ({' OR '.join(tests)}))"
        )

    def takes(self, event: Mapping[str, Any]) -> bool:
        """Return whether one decoded event is the person's; the same rule as :meth:`condition`."""
        if event.get("workspace") != self.workspace or _number(event.get("ts")) > self.until:
            return False
        named = self.named().items()
        if any(event.get(column) in values for column, values in named):
            return True
        others = ("visitor_key", "customer", "phone", "order_id")
        return event.get("click_id") in self.clicks and not any(event.get(name) for name in others)


Gone = Tombstone | Erased


class Judgement(Protocol):
    """What changes how events of some days count, without changing the log's files."""

    sign: ClassVar[str]

    @property
    def key(self) -> str:
        """What tells it from every other."""

    def covers(self, day: int) -> bool:
        """Return whether a day's figures depend on it."""

    def condition(self, dialect: Dialect) -> str:
        """Return the SQL condition of the events it is about."""


def _within(dialect: Dialect, column: str, values: Iterable[str | int]) -> str:
    return f"{column} IN ({', '.join(dialect.literal(value) for value in values)})"


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0


def exclude(home: Home, tombstone: Gone) -> bool:
    """Leave a batch or a person out of every answer from now on.

    Rows of the log are left out at once, what is computed from it at the next settle.

    Parameters
    ----------
    home : Home
        The installation.
    tombstone : Tombstone or Erased
        What to leave out; an ``at`` of 0 becomes this moment.

    Returns
    -------
    bool
        False where it was left out already.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from shemei.warehouse.home import Home
    >>> home = Home(Path(tempfile.mkdtemp())).ensure()
    >>> exclude(home, Tombstone("b1", "w", 20261101, 20261103))
    True
    >>> [one.key for one in excluded(home)]
    ['b1']
    >>> exclude(home, Tombstone("b1", "w", 20261101, 20261103))
    False
    """
    fresh = replace(tombstone, at=tombstone.at or time.time_ns() // 1000)

    def add(known: list[Gone]) -> list[Gone]:
        return known if any(one.key == fresh.key for one in known) else [*known, fresh]

    return change(home, add)


def change(home: Home, how: Callable[[list[Gone]], list[Gone]]) -> bool:
    """Change the list of tombstones, all at once; returns whether anything changed."""

    def changed(told: dict[str, Any]) -> dict[str, Any]:
        known = list(_decoded(told))
        after = how(known)
        return told if after == known else _encoded(after)

    return change_list(home.lake / NAME, changed)


def _encoded(known: Sequence[Gone]) -> dict[str, Any]:
    return {
        "batches": [_plain(one) for one in known if isinstance(one, Tombstone)],
        "persons": [_plain(one) for one in known if isinstance(one, Erased)],
    }


def _plain(one: Gone) -> dict[str, Any]:
    """A tombstone as JSON gives it back: tuples are lists."""
    return {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in asdict(one).items()
    }


def excluded(home: Home) -> tuple[Gone, ...]:
    """Return all tombstones of a home: batches, then persons, oldest first."""
    return read(home.lake / NAME)


def read(path: Path) -> tuple[Gone, ...]:
    """Return the tombstones of one file; none where there is no file."""
    return _decoded(read_list(path))


def _decoded(told: Mapping[str, Any]) -> tuple[Gone, ...]:
    batches: Iterable[Gone] = (Tombstone(**one) for one in told.get("batches", ()))
    return (*batches, *(_erased(one) for one in told.get("persons", ())))


def _erased(told: dict[str, Any]) -> Erased:
    lists = {name: tuple(value) for name, value in told.items() if isinstance(value, list)}
    return Erased(**told | lists)


def conditions(gone: Iterable[Judgement], dialect: Dialect) -> tuple[str, ...]:
    """Return the SQL conditions of the events some judgements are about.

    Examples
    --------
    >>> from shemei.warehouse.reading.dialects import DuckDB
    >>> conditions([Tombstone("b1", "w", 20261101, 20261103)], DuckDB())
    ("batch = 'b1'",)
    """
    return tuple(filter(None, (one.condition(dialect) for one in gone)))


def marks(judgements: Iterable[Judgement], day: int) -> list[str]:
    """Return what a day's figures must do without, or count again.

    Examples
    --------
    >>> marks([Tombstone("b1", "w", 20261101, 20261103)], 20261102)
    ['-b1']
    """
    return [f"{one.sign}{one.key}" for one in judgements if one.covers(day)]
