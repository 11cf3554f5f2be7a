"""What differs between engines: a handful of hooks around one text of SQL."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import pyarrow as pa

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


class Dialect(Protocol):
    """What a template needs from an engine."""

    def literal(self, value: str | int) -> str:
        """Write a value so that it cannot be taken for anything else."""

    def source(self, files: Sequence[str], schema: pa.Schema) -> str:
        """Name Parquet files as a table; without files, an empty table of ``schema``."""

    def events(self, files: Sequence[str], schema: pa.Schema, without: Sequence[str] = ()) -> str:
        """Name files of the log as a table, its ``day`` read from their folders.

        Events that meet any of the conditions in ``without`` are left out.
        """

    def micros(self, expression: str) -> str:
        """Turn a UTC timestamp into microseconds since 1970."""


_SQL_TYPES = {
    pa.string(): "VARCHAR",
    pa.int64(): "BIGINT",
    pa.int32(): "INTEGER",
    pa.bool_(): "BOOLEAN",
    pa.float64(): "DOUBLE",
}


@dataclass(frozen=True, slots=True)
class DuckDB:
    """DuckDB over local files.

    Examples
    --------
    >>> DuckDB().literal("it's")
    "'it''s'"
    """

    def literal(self, value: str | int) -> str:
        """Double the quotes of text; DuckDB knows no backslash escapes."""
        return str(value) if isinstance(value, int) else "'" + value.replace("'", "''") + "'"

    def source(self, files: Sequence[str], schema: pa.Schema) -> str:
        """Read Parquet, or select nothing with the right columns."""
        if not files:
            return nothing(schema, sql_type)
        return f"read_parquet([{', '.join(self.literal(name) for name in files)}])"

    def events(self, files: Sequence[str], schema: pa.Schema, without: Sequence[str] = ()) -> str:
        """Read the log; delta leaves the partition column out of the files."""
        if not files:
            return nothing(schema, sql_type)
        names = ", ".join(self.literal(name) for name in files)
        found = f"read_parquet([{names}], hive_partitioning=true, hive_types={{'day': INTEGER}})"
        return leaving_out(found, without)

    def micros(self, expression: str) -> str:
        """Use ``epoch_us``."""
        return f"epoch_us({expression})"


def leaving_out(events: str, without: Sequence[str]) -> str:
    """Return the log as a table without the events that meet one of some conditions.

    Examples
    --------
    >>> leaving_out("log", ["batch = 'b1'"])
    "(SELECT * FROM log WHERE NOT (batch = 'b1'))"
    """
    return f"(SELECT * FROM {events} WHERE NOT ({' OR '.join(without)}))" if without else events


def nothing(schema: pa.Schema, type_name: Callable[[pa.DataType], str]) -> str:
    """Return an empty table of a schema, its types named as an engine names them.

    Examples
    --------
    >>> nothing(pa.schema([("n", pa.int64())]), sql_type)
    '(SELECT CAST(NULL AS BIGINT) AS n WHERE 1 = 0)'
    """
    columns = (f"CAST(NULL AS {type_name(item.type)}) AS {item.name}" for item in schema)
    return f"(SELECT {', '.join(columns)} WHERE 1 = 0)"


def sql_type(kind: pa.DataType) -> str:
    """Return the SQL name of an Arrow type used in the lake.

    Examples
    --------
    >>> sql_type(pa.timestamp("us", tz="UTC"))
    'TIMESTAMP WITH TIME ZONE'
    """
    return _SQL_TYPES.get(kind, "TIMESTAMP WITH TIME ZONE")
