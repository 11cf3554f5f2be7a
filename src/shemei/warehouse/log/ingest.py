"""Event lines of segments as one Arrow table: fast where all is well, exact where not."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import lru_cache
from tempfile import gettempdir
from typing import TYPE_CHECKING, Any

import duckdb
import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc

from shemei.warehouse.log.filing import folded, in_order
from shemei.warehouse.log.groups import read_segment
from shemei.warehouse.vocabulary import COLUMNS, DEFAULTS, SCHEMA, Kind

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import numpy.typing as npt

THREADS = 2
FIRST_DAY, LAST_DAY = 20000101, 21001231
FIRST_TS, LAST_TS = 946_656_000_000_000, 4_133_952_000_000_000
"""The same as moments: a time of 0 is one that was never filled in."""

_MIX = np.uint64(0x9E3779B97F4A7C15)
_KINDS = frozenset(Kind)
_JSON_TYPES = {pa.string(): "VARCHAR", pa.int64(): "BIGINT", pa.int32(): "INTEGER"}


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that is no event: which file, which record of it (from 1), and what is wrong."""

    path: Path
    line: int
    reason: str
    text: str


@dataclass(frozen=True, slots=True)
class Ingested:
    """What a batch of segments held."""

    rows: pa.Table
    duplicates: int
    bad: list[BadLine]


def ingest(segments: Sequence[tuple[Path, int]]) -> Ingested:
    """Return the events of verified segments, each id once, sorted for the log.

    Parameters
    ----------
    segments : sequence of (path, records)
        Files whose check has passed, with the number of their event lines.

    Returns
    -------
    Ingested
        Good rows; how many repeated an id within the batch; lines that are no events.
    """
    full = [item for item in segments if item[1]]
    if not full:
        return Ingested(SCHEMA.empty_table(), 0, [])
    rows = _read_fast(full)
    bad: list[BadLine] = []
    if rows is None:
        rows, bad = _read_exact(full)
    unique = once(folded(rows))
    return Ingested(in_order(unique), rows.num_rows - unique.num_rows, bad)


def once(rows: pa.Table) -> pa.Table:
    """Return rows with each ``event_id`` once, the first of them."""
    ids = rows["event_id"]
    if _differ(ids) or len(ids.unique()) == rows.num_rows:
        return rows
    numbered = pa.table({"id": ids, "at": pa.array(range(rows.num_rows), pa.int64())})
    first = numbered.group_by("id", use_threads=False).aggregate([("at", "min")])["at_min"]
    return rows.take(pa.array(np.sort(first.to_numpy())))


def _differ(ids: pa.ChunkedArray) -> bool:
    """Whether ids of one length surely all differ: then so do sums of their parts, mostly."""
    lengths = pc.min_max(pc.binary_length(ids)).as_py()
    if lengths["min"] != lengths["max"] or not lengths["max"] or lengths["max"] % 4:
        return False
    sums = np.concatenate([_sums(chunk, lengths["max"]) for chunk in ids.chunks if len(chunk)])
    sums.sort()
    return bool((sums[1:] != sums[:-1]).all())


