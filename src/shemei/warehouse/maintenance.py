"""Keeping the lake in order: loading what waits, computing what changed, compacting, cleaning."""

from __future__ import annotations

import time
from collections import defaultdict
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import blake2b
from pathlib import PurePath
from typing import TYPE_CHECKING

from shemei.warehouse import confirming, erasure, putback, retention, tombstones
from shemei.warehouse import table as events
from shemei.warehouse.bench import Bench, workbench
from shemei.warehouse.cells import rebuild_days
from shemei.warehouse.confirming import confirmed_only
from shemei.warehouse.loader import forget_loaded, load
from shemei.warehouse.paths import months_of_journeys, months_of_paths, rebuild_paths
from shemei.warehouse.persons import moved_days, name_people, rebuild_orders, rebuild_persons
from shemei.warehouse.putback import put_back
from shemei.warehouse.sample import rebuild_sample
from shemei.warehouse.segments import replace_file
from shemei.warehouse.shelf import Manifest, Shelf
from shemei.warehouse.tables import SCHEMAS
from shemei.warehouse.tombstones import Erased, conditions, excluded, marks
from shemei.warehouse.vocabulary import SHANGHAI, int_day

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from shemei.warehouse.home import Home
    from shemei.warehouse.table import LiveFile
    from shemei.warehouse.tombstones import Judgement

    Tell = Callable[[str, int, int], None]

VACUUM_HOURS = 24
NIGHT_HOUR = 3
"""The hour in Shanghai from which the work of the night is done."""

NIGHT_FILE = "night"
DUTY = 10
"""Persons and paths rest so many times as long as they took, unless all is asked for."""

CURRENT_DAY_FILES = 12
"""So many files may the newest day have before it is rewritten; a closed day keeps one."""


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
    now = signatures(events.live_files(events.open_table(home)), _judgements(home))
    newest = max(map(int, now), default=0)

    def left(before: Mapping[str, str], begun: float) -> int:
        late = filter(covers, _differing(now, before))
        return sum(day != newest or begun < since for day in late)

    days = left(done.days, done.as_of / 1e6)
    walks = left(done.walked, done.walked_at - done.walk_seconds)
    begins = done.walked_at + DUTY * done.walk_seconds
    return Waiting(days, max(days, walks), begins, done.walk_seconds)


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


def _judgements(home: Home) -> list[Judgement]:
    return [*excluded(home), *put_back(home)]


def signatures(files: Iterable[LiveFile], judged: Iterable[Judgement]) -> dict[str, str]:
    """Return for each day what it is computed from: its files, and how they are judged since."""
    judgements = list(judged)
    names: dict[int, list[str]] = defaultdict(list)
    for item in files:
        names[item.day].append(PurePath(item.path).name)
    return {
        str(day): blake2b(
            "\n".join([*sorted(some), *marks(judgements, day)]).encode(), digest_size=12
        ).hexdigest()
        for day, some in names.items()
    }


def rebuild(home: Home) -> SettleReport:
    """Compute everything again from the log, whatever was computed before."""
    with events.locked(home.lake / "settle.lock"):
        Shelf(home).publish(Manifest())
    return settle(home)


def compact(home: Home, *, closed: int = 0) -> int:
    """Rewrite days of many small files into one sorted file each; returns how many days.

    The newest day is left alone until it has many: it will be written to again in a moment. Days
    before ``closed`` are over and get their one file, also the newest.
    """
    with _alone(home):
        log = events.open_table(home)
        files = events.live_files(log)
        counts: dict[int, int] = defaultdict(int)
        for item in files:
            counts[item.day] += 1
        newest = max((day for day in counts if day >= closed), default=0)
        days = [
            day
            for day, count in sorted(counts.items())
            if count > (CURRENT_DAY_FILES if day == newest else 1)
        ]
        for day in days:
            events.rewrite_day(log, day)
        if days:
            judged = _judgements(home)
            after = signatures(events.live_files(log), judged)
            _carry_over(home, signatures(files, judged), after, days)
    return len(days)


def _carry_over(
    home: Home, before: dict[str, str], after: dict[str, str], days: Iterable[int]
) -> None:
    """Keep what was computed of days that only changed their files."""
    shelf = Shelf(home)
    manifest = shelf.current()
    known, walked = dict(manifest.days), dict(manifest.walked)
    for day in map(str, days):
        for held in (known, walked):
            if day in held and held[day] == before.get(day):
                del held[day]
                held.update({day: after[day]} if day in after else {})
    if manifest.as_of:
        shelf.publish(replace(manifest, days=known, walked=walked), as_of=manifest.as_of)


