"""Segments: what was committed is read, once, whole; what was not is never read."""

from __future__ import annotations

import errno
import os
import random
from typing import TYPE_CHECKING

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shemei.warehouse.log import segments
from shemei.warehouse.log.checking import Checker
from shemei.warehouse.log.groups import (
    SegmentError,
    claimed,
    commit_line,
    committed,
    good_groups,
    read_segment,
)
from shemei.warehouse.log.segments import (
    SegmentWriter,
    claim_stream,
    next_number,
    recover,
    segment_numbers,
    write_segment,
)
from shemei.warehouse.vocabulary import COLUMNS, Event, stamp

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from shemei.warehouse.home import Home

TORN_TAILS = 2_000


def line(number: int, pad: int = 0) -> bytes:
    return orjson.dumps({"n": number, "pad": "x" * pad}, option=orjson.OPT_APPEND_NEWLINE)


def group(first: int, n: int, pad: int = 0) -> bytes:
    return b"".join(line(number, pad) for number in range(first, first + n))


def event(number: int) -> Event:
    return stamp(Event(kind="click", workspace="w", ts=1_700_000_000_000_000 + number))


def crash(writer: SegmentWriter) -> None:
    """Let go of the lock as a killed process does."""
    os.close(writer._fd)
    writer._fd = -1


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def test_what_is_appended_is_read_back(folder: Path) -> None:
    writer = SegmentWriter(folder, 1)
    writer.append(group(0, 3), 3)
    writer.append(group(3, 2), 2)
    path = writer.seal()
    assert path.name == "000000000001.seg"
    assert read_segment(path) == (group(0, 5), 5)
    assert (writer.records, writer.size) == (5, path.stat().st_size)


def test_the_open_file_is_visible_and_countable_while_written(folder: Path) -> None:
    writer = SegmentWriter(folder, 1)
    writer.append(group(0, 4), 4)
    assert committed(folder / "000000000001.open") == (writer.size, 4)


@pytest.mark.parametrize(("body", "n"), [(b"", 0), (b"{}", 1), (b"{}\n", 0)])
def test_a_group_is_whole_lines(folder: Path, body: bytes, n: int) -> None:
    with pytest.raises(ValueError, match="whole lines"):
        SegmentWriter(folder, 1).append(body, n)


def test_a_number_is_used_once(folder: Path) -> None:
    SegmentWriter(folder, 1).seal()
    with pytest.raises(FileExistsError, match="used"):
        SegmentWriter(folder, 1)


def test_a_sealed_segment_takes_no_more(folder: Path) -> None:
    writer = SegmentWriter(folder, 1)
    writer.seal()
    with pytest.raises(ValueError, match="no more"):
        writer.append(line(1), 1)


def test_two_thousand_torn_tails_and_none_read_wrongly(folder: Path) -> None:
    """Cut, zeroed, scribbled over, or followed by rubbish: only whole groups survive."""
    chance = random.Random(20261103)
    for _ in range(TORN_TAILS):
        bodies = [
            group(chance.randrange(999), chance.randrange(1, 4), 20)
            for _ in range(chance.randrange(1, 5))
        ]
        groups = [body + commit_line(body, body.count(b"\n")) for body in bodies]
        whole = b"".join(groups)
        damaged, untouched = torn(whole, chance)
        ends = [sum(map(len, groups[: count + 1])) for count in range(len(groups))]
        safe = sum(end <= untouched for end in ends)
        read = [damaged[found.start : found.stop] for found in good_groups(damaged)]
        assert read == bodies[: len(read)]
        assert len(read) >= safe


def torn(whole: bytes, chance: random.Random) -> tuple[bytes, int]:
    """Return the bytes after a crash and how many of the first ones are as they were written."""
    at = chance.randrange(len(whole))
    kind = chance.choice(("cut", "zeros", "scribble", "rubbish", "swap"))
    if kind == "cut":
        return whole[:at], at
    if kind == "zeros":
        return whole[:at] + bytes(len(whole) - at), at
    if kind == "scribble":
        stop = min(len(whole), at + chance.randrange(1, 40))
        return whole[:at] + chance.randbytes(stop - at) + whole[stop:], at
    if kind == "swap":
        digit = bytes([whole[at] ^ 1])
        return whole[:at] + digit + whole[at + 1 :], at
    return whole + chance.randbytes(chance.randrange(1, 60)), len(whole)


