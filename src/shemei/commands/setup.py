"""What commands with Django share: setting it up, bringing the database to today's shape."""

from __future__ import annotations

import os
from pathlib import Path

import click

from shemei.warehouse.home import Home
from shemei.warehouse.log.table import NewerLake, locked, upgrade_home


def django_home(home: str | None = None) -> Home:
    """Set Django up for a home and return it; must come before any import of a room."""
    if home:
        os.environ["SHEMEI_HOME"] = str(Path(home).resolve())
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shemei.config.settings")
    made = Home.from_environment().ensure()
    import django

    django.setup()
    from django.conf import settings

    settings.STATIC_ROOT.mkdir(exist_ok=True)
    return made


def migrate() -> None:
    """Bring database and log to today's shape, one process at a time; quick where nothing changed."""
    from django.core.management import call_command
    from django.db import DatabaseError, connection
    from django.db.migrations.executor import MigrationExecutor

    try:
        with locked(Home.from_environment().path / "migrate.lock"):
            executor = MigrationExecutor(connection)
            if executor.migration_plan(executor.loader.graph.leaf_nodes()):
                call_command("migrate", verbosity=0, interactive=False)
    except DatabaseError as error:
        raise click.ClickException(
            f"数据库 {connection.settings_dict['NAME']} 用不了：{error}。"
            "文件坏了请从备份取回，空间满了请先清出来；没有动它。"
        ) from None
    try:
        if days := upgrade_home(Home.from_environment()):
            click.echo(f"事件日志补上了新的列：改写了 {days:,} 天，内容不变。")
    except NewerLake as error:
        raise click.ClickException(str(error)) from None


def existing_home(home: str | None) -> Home:
    """The home to look into; one that is not there is refused instead of made."""
    place = Home(Path(home).resolve()) if home else Home.from_environment()
    if not place.path.is_dir():
        raise click.ClickException(
            f"没有数据文件夹 {place.path}。请用 --home 指到 shemei serve 用的那一个；"
            "看示例公司，写 --home .shemei-demo。"
        )
    return place