def vacuum(home: Home, *, hours: int = VACUUM_HOURS) -> int:
    """Delete files that the log has not needed for ``hours``, also orphans of kills."""
    with events.locked(home.lake / "loader.lock"):
        log = events.open_table(home)
        gone = log.vacuum(
            retention_hours=hours, dry_run=False, enforce_retention_duration=False, full=True
        )
    return len(gone)


@contextmanager
def _alone(home: Home) -> Iterator[None]:
    """Hold off settling and loading while the log's files are exchanged."""
    with events.locked(home.lake / "settle.lock"), events.locked(home.lake / "loader.lock"):
        yield


def carry_out(home: Home, tell: Tell = erasure.silent) -> int:
    """Take the rows of all tombstones out of the log's files; returns how many days that took.

    What was computed without them needs no computing again.
    """
    with _alone(home):
        log = events.open_table(home)
        before = signatures(events.live_files(log), _judgements(home))
        try:
            return erasure.rewrite(home, tell)
        finally:
            log = events.open_table(home)
            after = signatures(events.live_files(log), _judgements(home))
            _carry_over(home, before, after, map(int, before))


def erase_now(home: Home, person: Erased, tell: Tell = erasure.silent) -> None:
    """Make a person who was left out vanish from every file of the lake and the spool, at once.

    Readers that just opened a file which is deleted look again. Killed in the middle, it is called
    again or the night does the rest.
    """
    steps: tuple[tuple[str, Callable[[], object]], ...] = (
        ("重算", lambda: settle(home)),
        ("重写", lambda: carry_out(home, tell)),
        ("清理分段", lambda: erasure.scrub_spool(home, [person])),
        ("清理汇总", lambda: Shelf(home).sweep(SCHEMAS, older_than=-1)),
        ("清理旧文件", lambda: vacuum(home, hours=0)),
    )
    for done, (step, work) in enumerate(steps):
        tell(step, done, len(steps))
        work()
    tell("完成", len(steps), len(steps))


def maintain(home: Home) -> None:
    """Do what is due now and then: compact, delete what is long loaded, sweep, vacuum; once a night the rest."""
    compact(home)
    forget_loaded(home)
    Shelf(home).sweep(SCHEMAS)
    vacuum(home)
    if night_is_due(home):
        nightly(home)


def night_is_due(home: Home, moment: datetime | None = None) -> bool:
    """Return whether it is night, or the day after a missed one, and tonight's work is not done."""
    now = (moment or datetime.now(SHANGHAI)) - timedelta(hours=NIGHT_HOUR)
    try:
        return int((home.lake / NIGHT_FILE).read_text()) < int_day(now.date())
    except (FileNotFoundError, ValueError):
        return True


def nightly(home: Home, moment: datetime | None = None) -> None:
    """Do the work of the night; killed in the middle, it is begun anew and finds less to do.

    Yesterday is closed into one file, tombstones are carried out, what is kept only for a while
    goes, identities of persons long erased are forgotten, files and log entries nobody needs are
    deleted.
    """
    now = moment or datetime.now(SHANGHAI)
    settle(home)
    compact(home, closed=int_day(now.date()))
    expire(home, int_day(now.date()))
    if erasure.waiting(home):
        carry_out(home)
    erasure.scrub_spool(home, [one for one in excluded(home) if isinstance(one, Erased)])
    erasure.forget(home)
    vacuum(home)
    trim_log(home)
    night = int_day((now - timedelta(hours=NIGHT_HOUR)).date())
    replace_file(home.lake / NIGHT_FILE, b"%d\n" % night)


def expire(home: Home, today: int) -> int:
    """Delete the events that were to be kept for so many days only; returns how many.

    What is computed from them goes with them at the settle that follows.
    """
    with _alone(home):
        gone = retention.expire(home, today)
    if gone:
        settle(home)
    return gone


def trim_log(home: Home) -> None:
    """Write a checkpoint and delete the entries of the Delta log that are older than two days."""
    with events.locked(home.lake / "loader.lock"):
        log = events.open_table(home)
        log.create_checkpoint()
        log.cleanup_metadata()