@settings(max_examples=60)
@given(st.lists(st.integers(1, 5), min_size=1, max_size=6), st.data())
def test_recovery_keeps_just_the_groups_before_the_tear(
    tmp_path_factory: pytest.TempPathFactory, sizes: list[int], data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("stream")
    writer = SegmentWriter(folder, 1)
    ends = []
    for size in sizes:
        writer.append(group(0, size), size)
        ends.append((writer.size, writer.records))
    crash(writer)
    cut = data.draw(st.integers(0, writer.size))
    os.truncate(folder / "000000000001.open", cut)
    assert recover(folder) == [1]
    kept = max((records for end, records in ends if end <= cut), default=0)
    assert read_segment(folder / "000000000001.seg")[1] == kept


def test_the_crc_covers_the_number_of_records() -> None:
    body = group(0, 2)
    lied = commit_line(body, 2).replace(b'"commit":2', b'"commit":3')
    assert list(good_groups(body + lied)) == []


def test_a_damaged_sealed_segment_says_where(folder: Path) -> None:
    path = write_segment(folder, 1, [event(1), event(2)])
    path.write_bytes(path.read_bytes().replace(b"click", b"clock", 1))
    with pytest.raises(SegmentError, match=r"000000000001\.seg: at byte 0: "):
        read_segment(path)


def test_recovery_leaves_a_living_writer_alone(folder: Path) -> None:
    writer = SegmentWriter(folder, 1)
    writer.append(line(1), 1)
    assert recover(folder) == []
    writer.append(line(2), 1)
    assert read_segment(writer.seal())[1] == 2


def test_recovery_twice_changes_nothing(folder: Path) -> None:
    writer = SegmentWriter(folder, 1)
    writer.append(line(1), 1)
    crash(writer)
    assert recover(folder) == [1]
    assert recover(folder) == []
    assert read_segment(folder / "000000000001.seg") == (line(1), 1)


@pytest.mark.parametrize("step", ["write", "fsync"])
def test_a_refused_group_is_not_in_the_segment(
    folder: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    writer = SegmentWriter(folder, 1)
    writer.append(line(1), 1)
    with monkeypatch.context() as patch:
        patch.setattr(segments.os, step, refuse(getattr(os, step)))
        with pytest.raises(OSError, match="No space"):
            writer.append(group(2, 9), 9)
    with pytest.raises(ValueError, match="no more"):
        writer.append(line(3), 1)
    writer.abandon()
    assert read_segment(folder / "000000000001.seg") == (line(1), 1)


def refuse(real: Callable[..., int | None]) -> Callable[..., int]:
    """A system call that does half of the work and then finds the disk full."""

    def call(fd: int, data: memoryview | None = None) -> int:
        if data is not None:
            real(fd, data[: len(data) // 2])
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    return call


def test_a_writer_that_cannot_be_made_leaves_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(segments.os, "fsync", refuse(os.fsync))
        with pytest.raises(OSError, match="No space"):
            SegmentWriter(folder, 1)
    assert list(folder.iterdir()) == []
    assert next_number(folder) == 1


def test_numbers_rise_even_when_everything_was_loaded_and_swept(folder: Path) -> None:
    for number in (1, 2, 3):
        assert next_number(folder) == number
        SegmentWriter(folder, number).seal()
    for path in folder.glob("*.seg"):
        path.unlink()
    assert next_number(folder) == 4


def test_a_noted_number_without_a_file_is_filled_so_that_no_loader_waits(folder: Path) -> None:
    SegmentWriter(folder, 1).seal()
    (folder / "highest").write_text("2\n")
    recover(folder)
    assert segment_numbers(folder) == [1, 2]
    assert read_segment(folder / "000000000002.seg") == (b"", 0)


def test_write_segment_holds_whole_events_and_is_idempotent(folder: Path) -> None:
    events = [event(1), event(2)]
    path = write_segment(folder, 7, events)
    before = path.read_bytes()
    assert write_segment(folder, 7, events) == path
    assert path.read_bytes() == before
    body, n = read_segment(path)
    rows = [orjson.loads(row) for row in body.splitlines()]
    assert n == 2
    assert set(rows[0]) < set(COLUMNS), "what is as always is left out"
    assert [Event(**row) for row in rows] == events
    assert [found.name for found in folder.iterdir()] == ["000000000007.seg"]


def test_write_segment_refuses_events_that_could_not_be_recognised(folder: Path) -> None:
    with pytest.raises(ValueError, match="event_id"):
        write_segment(folder, 1, [Event(kind="click", workspace="w", ts=1)])


@given(st.lists(st.binary(max_size=40), max_size=12), st.data())
def test_what_a_segment_claims_is_what_it_holds_even_cut_anywhere(
    tmp_path_factory: pytest.TempPathFactory, texts: list[bytes], data: st.DataObject
) -> None:
    bodies = [orjson.dumps(text.decode("latin-1")) + b"\n" for text in texts]
    whole = b"".join(body + commit_line(body, 1) for body in bodies)
    path = tmp_path_factory.getbasetemp() / "claim.seg"
    path.write_bytes(whole[: data.draw(st.integers(0, len(whole)))])
    assert claimed(path) == committed(path)[1]


def test_a_second_edge_gets_a_stream_of_its_own_and_a_restart_the_old_one(home: Home) -> None:
    first, held = claim_stream(home, "edge")
    second, other = claim_stream(home, "edge")
    assert first != second
    os.close(held)
    again, third = claim_stream(home, "edge")
    assert again == first
    os.close(other)
    os.close(third)


def test_one_memory_checks_large_and_small_one_after_the_other(folder: Path) -> None:
    checker = Checker()
    for number, n in enumerate((40, 0, 3, 90), start=1):
        path = write_segment(folder, number, [event(k) for k in range(n)])
        assert checker.records(path) == read_segment(path)[1] == n


def test_the_check_finds_what_reading_finds_and_goes_on(folder: Path) -> None:
    checker = Checker()
    whole, torn = (write_segment(folder, n, [event(1), event(2)]) for n in (1, 2))
    torn.write_bytes(torn.read_bytes()[:-1])
    with pytest.raises(SegmentError, match=r"000000000002\.seg: at byte 0: "):
        checker.records(torn)
    assert checker.records(whole) == 2
