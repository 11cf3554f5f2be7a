"""What differs between engines: a handful of hooks around one text of SQL."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import pyarrow as pa

if TYPE_CHECKING:
    from collections.abc import Sequence


class Dialect(Protocol):
    """What a template needs from an engine."""

    def literal(self, value: str | int) -> str:
        """Write a value so that it cannot be taken for anything else."""

    def source(self, files: Sequence[str], schema: pa.Schema) -> str:
        """Name Parquet files as a table; without files, an empty table of ``schema``."""

    def events(self, files: Sequence[str], schema: pa.Schema, without: Sequence[str] = ()) -> str:
        """Name files of the log as a table, its ``day`` read from their folders.

        Events of the batches in ``without`` are left out.
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
            return _nothing(schema)
        return f"read_parquet([{', '.join(self.literal(name) for name in files)}])"

    def events(self, files: Sequence[str], schema: pa.Schema, without: Sequence[str] = ()) -> str:
        """Read the log; delta leaves the partition column out of the files."""
        if not files:
            return _nothing(schema)
        names = ", ".join(self.literal(name) for name in files)
        found = f"read_parquet([{names}], hive_partitioning=true, hive_types={{'day': INTEGER}})"
        gone = ", ".join(self.literal(batch) for batch in without)
        return f"(SELECT * FROM {found} WHERE batch NOT IN ({gone}))" if gone else found

    def micros(self, expression: str) -> str:
        """Use ``epoch_us``."""
        return f"epoch_us({expression})"


def _nothing(schema: pa.Schema) -> str:
    columns = (f"CAST(NULL AS {sql_type(item.type)}) AS {item.name}" for item in schema)
    return f"(SELECT {', '.join(columns)} WHERE 1 = 0)"


def sql_type(kind: pa.DataType) -> str:
    """Return the SQL name of an Arrow type used in the lake.

    Examples
    --------
    >>> sql_type(pa.timestamp("us", tz="UTC"))
    'TIMESTAMP WITH TIME ZONE'
    """
    return _SQL_TYPES.get(kind, "TIMESTAMP WITH TIME ZONE")
