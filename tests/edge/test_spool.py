"""Group commit: acknowledged is stored, refused is not, and a disk that comes back is used again."""

from __future__ import annotations

import asyncio
import errno
import os
import threading
from typing import TYPE_CHECKING

import pytest

from shemei.edge.spool import Limits, Spool
from shemei.warehouse.log import segments
from shemei.warehouse.log.groups import read_segment
from shemei.warehouse.log.segments import SegmentWriter, segment_numbers

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from shemei.warehouse.home import Home

QUICK = Limits(idle=0.05, retry=0.0)


def line(number: int) -> bytes:
    return b'{"n":%d}\n' % number


def stored(home: Home) -> list[bytes]:
    """Return what lies in sealed segments, in order."""
    paths = sorted(home.spool.glob("*/*.seg"))
    return [row for path in paths for row in read_segment(path)[0].splitlines(keepends=True)]


def run(home: Home, work: Callable[[Spool], Awaitable[None]], limits: Limits = QUICK) -> Spool:
    """Run one spool from start to close."""
    spool = Spool(home, limits=limits)

    async def life() -> None:
        spool.start()
        await work(spool)
        await spool.close()

    asyncio.run(life())
    return spool


async def add(spool: Spool, number: int) -> bool | None:
    waiter = spool.add(line(number))
    return None if waiter is None else await waiter


class Disk:
    """A disk that can be told to refuse or to be slow."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.refuses = False
        self.open = threading.Event()
        self.open.set()
        self._fsync = os.fsync
        patch.setattr(segments.os, "fsync", self._call)

    def _call(self, fd: int) -> None:
        self.open.wait(5)
        if self.refuses:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        self._fsync(fd)


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Iterator[Disk]:
    made = Disk(monkeypatch)
    yield made
    made.open.set()


def test_records_of_one_moment_share_commits_and_keep_their_order(home: Home) -> None:
    async def work(spool: Spool) -> None:
        assert all(await asyncio.gather(*(add(spool, number) for number in range(500))))

    spool = run(home, work)
    assert stored(home) == [line(number) for number in range(500)]
    assert (spool.counters.accepted, spool.counters.waiting) == (500, 0)
    assert spool.counters.commits <= 3


def test_the_answer_comes_after_the_disk(home: Home, disk: Disk) -> None:
    async def work(spool: Spool) -> None:
        disk.open.clear()
        waiter = spool.add(line(1))
        assert waiter is not None
        await asyncio.sleep(0.1)
        assert not waiter.done()
        disk.open.set()
        assert await waiter

    run(home, work)


def test_too_many_waiting_are_refused_and_the_rest_is_stored(home: Home, disk: Disk) -> None:
    async def work(spool: Spool) -> None:
        disk.open.clear()
        waiters = [spool.add(line(number)) for number in range(15)]
        assert waiters[10:] == [None] * 5
        disk.open.set()
        assert all(await asyncio.gather(*(w for w in waiters if w is not None)))

    spool = run(home, work, Limits(waiting=10, idle=0.05))
    assert stored(home) == [line(number) for number in range(10)]
    assert (spool.counters.accepted, spool.counters.refused) == (10, 5)


def test_a_cancelled_sender_does_not_take_the_group_along(home: Home, disk: Disk) -> None:
    async def work(spool: Spool) -> None:
        disk.open.clear()
        tasks = [asyncio.create_task(add(spool, number)) for number in range(5)]
        await asyncio.sleep(0.05)
        tasks[2].cancel()
        disk.open.set()
        assert await asyncio.gather(*tasks[:2], *tasks[3:]) == [True] * 4

    run(home, work)
    assert stored(home) == [line(number) for number in range(5)]


def test_a_failed_fsync_is_a_refusal_and_the_next_segment_takes_over(
    home: Home, disk: Disk
) -> None:
    async def work(spool: Spool) -> None:
        assert await add(spool, 1)
        disk.refuses = True
        assert await add(spool, 2) is False
        assert spool.counters.storing is False
        disk.refuses = False
        assert await add(spool, 3)

    spool = run(home, work)
    assert stored(home) == [line(1), line(3)]
    assert (spool.counters.accepted, spool.counters.failed) == (2, 1)
    assert segment_numbers(spool.segments.folder) == [1, 2]


def test_a_full_disk_refuses_until_there_is_room(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, room = os.write, [400]

    def write(fd: int, data: memoryview) -> int:
        take = min(len(data), room[0])
        if not take:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        room[0] -= take
        return real(fd, data[:take])

    monkeypatch.setattr(segments.os, "write", write)
    heard: dict[int, bool | None] = {}

    async def work(spool: Spool) -> None:
        for number in range(30):
            heard[number] = await add(spool, number)
        room[0] = 1 << 20
        heard[99] = await add(spool, 99)

    spool = run(home, work)
    assert heard[0] and heard[99]
    assert False in heard.values()
    assert stored(home) == [line(number) for number, yes in heard.items() if yes]
    numbers = segment_numbers(spool.segments.folder)
    assert numbers == list(range(1, len(numbers) + 1))


def test_while_the_disk_is_away_it_is_not_asked_at_every_hit(home: Home, disk: Disk) -> None:
    async def work(spool: Spool) -> None:
        disk.refuses = True
        for number in range(50):
            assert await add(spool, number) is False

    spool = run(home, work, Limits(idle=0.05, retry=5.0))
    assert spool.counters.failed == 50
    assert len(segment_numbers(spool.segments.folder)) <= 1


def test_a_lone_record_is_sealed_soon(home: Home) -> None:
    async def work(spool: Spool) -> None:
        assert await add(spool, 1)
        await asyncio.sleep(0.3)
        assert stored(home) == [line(1)]
        assert await add(spool, 2)

    spool = run(home, work)
    assert segment_numbers(spool.segments.folder) == [1, 2]


def test_a_trickle_does_not_keep_a_small_segment_open(home: Home) -> None:
    async def work(spool: Spool) -> None:
        for number in range(8):
            assert await add(spool, number)
            await asyncio.sleep(0.03)
        assert stored(home)

    run(home, work, Limits(idle=5.0, small_age=0.1))


def test_segments_are_sealed_at_their_size(home: Home) -> None:
    async def work(spool: Spool) -> None:
        for number in range(10):
            assert await add(spool, number)

    spool = run(home, work, Limits(size=120, idle=5.0))
    assert len(segment_numbers(spool.segments.folder)) > 1
    assert stored(home) == [line(number) for number in range(10)]


def test_a_new_process_seals_what_the_last_one_left(home: Home) -> None:
    folder = home.spool / "edge-dead"
    folder.mkdir(parents=True)
    writer = SegmentWriter(folder, 4)
    writer.append(line(1), 1)
    os.close(writer._fd)

    async def work(spool: Spool) -> None:
        assert segment_numbers(folder) == [4]
        assert await add(spool, 2)

    spool = run(home, work)
    assert spool.segments.folder == folder
    assert segment_numbers(folder) == [4, 5]


def test_what_nobody_foresaw_is_a_refusal_too(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    async def work(spool: Spool) -> None:
        with monkeypatch.context() as patch:
            patch.setattr(SegmentWriter, "append", lambda *_: 1 / 0)
            assert await add(spool, 1) is False
        assert await add(spool, 2)

    run(home, work)
    assert stored(home) == [line(2)]
