"""Erasing a person: found with all identities, left out at once, then gone from every file."""

from __future__ import annotations

import os
import secrets
import time
from collections import defaultdict
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import duckdb
import orjson

from shemei.warehouse.computed.bench import workbench
from shemei.warehouse.computed.shelf import Shelf
from shemei.warehouse.log import table as events
from shemei.warehouse.log.segments import replace_file
from shemei.warehouse.log.tombstones import Erased, change, conditions, exclude, excluded
from shemei.warehouse.reading.dialects import DuckDB
from shemei.warehouse.vocabulary import SCHEMA

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    import pyarrow as pa

    from shemei.warehouse.computed.bench import Bench
    from shemei.warehouse.home import Home
    from shemei.warehouse.log.tombstones import Gone

FORGET_AFTER = 48 * 3600
"""Seconds for which a tombstone keeps the identities: what comes late is still left out."""

READ_MEMORY = "2GB"
ERASED_LINE = b'{"erased":true}\n'


class ErasureError(ValueError):
    """The person cannot be found; the message says what was looked for."""


def silent(step: str, done: int, total: int) -> None:
    """Tell nobody of the progress."""


def find_person(
    home: Home, workspace: str, *, person: int = 0, order: str = "", customer: str = ""
) -> Erased:
    """Return a person with all identities, as a tombstone that is not yet put up.

    Parameters
    ----------
    home : Home
        The installation, settled: persons are looked up in what was computed.
    workspace : str
        Whose person it is.
    person : int
        The person's key, as the list of people shows it.
    order : str
        Or the number of any order of the person.
    customer : str
        Or the shop's reference of the person.

    Raises
    ------
    ErasureError
        Where nobody is known by this.
    """
    shelf = Shelf(home)
    with workbench(home, shelf, shelf.current()) as bench:
        key = person or _person_of(bench, workspace, order, customer)
        known = _identities(bench, workspace, key) if key else None
    if known is None:
        asked = f"人 {person}" if person else f"订单 {order}" if order else f"顾客 {customer}"
        raise ErasureError(
            f"空间 {workspace} 里没有{asked}；编号在「人群」的详情页，或已经删除过。"
        )
    return _placed(home, known)


def _person_of(bench: Bench, workspace: str, order: str, customer: str) -> int:
    space, literal = bench.dialect.literal(workspace), bench.dialect.literal
    if order:
        sql = f"FROM {bench.source('orders')} AS o WHERE order_id = {literal(order)}"
    else:
        sql = (
            f"FROM {bench.source('persons')} AS p WHERE kind = 'c' AND value = {literal(customer)}"
        )
    return bench.number(f"SELECT MAX(person) {sql} AND workspace = {space}")


def _identities(bench: Bench, workspace: str, person: int) -> Erased | None:
    """Collect what the person is known by; somebody seen in one browser alone is that browser."""
    mine = f"workspace = {bench.dialect.literal(workspace)} AND person = {person}"
    rows = bench.connection.execute(
        f"SELECT kind, value FROM {bench.source('persons')} AS p WHERE {mine}"
        f" UNION SELECT 'o', order_id FROM {bench.source('orders')} AS o WHERE {mine}"
    ).fetchall()
    found: dict[str, list[str]] = defaultdict(list)
    for kind, value in sorted(rows):
        if value:
            found[kind].append(value)
    browsers = {int(value) for value in found["v"]} or {person}
    return Erased(
        key=new_key(),
        workspace=workspace,
        until=time.time_ns() // 1000,
        person=person,
        visitors=tuple(sorted(browsers)),
        customers=tuple(found["c"]),
        phones=tuple(found["p"]),
        orders=tuple(found["o"]),
    )


def new_key() -> str:
    """Return an unguessable key for the tombstone of a person."""
    return f"person-{secrets.token_hex(8)}"


def _placed(home: Home, known: Erased) -> Erased:
    """Look through the whole log for the days, the clicks and the latest moment of the person."""
    files = [item.path for item in events.live_files(events.open_table(home))]
    if not files:
        return known
    dialect = DuckDB()
    later = replace(known, until=(1 << 62))
    with reader() as connection:
        source = dialect.events(files, SCHEMA)
        rows = connection.execute(
            f"SELECT click_id, MAX({dialect.micros('ts')}), COUNT(*) FROM {source} AS e"
            f" WHERE {later.condition(dialect)} GROUP BY click_id"
        ).fetchall()
        clicks = tuple(sorted(click for click, _, _ in rows if click))
        until = max([known.until, *(int(moment) for _, moment, _ in rows)])
        whole = replace(known, clicks=clicks, until=until)
        days = connection.execute(
            f"SELECT day, COUNT(*) FROM {source} AS e WHERE {whole.condition(dialect)}"
            " GROUP BY day ORDER BY day"
        ).fetchall()
    if not days and not (known.customers or known.phones or known.orders):
        raise ErasureError(f"空间 {known.workspace} 的日志里没有人 {known.person} 的任何事件。")
    return replace(whole, days=tuple(day for day, _ in days), rows=sum(n for _, n in days))


def reader() -> duckdb.DuckDBPyConnection:
    """Return a connection of its own for reading the log."""
    connection = duckdb.connect(config={"threads": 2, "memory_limit": READ_MEMORY})
    connection.execute("SET TimeZone = 'UTC'")
    return connection


