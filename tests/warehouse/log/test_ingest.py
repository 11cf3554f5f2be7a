"""Lines into rows: the quick ways of sorting and of finding repeated ids say what the plain ones do."""

from __future__ import annotations

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from shemei.warehouse.log.filing import ORDER, folded, in_order
from shemei.warehouse.log.ingest import once
from shemei.warehouse.vocabulary import SCHEMA, Event, line_of, spoken, stamp

TS = 1_790_000_000_000_777
ids = st.one_of(
    st.integers(0, 30).map(lambda n: f"0193a1b2-0000-7000-8000-{n:012d}"),
    st.sampled_from(["a", "order:中文", "x" * 40, "abcd", "abce"]),
)
happened = st.builds(
    Event,
    kind=st.sampled_from(["click", "visit", "order"]),
    workspace=st.sampled_from(["w", "v", "中文"]),
    ts=st.integers(TS, TS + 3 * 86_400_000_000),
    event_id=ids,
    region=st.sampled_from(["", "上海"]),
)


def table(events: list[Event]) -> pa.Table:
    return pa.Table.from_pylist([stamp(one).as_dict() for one in events], schema=SCHEMA)


@given(st.lists(happened, max_size=60), st.integers(1, 60))
def test_rows_lie_as_arrow_would_sort_them(events: list[Event], chunk: int) -> None:
    rows = pa.Table.from_batches(table(events).to_batches(max_chunksize=chunk), SCHEMA)
    told = in_order(folded(rows)).cast(SCHEMA)
    keys = [name for name, _ in ORDER]
    assert told.select(keys).equals(rows.sort_by(ORDER).select(keys))
    assert sorted(map(str, told.to_pylist())) == sorted(map(str, rows.to_pylist()))


@given(st.lists(happened, max_size=60), st.integers(0, 5))
def test_each_id_stays_once_and_it_is_the_first(events: list[Event], skipped: int) -> None:
    rows = table(events).slice(skipped)
    first: dict[str, dict[str, object]] = {}
    for row in rows.to_pylist():
        first.setdefault(row["event_id"], row)
    assert once(rows).to_pylist() == list(first.values())


@given(happened)
def test_a_line_names_what_differs_and_no_more(event: Event) -> None:
    whole = stamp(event)
    assert (
        Event(**{**Event(kind="", workspace="", ts=0).as_dict(), **spoken(whole.as_dict())})
        == whole
    )
    assert b'"quantity"' not in line_of(whole)


def test_ids_are_told_apart_across_pieces_of_which_some_are_empty() -> None:
    empty, rows = SCHEMA.empty_table(), table([Event(kind="click", workspace="w", ts=TS + n, event_id=f"abc{n}") for n in range(3)])  # fmt: skip
    for pieces in ([empty, rows], [rows.slice(2), empty, rows], [empty, rows, empty, rows]):
        told = once(pa.concat_tables(pieces))["event_id"].to_pylist()
        assert sorted(told) == ["abc0", "abc1", "abc2"]
