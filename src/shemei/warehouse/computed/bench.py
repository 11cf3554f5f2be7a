"""The workbench: one DuckDB connection on which everything computed from the log is made."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import duckdb

from shemei.warehouse.computed.tables import SCHEMAS, SORTED, columns, render
from shemei.warehouse.reading.dialects import DuckDB, sql_type

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pyarrow as pa

    from shemei.warehouse.computed.shelf import Manifest, Shelf
    from shemei.warehouse.home import Home

BATCH_MEMORY = "2GB"
"""What DuckDB may hold; a month's journeys in Arrow come on top, so that all stays below 4 GB."""


MOST = 2**63 - 1
"""The largest number that a column holds."""


class Bench:
    """Makes temporary tables from templates and stores results as new files of a shelf.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
        Of its own; see :func:`workbench`.
    shelf : Shelf
        Where files are stored.
    manifest : Manifest
        The state to start from; ``files`` is its copy, brought up to date by :meth:`store`.
    """

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, shelf: Shelf, manifest: Manifest
    ) -> None:
        self.connection = connection
        self.dialect = DuckDB()
        self.files: dict[str, str] = dict(manifest.files)
        self._shelf = shelf

    def source(self, table: str, first: int = 0, last: int = 99991231) -> str:
        """Return the current files of ``table`` with days from ``first`` to ``last`` as SQL."""
        names = [
            self._shelf.path(name)
            for key, name in sorted(self.files.items())
            if _within(key, table, first // 100, last // 100)
        ]
        return self.dialect.source(names, SCHEMAS[table])

    def make(self, name: str, sql: str) -> None:
        """Create a temporary table from a query."""
        self.connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {sql}")

    def table(self, name: str, template: str = "", /, **values: str | int) -> None:
        """Create a temporary table from a template, by default of the same name."""
        self.make(name, render(template or name, values))

    def store(self, table: str, part: str, sql: str) -> int:
        """Write the rows of a query as the new file of a part; returns how many rows.

        Types are those of the schema, order is the table's. Without rows the part has no file. A sum that no
        column holds stands at its bound: absurd amounts of one brand stop no other one's figures.
        """
        made = self.connection.sql(sql)
        kinds = dict(zip(made.columns, map(str, made.types), strict=True))
        casts = ", ".join(_cast(item, kinds[item.name]) for item in SCHEMAS[table])
        name = self._shelf.new_name(table, part)
        target = self.dialect.literal(self._shelf.path(name))
        self.connection.execute(
            f"COPY (SELECT {casts} FROM ({sql}) AS made ORDER BY {SORTED[table]}) TO {target}"
            " (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880)"
        )
        count = self.number(f"SELECT COUNT(*) FROM read_parquet({target})")
        self.files.pop(f"{table}/{part}", None)
        if count:
            self.files[f"{table}/{part}"] = name
        return count

    def store_table(self, table: str, rows: pa.Table) -> int:
        """Store an Arrow table as the one part ``all``."""
        self.connection.register("handed_in", rows)
        try:
            names = columns(SCHEMAS[table].names)
            return self.store(table, "all", f"SELECT {names} FROM handed_in")
        finally:
            self.connection.unregister("handed_in")

    def number(self, sql: str) -> int:
        """Return the one integer that a query answers with; nothing is 0."""
        rows = self.connection.execute(sql).fetchall()
        return int(rows[0][0] or 0) if rows else 0

    def numbers(self, sql: str) -> list[int]:
        """Return the first column of a query as integers."""
        return [int(row[0]) for row in self.connection.execute(sql).fetchall()]

    def arrow(self, sql: str) -> pa.Table:
        """Return the rows of a query as an Arrow table."""
        return self.connection.sql(sql).to_arrow_table()


def _cast(column: pa.Field, made: str) -> str:
    """Return a column as its schema has it; a sum, which is wider, goes no further than 64 bits reach.

    Examples
    --------
    >>> import pyarrow as pa
    >>> _cast(pa.field("day", pa.int32()), "INTEGER")
    'CAST(day AS INTEGER) AS day'
    >>> _cast(pa.field("spend", pa.int64()), "HUGEINT")
    'CAST(LEAST(GREATEST(spend, -9223372036854775807), 9223372036854775807) AS BIGINT) AS spend'
    """
    kind, name = sql_type(column.type), column.name
    is_wide = made == "HUGEINT" and kind == "BIGINT"
    value = f"LEAST(GREATEST({name}, {-MOST}), {MOST})" if is_wide else name
    return f"CAST({value} AS {kind}) AS {name}"


def _within(key: str, table: str, first: int, last: int) -> bool:
    name, _, part = key.partition("/")
    return name == table and (not part.isdigit() or first <= int(part) <= last)


@contextlib.contextmanager
def workbench(home: Home, shelf: Shelf, manifest: Manifest) -> Iterator[Bench]:
    """Open a bench with room to spill to disk, closed at the end."""
    spill = home.lake / "tmp"
    spill.mkdir(parents=True, exist_ok=True)
    config: Mapping[str, str | int] = {
        "threads": 2,
        "memory_limit": BATCH_MEMORY,
        "temp_directory": str(spill),
    }
    with duckdb.connect(config=dict(config)) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        yield Bench(connection, shelf, manifest)
