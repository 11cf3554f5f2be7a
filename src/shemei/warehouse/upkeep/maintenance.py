"""Keeping the lake in order: compacting, erasing, cleaning, and the work of the night."""

from __future__ import annotations

from collections import defaultdict
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from shemei.warehouse.computed.settling import judgements, settle, signatures
from shemei.warehouse.computed.shelf import Shelf
from shemei.warehouse.computed.tables import SCHEMAS
from shemei.warehouse.log import table as events
from shemei.warehouse.log.loader import forget_loaded
from shemei.warehouse.log.segments import replace_file
from shemei.warehouse.log.tombstones import Erased, excluded
from shemei.warehouse.upkeep import erasure, retention
from shemei.warehouse.vocabulary import SHANGHAI, int_day

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from shemei.warehouse.home import Home

    Tell = Callable[[str, int, int], None]

VACUUM_HOURS = 24
NIGHT_HOUR = 3
"""The hour in Shanghai from which the work of the night is done."""

NIGHT_FILE = "night"

CURRENT_DAY_FILES = 12
"""So many files may the newest day have before it is rewritten; a closed day keeps one."""


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
            judged = judgements(home)
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
        before = signatures(events.live_files(log), judgements(home))
        try:
            return erasure.rewrite(home, tell)
        finally:
            log = events.open_table(home)
            after = signatures(events.live_files(log), judgements(home))
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
