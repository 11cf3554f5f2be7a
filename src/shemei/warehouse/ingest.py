"""Event lines of segments as one Arrow table: fast where all is well, exact where not."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import duckdb
import orjson
import pyarrow as pa

from shemei.warehouse.filing import ALONE
from shemei.warehouse.segments import read_segment
from shemei.warehouse.table import ORDER
from shemei.warehouse.vocabulary import COLUMNS, SCHEMA, Event, Kind

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

FIRST_DAY, LAST_DAY = 20000101, 21001231
FIRST_TS, LAST_TS = 946_656_000_000_000, 4_133_952_000_000_000
"""The same as moments: a time of 0 is one that was never filled in."""

REQUIRED = ("kind", "workspace", "ts", "event_id", "day", "week", "visitor_key")
DEFAULTS: dict[str, str | int] = {
    item.name: item.default
    for item in fields(Event)
    if isinstance(item.default, str | int) and item.name not in REQUIRED
}
_SORTED_BY = {name for name, _ in ORDER}
_FOLDED = {item.name for item in SCHEMA if pa.types.is_string(item.type)} - ALONE - _SORTED_BY
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


def in_order(rows: pa.Table) -> pa.Table:
    """Return rows sorted by day, workspace, kind and time, as they lie in the log's files.

    Examples
    --------
    >>> in_order(SCHEMA.empty_table()).num_rows
    0
    """
    return rows.sort_by(ORDER)


def folded(rows: pa.Table) -> pa.Table:
    """Return rows with every repeated text stored once: sorted and written in half the time.

    Examples
    --------
    >>> folded(SCHEMA.empty_table()).schema.field("channel").type
    DictionaryType(dictionary<values=string, indices=int32, ordered=0>)
    """
    return pa.table(
        {name: column.dictionary_encode() if name in _FOLDED else column
         for name, column in zip(rows.column_names, rows.columns, strict=True)}
    )  # fmt: skip


def once(rows: pa.Table) -> pa.Table:
    """Return rows with each ``event_id`` once, the first of them."""
    ids = rows["event_id"]
    if len(ids.unique()) == rows.num_rows:
        return rows
    numbered = pa.table({"id": ids, "at": pa.array(range(rows.num_rows), pa.int64())})
    first = numbered.group_by("id", use_threads=False).aggregate([("at", "min")])["at_min"]
    return rows.take(first)


def _read_fast(segments: Sequence[tuple[Path, int]]) -> pa.Table | None:
    """Read the files as they are; None where only the exact way can say which line is wrong."""
    kinds = {name: _JSON_TYPES.get(SCHEMA.field(name).type, "BIGINT") for name in COLUMNS}
    files = [str(path) for path, _ in segments]
    defaults = [_filled(name) for name in COLUMNS]
    source = f"read_json({files!r}, format='newline_delimited', columns={kinds!r})"
    try:
        with duckdb.connect(config={"threads": 2}) as connection:
            found = connection.sql(
                f"SELECT {', '.join(defaults)} FROM {source} WHERE kind IS NOT NULL"
            ).to_arrow_table()
    except duckdb.Error:
        return None
    rows = found.cast(SCHEMA, safe=False) if not any(c.null_count for c in found.columns) else None
    expected = sum(records for _, records in segments)
    return rows if rows is not None and rows.num_rows == expected and _plausible(rows) else None


def _filled(name: str) -> str:
    if name not in DEFAULTS:
        return f'"{name}"'
    default = DEFAULTS[name]
    literal = f"'{default}'" if isinstance(default, str) else str(default)
    return f'COALESCE("{name}", {literal}) AS "{name}"'


def _plausible(rows: pa.Table) -> bool:
    import pyarrow.compute as pc

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
