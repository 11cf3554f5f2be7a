"""Settling: loading what waits, and computing again what that changed."""

from __future__ import annotations

import time
from collections import defaultdict
from dataclasses import dataclass, replace
from hashlib import blake2b
from pathlib import PurePath
from typing import TYPE_CHECKING

from shemei.warehouse.computed.bench import Bench, workbench
from shemei.warehouse.computed.cells import rebuild_days
from shemei.warehouse.computed.paths import months_of_journeys, months_of_paths, rebuild_paths
from shemei.warehouse.computed.persons import (
    moved_days,
    name_people,
    rebuild_orders,
    rebuild_persons,
)
from shemei.warehouse.computed.sample import rebuild_sample
from shemei.warehouse.computed.shelf import Manifest, Shelf
from shemei.warehouse.computed.tables import SCHEMAS
from shemei.warehouse.log import confirming, putback, tombstones
from shemei.warehouse.log import table as events
from shemei.warehouse.log.confirming import confirmed_only
from shemei.warehouse.log.loader import load
from shemei.warehouse.log.putback import put_back
from shemei.warehouse.log.tombstones import conditions, excluded, marks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from shemei.warehouse.home import Home
    from shemei.warehouse.log.table import LiveFile
    from shemei.warehouse.log.tombstones import Judgement

ROWS_A_SECOND = 50_000
"""Of the log, when all is computed again: two cores, from a million events to fifty."""
DUTY = 10
"""Persons and paths rest so many times as long as they took, unless all is asked for."""


@dataclass(frozen=True, slots=True)
class SettleReport:
    """What :func:`settle` did: records loaded, days computed again, seconds it took.

    ``behind`` is true where persons and paths are still to be computed.
    """

    loaded: int
    days: int
    seconds: float
    behind: bool = False


