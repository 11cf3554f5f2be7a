"""The link book: every short link in one append-only file, written by rooms, polled by the edge.

The first line names the generation, each further line is one link; the last line of a code holds,
unless its version ``v`` is lower than one seen before. A rewrite is a new file renamed into place.
"""

from __future__ import annotations

import fcntl
import os
import re
import secrets
import time
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, fields
from typing import TYPE_CHECKING, Any, BinaryIO

import orjson

from shemei.warehouse.log.segments import sync_folder

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from shemei.warehouse.home import Home

_BOOK = "book.ndjson"
_LOCK = "book.lock"
_HEAD = re.compile(rb'\{"v":\d+,"code":"([^"\\]+)",')
_ENDS = tuple(
    b'"active":%s,"kind":"%s"}\n' % (active, kind)
    for active in (b"true", b"false")
    for kind in (b"click", b"check_in")
)
_BUFFER = 1 << 20
_PAUSE = 512
"""After so many lines a reader lets the other threads have a turn: a redirect must not wait for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkRecord:
    """What the edge needs to know of one short link; keys are those of the rooms' rows.

    A line of the book is its fields in this order: version and code first, to be found unparsed.

    ``utm`` holds full names (``utm_source`` …). ``active=False`` takes the code out of service.
    A line with a lower ``v`` than one published before is ignored. ``rules`` are what
    ``linkrules.read_rules`` reads; a link without any is sent on the shortest way. ``kind`` is what a
    visit is stored as: ``click``, or ``check_in`` for a code that is scanned at a place.
    """

    v: int = 1
    code: str
    url: str
    workspace: str
    link: str
    platform: str = ""
    platform_account: str = ""
    channel: str = ""
    campaign: str = ""
    content: str = ""
    creator: str = ""
    activity: str = ""
    promo_code: str = ""
    utm: dict[str, str] = field(default_factory=dict)
    rules: dict[str, Any] = field(default_factory=dict)
    active: bool = True
    kind: str = "click"


_NAMES = {item.name for item in fields(LinkRecord)}


def book_path(home: Home) -> Path:
    """Return where the book lies."""
    return home.links / _BOOK


def publish(home: Home, records: Iterable[LinkRecord]) -> int:
    """Append ``records`` to the book, on disk when this returns, and return how many.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> from shemei.warehouse.home import Home
    >>> home = Home(pathlib.Path(tempfile.mkdtemp()))
    >>> publish(home, [LinkRecord(code="a1", url="https://x.cn/", workspace="w", link="k")])
    1
    """
    lines = [_line(record) for record in records]
    with _writing(home):
        path = book_path(home)
        fresh = not path.exists()
        with path.open("ab") as book:
            if fresh:
                book.write(_generation())
            elif not _ends_whole(path):
                book.write(b"\n")
            book.write(b"".join(lines))
            _to_disk(book)
        if fresh:
            sync_folder(path.parent)
    return len(lines)


def rewrite(home: Home, records: Iterable[LinkRecord]) -> int:
    """Put a whole new book in place of the old one; readers see either, never a mixture."""
    count = 0
    with _writing(home):
        draft = home.links / f"{_BOOK}.{secrets.token_hex(4)}.tmp"
        with draft.open("wb", buffering=_BUFFER) as book:
            book.write(_generation())
            for count, record in enumerate(records, start=1):  # noqa: B007
                book.write(_line(record))
            _to_disk(book)
        draft.replace(book_path(home))
        sync_folder(home.links)
    return count


def _line(record: LinkRecord) -> bytes:
    if not record.code or "/" in record.code:
        raise ValueError(f"a short link's code is text without a slash; got {record.code!r}")
    return orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE)


def _generation() -> bytes:
    return b'{"generation":"%s"}\n' % secrets.token_hex(8).encode()


@contextmanager
def _writing(home: Home) -> Iterator[None]:
    """Hold the writers' lock; it is a file of its own because the book is renamed."""
    home.links.mkdir(parents=True, exist_ok=True)
    with (home.links / _LOCK).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _ends_whole(path: Path) -> bool:
    with path.open("rb") as book:
        if book.seek(0, os.SEEK_END) == 0:
            return True
        book.seek(-1, os.SEEK_END)
        return book.read(1) == b"\n"


def _to_disk(book: BinaryIO) -> None:
    book.flush()
    os.fsync(book.fileno())


