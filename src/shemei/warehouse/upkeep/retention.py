"""How long events are kept, kind by kind; nothing is said, everything is kept for ever."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from shemei.warehouse.log import table as events
from shemei.warehouse.log.lists import change_list, read_list
from shemei.warehouse.reading.dialects import DuckDB
from shemei.warehouse.upkeep.erasure import kept_rows, reader
from shemei.warehouse.vocabulary import SCHEMA, Kind, date_of, int_day

if TYPE_CHECKING:
    from collections.abc import Iterable

    from shemei.warehouse.home import Home

NAME = "retention.json"


@dataclass(frozen=True, slots=True)
class Keep:
    """How many days the events of one kind of one workspace are kept.

    Attributes
    ----------
    workspace : str
        Whose events.
    kind : str
        A kind of the vocabulary.
    days : int
        Events of the last so many days stay, today among them; 1 or more.
    """

    workspace: str
    kind: str
    days: int

    def __post_init__(self) -> None:
        if self.kind not in set(Kind):
            raise ValueError(f"kind {self.kind!r} is not in the vocabulary")
        if self.days < 1:
            raise ValueError(f"events are kept for 1 day or more, got {self.days}")

    def first(self, today: int) -> int:
        """Return the oldest day that stays.

        Examples
        --------
        >>> Keep("w", "view", 2).first(20261101)
        20261031
        """
        return int_day(date_of(today) - timedelta(days=self.days - 1))


def keep(home: Home, workspace: str, days: dict[str, int]) -> None:
    """Say how long one workspace keeps its events; kinds that are not named are kept for ever.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from shemei.warehouse.home import Home
    >>> home = Home(Path(tempfile.mkdtemp())).ensure()
    >>> keep(home, "w", {"view": 400})
    >>> rules(home)
    (Keep(workspace='w', kind='view', days=400),)
    >>> keep(home, "w", {})
    >>> rules(home)
    ()
    """
    fresh = [asdict(Keep(workspace, kind, count)) for kind, count in days.items()]

    def changed(told: dict[str, Any]) -> dict[str, Any]:
        others = [rule for rule in told.get("keep", []) if rule["workspace"] != workspace]
        return {"keep": [*others, *fresh]}

    change_list(home.lake / NAME, changed)


def rules(home: Home) -> tuple[Keep, ...]:
    """Return what is kept for a while only."""
    return tuple(Keep(**one) for one in read_list(home.lake / NAME).get("keep", []))


@dataclass(frozen=True, slots=True)
class Stock:
    """What a workspace holds of one kind: how many events, since which day, how many a rule would take."""

    kind: str
    events: int
    since: int
    over: int = 0


def stock(home: Home, workspace: str, today: int, days: dict[str, int]) -> list[Stock]:
    """Return what a workspace holds, kind by kind, and what tonight would delete under ``days``."""
    files = [item.path for item in events.live_files(events.open_table(home))]
    if not files:
        return []
    literal = DuckDB().literal
    over = " OR ".join(
        f"(kind = {literal(kind)} AND day < {Keep(workspace, kind, count).first(today)})"
        for kind, count in days.items()
    )
    sql = (
        f"SELECT kind, COUNT(*), MIN(day), COUNT(*) FILTER (WHERE {over or '1 = 0'})"
        f" FROM {DuckDB().events(files, SCHEMA)} AS e WHERE workspace = {literal(workspace)}"
        " GROUP BY kind ORDER BY kind"
    )
    with reader() as connection:
        return [Stock(*row) for row in connection.execute(sql).fetchall()]


def expire(home: Home, today: int) -> int:
    """Rewrite the days that hold events past their time; returns how many events went.

    The caller holds the locks of settling and loading.
    """
    known = rules(home)
    if not known:
        return 0
    log = events.open_table(home)
    files: dict[int, list[str]] = defaultdict(list)
    for item in events.live_files(log):
        files[item.day].append(item.path)
    gone = 0
    with reader() as connection:
        for day, paths in sorted(files.items()):
            past = _past(known, day, today)
            if not past:
                continue
            source = DuckDB().events(paths, SCHEMA)
            sql = f"SELECT COUNT(*) FROM {source} AS e WHERE {' OR '.join(past)}"
            count = int(connection.execute(sql).fetchall()[0][0])
            if count:
                events.replace_day(log, day, kept_rows(connection, paths, past))
                gone += count
    return gone


def _past(known: Iterable[Keep], day: int, today: int) -> tuple[str, ...]:
    literal = DuckDB().literal
    return tuple(
        f"(workspace = {literal(rule.workspace)} AND kind = {literal(rule.kind)})"
        for rule in known
        if day < rule.first(today)
    )
