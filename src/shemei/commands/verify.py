"""``shemei verify``: is everything that was accepted still there, byte for byte."""

from __future__ import annotations

import click

from shemei.commands.findings import report
from shemei.commands.homes import writable_home
from shemei.commands.setup import django_home
from shemei.warehouse.upkeep.checks import Check


@click.command()
@click.option(
    "--home",
    envvar="SHEMEI_HOME",
    type=click.Path(),
    help="数据文件夹，默认 .shemei",
)
@click.option("--json", "as_json", is_flag=True, help="给程序读的结果")
def verify(home: str | None, as_json: bool) -> None:
    """核对全部数据：分段校验、账目、日志、汇总、短链、钥匙、数据库；不改动任何东西。

    有损坏时退出码为 1；可以在运行中执行。
    """
    from shemei.warehouse.upkeep.verify import verify as look

    place = writable_home(home)
    found = [*look(place), *_links(home)]
    report(found, as_json=as_json, whole="全部核对完毕，数据完好。")


def _links(home: str | None) -> list[Check]:
    """Compare the link book with the database."""
    try:
        django_home(home)
        if steps := _steps_to_do():
            return [Check("短链", "warn", f"数据库还有 {steps} 步迁移未做，启动后再核对")]
        from shemei.apps.tracking.book import check

        state = check()
    except Exception as error:  # a database that is not there or broken is itself a finding
        return [Check("短链", "bad", f"和数据库对不上账：{error}")]
    detail = f"{state.live:,} 条在用"
    if state.is_whole:
        return [Check("短链", "good", f"{detail}，和数据库一致")]
    stale = tuple(state.stale[:5])
    return [
        Check("短链", "warn", f"{detail}，{len(state.stale):,} 条没有送到，后台启动时重写", stale)
    ]


def _steps_to_do() -> int:
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
