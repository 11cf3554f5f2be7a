"""Proof that a person is gone: every file of the lake and the spool decoded and searched."""

from __future__ import annotations

import hashlib
import time
from collections import Counter
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import duckdb
import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from shemei.warehouse.log.table import CONFIGURATION, events_path, live_files, open_table
from shemei.warehouse.reading.dialects import DuckDB
from shemei.warehouse.upkeep.erasure import FORGET_AFTER, lines_of, names, reader, silent
from shemei.warehouse.vocabulary import SCHEMA, day_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from shemei.warehouse.home import Home
    from shemei.warehouse.log.tombstones import Erased

TIMES = ("ts", "conv_ts", "first_ts")
STATISTICS = frozenset((CONFIGURATION["delta.dataSkippingStatsColumns"] or "").split(","))


@dataclass(frozen=True, slots=True)
class Searched:
    """One file: what it is, how many rows it holds, how many of them are the person's."""

    path: str
    kind: str
    rows: int
    hits: int
    blake2b: str


@dataclass(frozen=True, slots=True)
class Proof:
    """What was searched for one person and what was found.

    Attributes
    ----------
    person : str
        The key of the tombstone.
    fingerprint : str
        A hash of all identities: whoever holds them can check that these were meant.
    complete : bool
        True where nothing is left in any file.
    later : int
        Events of the same identities after the erasure: those count again.
    """

    person: str
    workspace: str
    until: str
    made_at: str
    seconds: float
    fingerprint: str
    identities: dict[str, int]
    erased_rows: int
    later: int
    complete: bool
    hits: int
    totals: dict[str, dict[str, int]]
    notes: list[str] = field(default_factory=list)
    files: list[Searched] = field(default_factory=list)

    def as_json(self) -> bytes:
        """Return the proof as a file to keep."""
        return orjson.dumps(asdict(self), option=orjson.OPT_INDENT_2)


def prove(home: Home, person: Erased, tell: Callable[[str, int, int], None] = silent) -> Proof:
    """Decode every Parquet file, segment and log entry of a home and look for a person.

    Searched are the log (also files it no longer names), everything computed from it, the spool
    with what was loaded and what failed, and the statistics in the Delta log. Not searched: the
    operational database, which keeps its own handlers, and backups.

    Parameters
    ----------
    home : Home
        The installation.
    person : Erased
        The tombstone, with its identities.
    tell : callable
        Hears of the progress.
    """
    begun = time.monotonic()
    files: list[Searched] = []
    with reader() as connection:
        later = _later(connection, home, person)
        found = [*_parquet_files(home), *_spool_files(home), *_log_files(home)]
        for done, (kind, path) in enumerate(found):
            tell("检查", done, len(found))
            one = _searched(connection, home, kind, path, person, later)
            files += [one] if one else []
    hits = sum(one.hits for one in files)
    return Proof(
        person=person.key,
        workspace=person.workspace,
        until=_moment(person.until),
        made_at=datetime.now(UTC).isoformat(timespec="seconds"),
        seconds=round(time.monotonic() - begun, 3),
        fingerprint=fingerprint(person),
        identities={name: len(values) for name, values in person.named().items()},
        erased_rows=person.rows,
        later=later,
        complete=not hits,
        hits=hits,
        totals=_totals(files),
        notes=_notes(person, later),
        files=files,
    )


def _moment(micros: int) -> str:
    return datetime.fromtimestamp(micros / 1e6, UTC).isoformat(timespec="seconds")


def fingerprint(person: Erased) -> str:
    """Return a hash of all identities: whoever holds them can check that these were meant."""
    text = orjson.dumps(
        [person.workspace, *sorted((k, list(v)) for k, v in person.named().items())]
    )
    return hashlib.blake2b(text, digest_size=32).hexdigest()


def _notes(person: Erased, later: int) -> list[str]:
    kept = f"墓碑 tombstones.json 里的身份保留 {FORGET_AFTER // 3600} 小时，用来拦住迟到的事件，之后自动抹去。"
    notes = [kept, "没有检查：业务数据库（由各业务自己删除）和备份文件。"]
    if later:
        notes.append(f"同样的身份在删除之后又有 {later} 条新事件，它们照常计算。")
    return notes


def _totals(files: list[Searched]) -> dict[str, dict[str, int]]:
    totals: dict[str, Counter[str]] = {}
    for one in files:
        totals.setdefault(one.kind, Counter()).update(files=1, rows=one.rows, hits=one.hits)
    return {kind: dict(count) for kind, count in totals.items()}


def _parquet_files(home: Home) -> Iterator[tuple[str, Path]]:
    for path in sorted(home.lake.rglob("*.parquet")):
        if "_delta_log" in path.parts:
            yield "checkpoint", path
        else:
            yield ("events" if events_path(home) in path.parents else "computed"), path


