"""The one process of a storm that nothing happens to: it mends as the worker does, and reads the books.

``python -m tests.chaos.accountant HOME``: each line on stdin asks for one settled account, as JSON.
"""

from __future__ import annotations

import json
import os
import sys
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.chaos.victim import BRAND

if TYPE_CHECKING:
    from shemei.warehouse.home import Home

LINK = {"code": "spring", "url": "https://shop.example.cn/p/1", "name": "春天"}


def found(home: Home) -> Any:
    """Make the brand, one link in the book, and return the brand."""
    from django_scopes import scope

    from shemei.apps.accounts.models import Workspace
    from shemei.apps.tracking import book
    from shemei.apps.tracking.models import Link

    brand, made = Workspace.objects.get_or_create(key=BRAND, defaults={"name": "风暴"})
    if made:
        with scope(workspace=brand):
            Link.objects.create(workspace=brand, platform="xhs", **LINK)
        book.republish()
    return brand


def mend(home: Home) -> None:
    """Do what the worker does in a few minutes: resume, exclude, tell, relay, load, compute."""
    from shemei.kernel import outbox
    from shemei.kernel.imports import jobs
    from shemei.warehouse.computed.settling import settle
    from shemei.warehouse.log.loader import load

    jobs.STALLED_AFTER = timedelta(0)
    jobs.resume_stalled.call_local()
    jobs.exclude_undone.call_local()
    outbox.dispatch()
    outbox.relay(home)
    while load(home).segments:
        pass
    settle(home)


def account(brand: Any) -> dict[str, Any]:
    """Read what the database knows: orders with their amounts, batches, and what waits."""
    from django_scopes import scope

    from shemei.apps.commerce.models import Order
    from shemei.apps.content.models import PostMetric
    from shemei.kernel import outbox
    from shemei.kernel.imports.models import ImportBatch

    with scope(workspace=brand):
        posts: dict[str, int] = {}
        for key, plays in PostMetric.objects.order_by("day").values_list("post__key", "plays"):
            posts[key] = plays or 0
        return {
            "orders": dict(Order.objects.values_list("number", "amount")),
            "batches": dict(ImportBatch.objects.values_list("key", "state")),
            "plays": posts,
            "waiting": outbox.waiting(),
            "given_up": outbox.failed(),
        }


def main() -> None:
    os.environ["SHEMEI_JOBS_IMMEDIATE"] = "1"
    from shemei.commands.setup import django_home, migrate

    home = django_home(str(Path(sys.argv[1])))
    migrate()
    brand = found(home)
    from shemei.kernel.jobs import load_jobs

    load_jobs()
    print(json.dumps("ready"), flush=True)
    for _ in sys.stdin:
        try:
            mend(home)
            print(json.dumps(account(brand)), flush=True)
        except Exception as error:
            print(json.dumps({"broken": repr(error)}), flush=True)
            raise


if __name__ == "__main__":
    main()
