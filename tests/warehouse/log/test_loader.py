"""Exactly once: whatever is killed, repeated or broken, accepted = loaded + pending + failed."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING

import orjson
import pyarrow as pa
import pytest

from shemei.warehouse.log import loader, table
from shemei.warehouse.log.groups import commit_line
from shemei.warehouse.log.loader import Accounting, accounting, append_events, load
from shemei.warehouse.log.segments import SegmentWriter, write_segment
from shemei.warehouse.vocabulary import SCHEMA, Event, stamp

if TYPE_CHECKING:
    from pathlib import Path

    from shemei.warehouse.home import Home

TS = 1_790_000_000_000_000
DAY = 86_400_000_000


def clicks(n: int, *, start: int = 0) -> list[Event]:
    return [
        stamp(Event(kind="click", workspace="w", ts=TS + i * 1000, visitor=f"v{i}"))
        for i in range(start, start + n)
    ]


def put(home: Home, stream: str, number: int, events: list[Event]) -> Path:
    return write_segment(home.spool / stream, number, events)


def ids(home: Home) -> list[str]:
    return sorted(table.open_table(home).to_pyarrow_table()["event_id"].to_pylist())


def test_a_segment_is_loaded_once_however_often_it_comes(home: Home) -> None:
    events = clicks(5)
    put(home, "edge-1", 1, events)
    assert load(home).loaded_records == 5
    assert load(home).loaded_records == 0
    (home.spool / "edge-1" / "loaded" / "000000000001.seg").unlink()
    put(home, "edge-1", 1, events)
    assert load(home).loaded_records == 0
    assert ids(home) == sorted(event.event_id for event in events)
    assert accounting(home) == Accounting(5, 5, 0, 0)


def test_a_kill_between_commit_and_retirement_doubles_nothing(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(home, "edge-1", 1, clicks(3))
    put(home, "edge-2", 1, clicks(4))
    with monkeypatch.context() as patch:
        patch.setattr(loader.events, "append", _commit_then_die(table.append))
        with pytest.raises(KeyboardInterrupt):
            load(home)
    assert accounting(home) == Accounting(7, 7, 0, 0)
    put(home, "edge-1", 2, clicks(2))
    assert load(home).loaded_records == 2
    assert len(ids(home)) == 9


def _commit_then_die(append: object) -> object:
    def die(*args: object) -> None:
        append(*args)  # type: ignore[operator]
        raise KeyboardInterrupt

    return die


def test_rows_keep_every_field_and_the_types_of_the_schema(home: Home) -> None:
    event = stamp(
        Event(
            kind="order", workspace="w", ts=TS, visitor="v", amount=12_900, order_id="NO-1",
            props='{"备注": "\\"引号\\" 与 \\\\ 与\\n换行"}', utm_campaign="双11", region="上海",
        )
    )  # fmt: skip
    put(home, "edge-1", 1, [event])
    load(home)
    rows = table.open_table(home).to_pyarrow_table().select(SCHEMA.names).cast(SCHEMA)
    found = rows.to_pylist()[0]
    assert int(rows["ts"].cast(pa.int64())[0].as_py()) == TS
    assert {**found, "ts": TS} == event.as_dict()


def test_a_gap_stops_its_stream_and_no_other(home: Home) -> None:
    put(home, "edge-1", 1, clicks(1))
    put(home, "edge-1", 3, clicks(3))
    put(home, "edge-2", 1, clicks(2))
    report = load(home)
    assert (report.loaded_records, report.pending_records) == (3, 3)
    put(home, "edge-1", 2, clicks(2))
    assert load(home).loaded_records == 5
    assert accounting(home) == Accounting(8, 8, 0, 0)


def test_a_corrupted_segment_goes_aside_and_blocks_nothing(home: Home) -> None:
    broken = put(home, "edge-1", 1, clicks(4))
    broken.write_bytes(broken.read_bytes().replace(b"click", b"clack", 1))
    put(home, "edge-1", 2, clicks(3))
    report = load(home)
    assert (report.loaded_records, report.failed) == (3, 4)
    assert (home.spool / "edge-1" / "failed" / "000000000001.seg").exists()
    note = orjson.loads((home.spool / "edge-1" / "failed" / "000000000001.json").read_bytes())
    assert note["records"] == 4
    assert "at byte 0" in note["reason"]
    assert accounting(home) == Accounting(7, 3, 0, 4)


def test_a_corrupted_segment_alone_still_moves_on(home: Home) -> None:
    put(home, "edge-1", 1, clicks(1)).write_bytes(b"garbage\n")
    assert load(home).failed == 1
    put(home, "edge-1", 2, clicks(2))
    assert load(home).loaded_records == 2
    assert accounting(home) == Accounting(3, 2, 0, 1)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"kind": "teleport"}, "kind 'teleport' is not in the vocabulary"),
        ({"workspace": ""}, "workspace is empty"),
        ({"day": 0}, "day 0 is impossible"),
        ({"ts": None}, "ts is missing"),
        ({"ts": 0}, "ts 0 is impossible: UTC microseconds since 1970 are wanted"),
        ({"amount": "many"}, "amount must be int, got 'many'"),
        ({"quantity": 2**40}, "quantity is out of range: 1099511627776"),
    ],
)
def test_a_line_that_is_no_event_is_set_aside_with_its_reason(
    home: Home, change: dict[str, object], reason: str
) -> None:
    good, other = clicks(2)
    body = orjson.dumps(good.as_dict()) + b"\n" + orjson.dumps(other.as_dict() | change) + b"\n"
    folder = home.spool / "edge-1"
    folder.mkdir(parents=True)
    (folder / "000000000001.seg").write_bytes(body + commit_line(body, 2))
    assert load(home).failed == 1
    assert ids(home) == [good.event_id]
    note = orjson.loads((folder / "failed" / "000000000001.lines").read_bytes())
    assert (note["line"], note["reason"]) == (2, reason)
    assert accounting(home) == Accounting(2, 1, 0, 1)


def test_an_older_line_without_a_newer_field_gets_its_default(home: Home) -> None:
    row = clicks(1)[0].as_dict()
    del row["currency"], row["props"]
    body = orjson.dumps(row) + b"\n"
    folder = home.spool / "edge-1"
    folder.mkdir(parents=True)
    (folder / "000000000001.seg").write_bytes(body + commit_line(body, 1))
    assert load(home).loaded_records == 1
    rows = table.open_table(home).to_pyarrow_table()
    assert (rows["currency"][0].as_py(), rows["props"][0].as_py()) == ("CNY", "{}")


def test_the_same_event_twice_in_one_batch_is_dropped_and_counted(home: Home) -> None:
    events = clicks(3)
    put(home, "edge-1", 1, events)
    put(home, "edge-1", 2, events[:2])
    assert load(home).duplicates == 2
    assert len(ids(home)) == 3
    assert accounting(home) == Accounting(5, 5, 0, 0, duplicates=2)


def test_records_still_being_written_are_pending(home: Home) -> None:
    folder = home.spool / "edge-1"
    folder.mkdir(parents=True)
    writer = SegmentWriter(folder, 1)
    body = b"".join(orjson.dumps(event.as_dict()) + b"\n" for event in clicks(2))
    writer.append(body, 2)
    assert accounting(home) == Accounting(2, 0, 2, 0)
    assert load(home).loaded_records == 0
    writer.seal()
    assert load(home).loaded_records == 2


def test_what_a_dead_process_left_open_is_sealed_and_loaded(home: Home) -> None:
    folder = home.spool / "edge-1"
    folder.mkdir(parents=True)
    body = b"".join(orjson.dumps(event.as_dict()) + b"\n" for event in clicks(2))
    orphan = folder / "000000000001.open"
    orphan.write_bytes(body + commit_line(body, 2) + body[:50])
    assert load(home).loaded_records == 0
    os.utime(orphan, (1, 1))
    assert load(home).loaded_records == 2


def test_two_loaders_at_once_load_everything_once(home: Home) -> None:
    for number in range(1, 9):
        put(home, "edge-1", number, clicks(2, start=number * 10))
        put(home, "outbox-1", number, clicks(2, start=number * 1000))

    def work() -> None:
        for _ in range(8):
            load(home, max_segments=3)

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(ids(home)) == len(set(ids(home))) == 32
    assert accounting(home) == Accounting(32, 32, 0, 0)


def test_a_bulk_table_is_one_commit_with_one_file_a_day_and_never_twice(home: Home) -> None:
    events = [stamp(Event(kind="visit", workspace="w", ts=TS + n * DAY // 4)) for n in range(12)]
    rows = pa.Table.from_pylist([event.as_dict() for event in events], schema=SCHEMA)
    assert append_events(home, rows, stream="demo-seed-7").loaded_records == 12
    assert append_events(home, rows, stream="demo-seed-7").loaded_records == 0
    files = table.live_files(table.open_table(home))
    assert len(files) == len({item.day for item in files}) == len({event.day for event in events})
    assert accounting(home) == Accounting(12, 12, 0, 0)


def test_files_are_sorted_by_workspace_kind_and_time(home: Home) -> None:
    events = [
        stamp(Event(kind=kind, workspace=workspace, ts=TS + n))
        for n in (3, 1, 2)
        for kind in ("visit", "click")
        for workspace in ("b", "a")
    ]
    put(home, "edge-1", 1, events)
    load(home)
    rows = table.open_table(home).to_pyarrow_table().to_pylist()
    keys = [(row["workspace"], row["kind"], row["ts"]) for row in rows]
    assert keys == sorted(keys)


def test_no_visitor_stands_in_the_statistics_of_the_log(home: Home) -> None:
    put(home, "edge-1", 1, clicks(3))
    load(home)
    text = "".join(path.read_text() for path in table.events_path(home).glob("_delta_log/*.json"))
    added = [orjson.loads(line)["add"] for line in text.splitlines() if '"add"' in line[:8]]
    stats = orjson.loads(added[0]["stats"])
    assert set(stats["minValues"]) == {"ts", "workspace", "kind"}
