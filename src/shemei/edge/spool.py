"""Group commit: records wait in the open group until the disk has them, then their senders hear so.

Only the event loop touches the open group. A closed group goes to the commit thread through a queue
and comes back by ``call_soon_threadsafe``. A commit starts as soon as the last one has ended and the
loop has had its turn, so a lone record waits for nobody and a crowd shares one fsync.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import threading
import time
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING

from shemei.warehouse.log.segments import SegmentWriter, claim_stream, next_number, recover

if TYPE_CHECKING:
    from collections.abc import Callable

    from shemei.warehouse.home import Home


@dataclass(frozen=True, slots=True)
class Limits:
    """When a segment is sealed (bytes and seconds) and how many records may wait for the disk.

    A segment still smaller than ``small`` is sealed after ``small_age``, and any after ``idle``
    without a record, so that a fresh click reaches the boards within seconds.
    """

    size: int = 64 << 20
    age: float = 60.0
    small: int = 1 << 20
    small_age: float = 5.0
    idle: float = 1.0
    waiting: int = 20_000
    retry: float = 0.2


@dataclass(slots=True)
class Counters:
    """What has become of the records of this process; changed by the event loop alone."""

    accepted: int = 0
    failed: int = 0
    refused: int = 0
    waiting: int = 0
    commits: int = 0
    commit_seconds: float = 0.0
    storing: bool = True


@dataclass(slots=True)
class _Group:
    lines: list[bytes] = field(default_factory=list)
    waiters: list[asyncio.Future[bool]] = field(default_factory=list)
    records: int = 0
    seconds: float = 0.0


class Segments:
    """The segment being written; used by the commit thread alone.

    After a failed write or fsync the segment is abandoned with what it had acknowledged, and the
    next group opens another one; where none can be opened, groups fail until the disk is back.
    """

    def __init__(self, home: Home, prefix: str, limits: Limits) -> None:
        self.folder, self._claim = claim_stream(home, prefix)
        self._limits = limits
        self._number = 0
        self._writer: SegmentWriter | None = None
        self._began = 0.0
        self._not_before = 0.0
        self._untidy = True
        for folder in home.spool.glob(f"{prefix}-*"):
            recover(folder)

    @property
    def open(self) -> bool:
        """Whether a segment holds records not yet sealed."""
        return self._writer is not None

    def store(self, body: bytes, records: int) -> bool:
        """Put one group on disk; False says that it is not there."""
        if time.monotonic() < self._not_before:
            return False
        try:
            writer = self._writer or self._open()
            writer.append(body, records)
        except OSError:
            self._give_up()
            return False
        if self._due(writer):
            self.seal()
        return True

    def seal(self) -> None:
        """Seal the open segment, if any."""
        writer, self._writer = self._writer, None
        if writer is not None:
            try:
                writer.seal()
            except OSError:
                self._untidy = True

    def close(self) -> None:
        """Seal and let another process have the stream."""
        self.seal()
        os.close(self._claim)

    def _open(self) -> SegmentWriter:
        if self._untidy:
            recover(self.folder)
            self._number = next_number(self.folder)
            self._untidy = False
        self._writer = SegmentWriter(self.folder, self._number)
        self._number += 1
        self._began = time.monotonic()
        return self._writer

    def _give_up(self) -> None:
        writer, self._writer = self._writer, None
        self._untidy = True
        self._not_before = time.monotonic() + self._limits.retry
        if writer is not None:
            writer.abandon()

    def _due(self, writer: SegmentWriter) -> bool:
        limits, age = self._limits, time.monotonic() - self._began
        if writer.size >= limits.size or age >= limits.age:
            return True
        return writer.size < limits.small and age >= limits.small_age


class Spool:
    """Takes lines from the event loop and tells when they are on disk.

    Parameters
    ----------
    home : Home
        The installation; the process gets a stream ``<prefix>-…`` of its own in its spool.
    prefix : str
        The name streams of this kind begin with.
    limits : Limits, optional
        Sizes and times.
    """

    def __init__(self, home: Home, prefix: str = "edge", limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self.counters = Counters()
        self.segments = Segments(home, prefix, self.limits)
        self._group = _Group()
        self._busy = False
        self._queue: SimpleQueue[_Group | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._commit_groups, name="commit", daemon=True)
        self._loop: asyncio.AbstractEventLoop
        self._future: Callable[[], asyncio.Future[bool]]

    def start(self) -> None:
        """Begin; call it inside the running event loop."""
        self._loop = asyncio.get_running_loop()
        self._future = self._loop.create_future
        self._thread.start()

    def add(self, lines: bytes, records: int = 1) -> asyncio.Future[bool] | None:
        """Queue whole lines; the future says whether they were stored, None that too many wait."""
        counters = self.counters
        if counters.waiting + records > self.limits.waiting:
            counters.refused += records
            return None
        counters.waiting += records
        group = self._group
        waiter = self._future()
        group.lines.append(lines)
        group.waiters.append(waiter)
        group.records += records
        if not self._busy:
            self._busy = True
            self._loop.call_soon(self._hand_over)
        return waiter

    async def close(self) -> None:
        """Store what waits, seal, and end the thread."""
        while self._busy:
            await asyncio.sleep(0.005)
        self._queue.put(None)
        await asyncio.to_thread(self._thread.join)

    def _hand_over(self) -> None:
        """Give the thread what waits: at the end of a turn of the loop, with all it has brought."""
        group, self._group = self._group, _Group()
        self._busy = bool(group.records)
        if self._busy:
            self._queue.put(group)

    def _settle(self, group: _Group, stored: bool) -> None:
        """Tell the senders of a group, then give the thread the next one."""
        counters = self.counters
        counters.waiting -= group.records
        counters.commits += 1
        counters.commit_seconds += group.seconds
        counters.storing = stored
        if stored:
            counters.accepted += group.records
        else:
            counters.failed += group.records
        for waiter in group.waiters:
            if not waiter.done():
                waiter.set_result(stored)
        self._loop.call_soon(self._hand_over)

    def _commit_groups(self) -> None:
        """The commit thread: one group after the other until there is None."""
        while True:
            group = self._next_group()
            if group is None:
                break
            began = time.perf_counter()
            stored = self._store(group)
            group.seconds = time.perf_counter() - began
            with contextlib.suppress(RuntimeError):  # the loop may be closed: nobody waits then
                self._loop.call_soon_threadsafe(self._settle, group, stored)
        self.segments.close()

    def _next_group(self) -> _Group | None:
        if self.segments.open:
            try:
                return self._queue.get(timeout=self.limits.idle)
            except Empty:
                self.segments.seal()
        return self._queue.get()

    def _store(self, group: _Group) -> bool:
        try:
            return self.segments.store(b"".join(group.lines), group.records)
        except Exception:  # the thread must outlive what nobody foresaw; the senders hear 503
            return False
