"""The same events and questions in PostgreSQL and SQLite: one table of events with indexes.

Browsers stand for people here, which spares both the work of joining identities. The texts are one
for both; what differs is told by ``{…}``.
"""

from __future__ import annotations

import os
import pwd
import shutil
import sqlite3
import statistics
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from generate import DAYS, Brand
from questions import WHOLE, month

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

COLUMNS = {
    "ts": "BIGINT", "day": "INT", "week": "INT", "kind": "TEXT", "action": "TEXT",
    "visitor_key": "BIGINT", "customer": "TEXT", "order_id": "TEXT", "channel": "TEXT",
    "content": "TEXT", "creator": "TEXT", "suspect": "TEXT", "amount": "BIGINT", "quantity": "INT",
}  # fmt: skip
INDEXES = ("(day, kind, channel)", "(kind, day, visitor_key)", "(visitor_key, ts)")
PATIENCE = 240.0
"""Seconds after which a question is given up."""

A, Z = month(0)
FIGURES = """
  SUM(CASE WHEN kind = 'click' THEN 1 ELSE 0 END) AS clicks,
  SUM(CASE WHEN kind = 'visit' THEN 1 ELSE 0 END) AS visits,
  SUM(CASE WHEN kind = 'order' THEN 1 ELSE 0 END) AS orders,
  SUM(CASE WHEN kind = 'order' THEN amount ELSE 0 END) AS revenue,
  SUM(CASE WHEN kind = 'spend' THEN amount ELSE 0 END) AS spend"""
OF_MONTH = f"FROM ev WHERE day BETWEEN {A} AND {Z} AND suspect = ''"
CAME = "kind IN ('click', 'visit', 'view') AND suspect = ''"
STEPS = (
    "kind IN ('impression', 'click', 'visit')",
    "kind IN ('view', 'engage', 'follow')",
    "kind IN ('lead', 'add_friend', 'claim', 'custom') AND action IN ('', 'add_to_cart')",
    "kind = 'order'",
    "kind IN ('invite', 'engage') AND action IN ('', 'share')",
)


def _funnel() -> str:
    first = f"SELECT visitor_key, MIN(ts) AS t {OF_MONTH} AND {STEPS[0]} GROUP BY visitor_key"
    parts = [f"s1 AS ({first})"]
    for n, step in enumerate(STEPS[1:], 2):
        parts.append(
            f"s{n} AS (SELECT s.visitor_key, MIN(e.ts) AS t FROM s{n - 1} AS s JOIN ev AS e"
            f" ON e.visitor_key = s.visitor_key WHERE e.day BETWEEN {A} AND {Z}"
            f" AND e.suspect = '' AND {step} AND e.ts > s.t GROUP BY s.visitor_key)"
        )
    counts = " UNION ALL ".join(f"SELECT {n}, COUNT(*) FROM s{n}" for n in range(1, 6))
    return f"WITH {', '.join(parts)} {counts}"


QUESTIONS: dict[str, str] = {
    "figures of a month": f"SELECT {FIGURES} {OF_MONTH}",
    "figures by day": f"SELECT day, {FIGURES} {OF_MONTH} GROUP BY day ORDER BY day",
    "by channel": f"SELECT channel, {FIGURES} {OF_MONTH} GROUP BY channel ORDER BY channel",
    "by post": f"SELECT content, {FIGURES} {OF_MONTH} GROUP BY content ORDER BY content",
    "visitors of a month, exact": f"SELECT COUNT(DISTINCT visitor_key) {OF_MONTH} AND {CAME}",
    "funnel of a month": _funnel(),
    "retention of visitors": f"""
        WITH seen AS (SELECT DISTINCT visitor_key, day, week FROM ev WHERE {CAME}),
        cohorts AS (SELECT visitor_key, MIN(day) AS d, MIN(week) AS w FROM seen GROUP BY visitor_key)
        SELECT c.w, s.week, COUNT(DISTINCT s.visitor_key) FROM cohorts AS c
        JOIN seen AS s ON s.visitor_key = c.visitor_key WHERE s.day > c.d GROUP BY c.w, s.week""",
    "attribution by post, chosen model": f"""
        WITH touches AS (
          SELECT o.order_id, o.amount, t.content,
                 COUNT(*) OVER (PARTITION BY o.order_id) AS n
          FROM ev AS o JOIN ev AS t ON t.visitor_key = o.visitor_key
           AND t.ts <= o.ts AND t.ts > o.ts - 2592000000000
          WHERE o.kind = 'order' AND o.day BETWEEN {WHOLE[0]} AND {WHOLE[1]}
            AND t.kind IN ('click', 'lead', 'add_friend', 'claim', 'visit') AND t.suspect = '')
        SELECT content, SUM(amount * 1.0 / n) FROM touches GROUP BY content""",
}


def run(brand: Brand, folder: Path, tell: Callable[[str], None]) -> dict[str, dict[str, Any]]:
    """Return for each peer the seconds of loading and of each question; None was given up."""
    return {
        "PostgreSQL": _postgres(brand, folder, tell),
        "SQLite": _sqlite(brand, folder, tell),
    }


