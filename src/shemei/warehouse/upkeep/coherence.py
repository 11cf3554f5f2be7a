"""Do the parts of a home agree with each other: ids over days, figures with the log, numbers of segments."""

from __future__ import annotations

import time
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

from shemei.warehouse.computed.bench import workbench
from shemei.warehouse.computed.settling import signatures
from shemei.warehouse.computed.shelf import KEEP_SECONDS, Shelf
from shemei.warehouse.computed.tables import SCHEMAS, measure_sql, render
from shemei.warehouse.log import table as events
from shemei.warehouse.log.segments import segment_numbers
from shemei.warehouse.log.tombstones import conditions, excluded
from shemei.warehouse.measures import MEASURES
from shemei.warehouse.reading.dialects import DuckDB
from shemei.warehouse.upkeep.checks import SHOWN, Check
from shemei.warehouse.upkeep.erasure import reader
from shemei.warehouse.upkeep.maintenance import VACUUM_HOURS
from shemei.warehouse.vocabulary import SCHEMA

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from shemei.warehouse.computed.bench import Bench
    from shemei.warehouse.home import Home

AT_ONCE = 10_000_000
"""So many ids are held at a time; a log of 50 million is read five times, one column of it."""

NIGHTS = 2
"""A file nobody needs is gone after so many turns of the vacuum."""


