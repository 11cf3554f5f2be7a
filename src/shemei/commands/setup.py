"""What commands with Django share: setting it up, bringing the database to today's shape."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from shemei.commands.homes import SAID, Unfit, own_home
from shemei.commands.refusals import explained
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
        raise Unfit(str(error)) from None


def prepare() -> None:
    """What ``serve`` runs in a process of its own: a sentence ends it with ``SAID``, a defect with its trace."""
    try:
        with explained():
            own_home(None)
            django_home()
            migrate()
    except click.ClickException as error:
        error.show()
        sys.exit(SAID)