class _Index:
    """One generation of the book: where in the file the line of each code begins.

    The file stays open until nobody asks this generation any more.
    """

    __slots__ = ("fd", "inode", "offsets", "read")

    def __init__(self, path: Path) -> None:
        self.fd = -1
        self.fd = os.open(path, os.O_RDONLY)
        self.inode = os.fstat(self.fd).st_ino
        self.read = 0
        self.offsets: dict[str, int] = {}

    def __del__(self) -> None:
        if self.fd >= 0:
            os.close(self.fd)

    def line(self, offset: int) -> bytes:
        size = 2048
        while True:
            data = os.pread(self.fd, size, offset)
            end = data.find(b"\n")
            if end >= 0 or len(data) < size:
                return data[: end + 1] if end >= 0 else data
            size *= 4


class LinkBook:
    """Reads the book; only the place of each line is kept in memory, a line is read when asked for.

    Parameters
    ----------
    home : Home
        The installation; a book not yet written is an empty one.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> from shemei.warehouse.home import Home
    >>> home = Home(pathlib.Path(tempfile.mkdtemp()))
    >>> book = LinkBook(home)
    >>> book.get("a1")
    >>> _ = publish(home, [LinkRecord(code="a1", url="https://x.cn/", workspace="w", link="k")])
    >>> book.refresh(), book.get("a1").url, len(book)
    (True, 'https://x.cn/', 1)
    """

    def __init__(self, home: Home) -> None:
        self._path = book_path(home)
        self._index: _Index | None = None
        self.refresh()

    def __len__(self) -> int:
        return len(self._index.offsets) if self._index else 0

    def stale(self) -> bool:
        """Say whether the file has changed since it was read: one ``stat``."""
        try:
            found = os.stat(self._path)
        except FileNotFoundError:
            return False
        index = self._index
        return index is None or found.st_ino != index.inode or found.st_size > index.read

    def refresh(self) -> bool:
        """Take in what has been published since; return whether anything was.

        May run in another thread than :meth:`get`: a new generation is read aside and swapped in.
        """
        if not self.stale():
            return False
        index = self._index
        fresh = _Index(self._path)
        if index is not None and index.inode == fresh.inode:
            return self._read(index)
        self._read(fresh)
        self._index = fresh
        return True

    def get(self, code: str) -> LinkRecord | None:
        """Return the link of ``code``, or None where there is none or it is out of service."""
        row = self.row(code)
        return None if row is None else LinkRecord(**row)

    def row(self, code: str) -> dict[str, Any] | None:
        """Return what :meth:`get` returns as a row with every field, without making a record."""
        index = self._index
        offset = index.offsets.get(code) if index else None
        if index is None or offset is None:
            return None
        row: dict[str, Any] = orjson.loads(index.line(offset))
        if row.keys() != _NAMES:
            row = asdict(_from_row(row))
        return row if row["active"] else None

    def _read(self, index: _Index) -> bool:
        """Index the whole lines from where the last reading ended."""
        offsets, at = index.offsets, index.read
        with open(index.fd, "rb", closefd=False, buffering=_BUFFER) as lines:
            lines.seek(at)
            for number, line in enumerate(lines, 1):
                if not line.endswith(b"\n"):
                    break
                if not number % _PAUSE:
                    time.sleep(0)
                code = _code_of(line)
                if code is not None and (code not in offsets or self._newer(index, code, line)):
                    offsets[code] = at
                at += len(line)
        moved, index.read = at > index.read, at
        return moved

    @staticmethod
    def _newer(index: _Index, code: str, line: bytes) -> bool:
        known = index.line(index.offsets[code])
        return int(orjson.loads(line)["v"]) >= int(orjson.loads(known)["v"])


def _code_of(line: bytes) -> str | None:
    """Return the code a line is about; None for the generation or what a crash tore."""
    head = _HEAD.match(line)
    if head is not None and line.endswith(_ENDS):
        return head[1].decode(errors="replace")
    try:
        row = orjson.loads(line)
        return str(_from_row(row).code)
    except (orjson.JSONDecodeError, TypeError, AttributeError):
        return None


def _from_row(row: dict[str, Any]) -> LinkRecord:
    return LinkRecord(**{name: row[name] for name in _NAMES & row.keys()})