def settle(home: Home, *, full: bool = True) -> SettleReport:
    """Load everything that waits, then compute again what that changed.

    Safe at any time and in any number of processes: one settles, the others wait and find nothing
    left to do. A kill leaves the state before.

    Parameters
    ----------
    home : Home
        The installation.
    full : bool
        Without it persons and paths, the dear part, are only computed where that took at most a
        tenth of the time since: a steady trickle of events does not keep a processor busy.

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
        shelf = Shelf(home)
        days = _compute(home, shelf, full=full)
        after = shelf.current()
    return SettleReport(loaded, days, time.monotonic() - begun, after.days != after.walked)


def _compute(home: Home, shelf: Shelf, *, full: bool) -> int:
    before = shelf.current()
    events.upgrade_home(home)
    files = events.live_files(events.open_table(home))
    gone, again = excluded(home), put_back(home)
    now = signatures(files, (*gone, *again))
    only = confirmed_only(home)
    ruled_anew = tuple(before.confirmed_only) != only
    changed, unwalked = _differing(now, before.days), _differing(now, before.walked)
    unwalked |= set(map(int, now)) if ruled_anew else set()
    walking = bool(unwalked) and (full or _due(before))
    if before.as_of and not changed and not walking:
        return 0
    with workbench(home, shelf, before) as bench:
        without, counted = conditions(gone, bench.dialect), conditions(again, bench.dialect)
        rebuild_days(bench, changed, files, without, counted)
        after = replace(before, days=now)
        if walking or not before.as_of:
            after = _walk(bench, replace(after, confirmed_only=only), unwalked)
        else:
            name_people(bench)
            rebuild_orders(bench, before.confirmed_only)
        shelf.publish(replace(after, files=bench.files))
    shelf.sweep(SCHEMAS)
    return len(changed)


def _differing(now: Mapping[str, str], before: Mapping[str, str]) -> set[int]:
    return {int(day) for day in now.keys() | before.keys() if now.get(day) != before.get(day)}


def _due(manifest: Manifest) -> bool:
    return time.time() - manifest.walked_at >= DUTY * manifest.walk_seconds


@dataclass(frozen=True, slots=True)
class Waiting:
    """What a judgement has still to change in the figures.

    Attributes
    ----------
    days : int
        Days whose clicks and people are still as before.
    walks : int
        Days whose persons and paths are; never fewer.
    begins : float
        When these are computed at the latest (seconds since 1970).
    takes : float
        For how many seconds that was worked at the last time.
    """

    days: int
    walks: int
    begins: float
    takes: float


def waiting(home: Home, covers: Callable[[int], bool], since: float) -> Waiting:
    """Return how far a judgement of some days has come into what is computed.

    Parameters
    ----------
    home : Home
        The installation.
    covers : callable
        Whether a day is among those that were judged.
    since : float
        When they were judged (seconds since 1970): the newest day, which changes with every event,
        waits no longer once it has been computed after that.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from shemei.warehouse.home import Home
    >>> waiting(Home(Path(tempfile.mkdtemp())).ensure(), lambda day: True, 0.0).days
    0
    """
    done = Shelf(home).current()
    now = signatures(events.live_files(events.open_table(home)), judgements(home))
    newest = max(map(int, now), default=0)

    def left(before: Mapping[str, str], begun: float) -> int:
        late = filter(covers, _differing(now, before))
        return sum(day != newest or begun < since for day in late)

    days = left(done.days, done.as_of / 1e6)
    walks = left(done.walked, done.walked_at - done.walk_seconds)
    begins = done.walked_at + DUTY * done.walk_seconds
    return Waiting(days, max(days, walks), begins, done.walk_seconds)


def recomputing(home: Home, shelf: Shelf) -> float | None:
    """Return for about how many seconds there are no figures after an upgrade; None where there are.

    Parameters
    ----------
    home : Home
        The installation.
    shelf : Shelf
        Its manifest as this process last read it, so that asking costs no more than a look at a file.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from shemei.warehouse.home import Home
    >>> home = Home(Path(tempfile.mkdtemp())).ensure()
    >>> settle(home).days, recomputing(home, Shelf(home))
    (0, None)
    """
    if not shelf.is_outdated():
        return None
    rows = sum(item.rows for item in events.live_files(events.open_table(home)))
    return rows / ROWS_A_SECOND


def _walk(bench: Bench, manifest: Manifest, unwalked: set[int]) -> Manifest:
    """Compute persons, orders and paths, and note which state of the log they are of."""
    begun = time.monotonic()
    persons_before = bench.source("persons")
    rebuild_persons(bench)
    name_people(bench)
    rebuild_orders(bench, manifest.confirmed_only)
    moved = moved_days(bench, persons_before) if manifest.walked else set()
    days = unwalked | moved
    held = {int(day) // 100 for day in manifest.days} | {day // 100 for day in unwalked}
    rebuild_paths(bench, months_of_paths(days) & held, months_of_journeys(days) & held)
    rebuild_sample(bench, {day // 100 for day in days})
    return replace(
        manifest,
        walked=manifest.days,
        walked_at=time.time(),
        walk_seconds=time.monotonic() - begun,
    )


def judged_at(home: Home) -> tuple[int, ...]:
    """Return a stamp that differs as soon as somebody left events out, put clicks back, or counts other orders."""
    paths = [home.lake / part.NAME for part in (tombstones, putback, confirming)]
    return tuple(path.stat().st_mtime_ns if path.exists() else 0 for path in paths)


def judgements(home: Home) -> list[Judgement]:
    """Return everything that leaves events out of the figures or puts them back."""
    return [*excluded(home), *put_back(home)]


def signatures(files: Iterable[LiveFile], judged: Iterable[Judgement]) -> dict[str, str]:
    """Return for each day what it is computed from: its files, and how they are judged since."""
    given = list(judged)
    names: dict[int, list[str]] = defaultdict(list)
    for item in files:
        names[item.day].append(PurePath(item.path).name)
    return {
        str(day): blake2b(
            "\n".join([*sorted(some), *marks(given, day)]).encode(), digest_size=12
        ).hexdigest()
        for day, some in names.items()
    }


def rebuild(home: Home) -> SettleReport:
    """Compute everything again from the log, whatever was computed before."""
    with events.locked(home.lake / "settle.lock"):
        Shelf(home).publish(Manifest())
    return settle(home)
