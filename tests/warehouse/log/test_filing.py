"""Data files of the log: whole, findable by their statistics, and fenced by the handle that looked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from deltalake.exceptions import CommitFailedError

from shemei.warehouse.log import table
from shemei.warehouse.log.filing import ALONE, TOLD, in_order, write_days
from shemei.warehouse.vocabulary import SCHEMA, Event, stamp

if TYPE_CHECKING:
    from pathlib import Path

    from shemei.warehouse.home import Home

TS = 1_790_000_000_000_777
HOUR = 3_600_000_000


def rows(n: int, *, step: int = HOUR) -> pa.Table:
    events = [
        stamp(Event(kind=kind, workspace="w", ts=TS + i * step, visitor=f"v{i}", region="上海"))
        for i in range(n)
        for kind in ("click", "visit")
    ]
    return in_order(pa.Table.from_pylist([event.as_dict() for event in events], schema=SCHEMA))


def test_a_commit_is_one_file_a_day_and_nothing_is_lost(home: Home) -> None:
    some = rows(60)
    log = table.open_table(home)
    table.append(log, some, {"s": 1})
    files = table.live_files(log)
    days = pc.value_counts(some["day"]).to_pylist()
    assert [(f.day, f.rows) for f in files] == [(d["values"], d["counts"]) for d in days]
    found = in_order(log.to_pyarrow_table().select(SCHEMA.names).cast(SCHEMA))
    assert found.equals(some)


def test_a_handle_that_has_not_seen_the_last_commit_is_refused(home: Home) -> None:
    first, second = table.open_table(home), table.open_table(home)
    table.append(first, rows(1), {"s": 1})
    with pytest.raises(CommitFailedError):
        table.append(second, rows(1), {"s": 1})
    table.append(first, rows(1), {"s": 2})
    fresh = table.open_table(home)
    assert (table.mark(fresh, "s"), sum(f.rows for f in table.live_files(fresh))) == (2, 4)


def test_marks_alone_need_no_file(home: Home) -> None:
    log = table.open_table(home)
    table.append(log, SCHEMA.empty_table(), {"s": 3})
    assert (table.mark(log, "s"), table.live_files(log)) == (3, [])


def test_statistics_hold_every_row_and_name_no_visitor(tmp_path: Path) -> None:
    some = rows(5, step=1)
    (added,) = write_days(tmp_path, some)
    told = orjson.loads(added.stats)
    assert set(told["minValues"]) == set(told["maxValues"]) == set(TOLD)
    bounds = [pa.scalar(told[part]["ts"].removesuffix("Z")).cast(pa.timestamp("us"))
              for part in ("minValues", "maxValues")]  # fmt: skip
    low, high = (bound.cast(pa.int64()).as_py() for bound in bounds)
    moments = some["ts"].cast(pa.int64()).to_pylist()
    assert low <= min(moments) <= max(moments) <= high < max(moments) + 1000
    group = pq.ParquetFile(tmp_path / added.path).metadata.row_group(0)
    columns = [group.column(n) for n in range(group.num_columns)]
    bounded = {item.path_in_schema for item in columns if item.is_stats_set}
    assert {*TOLD, "event_id", "amount"} <= bounded
    assert bounded.isdisjoint({"visitor", "customer", "phone"})


def test_a_column_of_many_values_has_no_dictionary(tmp_path: Path) -> None:
    (added,) = write_days(tmp_path, rows(5, step=1))
    group = pq.ParquetFile(tmp_path / added.path).metadata.row_group(0)
    columns = [group.column(n) for n in range(group.num_columns)]
    plain = {item.path_in_schema for item in columns if not item.has_dictionary_page}
    assert plain == ALONE
    assert added.size == (tmp_path / added.path).stat().st_size
