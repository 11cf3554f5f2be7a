"""One DuckDB for the readers of a process, a cursor for each thread, and answers remembered."""

from __future__ import annotations

import os
import threading
import time
from collections import OrderedDict
from typing import TYPE_CHECKING, TypeVar

import duckdb

from shemei.warehouse.asking import View
from shemei.warehouse.dialects import DuckDB
from shemei.warehouse.shelf import Shelf
from shemei.warehouse.table import LiveList
from shemei.warehouse.tombstones import excluded

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable
    from pathlib import Path

    import pyarrow as pa

    from shemei.warehouse.home import Home
    from shemei.warehouse.table import LiveFile

T = TypeVar("T")

READER_MEMORY = "1GB"
ATTEMPTS = 3
MOST_REMEMBERED = 256
MOST_ROWS = 20_000


class Engine:
    """Reads one home for all threads of a process.

    Parameters
    ----------
    home : Home
        The installation.
    """

    def __init__(self, home: Home) -> None:
        self._home = home
        self.shelf = Shelf(home)
        self._live = LiveList(home)
        self._listed: object = None
        self._root = str(home.lake)
        self._local = threading.local()
        self._lock = threading.Lock()
        self._answers: OrderedDict[tuple[int, Hashable], object] = OrderedDict()
        self._database = duckdb.connect(
            config={"threads": max(2, os.cpu_count() or 1), "memory_limit": READER_MEMORY}
        )
        self._database.execute("SET TimeZone = 'UTC'")
        self._database.execute("SET enable_object_cache = true")

    def view(self) -> View:
        """Return the state of this moment."""
        without = tuple(one.batch for one in excluded(self._home))
        return View(self._root, self.shelf.current(), DuckDB(), without)

    def read(self, build: Callable[[View], str]) -> pa.Table:
        """Run the query that ``build`` makes of the current state.

        A file that a settle or a compaction has just replaced may vanish between looking and
        reading: then the query is made anew, at most three times.
        """
        for attempt in range(ATTEMPTS):
            try:
                return self._cursor().sql(build(self.view())).to_arrow_table()
            except duckdb.IOException:
                if attempt == ATTEMPTS - 1:
                    raise
                time.sleep(0.02 * (attempt + 1))
                self._live.between(0, 0, now=True)
        raise AssertionError("unreachable")

    def files(self, first: int, last: int) -> list[LiveFile]:
        """Return the log's files of these days, never older than what was computed from them."""
        manifest = self.shelf.current()
        found = self._live.between(first, last, now=manifest is not self._listed)
        self._listed = manifest
        return found

    def remembered(self, key: Hashable, make: Callable[[], T], keep: Callable[[T], bool]) -> T:
        """Return what was made for ``key`` since the last change of the lake, or make it."""
        stamp = (self.shelf.current().as_of, key)
        with self._lock:
            if stamp in self._answers:
                self._answers.move_to_end(stamp)
                return self._answers[stamp]  # type: ignore[return-value]
        made = make()
        if keep(made):
            with self._lock:
                self._answers[stamp] = made
                while len(self._answers) > MOST_REMEMBERED:
                    self._answers.popitem(last=False)
        return made

    def _cursor(self) -> duckdb.DuckDBPyConnection:
        cursor: duckdb.DuckDBPyConnection | None = getattr(self._local, "cursor", None)
        if cursor is None:
            with self._lock:
                cursor = self._database.cursor()
            cursor.execute("SET TimeZone = 'UTC'")
            self._local.cursor = cursor
        return cursor


_engines: dict[tuple[int, Path], Engine] = {}
_engines_lock = threading.Lock()


def engine_of(home: Home) -> Engine:
    """Return the engine of a home in this process, made at the first call."""
    key = (os.getpid(), home.path)
    with _engines_lock:
        if key not in _engines:
            _engines[key] = Engine(home)
        return _engines[key]
