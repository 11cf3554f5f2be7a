"""Suspect clicks a person has put back: they count again, in every answer, and may be left out again.

The log keeps the reason the front door gave. The list of what is put back lies beside it, one small
file written whole; the rooms keep who did it and why.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, ClassVar

from shemei.warehouse.log.lists import change_list, read_list
from shemei.warehouse.vocabulary import day_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from shemei.warehouse.home import Home
    from shemei.warehouse.reading.dialects import Dialect

NAME = "put_back.json"
KINDS = ("click",)
"""What may be put back: what the page of suspect clicks shows."""


@dataclass(frozen=True, slots=True)
class PutBack:
    """One group of suspect clicks that count again.

    Attributes
    ----------
    key : str
        Unguessable, of the row that says who did it and why.
    workspace : str
        Whose clicks.
    reason : str
        The reason they were left out for.
    first, until : int
        UTC microseconds, both included: what comes later is judged by the front door alone.
    link : str
        Only clicks of this link; "" for all.
    """

    key: str
    workspace: str
    reason: str
    first: int
    until: int
    link: str = ""
    sign: ClassVar[str] = "+"

    def covers(self, day: int) -> bool:
        """Return whether a day's figures have to count it."""
        return day_of(self.first) <= day <= day_of(self.until)

    def condition(self, dialect: Dialect) -> str:
        """Return the SQL condition of the events that count again."""
        literal = dialect.literal
        kinds = ", ".join(literal(kind) for kind in KINDS)
        link = f" AND link = {literal(self.link)}" if self.link else ""
        return (
            f"(workspace = {literal(self.workspace)} AND suspect = {literal(self.reason)}"
            f" AND kind IN ({kinds}){link}"
            f" AND {dialect.micros('ts')} BETWEEN {self.first} AND {self.until})"
        )


def publish(home: Home, rows: Iterable[PutBack]) -> bool:
    """Make ``rows`` all that is put back; returns whether that changed anything.

    Rows of the log count at once, what is computed from it at the next settle.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from shemei.warehouse.home import Home
    >>> home = Home(Path(tempfile.mkdtemp())).ensure()
    >>> row = PutBack("k1", "w", "crawler", 1, 2)
    >>> publish(home, [row]), publish(home, [row]), put_back(home) == (row,)
    (True, False, True)
    """
    plain = [asdict(row) for row in rows]
    return change_list(home.lake / NAME, lambda _: {"put_back": plain} if plain else {})


def put_back(home: Home) -> tuple[PutBack, ...]:
    """Return all that is put back; nothing where there is no file."""
    return tuple(PutBack(**row) for row in read_list(home.lake / NAME).get("put_back", []))


def counted_again(events: str, names: Sequence[str], conditions: Sequence[str]) -> str:
    """Return the log as a table in which events that meet a condition carry no reason.

    Examples
    --------
    >>> counted_again("log", ["kind", "suspect"], ["link = 'a'"])
    "(SELECT kind, CASE WHEN link = 'a' THEN '' ELSE suspect END AS suspect FROM log AS raw)"
    """
    if not conditions:
        return events
    judged = f"CASE WHEN {' OR '.join(conditions)} THEN '' ELSE suspect END AS suspect"
    columns = ", ".join(judged if name == "suspect" else name for name in names)
    return f"(SELECT {columns} FROM {events} AS raw)"
