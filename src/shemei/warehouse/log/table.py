"""The Delta table of events: made, appended to with marks, and read as a list of files."""

from __future__ import annotations

import fcntl
import os
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from deltalake import (
    CommitProperties,
    DeltaTable,
    Field,
    Transaction,
)

from shemei.warehouse.log.filing import CLOSED, TOLD, folded, in_order, write_days
from shemei.warehouse.vocabulary import SCHEMA, SCHEMA_VERSION, Event

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from shemei.warehouse.home import Home

CONFIGURATION: dict[str, str | None] = {
    "delta.dataSkippingStatsColumns": ",".join(TOLD),
    "delta.logRetentionDuration": "interval 2 days",
    "delta.deletedFileRetentionDuration": "interval 1 days",
    "delta.checkpointInterval": "100",
}
"""No visitor stands in the statistics: only these three columns do."""

REFRESH_SECONDS = 1.0
SCHEMA_MARK = "schema"
"""The version of the log's schema, committed like the mark of a stream; a log without one is of 1."""


REMOVED = "shemei#removed"
"""How many rows were erased, undone or had their time: committed with the rewrite that did it."""


class NewerLake(RuntimeError):
    """The log was written by a newer program; this one must not touch it."""


class OlderLake(RuntimeError):
    """The log lacks columns of today, or its figures are those of another version; who only reads mends neither."""


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold an exclusive file lock; waits until it is free, and ends with the process."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fd = os.open(path, os.O_CREAT | os.O_RDWR, 0o640)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX)
        yield
    finally:
        os.close(fd)


def events_path(home: Home) -> Path:
    """Return the folder of the Delta table."""
    return home.lake / "events"


def open_table(home: Home) -> DeltaTable:
    """Return a fresh handle of the events table, made at the first call.

    Raises
    ------
    NewerLake
        Where a newer program has written to it.
    """
    path = events_path(home)
    if not (path / "_delta_log").is_dir():
        path.mkdir(parents=True, exist_ok=True)
        DeltaTable.create(
            path, SCHEMA, mode="ignore", partition_by=["day"], configuration=CONFIGURATION
        )
    return _known(DeltaTable(path))


def schema_version(table: DeltaTable) -> int:
    """Return the version of the log's schema that its last writer knew."""
    return mark(table, SCHEMA_MARK) or 1


def _known(table: DeltaTable) -> DeltaTable:
    if (found := schema_version(table)) > SCHEMA_VERSION:
        raise NewerLake(
            f"{table.table_uri}: 数据湖的格式是第 {found} 版，这个程序只认识到第 {SCHEMA_VERSION} 版。"
            "请升级 Shemei，或从升级前的备份恢复；没有改动任何数据。"
        )
    return table


def upgrade(table: DeltaTable) -> int:
    """Bring an older log to today's schema: missing columns are added with their default.

    Day by day, so that memory is that of one day; killed in the middle, the next call goes on. The
    caller holds the loader's lock. Returns how many days were rewritten. A log that lacks nothing,
    as one just made, gets its mark with the next append.
    """
    missing, days = _behind(table)
    if missing:
        table.alter.add_columns([Field.from_arrow(item) for item in missing])
    for day in days:
        rewrite_day(table, day)
    if missing or days:
        append(table, SCHEMA.empty_table(), {SCHEMA_MARK: SCHEMA_VERSION})
    return len(days)


def _behind(table: DeltaTable) -> tuple[list[pa.Field], list[int]]:
    """Return the columns that a log lacks, and the days with a file that lacks any."""
    if schema_version(table) == SCHEMA_VERSION:
        return [], []
    known = {item.name for item in table.schema().fields}
    missing = [item for item in SCHEMA if item.name not in known]
    return missing, sorted({item.day for item in live_files(table) if _lacks_column(item.path)})


def upgrade_home(home: Home) -> int:
    """Bring a home's log to today's schema before anybody reads it; returns how many days that took.

    Raises
    ------
    NewerLake
        Where a newer program has written to it.
    """
    if not (events_path(home) / "_delta_log").is_dir():
        return 0
    with locked(home.lake / "loader.lock"):
        return upgrade(open_table(home))


def must_be_known(home: Home) -> None:
    """Refuse a home whose log a newer program has written; nothing is made, nothing is written.

    Raises
    ------
    NewerLake
        Where a newer program has written to it.
    """
    if (events_path(home) / "_delta_log").is_dir():
        _known(DeltaTable(events_path(home)))


def must_be_current(home: Home) -> None:
    """Refuse a home whose log this program cannot read as it stands; nothing is written.

    Raises
    ------
    NewerLake
        Where a newer program has written to it.
    OlderLake
        Where it has not been brought to today's schema, or only half of it.
    """
    if (events_path(home) / "_delta_log").is_dir():
        _readable(DeltaTable(events_path(home)))


def _readable(table: DeltaTable) -> DeltaTable:
    if any(_behind(_known(table))):
        raise OlderLake(
            f"{table.table_uri}: 数据湖是旧版 Shemei 写的，还缺这一版的列。"
            "请先运行一次 shemei serve，它会补上，内容不变；现在没有改动任何数据。"
        )
    return table


