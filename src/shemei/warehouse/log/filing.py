"""Data files of the log: one for each day of a commit, with just the statistics that readers use."""

from __future__ import annotations

import os
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from deltalake.transaction import AddAction

from shemei.warehouse.log.segments import sync_folder
from shemei.warehouse.vocabulary import SCHEMA

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import numpy.typing as npt
    from deltalake.transaction import RemoveAction

TOLD = ("ts", "workspace", "kind")
"""What the log of the table tells of a file; no visitor stands there."""

ALONE = frozenset(
    ("ts", "event_id", "visitor", "visitor_key", "order_id", "click_id", "props")
)  # fmt: skip
"""Columns with about as many values as rows: a dictionary of them would only cost."""

ORDER = [(name, "ascending") for name in ("day", "workspace", "kind", "ts")]
"""How events lie in a file."""

_FOLDED = {item.name for item in SCHEMA if pa.types.is_string(item.type)} - ALONE
_STORED = [item for item in SCHEMA if item.name != "day"]
_REPEATED = [item.name for item in _STORED if item.name not in ALONE]
_BOUNDED = [item.name for item in _STORED if not pa.types.is_string(item.type)]
_BOUNDED += ["workspace", "kind", "event_id"]
ROW_GROUP = 122_880
WORKERS = 2
OPEN, CLOSED = 1, 6
"""How hard zstd tries: for a day that will be written anew, and for one that is over."""


def in_order(rows: pa.Table) -> pa.Table:
    """Return rows sorted by day, workspace, kind and time, as they lie in the log's files.

    Examples
    --------
    >>> in_order(SCHEMA.empty_table()).num_rows
    0
    """
    order = pa.array(_order(rows))
    return _each(rows, lambda name, column: column.take(order))


def _order(rows: pa.Table) -> npt.NDArray[np.int64]:
    """Return the places of the rows in order: times come nearly sorted, of the rest there are few."""
    order = np.argsort(rows["ts"].cast(pa.int64()).to_numpy(), kind="stable")
    for name in ("kind", "workspace", "day"):
        place = _places(rows[name])
        if place.any():
            order = order[np.argsort(place[order], kind="stable")]
    return order


def _places(column: pa.ChunkedArray) -> npt.NDArray[np.uint16 | np.int32]:
    """Return for each value how many smaller ones the column has."""
    coded = column.combine_chunks().dictionary_encode()
    smaller = pc.rank(coded.dictionary, tiebreaker="dense").to_numpy() - 1
    kind = np.uint16 if len(smaller) < 1 << 16 else np.int32
    return np.asarray(smaller.astype(kind)[coded.indices.to_numpy()])


def folded(rows: pa.Table) -> pa.Table:
    """Return rows with every repeated text stored once: sorted and written in half the time.

    Examples
    --------
    >>> folded(SCHEMA.empty_table()).schema.field("channel").type
    DictionaryType(dictionary<values=string, indices=int32, ordered=0>)
    """
    return _each(
        rows, lambda name, column: column.dictionary_encode() if name in _FOLDED else column
    )


def _each(rows: pa.Table, change: Callable[[str, pa.ChunkedArray], pa.ChunkedArray]) -> pa.Table:
    """Return rows with every column changed, the columns side by side on the cores there are."""
    with ThreadPoolExecutor(WORKERS) as pool:
        return pa.table(
            dict(
                zip(
                    rows.column_names,
                    pool.map(change, rows.column_names, rows.columns),
                    strict=True,
                )
            )
        )


def write_days(root: Path, rows: pa.Table, level: int = OPEN) -> list[AddAction | RemoveAction]:
    """Write ``rows`` as one file for each day, on disk when this returns, and tell what was added.

    Arrow's own writer needs a tenth of the processor time of the table's: that one keeps least and
    greatest values of every page of all 39 columns.

    Parameters
    ----------
    root : Path
        The folder of the table.
    rows : pyarrow.Table
        In the schema of the log, sorted by day.
    level : int
        Of zstd: :data:`OPEN` or :data:`CLOSED`.

    Returns
    -------
    list of AddAction
        To be committed; a file that never is gets swept by the vacuum.
    """
    with ThreadPoolExecutor(WORKERS) as pool:
        return list(pool.map(lambda part: _write(root, *part, level=level), _by_day(rows)))


def _by_day(rows: pa.Table) -> Iterator[tuple[int, pa.Table]]:
    if not rows.num_rows:
        return
    days = rows["day"].to_numpy()
    changes = (np.flatnonzero(np.diff(days)) + 1).tolist()
    for start, stop in pairwise([0, *changes, rows.num_rows]):
        yield int(days[start]), rows.slice(start, stop - start)


def _write(root: Path, day: int, rows: pa.Table, *, level: int) -> AddAction:
    name = f"day={day}/part-00000-{uuid4()}-c000.zstd.parquet"
    path = root / name
    path.parent.mkdir(exist_ok=True)
    with path.open("wb") as file:
        pq.write_table(
            rows.drop_columns(["day"]),
            file,
            row_group_size=ROW_GROUP,
            compression="zstd",
            compression_level=level,
            use_dictionary=_REPEATED,
            write_statistics=_BOUNDED,
            store_schema=False,
        )
        file.flush()
        os.fsync(file.fileno())
    for folder in (path.parent, root):  # the names too
        sync_folder(folder)
    return AddAction(
        path=name,
        size=path.stat().st_size,
        partition_values={"day": str(day)},
        modification_time=int(time.time() * 1000),
        data_change=True,
        stats=orjson.dumps(_statistics(rows)).decode(),
    )


def _statistics(rows: pa.Table) -> dict[str, Any]:
    least: dict[str, str] = {}
    greatest: dict[str, str] = {}
    for name in TOLD:
        bounds = pc.min_max(_comparable(rows[name]))
        low, high = bounds["min"].as_py(), bounds["max"].as_py()
        least[name] = _moment(low // 1000) if name == "ts" else low
        greatest[name] = _moment(-(-high // 1000)) if name == "ts" else high
    counts = {name: rows[name].null_count for name in TOLD}
    return {
        "numRecords": rows.num_rows,
        "minValues": least,
        "maxValues": greatest,
        "nullCount": counts,
    }


def _comparable(column: pa.ChunkedArray) -> pa.Array | pa.ChunkedArray:
    """Return values of which Arrow finds the least: moments as numbers, of texts each once."""
    if pa.types.is_timestamp(column.type):
        return column.cast(pa.int64())
    return column.unique().cast(pa.string())


def _moment(millis: int) -> str:
    """Return UTC milliseconds as Delta writes them."""
    return f"{np.datetime64(millis, 'ms')}Z"
