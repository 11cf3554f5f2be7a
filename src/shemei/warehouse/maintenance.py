"""Keeping the lake in order: loading what waits, computing what changed, compacting, cleaning."""

from __future__ import annotations

import time
from collections import defaultdict
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import PurePath
from typing import TYPE_CHECKING

from shemei.warehouse import table as events
from shemei.warehouse.bench import Bench, workbench
from shemei.warehouse.cells import rebuild_days
from shemei.warehouse.loader import forget_loaded, load
from shemei.warehouse.paths import months_of_journeys, months_of_paths, rebuild_paths
from shemei.warehouse.persons import moved_days, name_people, rebuild_orders, rebuild_persons
from shemei.warehouse.shelf import Manifest, Shelf
from shemei.warehouse.tables import SCHEMAS
from shemei.warehouse.tombstones import excluded, marks

if TYPE_CHECKING:
    from collections.abc import Iterable

    from shemei.warehouse.home import Home
    from shemei.warehouse.table import LiveFile
    from shemei.warehouse.tombstones import Tombstone

VACUUM_HOURS = 24
CURRENT_DAY_FILES = 12
"""So many files may the newest day have before it is rewritten; a closed day keeps one."""


@dataclass(frozen=True, slots=True)
class SettleReport:
    """What :func:`settle` did: records loaded, days computed again, seconds it took."""

    loaded: int
    days: int
    seconds: float


def settle(home: Home) -> SettleReport:
    """Load everything that waits, then compute again what that changed.

    Safe at any time and in any number of processes: one settles, the others wait and find nothing
    left to do. A kill leaves the state before.

    Parameters
    ----------
    home : Home
        The installation.

    Returns
    -------
    SettleReport
        What was done.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from shemei.warehouse.home import Home
    >>> settle(Home(Path(tempfile.mkdtemp())).ensure()).days
    0
    """
    begun = time.monotonic()
    loaded = 0
    while (report := load(home)).segments:
        loaded += report.loaded_records
    with events.locked(home.lake / "settle.lock"):
        days = _compute(home)
    return SettleReport(loaded, days, time.monotonic() - begun)


def _compute(home: Home) -> int:
    shelf = Shelf(home)
    before = shelf.current()
    files = events.live_files(events.open_table(home))
    gone = excluded(home)
    signatures = _signatures(files, gone)
    changed = {
        int(day)
        for day in signatures.keys() | before.days.keys()
        if signatures.get(day) != before.days.get(day)
    }
    if not changed and before.as_of:
        return 0
    with workbench(home, shelf, before) as bench:
        _recompute(bench, before, changed, files, [one.batch for one in gone])
        shelf.publish(Manifest(files=bench.files, days=signatures))
    shelf.sweep(SCHEMAS)
    return len(changed)


def _recompute(
    bench: Bench,
    before: Manifest,
    changed: set[int],
    files: list[LiveFile],
    without: list[str],
) -> None:
    persons_before = bench.source("persons")
    rebuild_days(bench, changed, files, without)
    rebuild_persons(bench)
    name_people(bench)
    rebuild_orders(bench)
    touched = changed | (moved_days(bench, persons_before) if before.days else set())
    held = {item.day // 100 for item in files} | {int(day) // 100 for day in before.days}
    rebuild_paths(bench, months_of_paths(touched) & held, months_of_journeys(touched) & held)


def _signatures(files: Iterable[LiveFile], gone: Iterable[Tombstone]) -> dict[str, str]:
    """Return for each day what it is computed from: its files, and which batches do not count."""
    tombstones = list(gone)
    names: dict[int, list[str]] = defaultdict(list)
    for item in files:
        names[item.day].append(PurePath(item.path).name)
    return {
        str(day): blake2b(
            "\n".join([*sorted(some), *marks(tombstones, day)]).encode(), digest_size=12
        ).hexdigest()
        for day, some in names.items()
    }


def rebuild(home: Home) -> SettleReport:
    """Compute everything again from the log, whatever was computed before."""
    with events.locked(home.lake / "settle.lock"):
        Shelf(home).publish(Manifest())
    return settle(home)


def compact(home: Home) -> int:
    """Rewrite days of many small files into one sorted file each; returns how many days.

    The newest day is left alone until it has many: it will be written to again in a moment.
    """
    with (
        events.locked(home.lake / "settle.lock"),
        events.locked(home.lake / "loader.lock"),
    ):
        log = events.open_table(home)
        files = events.live_files(log)
        counts: dict[int, int] = defaultdict(int)
        for item in files:
            counts[item.day] += 1
        newest = max(counts, default=0)
        days = [
            day
            for day, count in sorted(counts.items())
            if count > (CURRENT_DAY_FILES if day == newest else 1)
        ]
        for day in days:
            events.rewrite_day(log, day)
        if days:
            gone = excluded(home)
            after = _signatures(events.live_files(log), gone)
            _carry_over(home, _signatures(files, gone), after, days)
    return len(days)


def _carry_over(
    home: Home, before: dict[str, str], after: dict[str, str], days: Iterable[int]
) -> None:
    """Keep what was computed of days that only changed their files."""
    shelf = Shelf(home)
    manifest = shelf.current()
    known = dict(manifest.days)
    for day in map(str, days):
        if known.get(day) == before.get(day):
            known[day] = after[day]
    if manifest.as_of:
        shelf.publish(Manifest(manifest.files, known), as_of=manifest.as_of)


def vacuum(home: Home, *, hours: int = VACUUM_HOURS) -> int:
    """Delete files that the log has not needed for ``hours``, also orphans of kills."""
    with events.locked(home.lake / "loader.lock"):
        log = events.open_table(home)
        gone = log.vacuum(
            retention_hours=hours, dry_run=False, enforce_retention_duration=False, full=True
        )
    return len(gone)


def maintain(home: Home) -> None:
    """Do what is due now and then: compact, delete what is long loaded, sweep, vacuum."""
    compact(home)
    forget_loaded(home)
    Shelf(home).sweep(SCHEMAS)
    vacuum(home)
