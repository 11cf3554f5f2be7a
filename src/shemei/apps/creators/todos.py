"""What creators' work leaves to do: an agreed post to confirm, a delivered one that hangs on nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from shemei.apps.creators.models import Collaboration
from shemei.kernel.periods import today
from shemei.kernel.permissions import Permission
from shemei.kernel.registry import Todo
from shemei.kernel.urls import wurl

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shemei.kernel.http import BrandRequest

State = Collaboration.State
FRESH = timedelta(days=60)
MOST = 10


def waiting(request: BrandRequest) -> Iterator[Todo]:
    """Agreed ones, oldest first, then delivered ones of the last two months without a post."""
    if not request.actor.can(Permission.CREATORS):
        return
    rows = Collaboration.objects.with_labels()
    for deal in rows.filter(state=State.AGREED).order_by("created_at")[:MOST]:
        url = wurl(request.workspace, "creators:deliver", deal.key)
        text = f"{deal.creator} 的合作已约定，交付后来确认"
        yield Todo(text, url, "star", "info", "确认后费用入账，承诺与实到开始对照")
    loose = rows.filter(state=State.DELIVERED, post_key="", delivered_on__gte=today() - FRESH)
    for deal in loose[:MOST]:
        url = wurl(request.workspace, "creators:edit_collaboration", deal.key)
        text = f"{deal.creator} 交付了，还没挂上内容"
        yield Todo(text, url, "star", "warn", "不挂上，曝光和成交算不到这次合作")