def _sums(ids: pa.Array, length: int) -> npt.NDArray[np.uint64]:
    """Return a number for each id that only its text decides."""
    first = np.frombuffer(ids.buffers()[1], np.int32)[ids.offset]
    text = np.frombuffer(ids.buffers()[2], np.uint32, len(ids) * length // 4, first)
    odd = _MIX ** np.arange(1, length // 4 + 1, dtype=np.uint64)
    return text.reshape(len(ids), -1).astype(np.uint64) @ odd


def _read_fast(segments: Sequence[tuple[Path, int]]) -> pa.Table | None:
    """Read the files as they are; None where only the exact way can say which line is wrong."""
    kinds = {name: _JSON_TYPES.get(SCHEMA.field(name).type, "BIGINT") for name in COLUMNS}
    files = [str(path) for path, _ in segments]
    defaults = [_filled(name) for name in COLUMNS]
    source = f"read_json({files!r}, format='newline_delimited', columns={kinds!r})"
    try:
        with _reader(os.getpid()).cursor() as connection:
            found = connection.sql(
                f"SELECT {', '.join(defaults)} FROM {source} WHERE kind IS NOT NULL"
            ).to_arrow_table()
    except duckdb.Error:
        return None
    rows = found.cast(SCHEMA, safe=False) if not any(c.null_count for c in found.columns) else None
    expected = sum(records for _, records in segments)
    return rows if rows is not None and rows.num_rows == expected and _plausible(rows) else None


@lru_cache(maxsize=1)
def _reader(process: int) -> duckdb.DuckDBPyConnection:
    """Return what reads lines for this process: memory it has is given to the next batch."""
    spill = f"{gettempdir()}/shemei-lines-{process}"
    return duckdb.connect(
        config={"threads": THREADS, "memory_limit": "1GB", "temp_directory": spill}
    )


def _filled(name: str) -> str:
    if name not in DEFAULTS:
        return f'"{name}"'
    default = DEFAULTS[name]
    literal = f"'{default}'" if isinstance(default, str) else str(default)
    return f'COALESCE("{name}", {literal}) AS "{name}"'


def _plausible(rows: pa.Table) -> bool:
    days = pc.min_max(rows["day"]).as_py()
    kinds = set(rows["kind"].unique().to_pylist())
    empty = any(pc.any(pc.equal(rows[name], "")).as_py() for name in ("event_id", "workspace"))
    moments = pc.min_max(rows["ts"].cast(pa.int64())).as_py()
    timely = days["min"] >= FIRST_DAY and days["max"] <= LAST_DAY
    timely = timely and moments["min"] >= FIRST_TS and moments["max"] < LAST_TS
    return timely and kinds <= _KINDS and not empty


def _read_exact(segments: Sequence[tuple[Path, int]]) -> tuple[pa.Table, list[BadLine]]:
    good: list[dict[str, Any]] = []
    bad: list[BadLine] = []
    for path, _ in segments:
        for number, line in enumerate(read_segment(path)[0].splitlines(), start=1):
            try:
                good.append(checked(orjson.loads(line)))
            except ValueError as error:
                bad.append(BadLine(path, number, str(error), line.decode(errors="replace")))
    columns = {name: [row[name] for row in good] for name in COLUMNS}
    return pa.table(columns, schema=SCHEMA), bad


def checked(row: Any) -> dict[str, Any]:
    """Return one decoded line as a whole row of the log.

    Raises
    ------
    ValueError
        Where a field is missing, of another type or impossible; the message names it.

    Examples
    --------
    >>> checked({"kind": "click"})
    Traceback (most recent call last):
    ...
    ValueError: workspace is missing
    """
    if not isinstance(row, dict):
        raise ValueError("the line is not a JSON object")
    whole = {name: _value(row, name) for name in COLUMNS}
    if whole["kind"] not in _KINDS:
        raise ValueError(f"kind {whole['kind']!r} is not in the vocabulary")
    for name in ("event_id", "workspace"):
        if not whole[name]:
            raise ValueError(f"{name} is empty")
    if not FIRST_DAY <= whole["day"] <= LAST_DAY:
        raise ValueError(f"day {whole['day']} is impossible")
    if not FIRST_TS <= whole["ts"] < LAST_TS:
        raise ValueError(f"ts {whole['ts']} is impossible: UTC microseconds since 1970 are wanted")
    return whole


def _value(row: dict[str, Any], name: str) -> Any:
    value: Any = row.get(name)
    if value is None:
        if name in DEFAULTS:
            return DEFAULTS[name]
        raise ValueError(f"{name} is missing")
    limit = _LIMITS[name]
    expected = int if limit else str
    if not isinstance(value, expected) or isinstance(value, bool):
        raise ValueError(f"{name} must be {expected.__name__}, got {value!r:.60}")
    if limit and not -limit <= int(value) < limit:
        raise ValueError(f"{name} is out of range: {value}")
    return value


def _limit(kind: pa.DataType) -> int:
    if pa.types.is_string(kind):
        return 0
    return 1 << (31 if pa.types.is_int32(kind) else 63)


_LIMITS = {item.name: _limit(item.type) for item in SCHEMA}
"""One more than the largest number of a column; 0 for text."""
