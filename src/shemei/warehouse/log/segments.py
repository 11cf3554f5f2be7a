"""Spool segments: append-only files of events whose every group is checksummed and fsynced.

A segment is newline-delimited JSON. A *group* is some event lines and one commit line that holds
the number of records, the length of the lines and a CRC over lines and number; what follows the
last good commit line never happened.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import secrets
from typing import TYPE_CHECKING

from shemei.warehouse.log.groups import commit_line, committed
from shemei.warehouse.vocabulary import line_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from shemei.warehouse.home import Home
    from shemei.warehouse.vocabulary import Event

_NUMBER = re.compile(r"\d{12}")
_HIGHEST = "highest"
_OWNER = "owner.lock"


class SegmentWriter:
    """Appends groups to ``<number>.open``, each on disk when :meth:`append` returns.

    A lock (flock) is held for as long as the file is open, so that :func:`recover` of another
    process leaves it alone. After any failed write or fsync the writer is ``broken``: its file must
    be :meth:`abandon`-ed and a new number opened: a kernel forgets what it failed to write.

    Parameters
    ----------
    folder : Path
        The stream's folder.
    number : int
        The segment's number, 1 or more, one higher than the last (:func:`next_number`).

    Raises
    ------
    FileExistsError
        Where the number has been used.
    OSError
        Where the file cannot be made (no space, no right); nothing is left behind.
    """

    def __init__(self, folder: Path, number: int) -> None:
        self.folder = folder
        self.number = number
        self.size = 0
        self.records = 0
        self.broken = False
        self._path = folder / f"{number:012d}.open"
        self._fd = self._create()

    def _create(self) -> int:
        """Make the file under another name, lock it, and only then let it be seen."""
        if self._path.exists() or self._path.with_suffix(".seg").exists():
            raise FileExistsError(f"{self._path}: this segment number has been used")
        unseen = self._path.with_suffix(".new")
        fd = os.open(unseen, os.O_CREAT | os.O_TRUNC | os.O_WRONLY | os.O_APPEND, 0o640)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.rename(unseen, self._path)
            sync_folder(self.folder)
            _write_highest(self.folder, self.number)
        except BaseException:
            for path in (unseen, self._path):
                path.unlink(missing_ok=True)
            os.close(fd)
            raise
        return fd

    def append(self, body: bytes, n: int) -> None:
        """Write ``n`` lines and their commit line and wait until the disk has them.

        Raises
        ------
        OSError
            Where the disk refused; the group is then not stored and the writer is ``broken``.
        ValueError
            Where ``body`` is not ``n`` whole lines, or the writer is broken or sealed.
        """
        if self.broken or self._fd < 0:
            raise ValueError(f"{self._path}: this segment takes no more records")
        if n < 1 or not body.endswith(b"\n"):
            raise ValueError("a group is one or more whole lines")
        group = body + commit_line(body, n)
        try:
            _write_all(self._fd, group)
            os.fsync(self._fd)
        except BaseException:
            self.broken = True
            raise
        self.size += len(group)
        self.records += n

    def seal(self) -> Path:
        """Give the file its final name; a broken one is cut to its last commit first."""
        target = self._path.with_suffix(".seg")
        try:
            if self.broken:
                os.ftruncate(self._fd, self.size)
                os.fsync(self._fd)
            _publish(self._path, target)
        finally:
            self._close()
        return target

    def abandon(self) -> None:
        """Seal what was acknowledged and let go; where even that fails, :func:`recover` does it."""
        self.broken = True
        with contextlib.suppress(OSError):
            self.seal()

    def _close(self) -> None:
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1


def recover(folder: Path) -> list[int]:
    """Seal the ``.open`` files whose writer has gone, each cut to its last good commit.

    A file is judged by its lock alone, never by a process id. Returns the numbers sealed.
    """
    paths = sorted(folder.glob("*.open"))
    sealed = [int(path.stem) for path in paths if _recover_one(path)]
    _fill_gap(folder)
    return sealed


def _fill_gap(folder: Path) -> None:
    """Put an empty segment where the highest number was noted but its file could not be made."""
    number = _read_highest(folder)
    name = f"{number:012d}"
    places = (f"{name}.open", f"{name}.seg", f"loaded/{name}.seg")
    if number and not any((folder / place).exists() for place in places):
        write_segment(folder, number, ())


def _recover_one(path: Path) -> bool:
    try:
        fd = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if not path.exists() or os.stat(path).st_ino != os.fstat(fd).st_ino:
            return False
        end, _ = committed(path)
        os.ftruncate(fd, end)
        os.fsync(fd)
        _publish(path, path.with_suffix(".seg"))
    except BlockingIOError:
        return False
    finally:
        os.close(fd)
    return True


def write_segment(folder: Path, number: int, events: Iterable[Event]) -> Path:
    """Write a whole sealed segment of stamped events; writing it again changes nothing.

    Parameters
    ----------
    folder : Path
        The stream's folder.
    number : int
        The number that belongs to just these events.
    events : Iterable[Event]
        Stamped events; none makes an empty segment, which keeps the numbers without a gap.

    Raises
    ------
    ValueError
        Where an event has no id: it could not be recognised when it comes again.
    """
    target = folder / f"{number:012d}.seg"
    rows = list(events)
    if any(not row.event_id for row in rows):
        raise ValueError(f"{target}: every event needs its event_id (stamp it first)")
    if target.exists():
        return target
    folder.mkdir(parents=True, exist_ok=True)
    body = b"".join(map(line_of, rows))
    draft = folder / f"{number:012d}.{secrets.token_hex(4)}.tmp"
    write_file(draft, body + commit_line(body, len(rows)) if rows else b"")
    _publish(draft, target)
    return target


def claim_stream(home: Home, prefix: str) -> tuple[Path, int]:
    """Return a stream folder no other process owns, and the descriptor that holds the claim.

    The claim is an flock, so it ends with the process however that ends; the next start takes the
    same folder again and a second process beside the first gets one of its own.
    """
    for folder in sorted(home.spool.glob(f"{prefix}-*")):
        fd = _claim(folder)
        if fd is not None:
            return folder, fd
    folder = _new_stream(home, prefix)
    fd = _claim(folder)
    return (folder, fd) if fd is not None else claim_stream(home, prefix)


def _claim(folder: Path) -> int | None:
    fd = os.open(folder / _OWNER, os.O_CREAT | os.O_RDWR, 0o640)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(fd)
        return None
    return fd


def _new_stream(home: Home, prefix: str) -> Path:
    folder = home.spool / f"{prefix}-{secrets.token_hex(6)}"
    folder.mkdir(parents=True)
    sync_folder(home.spool)
    return folder


def segment_numbers(folder: Path, suffix: str = ".seg") -> list[int]:
    """Return the numbers of the files of one suffix in ``folder``, rising."""
    names = (path.stem for path in folder.glob(f"*{suffix}"))
    return sorted(int(name) for name in names if _NUMBER.fullmatch(name))


def next_number(folder: Path) -> int:
    """Return the first number never used in this stream, even if its segments are long loaded.

    The highest number is kept in a file of its own: retired segments are deleted after a while, and
    a number used twice would be dropped by the loader as already loaded.
    """
    waiting = segment_numbers(folder) + segment_numbers(folder, ".open")
    return 1 + max(_read_highest(folder), *waiting, *segment_numbers(folder / "loaded"), 0)


def _read_highest(folder: Path) -> int:
    try:
        return int((folder / _HIGHEST).read_text())
    except FileNotFoundError:
        return 0


def _write_highest(folder: Path, number: int) -> None:
    replace_file(folder / _HIGHEST, b"%d\n" % number)


def replace_file(path: Path, data: bytes) -> None:
    """Put new content in place all at once; who is killed leaves the content before."""
    draft = path.with_name(f"{path.name}.tmp")
    write_file(draft, data)
    _publish(draft, path)


def write_file(path: Path, data: bytes) -> None:
    """Write a whole file and wait until the disk has it; on failure nothing is left."""
    fd = os.open(path, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o640)
    try:
        _write_all(fd, data)
        os.fsync(fd)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    finally:
        os.close(fd)


def _write_all(fd: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(fd, view) :]


def _publish(path: Path, target: Path) -> None:
    os.rename(path, target)
    sync_folder(target.parent)


def sync_folder(folder: Path) -> None:
    """Wait until the names in ``folder`` are on disk."""
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
