"""The one door to background work.

The database row is the truth; a job is only a nudge and carries ids.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction
from huey import MemoryHuey, PostgresHuey, RedisHuey, SqliteHuey, crontab

if TYPE_CHECKING:
    from huey.api import Huey

Handler = Callable[..., Any]


def make_huey(url: str, *, immediate: bool = False) -> Huey:
    """The queue for ``SHEMEI_JOBS``: ``sqlite:///path``, ``postgres://…``, ``redis://…`` or ``memory://``."""
    scheme, _, rest = url.partition("://")
    if scheme == "sqlite":
        return SqliteHuey("shemei", filename=rest, fsync=False, immediate=immediate)
    if scheme in ("postgres", "postgresql"):
        return PostgresHuey("shemei", dsn=url, immediate=immediate)
    if scheme == "redis":
        return RedisHuey("shemei", url=url, immediate=immediate)
    if scheme == "memory":
        return MemoryHuey("shemei", immediate=immediate)
    raise ValueError(
        f"SHEMEI_JOBS names an unknown store {scheme!r}; use sqlite, postgres or redis"
    )


queue = make_huey(settings.SHEMEI_JOBS, immediate=settings.SHEMEI_JOBS_IMMEDIATE)


def job(*, retries: int = 0, retry_delay: int = 30) -> Callable[[Handler], Handler]:
    """Make a function a background job; calling it puts it on the queue, ``call_local`` runs it here."""
    return queue.task(retries=retries, retry_delay=retry_delay)


def every(*, minutes: int) -> Callable[[Handler], Handler]:
    """Run a function every so many minutes in the worker."""
    return queue.periodic_task(crontab(minute=f"*/{minutes}"))


def enqueue_on_commit(task: Handler, *ids: object) -> None:
    """Nudge a job once the current transaction has committed."""
    transaction.on_commit(partial(task, *ids))


@cache
def load_jobs() -> None:
    """Import every room's ``jobs.py``, so that this process knows all listeners and jobs."""
    for app in settings.INSTALLED_APPS:
        if app.startswith("shemei.") and find_spec(f"{app}.jobs"):
            import_module(f"{app}.jobs")