def events_of_person(home: Home, person: Erased) -> list[dict[str, Any]]:
    """Return every event that an erasure of this person would take, as rows of the log."""
    files = [item.path for item in events.live_files(events.open_table(home))]
    if not files or person.is_forgotten:
        return []
    without = [one.condition(DuckDB()) for one in excluded(home) if one.key != person.key]
    with reader() as connection:
        source = DuckDB().events(files, SCHEMA, tuple(filter(None, without)))
        sql = f"SELECT * FROM {source} AS e WHERE {person.condition(DuckDB())} ORDER BY ts"
        rows: list[dict[str, Any]] = connection.sql(sql).to_arrow_table().to_pylist()
    return rows


def erase(home: Home, person: Erased) -> Erased:
    """Put up the tombstone: from now on the person is in no answer. Returns it as it stands."""
    exclude(home, person)
    return next(one for one in excluded(home) if isinstance(one, Erased) and one.key == person.key)


def waiting(home: Home) -> list[Gone]:
    """Return the tombstones whose rows still lie in the log's files."""
    return [one for one in excluded(home) if not one.rewritten]


def rewrite(home: Home, tell: Callable[[str, int, int], None] = silent) -> int:
    """Rewrite every day that still holds rows of a tombstone; returns how many days.

    The caller holds the locks of settling and loading. Each day is one commit: killed in the
    middle, the next call does the rest. The old files go with the next vacuum.
    """
    left = waiting(home)
    if not left:
        return 0
    log = events.open_table(home)
    files: dict[int, list[str]] = defaultdict(list)
    for item in events.live_files(log):
        files[item.day].append(item.path)
    without = conditions(excluded(home), DuckDB())
    with reader() as connection:
        days = [day for day in sorted(files) if _holds(connection, files[day], without)]
        for done, day in enumerate(days):
            tell("重写", done, len(days))
            events.replace_day(log, day, kept_rows(connection, files[day], without))
    tell("重写", len(days), len(days))
    _mark_rewritten(home, {one.key for one in left})
    return len(days)


def _holds(
    connection: duckdb.DuckDBPyConnection, paths: Sequence[str], without: Sequence[str]
) -> bool:
    source = DuckDB().events(paths, SCHEMA)
    sql = f"SELECT 1 FROM {source} AS e WHERE {' OR '.join(without)} LIMIT 1"
    return bool(connection.execute(sql).fetchall()) if without else False


def kept_rows(
    connection: duckdb.DuckDBPyConnection, paths: Sequence[str], without: Sequence[str]
) -> pa.Table:
    """Return the rows of some files of the log that meet none of the conditions."""
    source = DuckDB().events(paths, SCHEMA, without)
    names = ", ".join(f'"{name}"' for name in SCHEMA.names)
    return connection.sql(f"SELECT {names} FROM {source} AS e").to_arrow_table()


def _mark_rewritten(home: Home, keys: set[str]) -> None:
    now = time.time_ns() // 1000
    change(
        home,
        lambda known: [replace(one, rewritten=now) if one.key in keys else one for one in known],
    )


def forget(home: Home, *, older_than: float = FORGET_AFTER) -> int:
    """Forget the identities of tombstones that were carried out long ago; returns how many.

    What is rewritten stays rewritten; the record of when and how much stays too.
    """
    limit = time.time_ns() // 1000 - int(older_than * 1e6)

    def ripe(one: Gone) -> bool:
        return isinstance(one, Erased) and not one.is_forgotten and 0 < one.rewritten < limit

    count = sum(map(ripe, excluded(home)))

    def without(known: list[Gone]) -> list[Gone]:
        return [one.forgotten() if isinstance(one, Erased) and ripe(one) else one for one in known]

    if count:
        change(home, without)
    return count


def scrub_spool(home: Home, persons: Sequence[Erased]) -> int:
    """Take the persons' lines out of segments that are loaded or were set aside.

    A loaded segment that holds any is deleted, once the disk has the log; in a failed one the line
    is replaced, so that the count stays. Returns how many files were changed.
    """
    if not persons:
        return 0
    os.sync()
    changed = 0
    for path in sorted(home.spool.glob("*/loaded/*.seg")):
        if any(names(line, persons) for line in lines_of(path)):
            path.unlink(missing_ok=True)
            changed += 1
    for pattern in ("*/failed/*.seg", "*/failed/*.lines"):
        for path in sorted(home.spool.glob(pattern)):
            changed += _blanked(path, persons)
    return changed


def names(line: bytes, persons: Sequence[Erased]) -> bool:
    """Return whether a line of the spool is one of the persons'; what cannot be decoded is searched."""
    row = _decoded(line)
    if row is not None:
        return any(person.takes(row) for person in persons)
    values = (value for person in persons for some in person.named().values() for value in some)
    return any(
        b'"%s"' % str(v).encode() in line or b":%s," % str(v).encode() in line for v in values
    )


def _blanked(path: Path, persons: Sequence[Erased]) -> bool:
    before = path.read_bytes().splitlines(keepends=True)
    after = [ERASED_LINE if names(line, persons) else line for line in before]
    if after == before:
        return False
    replace_file(path, b"".join(after))
    return True


def lines_of(path: Path) -> Iterator[bytes]:
    """Yield the lines of a spool file; a file that has just moved on has none."""
    with suppress(FileNotFoundError), path.open("rb") as file:
        yield from file


def _decoded(line: bytes) -> dict[str, Any] | None:
    """Return the event of a line, also of a note about a line that was set aside."""
    try:
        row = orjson.loads(line)
        if isinstance(row, dict) and isinstance(row.get("text"), str) and "reason" in row:
            row = orjson.loads(row["text"])
    except orjson.JSONDecodeError:
        return None
    return row if isinstance(row, dict) else None
