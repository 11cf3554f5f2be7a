"""Files computed from the log, and the manifest that says which of them are current."""

from __future__ import annotations

import secrets
import threading
import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import orjson

from shemei.warehouse.log.segments import replace_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from shemei.warehouse.home import Home

LAYOUT = 8
"""Raised when a computed file gets another shape: everything is then computed again."""

KEEP_SECONDS = 120.0
MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True)
class Manifest:
    """One consistent state of everything computed.

    Attributes
    ----------
    files : Mapping[str, str]
        ``<table>/<part>`` → file name below the lake; parts are months or ``all``.
    days : Mapping[str, str]
        Day → signature of the log's files that cells and orders were computed from.
    walked : Mapping[str, str]
        The same for persons and paths, which may lag behind for a moment.
    walked_at, walk_seconds : float
        When persons and paths were last computed (seconds since 1970), and how long it took.
    confirmed_only : sequence of str
        Workspaces whose orders and paths leave out orders that only the tag told.
    as_of : int
        UTC microseconds of the moment it was computed.
    """

    files: Mapping[str, str] = field(default_factory=dict)
    days: Mapping[str, str] = field(default_factory=dict)
    walked: Mapping[str, str] = field(default_factory=dict)
    walked_at: float = 0.0
    walk_seconds: float = 0.0
    confirmed_only: Sequence[str] = ()
    as_of: int = 0
    layout: int = LAYOUT

    def parts(self, table: str) -> dict[str, str]:
        """Return part → file name of one table.

        Examples
        --------
        >>> Manifest(files={"cells/202611": "cells/202611-a.parquet"}).parts("cells")
        {'202611': 'cells/202611-a.parquet'}
        """
        start = f"{table}/"
        return {
            key.removeprefix(start): name
            for key, name in self.files.items()
            if key.startswith(start)
        }

    def months(self, table: str, first: int, last: int) -> list[str]:
        """Return the files of ``table`` that may hold days from ``first`` to ``last``."""
        parts = sorted(self.parts(table).items())
        return [
            name
            for part, name in parts
            if not part.isdigit() or first // 100 <= int(part) <= last // 100
        ]


class Shelf:
    """The current manifest of a home, re-read when it changes; safe between threads.

    Parameters
    ----------
    home : Home
        The installation.
    """

    def __init__(self, home: Home) -> None:
        self.root: Path = home.lake
        self._lock = threading.Lock()
        self._seen: tuple[int, int] = (0, 0)
        self._manifest = Manifest()
        self._outdated = False

    def current(self) -> Manifest:
        """Return the current manifest, an empty one before anything was computed."""
        try:
            found = (self.root / MANIFEST).stat()
        except FileNotFoundError:
            return Manifest()
        with self._lock:
            if (found.st_ino, found.st_mtime_ns) != self._seen:
                written = Manifest(**orjson.loads((self.root / MANIFEST).read_bytes()))
                self._outdated = written.layout != LAYOUT
                self._manifest = Manifest(as_of=written.as_of) if self._outdated else written
                self._seen = (found.st_ino, found.st_mtime_ns)
            return self._manifest

    def is_outdated(self) -> bool:
        """Return whether another version computed what is here: nothing of it is read until all is computed again."""
        self.current()
        return self._outdated

    def path(self, name: str) -> str:
        """Return the full path of a file that a manifest names."""
        return str(self.root / name)

    def new_name(self, table: str, part: str) -> str:
        """Return a fresh file name; files are never written over, for somebody may be reading."""
        (self.root / table).mkdir(parents=True, exist_ok=True)
        return f"{table}/{part}-{secrets.token_hex(6)}.parquet"

    def publish(self, manifest: Manifest, *, as_of: int = 0) -> None:
        """Make ``manifest`` the current one, all at once, stamped with this moment."""
        stamped = replace(manifest, as_of=as_of or time.time_ns() // 1000, layout=LAYOUT)
        replace_file(self.root / MANIFEST, orjson.dumps(stamped))

    def sweep(self, tables: Iterable[str], *, older_than: float = KEEP_SECONDS) -> int:
        """Delete files that the manifest no longer names, once no reader can hold them."""
        named = set(self.current().files.values())
        limit = time.time() - older_than
        gone = 0
        for table in tables:
            for path in (self.root / table).glob("*.parquet"):
                if f"{table}/{path.name}" not in named and path.stat().st_mtime < limit:
                    path.unlink(missing_ok=True)
                    gone += 1
        return gone
