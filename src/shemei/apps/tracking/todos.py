"""What links leave for somebody to do: those that lead nowhere, or whose owner is gone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Count

from shemei.apps.tracking.models import Link
from shemei.kernel.permissions import Permission
from shemei.kernel.registry import Todo
from shemei.kernel.urls import wurl

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shemei.kernel.http import BrandRequest

Health = Link.Health
WORDS = {
    Health.BROKEN: ("目标打不开，点的人都白来了", "alert-triangle", "danger"),
    Health.EXPIRED: ("已经过期，还在用", "clock", "warn"),
    Health.FULL: ("次数已满，还在用", "hourglass", "warn"),
    Health.ORPHAN: ("所属的已经不在，点击记在没人名下", "user-off", "warn"),
}


def waiting(request: BrandRequest) -> Iterator[Todo]:
    """One line per kind of trouble, with how many links have it."""
    if not request.actor.can(Permission.TRACK):
        return
    rows = Link.objects.live().filter(health__in=list(WORDS)).order_by()
    counts = dict(rows.values_list("health").annotate(Count("pk")))
    for key, (text, icon, tone) in WORDS.items():
        if count := counts.get(key, 0):
            url = f"{wurl(request.workspace, 'tracking:care')}#{key}"
            yield Todo(f"{count} 条短链{text}", url, icon, tone, "看是哪几条", count)
