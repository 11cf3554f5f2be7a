"""``shemei doctor``: is this installation healthy, and if not, what to do."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator

import click

from shemei.commands.findings import report
from shemei.commands.homes import writable_home
from shemei.commands.setup import django_home
from shemei.warehouse.home import Home
from shemei.warehouse.upkeep.checks import Check, run_all

LOW_SPACE = 2 * 1024**3


@click.command()
@click.option(
    "--home",
    envvar="SHEMEI_HOME",
    type=click.Path(),
    help="数据文件夹，默认 .shemei",
)
@click.option("--json", "as_json", is_flag=True, help="给程序读的结果")
def doctor(home: str | None, as_json: bool) -> None:
    """检查这套安装；有要处理的问题时退出码为 1。"""
    writable_home(home)
    place = django_home(home)
    report(run_all(CHECKS, place), as_json=as_json, whole="检查完毕，没有要处理的。")


def _program(home: Home) -> Iterator[Check]:
    from shemei import __version__

    yield Check("版本", "good", f"Shemei {__version__}，Python {sys.version.split()[0]}")


def _space(home: Home) -> Iterator[Check]:
    free = shutil.disk_usage(home.path).free
    low = free < LOW_SPACE
    yield Check(
        "磁盘",
        "bad" if low else "good",
        f"{home.path} 所在磁盘还剩 {free / 1024**3:.1f} GB",
        remedy="请清出空间：写满后短链仍会跳转失败并报 503。" if low else "",
    )


def _database(home: Home) -> Iterator[Check]:
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    engine = "PostgreSQL" if connection.vendor == "postgresql" else "SQLite"
    yield Check(
        "数据库",
        "warn" if plan else "good",
        f"{engine}，{len(plan)} 步迁移未做" if plan else f"{engine}，已是最新",
        remedy="启动 shemei serve 会自动迁移。" if plan else "",
    )


def _keys(home: Home) -> Iterator[Check]:
    open_to_others = [path.name for path in home.keys.glob("*.key") if path.stat().st_mode & 0o077]
    yield Check(
        "密钥文件",
        "bad" if open_to_others else "good",
        f"其他用户可读：{'、'.join(open_to_others)}" if open_to_others else "只有本用户可读",
        remedy=f"chmod 600 {home.keys}/*.key" if open_to_others else "",
    )


def _spine(home: Home) -> Iterator[Check]:
    from shemei.kernel import outbox
    from shemei.warehouse.log.loader import accounting

    count = accounting(home)
    balanced = count.accepted == count.loaded + count.pending + count.failed
    detail = f"收下 {count.accepted:,} = 入库 {count.loaded:,} + 待入库 {count.pending:,} + 失败 {count.failed:,}"
    yield Check(
        "事件账目",
        "good" if balanced and not count.failed else "bad",
        detail,
        remedy="失败的分段在 spool/*/failed/，没有丢；请报给维护者。" if count.failed else "",
    )
    yield Check("发件箱", "good", f"{outbox.waiting():,} 条等待写出")
    if given_up := outbox.failed():
        detail = f"{given_up:,} 件事实试了 {outbox.MAX_ATTEMPTS} 次仍没有处理成"
        remedy = "原因在数据表 kernel_factrecord 的 error 列，请报给维护者。"
        yield Check("事实", "warn", detail, remedy=remedy)


def _links(home: Home) -> Iterator[Check]:
    from shemei.apps.tracking.book import check

    state = check()
    detail = f"{state.live:,} 条短链在用" + (
        "" if state.is_whole else f"，{len(state.stale):,} 条没有送到短链入口"
    )
    remedy = (
        "" if state.is_whole else "重启后台（shemei worker）会立即重写；不重启则半小时内自动重写。"
    )
    yield Check("短链", "good" if state.is_whole else "warn", detail, remedy=remedy)


def _assets(home: Home) -> Iterator[Check]:
    from django.contrib.staticfiles import finders

    missing = [
        name
        for name in ("vendor/htmx.org/dist/htmx.min.js", "shemei/css/tokens.css")
        if not finders.find(name)
    ]
    yield Check(
        "页面资源",
        "bad" if missing else "good",
        f"缺 {'、'.join(missing)}" if missing else "齐全",
        remedy="重新安装：uv pip install --reinstall-package shemei -e ." if missing else "",
    )


CHECKS: tuple[Callable[[Home], Iterator[Check]], ...] = (
    _program,
    _space,
    _database,
    _keys,
    _spine,
    _links,
    _assets,
)
