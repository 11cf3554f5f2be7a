"""The loader: sealed segments into the log, each exactly once, and the sum that proves it."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from itertools import count, takewhile
from typing import TYPE_CHECKING

import orjson
from deltalake.exceptions import CommitFailedError

from shemei.warehouse.log import table as events
from shemei.warehouse.log.checking import Checker
from shemei.warehouse.log.filing import folded, in_order
from shemei.warehouse.log.groups import SegmentError, claimed, committed
from shemei.warehouse.log.ingest import Ingested, ingest, once
from shemei.warehouse.log.segments import (
    recover,
    segment_numbers,
    sync_folder,
    write_file,
)
from shemei.warehouse.vocabulary import SCHEMA

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    import pyarrow as pa
    from deltalake import DeltaTable

    from shemei.warehouse.home import Home

BATCH_BYTES = 256 << 20
ATTEMPTS = 5
KEEP_LOADED_SECONDS = 24 * 3600
ORPHAN_SECONDS = 120
DUPLICATES = "shemei#duplicates"


@dataclass(frozen=True, slots=True)
class LoadReport:
    """What one call of :func:`load` did; ``pending_records`` are sealed and still wait."""

    loaded_records: int = 0
    segments: int = 0
    failed: int = 0
    pending_records: int = 0
    duplicates: int = 0


@dataclass(frozen=True, slots=True)
class Accounting:
    """``accepted = loaded + pending + failed``; ``duplicates`` are among the loaded."""

    accepted: int
    loaded: int
    pending: int
    failed: int
    duplicates: int = 0


@dataclass(slots=True)
class _Segment:
    """One segment of the batch: verified, or set aside with a reason."""

    stream: str
    path: Path
    size: int = 0
    records: int = 0
    failed: int = 0

    @property
    def number(self) -> int:
        return int(self.path.stem)


def load(home: Home, *, max_segments: int = 64) -> LoadReport:
    """Move sealed segments into the log, in order, each exactly once.

    A stream stops at a gap in its numbers or at a file that cannot be read, without holding up the
    others. A segment whose check fails goes to ``failed/`` whole; a line that is no event goes
    there alone, with its reason. Both are counted.

    Parameters
    ----------
    home : Home
        The installation.
    max_segments : int
        At most so many segments in one commit.

    Returns
    -------
    LoadReport
        What was done.
    """
    with events.locked(home.lake / "loader.lock"):
        for _ in range(ATTEMPTS):
            with suppress(CommitFailedError):
                return _load_once(home, max_segments)
    raise CommitFailedError(
        "somebody else keeps committing to the log; is a second loader running?"
    )


def _load_once(home: Home, max_segments: int) -> LoadReport:
    folders = _streams(home)
    for folder in folders:
        _seal_orphans(folder)
    if not any(segment_numbers(folder) for folder in folders):
        return LoadReport()
    log = events.open_table(home)
    events.upgrade(log)
    for folder in folders:
        _retire(folder, events.mark(log, folder.name))
    batch = _collect(folders, log, max_segments)
    if not batch:
        return LoadReport(pending_records=_pending(folders, log))
    found = ingest([(s.path, s.records) for s in batch if not s.failed])
    _set_aside_lines(batch, found)
    events.append(log, found.rows, _marks(log, batch, found))
    for folder in {segment.path.parent for segment in batch}:
        _retire(folder, max(s.number for s in batch if s.path.parent == folder))
    return LoadReport(
        loaded_records=sum(s.records - s.failed for s in batch if s.records),
        segments=len(batch),
        failed=sum(s.failed for s in batch),
        pending_records=_pending(folders, log),
        duplicates=found.duplicates,
    )


def append_events(home: Home, rows: pa.Table, *, stream: str, number: int = 1) -> LoadReport:
    """Put a whole table of stamped events into the log as one commit, exactly once.

    For histories made or imported in bulk: one file per day. The same ``stream`` and ``number`` a
    second time changes nothing.

    Parameters
    ----------
    home : Home
        The installation.
    rows : pyarrow.Table
        In the schema of the log.
    stream : str
        A name fixed with the content, used by nothing else.
    number : int
        Higher than any number this stream has used.
    """
    with events.locked(home.lake / "loader.lock"):
        log = events.open_table(home)
        events.upgrade(log)
        if events.mark(log, stream) >= number:
            return LoadReport()
        (home.spool / stream).mkdir(parents=True, exist_ok=True)
        unique = once(rows.select(SCHEMA.names).cast(SCHEMA))
        duplicates = rows.num_rows - unique.num_rows
        loaded = events.mark(log, f"{stream}#loaded") + rows.num_rows
        marks = {stream: number, f"{stream}#loaded": loaded}
        if duplicates:
            marks[DUPLICATES] = events.mark(log, DUPLICATES) + duplicates
        events.append(log, in_order(folded(unique)), marks)
    return LoadReport(loaded_records=rows.num_rows, segments=1, duplicates=duplicates)


def accounting(home: Home) -> Accounting:
    """Return where every accepted record is: in the log, on its way, or set aside.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from shemei.warehouse.home import Home
    >>> accounting(Home(Path(tempfile.mkdtemp())).ensure())
    Accounting(accepted=0, loaded=0, pending=0, failed=0, duplicates=0)
    """
    with events.locked(home.lake / "loader.lock"):
        folders = _streams(home)
        log = events.open_table(home)
        loaded = sum(events.mark(log, f"{folder.name}#loaded") for folder in folders)
        failed = sum(events.mark(log, f"{folder.name}#failed") for folder in folders)
        pending = _pending(folders, log) + sum(_being_written(folder) for folder in folders)
        duplicates = events.mark(log, DUPLICATES)
    return Accounting(loaded + pending + failed, loaded, pending, failed, duplicates)


def forget_loaded(home: Home, *, older_than: float = KEEP_LOADED_SECONDS) -> int:
    """Delete retired segments that were loaded more than ``older_than`` seconds ago."""
    limit = time.time() - older_than
    old = [path for path in home.spool.glob("*/loaded/*.seg") if path.stat().st_mtime < limit]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def _streams(home: Home) -> list[Path]:
    return sorted(path for path in home.spool.glob("*") if path.is_dir())


def _seal_orphans(folder: Path) -> None:
    """Seal what a process left open when it died; one that is alive holds its lock."""
    limit = time.time() - ORPHAN_SECONDS
    for path in folder.glob("*.open"):
        with suppress(FileNotFoundError):
            if path.stat().st_mtime < limit:
                recover(folder)


def _collect(folders: Iterable[Path], log: DeltaTable, max_segments: int) -> list[_Segment]:
    """Take the next consecutive segments of each stream, every stream its share."""
    waiting = [(folder, segment_numbers(folder)) for folder in folders]
    waiting = [(folder, numbers) for folder, numbers in waiting if numbers]
    share = max(1, max_segments // max(1, len(waiting)))
    chosen: list[Path] = []
    for folder, numbers in waiting:
        expected = events.mark(log, folder.name) + 1
        new = [n for n in numbers[:share] if n >= expected]
        whole = takewhile(lambda item: item[0] == item[1], zip(new, count(expected), strict=False))
        chosen += [folder / f"{number:012d}.seg" for number, _ in whole]
    return list(_read_all(chosen))


def _read_all(paths: list[Path]) -> Iterator[_Segment]:
    """Read segments until they are a batch; after one that the disk does not give, none of its stream."""
    missing: set[Path] = set()
    checker, size = Checker(), 0
    for path in paths:
        segment = None if path.parent in missing else _read(checker, path)
        if segment is None:
            missing.add(path.parent)
            continue
        yield segment
        size += segment.size
        if size > BATCH_BYTES:
            return


def _read(checker: Checker, path: Path) -> _Segment | None:
    """Read one segment; None where the disk does not give it now, to be tried again."""
    folder = path.parent
    try:
        records, size = checker.records(path), path.stat().st_size
    except SegmentError as error:
        failed = _claimed(path)
        _note_failed(path, records=failed, reason=str(error))
        return _Segment(folder.name, path, failed=failed)
    except OSError:
        return None
    return _Segment(folder.name, path, size, records)


def _claimed(path: Path) -> int:
    """How many records a broken file seems to hold: its lines that are not commit lines."""
    lines = path.read_bytes().splitlines()
    return max(1, sum(1 for line in lines if line and not line.startswith(b'{"commit":')))


def _note_failed(path: Path, **note: object) -> None:
    folder = path.parent / "failed"
    folder.mkdir(exist_ok=True)
    write_file(folder / f"{path.stem}.json", orjson.dumps(note))


def _set_aside_lines(batch: list[_Segment], found: Ingested) -> None:
    for segment in batch:
        lines = [bad for bad in found.bad if bad.path == segment.path]
        if lines:
            folder = segment.path.parent / "failed"
            folder.mkdir(exist_ok=True)
            segment.failed = len(lines)
            notes = ({"line": b.line, "reason": b.reason, "text": b.text} for b in lines)
            text = b"".join(orjson.dumps(n, option=orjson.OPT_APPEND_NEWLINE) for n in notes)
            write_file(folder / f"{segment.path.stem}.lines", text)


def _marks(log: DeltaTable, batch: list[_Segment], found: Ingested) -> dict[str, int]:
    marks: dict[str, int] = {}
    for segment in batch:
        marks[segment.stream] = segment.number
        good = segment.records - segment.failed if segment.records else 0
        for name, more in (("loaded", good), ("failed", segment.failed)):
            key = f"{segment.stream}#{name}"
            if more:
                marks[key] = marks.get(key, events.mark(log, key)) + more
    if found.duplicates:
        marks[DUPLICATES] = events.mark(log, DUPLICATES) + found.duplicates
    return marks


def _retire(folder: Path, last: int) -> None:
    """Move what the log has to ``loaded/``, and what was set aside whole to ``failed/``."""
    numbers = [number for number in segment_numbers(folder) if number <= last]
    for number in numbers:
        name = f"{number:012d}"
        place = "failed" if (folder / "failed" / f"{name}.json").exists() else "loaded"
        (folder / place).mkdir(exist_ok=True)
        target = folder / place / f"{name}.seg"
        os.utime(folder / f"{name}.seg")
        os.replace(folder / f"{name}.seg", target)
    if numbers:
        sync_folder(folder)


def _pending(folders: Iterable[Path], log: DeltaTable) -> int:
    """Count the records of sealed segments that the log does not have yet."""
    return sum(
        _waiting(folder / f"{number:012d}.seg")
        for folder in folders
        for number in segment_numbers(folder)
        if number > events.mark(log, folder.name)
    )


def _waiting(path: Path) -> int:
    try:
        return claimed(path)
    except FileNotFoundError:
        return 0
    except OSError:  # it waits all the same; how much, a disk that answers again will tell
        return 1


def _being_written(folder: Path) -> int:
    return sum(_count(path) for path in folder.glob("*.open"))


def _count(path: Path) -> int:
    try:
        found = path.stat()
        return _counted(path, found.st_size, found.st_mtime_ns)
    except FileNotFoundError:
        return 0


@lru_cache(maxsize=10_000)
def _counted(path: Path, size: int, mtime_ns: int) -> int:
    return committed(path)[1]
