"""How long events are kept, kind by kind; nothing is said, everything is kept for ever."""

from __future__ import annotations

import os
from collections import defaultdict
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import orjson

from shemei.warehouse import table as events
from shemei.warehouse.dialects import DuckDB
from shemei.warehouse.erasure import kept_rows, reader
from shemei.warehouse.segments import sync_folder, write_file
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
    fresh = [Keep(workspace, kind, count) for kind, count in days.items()]
    with events.locked(home.lake / "retention.lock"):
        others = [rule for rule in rules(home) if rule.workspace != workspace]
        draft = home.lake / f"{NAME}.tmp"
        write_file(draft, orjson.dumps({"keep": [asdict(rule) for rule in [*others, *fresh]]}))
        os.replace(draft, home.lake / NAME)
        sync_folder(home.lake)


def rules(home: Home) -> tuple[Keep, ...]:
    """Return what is kept for a while only."""
    try:
        told = orjson.loads((home.lake / NAME).read_bytes())
    except FileNotFoundError:
        return ()
    return tuple(Keep(**one) for one in told["keep"])


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