def _spool_files(home: Home) -> Iterator[tuple[str, Path]]:
    for pattern in ("*/*.seg", "*/*.open", "*/loaded/*.seg", "*/failed/*.seg", "*/failed/*.lines"):
        for path in sorted(home.spool.glob(pattern)):
            yield "spool", path


def _log_files(home: Home) -> Iterator[tuple[str, Path]]:
    for path in sorted((events_path(home) / "_delta_log").glob("*.json")):
        yield "log", path


def _searched(
    connection: duckdb.DuckDBPyConnection,
    home: Home,
    kind: str,
    path: Path,
    person: Erased,
    later: int,
) -> Searched | None:
    """Search one file; one that has just been replaced by a newer is none."""
    try:
        digest = _digest(path)
        if kind == "spool":
            rows, hits = _in_lines(path, person)
        elif kind in ("log", "checkpoint"):
            rows, hits = _in_statistics(kind, path)
        else:
            rows, hits = _in_parquet(connection, path, person, later)
    except (FileNotFoundError, duckdb.IOException):
        if path.exists():
            raise
        return None
    return Searched(str(path.relative_to(home.path)), kind, rows, hits, digest)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=32)).hexdigest()


def _in_lines(path: Path, person: Erased) -> tuple[int, int]:
    rows = hits = 0
    for line in lines_of(path):
        rows += 1
        hits += names(line, [person])
    return rows, hits


def _in_statistics(kind: str, path: Path) -> tuple[int, int]:
    """Count the entries of the Delta log, and those whose statistics tell of another column."""
    if kind == "log":
        actions = [orjson.loads(line) for line in path.read_bytes().splitlines() if line]
        texts = [one["add"].get("stats") for one in actions if "add" in one]
    else:
        adds = pq.read_table(path, columns=["add"])["add"].to_pylist()
        texts = [one.get("stats") for one in adds if one]
    told = [orjson.loads(text) for text in texts if text]
    return len(texts), sum(not _columns_of(one) <= STATISTICS for one in told)


def _columns_of(statistics: dict[str, Any]) -> set[str]:
    return {name for part in ("minValues", "maxValues") for name in statistics.get(part, ())}


def _in_parquet(
    connection: duckdb.DuckDBPyConnection, path: Path, person: Erased, later: int
) -> tuple[int, int]:
    schema = pq.read_schema(path)
    source = DuckDB().source([str(path)], schema)
    condition = condition_for(schema, person, bounded=later > 0)
    rows = connection.execute(
        f"SELECT COUNT(*), COUNT(*) FILTER (WHERE {condition}) FROM {source} AS f"
    ).fetchall()
    return int(rows[0][0]), int(rows[0][1])


def condition_for(schema: pa.Schema, person: Erased, *, bounded: bool = False) -> str:
    """Return the SQL condition that finds a person in a file that has some of the columns.

    ``bounded`` lets go what the same identities did after the erasure; where a file only knows the
    day, that whole last day.
    """
    literal, columns = DuckDB().literal, set(schema.names)
    tests = [_any_of(name, values) for name, values in person.named().items() if name in columns]
    if {"kind", "value"} <= columns:
        known = {"v": person.visitors, "c": person.customers, "p": person.phones}
        for kind, values in known.items():
            if values:
                tests.append(f"(kind = '{kind}' AND {_any_of('value', map(str, values))})")
    if "person" in columns and person.person:
        tests.append(f"person = {person.person}")
    if not tests or "workspace" not in columns:
        return "1 = 0"
    found = f"workspace = {literal(person.workspace)} AND ({' OR '.join(tests)})"
    return f"{found} AND {_until(schema, person)}" if bounded else found


def _any_of(column: str, values: Iterable[str | int]) -> str:
    return f"{column} IN ({', '.join(map(DuckDB().literal, values))})"


def _until(schema: pa.Schema, person: Erased) -> str:
    for name in TIMES:
        if name in schema.names:
            moment = name if pa.types.is_integer(schema.field(name).type) else DuckDB().micros(name)
            return f"{moment} <= {person.until}"
    return f"day < {day_of(person.until)}" if "day" in schema.names else "1 = 1"


def _later(connection: duckdb.DuckDBPyConnection, home: Home, person: Erased) -> int:
    """Count what the same identities did after the erasure."""
    files = [item.path for item in live_files(open_table(home))]
    if not files or person.is_forgotten:
        return 0
    tests = " OR ".join(_any_of(name, values) for name, values in person.named().items())
    rows = connection.execute(
        f"SELECT COUNT(*) FROM {DuckDB().events(files, SCHEMA)} AS e"
        f" WHERE workspace = {DuckDB().literal(person.workspace)} AND ({tests})"
        f" AND {DuckDB().micros('ts')} > {person.until}"
    ).fetchall()
    return int(rows[0][0])
