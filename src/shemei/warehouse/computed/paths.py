"""Paths to orders and journeys without one, computed from touches and persons, kept by month."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from shemei.warehouse.computed.tables import (
    DAY_MICROS,
    DEFAULT_LOOKBACK,
    NULL_DIMS,
    SCHEMAS,
    STORED_LOOKBACK,
    columns,
    named,
    render,
)
from shemei.warehouse.vocabulary import date_of, int_day

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import numpy.typing as npt

    from shemei.warehouse.computed.bench import Bench

CLICK_LIFE = 31
"""Days for which a site's visits carry the id of the click they came by."""

TOGETHER = 6
"""Months computed in one pass; more would need more memory, fewer more reading."""

SEPARATOR = "\x1f"
"""Between the names of a stored path: the unit separator, which no name contains."""


def months_of_paths(days: Iterable[int]) -> set[int]:
    """Return the months whose orders may look back on any of ``days``.

    A click also decides which later visits with its id are touches of their own, and orders look back
    on these.

    Examples
    --------
    >>> sorted(months_of_paths([20261020]))
    [202610, 202611, 202612, 202701, 202702]
    """
    return _months(days, 0, CLICK_LIFE + STORED_LOOKBACK)


def months_of_journeys(days: Iterable[int]) -> set[int]:
    """Return the months of last touches that something on any of ``days`` may change.

    Examples
    --------
    >>> sorted(months_of_journeys([20261015]))
    [202609, 202610, 202611, 202612]
    """
    return _months(days, DEFAULT_LOOKBACK, CLICK_LIFE + DEFAULT_LOOKBACK)


def _months(days: Iterable[int], before: int, after: int) -> set[int]:
    spans = ((add_days(day, -before), add_days(day, after)) for day in set(days))
    return {month for first, last in spans for month in _between(first // 100, last // 100)}


def _between(first: int, last: int) -> Iterator[int]:
    while first <= last:
        yield first
        first = _next(first)


def _next(month: int) -> int:
    return month + 89 if month % 100 == 12 else month + 1


def add_days(day: int, count: int) -> int:
    """Return the day ``count`` days after ``day``, both yyyymmdd.

    Examples
    --------
    >>> add_days(20261231, 1)
    20270101
    """
    return int_day(date_of(day) + timedelta(days=count))


def rebuild_paths(bench: Bench, paths: set[int], journeys: set[int]) -> None:
    """Compute the given months of paths and of journeys without an order again.

    Parameters
    ----------
    bench : Bench
        With persons named and orders stored.
    paths : set of int
        Months (yyyymm) of orders.
    journeys : set of int
        Months of last touches.
    """
    months = sorted(paths | journeys)
    for start in range(0, len(months), TOGETHER):
        some = months[start : start + TOGETHER]
        first, last = some[0] * 100 + 1, some[-1] * 100 + 31
        _make_steps(bench, first, last)
        for month in some:
            if month in paths:
                _store_paths(bench, month)
        wanted = [month for month in some if month in journeys]
        if wanted:
            _store_journeys(bench, wanted)
    bench.connection.execute("DROP TABLE IF EXISTS steps")


def _make_steps(bench: Bench, first: int, last: int) -> None:
    before = add_days(first, -STORED_LOOKBACK - CLICK_LIFE)
    after = add_days(
        _next(last // 100) * 100 + 1, DEFAULT_LOOKBACK
    )  # February is shorter than that
    touches = bench.source("touches", before, after)
    bench.table("steps", touches=touches, first=before, last=after)


def _store_paths(bench: Bench, month: int) -> None:
    made = render(
        "paths",
        {
            "orders": bench.source("orders"),
            "first": month * 100,
            "last": month * 100 + 31,
            "stored_micros": STORED_LOOKBACK * DAY_MICROS,
        },
    )
    bench.store("paths", str(month), made)


def _store_journeys(bench: Bench, months: list[int]) -> None:
    first, last = months[0] * 100 + 1, months[-1] * 100 + 31
    sql = journeys_sql(bench.source("orders"), first, last, DEFAULT_LOOKBACK)
    rows = bench.arrow(sql)
    counted = pa.concat_tables(counted_journeys(rows, name) for name in NULL_DIMS)
    bench.connection.register("counted", counted)
    for month in months:
        bench.store(
            "nulls",
            str(month),
            f"SELECT * FROM counted WHERE day BETWEEN {month * 100} AND {month * 100 + 31}",
        )
    bench.connection.unregister("counted")


def journeys_sql(
    orders: str,
    first: int,
    last: int,
    lookback_days: int,
    dimensions: Iterable[str] = NULL_DIMS,
    before: str = "",
) -> str:
    """Return the query of the touches of journeys that end between two days.

    It needs a table ``steps``, or ``before``: definitions for its WITH that make one.
    """
    names = tuple(dimensions)
    values: dict[str, str | int] = {
        "before": before,
        "orders": orders,
        "first": first,
        "last": last,
        "since": add_days(first, -lookback_days - 1),
        "lookback_micros": lookback_days * DAY_MICROS,
        "dimensions": columns(names),
        "s_dimensions": named(names, "s."),
    }
    return render("journeys", values)


def counted_journeys(rows: pa.Table, dimension: str) -> pa.Table:
    """Return equal paths of one dimension counted by workspace and day of the last touch.

    Parameters
    ----------
    rows : pyarrow.Table
        Touches in the order of :func:`journeys_sql`.
    dimension : str
        Whose names make the path.
    """
    if not rows.num_rows:
        return SCHEMAS["nulls"].empty_table()
    starts = _starts(rows)
    offsets = pa.array(np.append(starts, rows.num_rows), pa.int32())
    names = rows[dimension].combine_chunks().cast(pa.string())
    paths = pc.binary_join(pa.ListArray.from_arrays(offsets, names), SEPARATOR)
    heads = rows.select(["workspace", "day"]).take(pa.array(starts))
    counted = heads.append_column("path", paths).group_by(["workspace", "day", "path"])
    found = counted.aggregate([([], "count_all")]).rename_columns(
        ["workspace", "day", "path", "journeys"]
    )
    named = found.append_column("dimension", pa.repeat(dimension, found.num_rows))
    return named.select(SCHEMAS["nulls"].names).cast(SCHEMAS["nulls"])


def _starts(rows: pa.Table) -> npt.NDArray[np.int64]:
    """Return where each journey begins: its person or its last touch differs from the row before.

    A person belongs to one workspace, but two workspaces may know the same browser.
    """
    workspace = rows["workspace"].combine_chunks().dictionary_encode().indices.to_numpy()
    person, end = rows["person"].to_numpy(), rows["end_ts"].to_numpy()
    fresh = np.ones(rows.num_rows, bool)
    fresh[1:] = (np.diff(person) != 0) | (np.diff(end) != 0) | (np.diff(workspace) != 0)
    return np.flatnonzero(fresh)
