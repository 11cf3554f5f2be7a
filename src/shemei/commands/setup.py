"""What commands with Django share: setting it up, bringing the database to today's shape."""

from __future__ import annotations

import os
from pathlib import Path

from shemei.warehouse.home import Home


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
    """Bring the database to today's shape; quick where nothing changed."""
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate", verbosity=0, interactive=False)
