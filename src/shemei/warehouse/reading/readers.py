"""What reads for the questions: DuckDB by default, ClickHouse's engine or Spark when outgrown."""

from __future__ import annotations

import os
import threading
from tempfile import gettempdir
from typing import TYPE_CHECKING, Protocol

import duckdb
import pyarrow as pa

from shemei.warehouse.reading.dialects import DuckDB

if TYPE_CHECKING:
    from collections.abc import Callable

    from shemei.warehouse.reading.dialects import Dialect

READER_MEMORY = "1GB"


class Reader(Protocol):
    """An engine that answers queries over the files of the lake; safe between threads."""

    @property
    def dialect(self) -> Dialect:
        """How the engine wants its SQL."""

    def run(self, sql: str) -> pa.Table:
        """Return the rows of a query, in the types of :func:`plain`."""

    def lost_file(self, error: Exception) -> bool:
        """Tell whether a query failed because a file had been replaced meanwhile."""


class EngineMissing(ImportError):
    """The engine asked for is not installed; the message says what to install."""


class DuckReader:
    """One DuckDB for the readers of a process, a cursor for each thread.

    What does not fit into memory is spilled into the machine's folder for temporary files.

    Examples
    --------
    >>> DuckReader().run("SELECT 1 AS one").to_pylist()
    [{'one': 1}]
    """

    def __init__(self) -> None:
        self.dialect = DuckDB()
        self._local = threading.local()
        self._lock = threading.Lock()
        self._database = duckdb.connect(
            config={
                "threads": max(2, os.cpu_count() or 1),
                "memory_limit": READER_MEMORY,
                "temp_directory": f"{gettempdir()}/shemei-{os.getpid()}",
            }
        )
        self._database.execute("SET TimeZone = 'UTC'")
        self._database.execute("SET enable_object_cache = true")

    def run(self, sql: str) -> pa.Table:
        """Return the rows of a query."""
        return self._cursor().sql(sql).to_arrow_table()

    def lost_file(self, error: Exception) -> bool:
        """Tell whether DuckDB found a file missing."""
        return isinstance(error, duckdb.IOException)

    def _cursor(self) -> duckdb.DuckDBPyConnection:
        cursor: duckdb.DuckDBPyConnection | None = getattr(self._local, "cursor", None)
        if cursor is None:
            with self._lock:
                cursor = self._database.cursor()
            cursor.execute("SET TimeZone = 'UTC'")
            self._local.cursor = cursor
        return cursor


def plain(rows: pa.Table) -> pa.Table:
    """Return rows in the few types that DuckDB answers with, whatever the engine called them.

    Examples
    --------
    >>> plain(pa.table({"n": pa.array([1], pa.uint8())})).schema.field("n").type
    DataType(int64)
    """
    fields = [pa.field(item.name, _plain(item.type)) for item in rows.schema]
    return rows.cast(pa.schema(fields))


def _plain(kind: pa.DataType) -> pa.DataType:
    if pa.types.is_integer(kind):
        return kind if kind == pa.int32() else pa.int64()
    if pa.types.is_floating(kind):
        return pa.float64()
    if pa.types.is_decimal(kind):
        return pa.float64() if kind.scale else pa.int64()
    return pa.string() if pa.types.is_large_string(kind) or pa.types.is_binary(kind) else kind


def _clickhouse() -> Reader:
    from shemei.warehouse.reading.clickhouse import ChdbReader

    return ChdbReader()


def _spark() -> Reader:
    from shemei.warehouse.reading.spark import SparkReader

    return SparkReader()


READERS: dict[str, Callable[[], Reader]] = {
    "duckdb": DuckReader,
    "clickhouse": _clickhouse,
    "spark": _spark,
}
"""What each engine is called, and how it is started."""
