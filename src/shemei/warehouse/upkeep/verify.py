"""Is a home whole? Sums, checksums, files and databases looked at one by one, in bounded memory."""

from __future__ import annotations

import sqlite3
import stat
from collections import defaultdict
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow.parquet as pq
from pyarrow import ArrowException

from shemei.warehouse.computed.shelf import Shelf
from shemei.warehouse.log import table as events
from shemei.warehouse.log.groups import SegmentError, read_segment
from shemei.warehouse.log.loader import DUPLICATES, accounting
from shemei.warehouse.reading.dialects import DuckDB
from shemei.warehouse.upkeep.checks import SHOWN, Check, run_all
from shemei.warehouse.upkeep.coherence import COHERENCE
from shemei.warehouse.upkeep.erasure import reader
from shemei.warehouse.vocabulary import SCHEMA

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from deltalake import DeltaTable

    from shemei.warehouse.home import Home


def verify(home: Home) -> list[Check]:
    """Look at everything in a home; works on one in use, changes nothing.

    Returns
    -------
    list of Check
        ``bad`` where something acknowledged may be lost or a file is broken, ``warn`` where
        something was set aside and waits for a person.
    """
    return run_all((*CHECKS, *COHERENCE), home)


def _listed(what: str, count: int, unit: str, wrong: list[str]) -> Check:
    detail = f"{count:,} {unit}" + (f"，{len(wrong):,} 个有问题" if wrong else "，全部完好")
    return Check(what, "bad" if wrong else "good", detail, tuple(wrong[:SHOWN]))


def _segments(home: Home) -> Iterator[Check]:
    paths = sorted([*home.spool.glob("*/*.seg"), *home.spool.glob("*/loaded/*.seg")])
    wrong: list[str] = []
    for path in paths:
        try:
            read_segment(path)
        except FileNotFoundError:
            continue
        except (SegmentError, OSError) as error:
            wrong.append(str(error))
    yield _listed("分段校验", len(paths), "个分段", wrong)


def _sums(home: Home) -> Iterator[Check]:
    count = accounting(home)
    with events.locked(home.lake / "loader.lock"):
        log = events.open_table(home)
        rows = sum(item.rows for item in events.live_files(log))
        loaded = sum(_loaded(log, home))
        duplicates, removed = events.mark(log, DUPLICATES), events.mark(log, events.REMOVED)
    yield Check(
        "事件账目",
        "warn" if count.failed else "good",
        f"收下 {count.accepted:,} = 入库 {count.loaded:,} + 待入库 {count.pending:,}"
        f" + 失败 {count.failed:,}",
    )
    yield Check(
        "日志行数",
        "good" if rows + duplicates + removed == loaded else "bad",
        f"入库 {loaded:,} = 日志 {rows:,} + 重复 {duplicates:,} + 删除、撤销、到期 {removed:,}",
    )


def _loaded(log: DeltaTable, home: Home) -> Iterator[int]:
    for folder in home.spool.glob("*"):
        if folder.is_dir():
            yield events.mark(log, f"{folder.name}#loaded")


def _log_files(home: Home) -> Iterator[Check]:
    files = events.live_files(events.open_table(home))
    wrong = [told for item in files if (told := _fault_of(item))]
    yield _listed("日志文件", len(files), "个文件", wrong)


def _fault_of(item: events.LiveFile) -> str:
    path = Path(item.path)
    try:
        found = pq.read_metadata(path).num_rows
        if path.stat().st_size != item.size:
            return f"{path}: 大小 {path.stat().st_size}，日志记的是 {item.size}"
    except (OSError, ArrowException) as error:
        return f"{path}: {error}"
    return "" if found == item.rows else f"{path}: {found} 行，日志记的是 {item.rows}"


def _ids(home: Home) -> Iterator[Check]:
    """Count ids that stand more than once, one day at a time; every page is decoded on the way."""
    try:
        events.must_be_current(home)
    except events.OlderLake:
        remedy = "启动 shemei serve 会补上缺的列，之后再核对一次。"
        yield Check("事件编号", "warn", "日志还是旧版的格式，没有核对", remedy=remedy)
        return
    days: dict[int, list[str]] = defaultdict(list)
    for item in events.live_files(events.open_table(home)):
        days[item.day].append(item.path)
    rows = repeated = 0
    names = ", ".join(f"COUNT({name})" for name in SCHEMA.names)
    with reader() as connection:
        for _, paths in sorted(days.items()):
            found = connection.execute(
                f"SELECT COUNT(*), COUNT(DISTINCT workspace || event_id), {names}"
                f" FROM {DuckDB().events(paths, SCHEMA)} AS e"
            ).fetchall()[0]
            rows, repeated = rows + found[0], repeated + found[0] - found[1]
            if any(count != found[0] for count in found[2:]):
                yield Check("事件内容", "bad", "有空值的行", tuple(paths[:SHOWN]))
    again = f"，{repeated:,} 条是重发，汇总只算一次" if repeated else "，编号不重复"
    yield Check("事件编号", "good", f"{rows:,} 条{again}")


def _computed(home: Home) -> Iterator[Check]:
    shelf = Shelf(home)
    names = sorted(shelf.current().files.values())
    wrong: list[str] = []
    for name in names:
        try:
            pq.read_metadata(shelf.path(name))
        except (OSError, ArrowException) as error:
            if name in shelf.current().files.values():
                wrong.append(f"{name}: {error}")
    yield _listed("汇总文件", len(names), "个文件", wrong)


def _keys(home: Home) -> Iterator[Check]:
    wrong = [] if home.keys.is_dir() else [f"{home.keys}: 没有这个文件夹"]
    paths = [home.keys, *home.keys.glob("*")] if home.keys.is_dir() else []
    wrong += [
        f"{path}: 其他用户可读，请 chmod {'700' if path.is_dir() else '600'}"
        for path in paths
        if stat.S_IMODE(path.stat().st_mode) & 0o077 and (path.is_dir() or path.suffix == ".key")
    ]
    if home.database.exists() and not any(path.suffix == ".key" for path in paths):
        yield Check("钥匙", "warn", "一把也没有：旧的手机号散列和密文认不出来，请放回来再启动")
    yield _listed("钥匙权限", len(paths), "项", wrong)


def _databases(home: Home) -> Iterator[Check]:
    for path in (home.database, home.jobs):
        if path.exists():
            told = _integrity(path)
            good = told == ["ok"]
            yield Check(
                f"数据库 {path.name}",
                "good" if good else "bad",
                "完好" if good else "损坏，请从备份恢复",
                () if good else tuple(told[:SHOWN]),
            )


def _integrity(path: Path) -> list[str]:
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
            return [str(row[0]) for row in connection.execute("PRAGMA integrity_check")]
    except sqlite3.Error as error:
        return [str(error)]


CHECKS: tuple[Callable[[Home], Iterator[Check]], ...] = (
    _segments,
    _sums,
    _log_files,
    _ids,
    _computed,
    _keys,
    _databases,
)