def _rows(brand: Brand) -> Iterator[list[tuple[Any, ...]]]:
    for number in range(DAYS):
        table = brand.day(number).select(list(COLUMNS))
        ts = table["ts"].cast("int64")
        columns = [ts if name == "ts" else table[name] for name in table.column_names]
        yield list(zip(*(column.to_pylist() for column in columns), strict=True))


def _sqlite(brand: Brand, folder: Path, tell: Callable[[str], None]) -> dict[str, Any]:
    path = folder / "peer.sqlite3"
    path.unlink(missing_ok=True)
    base = sqlite3.connect(path)
    for pragma in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -1000000"):
        base.execute(f"PRAGMA {pragma}")
    base.execute(f"CREATE TABLE ev ({', '.join(f'{n} {t}' for n, t in COLUMNS.items())})")
    marks = ", ".join("?" * len(COLUMNS))
    seconds = 0.0
    for rows in _rows(brand):
        begun = time.perf_counter()
        base.executemany(f"INSERT INTO ev VALUES ({marks})", rows)
        base.commit()
        seconds += time.perf_counter() - begun
    begun = time.perf_counter()
    for columns in INDEXES:
        base.execute(f"CREATE INDEX i{abs(hash(columns))} ON ev {columns}")
    base.execute("ANALYZE")
    told: dict[str, Any] = {"load": seconds, "index": time.perf_counter() - begun}
    tell(f"SQLite: load {told['load']:.1f} s, index {told['index']:.1f} s")
    for name, sql in QUESTIONS.items():
        until = time.monotonic() + PATIENCE
        base.set_progress_handler(lambda until=until: int(time.monotonic() > until), 100_000)
        told[name] = _timed(lambda sql=sql: base.execute(sql).fetchall(), sqlite3.OperationalError)
        tell(f"SQLite: {name}: {told[name]}")
    told["size"] = path.stat().st_size
    base.close()
    path.unlink()
    return told


def _postgres(brand: Brand, folder: Path, tell: Callable[[str], None]) -> dict[str, Any]:
    import psycopg

    with _server(folder) as url, psycopg.connect(url, autocommit=True) as base:
        base.execute(
            f"CREATE UNLOGGED TABLE ev ({', '.join(f'{n} {t}' for n, t in COLUMNS.items())})"
        )
        seconds = 0.0
        for rows in _rows(brand):
            begun = time.perf_counter()
            with base.cursor() as cursor, cursor.copy("COPY ev FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
            seconds += time.perf_counter() - begun
        begun = time.perf_counter()
        for columns in INDEXES:
            base.execute(f"CREATE INDEX ON ev {columns}")
        base.execute("VACUUM ANALYZE ev")
        told: dict[str, Any] = {"load": seconds, "index": time.perf_counter() - begun}
        tell(f"PostgreSQL: load {told['load']:.1f} s, index {told['index']:.1f} s")
        base.execute(f"SET statement_timeout = '{PATIENCE:.0f}s'")
        for name, sql in QUESTIONS.items():
            told[name] = _timed(
                lambda sql=sql: base.execute(sql).fetchall(), psycopg.errors.QueryCanceled
            )
            tell(f"PostgreSQL: {name}: {told[name]}")
        size = base.execute("SELECT pg_total_relation_size('ev')").fetchone()
        told["size"] = size[0] if size else 0
    return told


def _timed(work: Callable[[], object], given_up: type[Exception]) -> float | None:
    """Return the median seconds of three, of one where it takes long; None where given up."""
    taken: list[float] = []
    while len(taken) < 3 and sum(taken) < 20:
        begun = time.perf_counter()
        try:
            work()
        except given_up:
            return None
        taken.append(time.perf_counter() - begun)
    return statistics.median(taken)


@contextmanager
def _server(parent: Path) -> Iterator[str]:
    """Start PostgreSQL on a socket of its own; yields its address, and ends it."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: int(p.parent.name))
    if not found:
        raise SystemExit("no PostgreSQL here: apt-get install postgresql, or --skip peers")
    parent.chmod(0o755)
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir=parent))
    as_user: list[str] = []
    if os.geteuid() == 0:
        owner = pwd.getpwnam("postgres")
        os.chown(folder, owner.pw_uid, owner.pw_gid)
        as_user = ["runuser", "-u", "postgres", "--"]
    data = folder / "data"
    options = (
        f"-k {folder} -c listen_addresses='' -c shared_buffers=1GB -c work_mem=256MB"
        " -c maintenance_work_mem=512MB -c effective_cache_size=4GB -c max_wal_size=4GB"
        " -c shared_memory_type=mmap -c dynamic_shared_memory_type=mmap"
    )
    control = [*as_user, str(found[-1] / "pg_ctl"), "-D", str(data)]
    initdb = [*as_user, str(found[-1] / "initdb"), "-D", str(data), "-U", "bench", "-A", "trust"]
    _do([*initdb, "-E", "UTF8", "--locale=C"])
    _do([*control, "-l", str(folder / "log"), "-o", options, "-w", "start"])
    try:
        yield f"host={folder} user=bench dbname=postgres"
    finally:
        subprocess.run([*control, "-m", "immediate", "stop"], check=False, capture_output=True)
        shutil.rmtree(folder, ignore_errors=True)


def _do(command: list[str]) -> None:
    subprocess.run(command, check=True, capture_output=True, cwd="/")
