"""Puts the events of a brand into a home and settles it; what was done already is not done again."""

from __future__ import annotations

import os
import shutil
import time
from typing import TYPE_CHECKING

import orjson
import pyarrow as pa
from generate import DAYS, FIRST, Brand, timedelta
from measure import Took, took

from shemei.warehouse.computed import settling
from shemei.warehouse.computed.shelf import Shelf
from shemei.warehouse.home import Home
from shemei.warehouse.log.groups import commit_line
from shemei.warehouse.log.loader import append_events, load
from shemei.warehouse.log.segments import write_file
from shemei.warehouse.upkeep import maintenance
from shemei.warehouse.vocabulary import spoken

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

STREAM = "bench-history"
SEGMENT = 100_000
"""Events of one segment: about what a busy minute brings."""
GROUP = 256
"""Events of one group: what an edge under load makes durable at once."""


def home_of(folder: Path, events: int) -> Home:
    """Return the home for a log of this size."""
    return Home(folder / f"{events // 1_000_000}m").ensure()


def fill(home: Home, brand: Brand, seconds: float) -> bool:
    """Append days and settle month by month until all is there (true) or time is over."""
    until, number = time.monotonic() + seconds, 0
    known = {int(day) for day in Shelf(home).current().days}
    while number < DAYS:
        month = [n for n in range(number, DAYS) if _month(n) == _month(number)]
        number = month[-1] + 1
        if not {_day(n) for n in month} <= known:
            for n in month:
                append_events(home, brand.day(n), stream=STREAM, number=n + 1)
            print(f"  {_month(month[0])}", settling.settle(home, full=False), flush=True)
            if time.monotonic() > until:
                return False
    print("  all", settling.settle(home), flush=True)
    maintenance.compact(home)
    return True


def bare_copy(home: Home, place: Path) -> Home:
    """Return a home with the same log, of which nothing is computed yet; its files are shared."""
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(home.lake / "events", place / "lake" / "events", copy_function=os.link)
    return Home(place).ensure()


def _day(number: int) -> int:
    return int(f"{FIRST + timedelta(number):%Y%m%d}")


def _month(number: int) -> int:
    return _day(number) // 100


def load_rate(folder: Path, brand: Brand, rounds: int, tell: Callable[[str], None]) -> list[Took]:
    """Load a million events from segments into an empty log, again and again.

    The segments are made and in the page cache before the clock starts: what is timed is verifying,
    parsing, taking doubles out, sorting and writing Parquet, by the product's loader in this process.
    """
    rows = _million(brand)
    taken = []
    for turn in range(rounds):
        place = folder / "load"
        shutil.rmtree(place, ignore_errors=True)
        home = Home(place).ensure()
        _spool(home, rows)
        used = took(lambda home=home: _load_all(home))
        taken.append(used)
        tell(f"load {turn + 1}: {rows.num_rows:,} events, {used}")
        shutil.rmtree(place)
    return taken


def _million(brand: Brand) -> pa.Table:
    days = []
    while sum(day.num_rows for day in days) < 1_000_000 and len(days) < DAYS:
        days.append(brand.day(len(days)))
    return pa.concat_tables(days).slice(0, 1_000_000)


def _spool(home: Home, rows: pa.Table) -> None:
    stream = home.spool / "edge-bench"
    stream.mkdir(parents=True)
    at = rows.schema.get_field_index("ts")
    rows = rows.set_column(at, "ts", rows["ts"].cast(pa.int64()))
    for number, start in enumerate(range(0, rows.num_rows, SEGMENT), 1):
        lines = [
            orjson.dumps(spoken(row), option=orjson.OPT_APPEND_NEWLINE)
            for row in rows.slice(start, SEGMENT).to_pylist()
        ]
        groups = (lines[at : at + GROUP] for at in range(0, len(lines), GROUP))
        bodies = ((b"".join(group), len(group)) for group in groups)
        data = b"".join(body + commit_line(body, size) for body, size in bodies)
        write_file(stream / f"{number:012d}.seg", data)


def _load_all(home: Home) -> None:
    while load(home).segments:
        pass
