"""Groups: what a segment is made of, each with a line that says how much it is and its checksum."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from zlib import crc32

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_COMMIT_START = b'{"commit":'
_COMMIT = re.compile(rb'\{"commit":(\d{1,9}),"bytes":(\d{1,12}),"crc":(\d{1,10})\}\n')
_LONGEST = 64
"""More than a commit line with the end of the line before it takes."""


class SegmentError(ValueError):
    """A segment cannot be trusted; the message names the file, the byte and the reason."""

    def __init__(self, path: Path, offset: int, reason: str) -> None:
        super().__init__(f"{path}: at byte {offset}: {reason}")
        self.path = path
        self.offset = offset
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Group:
    """One committed group: its lines are ``data[start:stop]``, the next group starts at ``end``."""

    start: int
    stop: int
    end: int
    records: int


def commit_line(body: bytes, n: int) -> bytes:
    """Return the line that closes a group of ``n`` records.

    Examples
    --------
    >>> commit_line(b'{"kind":"click"}\\n', 1)
    b'{"commit":1,"bytes":17,"crc":1671683998}\\n'
    """
    return b'{"commit":%d,"bytes":%d,"crc":%d}\n' % (n, len(body), _checksum(body, n))


def _checksum(body: bytes | memoryview, n: int) -> int:
    return crc32(b"%d" % n, crc32(body))


def good_groups(data: bytes | bytearray) -> Iterator[Group]:
    """Yield the committed groups from the start of ``data`` until the first byte not to be trusted.

    Examples
    --------
    >>> body = b'{"kind":"click"}\\n'
    >>> torn = body + commit_line(body, 1) + body
    >>> [(group.records, group.end) for group in good_groups(torn)]
    [(1, 58)]
    """
    start, view = 0, memoryview(data)
    while start < len(data):
        stop = data.find(b"\n" + _COMMIT_START, start) + 1
        found = _COMMIT.match(data, stop) if stop else None
        if found is None:
            return
        n, length, crc = int(found[1]), int(found[2]), int(found[3])
        if (length, n) != (stop - start, data.count(b"\n", start, stop)):
            return
        if crc != _checksum(view[start:stop], n):
            return
        yield Group(start, stop, found.end(), n)
        start = found.end()


def read_segment(path: Path) -> tuple[bytes, int]:
    """Return the event lines of a sealed segment, without commit lines, and their number.

    Raises
    ------
    SegmentError
        Where any byte of the file lies outside a committed group.
    """
    data = path.read_bytes()
    groups = whole_groups(path, data)
    return b"".join(data[g.start : g.stop] for g in groups), sum(g.records for g in groups)


def whole_groups(path: Path, data: bytes | bytearray) -> list[Group]:
    """Return the groups of a sealed segment's bytes; SegmentError where any lie outside of one."""
    groups = list(good_groups(data))
    end = groups[-1].end if groups else 0
    if end != len(data):
        raise SegmentError(path, end, "what follows is not a committed group of records")
    return groups


def committed(path: Path) -> tuple[int, int]:
    """Return the good length in bytes and the number of records of a file still being written."""
    end, records = 0, 0
    for group in good_groups(path.read_bytes()):
        end = group.end
        records += group.records
    return end, records


def claimed(path: Path) -> int:
    r"""Return how many records the commit lines of a sealed segment tell, read from its end.

    Nothing else is read and no checksum compared: to count what waits, not to trust it. From where
    the lines do not join, the file is read whole (:func:`committed`).

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> path = Path(tempfile.mkdtemp()) / "1.seg"
    >>> body = b"{}\n{}\n"
    >>> path.write_bytes((body + commit_line(body, 2)) * 3) > 0
    True
    >>> claimed(path)
    6
    """
    records = 0
    with path.open("rb", buffering=0) as file:
        end = os.fstat(file.fileno()).st_size
        while end > 0:
            start = max(0, end - _LONGEST)
            tail = os.pread(file.fileno(), end - start, start)
            at = tail.rfind(b"\n" + _COMMIT_START) + 1
            found = _COMMIT.fullmatch(tail, at) if at else None
            if found is None or int(found[2]) > start + at:
                return committed(path)[1]
            records += int(found[1])
            end = start + at - int(found[2])
    return records
