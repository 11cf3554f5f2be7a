"""Makes files of paths: 12 channels, one journey a row, the same file for the same arguments."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as csv
import pyarrow.parquet as pq

if TYPE_CHECKING:
    from pathlib import Path

CHANNELS = pa.array(
    [
        "wechat",
        "weibo",
        "douyin",
        "xhs",
        "bilibili",
        "kuaishou",
        "baidu",
        "wecom",
        "email",
        "sms",
        "direct",
        "offline",
    ]
)
PIECE = 500_000
DISTINCT = 10_000
DIGITS = 7


def generate(path: Path, rows: int, *, repeating: bool) -> None:
    """Write ``rows`` journeys, drawn from 10,000 strings or every one different."""
    rng = np.random.default_rng(7)
    pool = _pool(rng)
    writer = None
    for start in range(0, rows, PIECE):
        n = min(PIECE, rows - start)
        paths = pool.take(pa.array(rng.zipf(1.3, n) % len(pool))) if repeating else None
        table = _table(rng, paths if paths is not None else _different(rng, start, n))
        if writer is None:
            kind = csv.CSVWriter if path.suffix == ".csv" else pq.ParquetWriter
            writer = kind(path, table.schema)
        writer.write(table)
    if writer is not None:
        writer.close()


def _table(rng: np.random.Generator, paths: pa.Array) -> pa.Table:
    converted = (rng.random(len(paths)) < 0.22).astype(np.int64)
    value = np.where(converted, np.round(rng.gamma(2, 50, len(paths)), 2), 0.0)
    return pa.table(
        {
            "path": paths,
            "total_conversions": converted,
            "total_conversion_value": value,
            "total_null": 1 - converted,
        }
    )


def _pool(rng: np.random.Generator) -> pa.Array:
    lengths = np.minimum(rng.geometric(0.2, 3 * DISTINCT), 40)
    paths = pc.unique(_joined(rng.integers(0, len(CHANNELS), lengths.sum()), lengths))
    return paths.slice(0, DISTINCT)


def _different(rng: np.random.Generator, start: int, n: int) -> pa.Array:
    """Seven touches spell a number of their own; one or more random touches follow."""
    size = len(CHANNELS)
    number = (np.arange(start, start + n, dtype=np.int64) * 55_433 + 12_345) % size**DIGITS
    lengths = DIGITS - 1 + rng.geometric(0.5, n)
    starts = np.cumsum(lengths) - lengths
    codes = rng.integers(0, size, lengths.sum())
    for place in range(DIGITS):
        digit = number // size**place % size
        inside = place < lengths
        codes[starts[inside] + place] = digit[inside]
    return _joined(codes, lengths)


def _joined(codes: np.ndarray, lengths: np.ndarray) -> pa.Array:
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)
    return pc.binary_join(pa.ListArray.from_arrays(offsets, CHANNELS.take(pa.array(codes))), " > ")
