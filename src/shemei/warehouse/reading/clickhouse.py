"""ClickHouse's engine in this process (chdb) over the files of the lake."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from shemei.warehouse.reading.dialects import leaving_out, nothing
from shemei.warehouse.reading.readers import EngineMissing, plain

if TYPE_CHECKING:
    from collections.abc import Sequence

SETTINGS = {
    "join_use_nulls": "1",
    "aggregate_functions_null_for_empty": "1",
    "prefer_column_name_to_alias": "1",
    "cast_keep_nullable": "1",
    "union_default_mode": "'DISTINCT'",
    "count_distinct_implementation": "'uniqExact'",
    "use_hive_partitioning": "1",
}
"""What makes ClickHouse mean by SQL what the others mean."""

_TYPES = {pa.string(): "String", pa.int64(): "Int64", pa.int32(): "Int32", pa.bool_(): "Bool"}


@dataclass(frozen=True, slots=True)
class ClickHouse:
    """ClickHouse over local files.

    Examples
    --------
    >>> print(ClickHouse().literal("it's"))
    'it\\'s'
    """

    def literal(self, value: str | int) -> str:
        """Escape quotes and the backslashes that ClickHouse would read as escapes."""
        if isinstance(value, int):
            return str(value)
        return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"

    def source(self, files: Sequence[str], schema: pa.Schema) -> str:
        """Read Parquet files one after the other, or select nothing with the right columns."""
        if not files:
            return nothing(schema, clickhouse_type)
        names = ", ".join(schema.names)
        parts = (f"SELECT {names} FROM file({self.literal(name)}, 'Parquet')" for name in files)
        return f"({' UNION ALL '.join(parts)})"

    def events(self, files: Sequence[str], schema: pa.Schema, without: Sequence[str] = ()) -> str:
        """Read the log; the day stands in the names of its folders."""
        return leaving_out(self.source(files, schema), without)

    def micros(self, expression: str) -> str:
        """Use ``toUnixTimestamp64Micro``."""
        return f"toUnixTimestamp64Micro({expression})"


def clickhouse_type(kind: pa.DataType) -> str:
    """Return ClickHouse's name of an Arrow type used in the lake.

    Examples
    --------
    >>> clickhouse_type(pa.int64())
    'Nullable(Int64)'
    """
    name = _TYPES.get(kind, "DateTime64(6, 'UTC')")
    return f"Nullable({name})"


class ChdbReader:
    """Runs queries in one chdb session, one at a time."""

    def __init__(self) -> None:
        self.dialect = ClickHouse()
        self._session = _session()
        self._lock = threading.Lock()
        self._settings = ", ".join(f"{name} = {value}" for name, value in SETTINGS.items())

    def run(self, sql: str) -> pa.Table:
        """Return the rows of a query."""
        with self._lock:
            answer = self._session.query(f"{sql}\nSETTINGS {self._settings}", "Arrow")
            data = answer.bytes()
        with pa.ipc.open_file(pa.BufferReader(data)) as file:
            return plain(file.read_all())

    def lost_file(self, error: Exception) -> bool:
        """Tell by ClickHouse's name for a file that is not there."""
        return "FILE_DOESNT_EXIST" in str(error)


@cache
def _session() -> Any:
    """Return the one session that chdb allows a process."""
    try:
        from chdb.session import Session
    except ImportError as error:
        raise EngineMissing("ClickHouse 引擎没有安装：pip install chdb") from error
    return Session()