def _lacks_column(path: str) -> bool:
    return bool(set(SCHEMA.names) - {"day"} - set(pq.read_schema(path).names))


def filled(rows: pa.Table) -> pa.Table:
    """Return rows in today's schema, what they lack filled with the defaults of an event."""
    return pa.table([_column(rows, item) for item in SCHEMA], schema=SCHEMA)


def _column(rows: pa.Table, item: pa.Field) -> pa.ChunkedArray:
    default = Event.__dataclass_fields__[item.name].default if item.name in _DEFAULTED else None
    if item.name not in rows.column_names:
        return pa.chunked_array([pa.repeat(pa.scalar(default, item.type), rows.num_rows)])
    column = rows[item.name].cast(item.type)
    return pc.fill_null(column, default) if column.null_count and default is not None else column


_DEFAULTED = {
    name for name, item in Event.__dataclass_fields__.items() if isinstance(item.default, str | int)
}


def append(table: DeltaTable, rows: pa.Table, marks: Mapping[str, int]) -> None:
    """Commit ``rows`` and ``marks`` together through ``table``, the handle that read the old marks.

    Parameters
    ----------
    table : DeltaTable
        Delta refuses a stale handle but not a repeated mark: only the one that looked is a fence.
    rows : pyarrow.Table
        In the schema of the log, sorted by day; may be empty, then only the marks are committed.
    marks : Mapping[str, int]
        Application transactions: stream → highest segment, and its counters.

    Raises
    ------
    deltalake.exceptions.CommitFailedError
        Where somebody committed a mark of the same name first: look again, never retry blindly.
    """
    known = marks
    if mark(table, SCHEMA_MARK) != SCHEMA_VERSION:
        known = {**marks, SCHEMA_MARK: SCHEMA_VERSION}
    transactions = [Transaction(name, version) for name, version in known.items()]
    table.create_write_transaction(
        write_days(_root(table), rows),
        "append",
        table.schema(),
        ["day"],
        commit_properties=CommitProperties(app_transactions=transactions),
    )
    table.update_incremental()


def mark(table: DeltaTable, name: str) -> int:
    """Return the last committed mark of ``name``, 0 where there is none."""
    return table.transaction_version(name) or 0


def rewrite_day(table: DeltaTable, day: int) -> None:
    """Rewrite one day of the log into one sorted file; the rows stay the same."""
    replace_day(table, day, table.to_pyarrow_table(filters=[("day", "=", day)]))


def replace_day(table: DeltaTable, day: int, rows: pa.Table) -> None:
    """Make ``rows`` all there is of one day, in one sorted file; without rows it has no file."""
    fewer = sum(item.rows for item in live_files(table) if item.day == day) - rows.num_rows
    removed = [Transaction(REMOVED, mark(table, REMOVED) + fewer)] if fewer else []
    table.create_write_transaction(
        write_days(_root(table), in_order(folded(filled(rows))), CLOSED),
        "overwrite",
        table.schema(),
        ["day"],
        partition_filters=[("day", "=", str(day))],
        commit_properties=CommitProperties(app_transactions=removed),
    )
    table.update_incremental()


@dataclass(frozen=True, slots=True)
class LiveFile:
    """One data file of the log: where it is, which day it holds, how many rows and bytes."""

    path: str
    day: int
    rows: int
    size: int


def live_files(table: DeltaTable) -> list[LiveFile]:
    """Return the data files of the version that ``table`` has read, by day."""
    actions = pa.table(table.get_add_actions(flatten=True)).select(
        ["path", "partition.day", "num_records", "size_bytes"]
    )
    root = _root(table)
    rows = zip(*(column.to_pylist() for column in actions.columns), strict=True)
    files = [LiveFile(f"{root}/{path}", day, count or 0, size) for path, day, count, size in rows]
    return sorted(files, key=lambda item: (item.day, item.path))


def _root(table: DeltaTable) -> Path:
    return Path(table.table_uri.removeprefix("file://"))


class LiveList:
    """The current files of the log, looked up at most once a second; safe between threads.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from shemei.warehouse.home import Home
    >>> LiveList(Home(Path(tempfile.mkdtemp()))).between(20261101, 20261130)
    []
    """

    def __init__(self, home: Home) -> None:
        self._home = home
        self._lock = threading.Lock()
        self._table: DeltaTable | None = None
        self._looked = -REFRESH_SECONDS
        self._version = -1
        self._files: list[LiveFile] = []

    def between(self, first: int, last: int, *, now: bool = False) -> list[LiveFile]:
        """Return the files of the days ``first`` to ``last``; ``now`` looks even if just looked."""
        with self._lock:
            if now or time.monotonic() - self._looked >= REFRESH_SECONDS:
                self._refresh()
            return [item for item in self._files if first <= item.day <= last]

    def _refresh(self) -> None:
        if self._table is None:
            if not (events_path(self._home) / "_delta_log").is_dir():
                return
            self._table = _readable(DeltaTable(events_path(self._home)))
        else:
            self._table.update_incremental()
        if self._table.version() != self._version:
            self._files, self._version = live_files(self._table), self._table.version()
        self._looked = time.monotonic()
