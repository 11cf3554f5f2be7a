"""One reader of a home for all threads of a process, and its answers remembered."""

from __future__ import annotations

import os
import threading
import time
from collections import OrderedDict
from typing import TYPE_CHECKING, TypeVar

from shemei.warehouse.answers.asking import View
from shemei.warehouse.computed.shelf import Shelf
from shemei.warehouse.log.putback import put_back
from shemei.warehouse.log.table import LiveList
from shemei.warehouse.log.tombstones import conditions, excluded
from shemei.warehouse.reading.readers import READERS

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable
    from pathlib import Path

    import pyarrow as pa

    from shemei.warehouse.home import Home
    from shemei.warehouse.log.table import LiveFile
    from shemei.warehouse.reading.readers import Reader

T = TypeVar("T")

ATTEMPTS = 3
MOST_REMEMBERED = 256
MOST_ROWS = 20_000


class Engine:
    """Reads one home for all threads of a process.

    Parameters
    ----------
    home : Home
        The installation.
    reader : Reader
        What runs the queries.
    """

    def __init__(self, home: Home, reader: Reader) -> None:
        self._home = home
        self._reader = reader
        self.shelf = Shelf(home)
        self._live = LiveList(home)
        self._listed: object = None
        self._root = str(home.lake)
        self._lock = threading.Lock()
        self._answers: OrderedDict[tuple[int, Hashable], object] = OrderedDict()

    def view(self) -> View:
        """Return the state of this moment."""
        dialect = self._reader.dialect
        without = conditions(excluded(self._home), dialect)
        counted = conditions(put_back(self._home), dialect)
        return View(self._root, self.shelf.current(), dialect, without, counted)

    def read(self, build: Callable[[View], str]) -> pa.Table:
        """Run the query that ``build`` makes of the current state.

        A file that a settle or a compaction has just replaced may vanish between looking and
        reading: then the query is made anew, at most three times.
        """
        for attempt in range(ATTEMPTS):
            try:
                return self._reader.run(build(self.view()))
            except Exception as error:
                if attempt == ATTEMPTS - 1 or not self._reader.lost_file(error):
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


_engines: dict[tuple[int, Path, str], Engine] = {}
_engines_lock = threading.Lock()


def engine_of(home: Home, name: str = "duckdb") -> Engine:
    """Return the engine of a home in this process, made at the first call; see ``READERS``."""
    key = (os.getpid(), home.path, name)
    with _engines_lock:
        if key not in _engines:
            _engines[key] = Engine(home, READERS[name]())
        return _engines[key]