def _ids_over_days(home: Home) -> Iterator[Check]:
    """Find ids that stand on two days: a day alone cannot see that, and each day would count them.

    Ids are split by their hash, so memory is that of one part. Two ids of one hash would need luck
    of one in ten thousand at 50 million; what is found is looked at again by its text.
    """
    files = events.live_files(events.open_table(home))
    paths, rows = [item.path for item in files], sum(item.rows for item in files)
    parts = -(-rows // AT_ONCE)
    wrong: list[str] = []
    with reader() as connection:
        for part in range(parts):
            source = DuckDB().events(paths, SCHEMA)
            own = "hash(workspace || ' ' || event_id)"
            twice = (
                f"SELECT {own} AS own FROM {source} AS e WHERE {own} % {parts} = {part}"
                " GROUP BY own HAVING MIN(day) <> MAX(day)"
            )
            found = connection.execute(
                f"SELECT event_id, MIN(day), MAX(day) FROM {source} AS e WHERE {own} IN ({twice})"
                " GROUP BY workspace, event_id HAVING MIN(day) <> MAX(day) ORDER BY event_id"
            ).fetchall()
            wrong += [f"{own_id}: {first} 和 {last}" for own_id, first, last in found]
    yield Check(
        "跨天编号",
        "warn" if wrong else "good",
        f"{len(wrong):,} 个编号在两天里各有一条，各天各算一次"
        if wrong
        else f"{rows:,} 条，没有哪个编号在两天里",
        tuple(wrong[:SHOWN]),
        "多半是发送方用旧编号重发了新事件；请看它的 event_id 怎么生成。" if wrong else "",
    )


def _figures(home: Home) -> Iterator[Check]:
    """Compute every settled day again from the log and hold it against the cells, measure by measure."""
    shelf = Shelf(home)
    with events.locked(home.lake / "settle.lock"):
        manifest, gone = shelf.current(), excluded(home)
        files = events.live_files(events.open_table(home))
        now = signatures(files, gone)
        settled = sorted(day for day in now if manifest.days.get(day) == now[day])
        paths: dict[str, list[str]] = defaultdict(list)
        for item in files:
            paths[str(item.day)].append(item.path)
        with workbench(home, shelf, manifest) as bench:
            without = conditions(gone, bench.dialect)
            wrong = [told for day in settled if (told := _day(bench, day, paths[day], without))]
            lonely = _lonely_paths(bench) if manifest.walked == manifest.days else []
    late = len(now) - len(settled)
    yield Check(
        "汇总与日志",
        "bad" if wrong else "good",
        f"{len(settled):,} 天重算，{len(wrong)} 天不符"
        if wrong
        else f"{len(settled):,} 天重算，每个数都相符" + (f"；{late} 天还没算到" if late else ""),
        tuple(wrong[:SHOWN]),
        "请停下后台，删去 lake/manifest.json 再启动：全部汇总从日志重算。" if wrong else "",
    )
    yield Check(
        "路径与订单",
        "bad" if lonely else "good",
        f"{len(lonely)} 条路径的订单不在了" if lonely else "每条路径都有它的订单",
        tuple(lonely[:SHOWN]),
        "请停下后台，删去 lake/manifest.json 再启动：全部路径从日志重算。" if lonely else "",
    )


def _day(bench: Bench, day: str, paths: list[str], without: tuple[str, ...]) -> str:
    """Return what of one day's cells is not what the log says, "" where all is."""
    source = bench.dialect.events(paths, SCHEMA, without)
    bench.table("fresh", "fresh", events=source, ts=bench.dialect.micros("ts"))
    measures = ", ".join(f"{measure_sql(m)} AS {m.key}" for m in MEASURES.values())
    sums = ", ".join(f"COALESCE(SUM({name}), 0)" for name in MEASURES)
    made = f"SELECT workspace, {sums} FROM ({render('cells', {'measures': measures})}) AS m"
    kept = f"SELECT workspace, {sums} FROM {bench.source('cells', int(day), int(day))} AS k"
    kept += f" WHERE day = {day}"
    told = [
        set(bench.connection.execute(f"{one} GROUP BY workspace").fetchall())
        for one in (made, kept)
    ]
    bench.connection.execute("DROP TABLE IF EXISTS fresh")
    spaces = sorted({row[0] for row in told[0] ^ told[1]})
    return f"{day}: 空间 {'、'.join(spaces)}" if spaces else ""


def _lonely_paths(bench: Bench) -> list[str]:
    rows = bench.connection.execute(
        f"SELECT DISTINCT workspace, order_id FROM {bench.source('paths')} AS p"
        f" WHERE order_id <> '' AND (workspace, order_id) NOT IN"
        f" (SELECT (workspace, order_id) FROM {bench.source('orders')} AS o)"
        f" ORDER BY 1, 2 LIMIT 100"
    ).fetchall()
    return [f"空间 {workspace} 订单 {order}" for workspace, order in rows]


def _segments_gone(home: Home) -> Iterator[Check]:
    """Find numbers missing before a segment that waits: the loader stops there rather than skip one."""
    wrong: list[str] = []
    streams = 0
    with events.locked(home.lake / "loader.lock"):
        log = events.open_table(home)
        for folder in sorted(path for path in home.spool.glob("*") if path.is_dir()):
            streams += 1
            last = events.mark(log, folder.name)
            there = {*segment_numbers(folder), *segment_numbers(folder, ".open")}
            missing = sorted(set(range(last + 1, max(there, default=0))) - there)
            wrong += [f"{folder.name}: 缺第 {number} 个分段" for number in missing]
    yield Check(
        "分段连续",
        "bad" if wrong else "good",
        f"{streams} 路，{len(wrong)} 个分段不见了，后面的在等"
        if wrong
        else f"{streams} 路，没有缺",
        tuple(wrong[:SHOWN]),
        "请从备份或误删处取回这些文件，放回 spool；取不回再联系维护者，不要改名顶替。"
        if wrong
        else "",
    )


def _orphans(home: Home) -> Iterator[Check]:
    """Count files that nothing names any more and that the night should have taken long ago."""
    named = {Path(item.path) for item in events.live_files(events.open_table(home))}
    shelf = Shelf(home)
    named |= {Path(shelf.path(name)) for name in shelf.current().files.values()}
    root, now = events.events_path(home), time.time()
    found = [
        path
        for path in home.lake.rglob("*.parquet")
        if path not in named and "_delta_log" not in path.parts
    ]
    kept = {True: NIGHTS * VACUUM_HOURS * 3600, False: NIGHTS * KEEP_SECONDS}
    old = [
        p for p in found if _age(p, now) > kept[root in p.parents or p.parent.name not in SCHEMAS]
    ]
    size = sum(path.stat().st_size for path in old)
    yield Check(
        "多余的文件",
        "warn" if old else "good",
        f"{len(old):,} 个没有用的文件，{size / 1024**2:,.1f} MB" if old else "没有",
        tuple(str(path) for path in sorted(old)[:SHOWN]),
        "后台每夜会清；一直在，请看后台的日志。" if old else "",
    )


def _age(path: Path, now: float) -> float:
    try:
        return now - path.stat().st_mtime
    except FileNotFoundError:
        return 0.0


COHERENCE: tuple[Callable[[Home], Iterator[Check]], ...] = (
    _ids_over_days,
    _figures,
    _segments_gone,
    _orphans,
)
