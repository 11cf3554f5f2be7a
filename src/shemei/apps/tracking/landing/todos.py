"""What landing pages leave to do: leads that nobody has contacted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shemei.apps.tracking.landing.models import Lead
from shemei.kernel.permissions import Permission
from shemei.kernel.registry import Todo
from shemei.kernel.urls import wurl

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shemei.kernel.http import BrandRequest


def waiting(request: BrandRequest) -> Iterator[Todo]:
    """One line for all leads that nobody has contacted."""
    if not request.actor.can(Permission.CUSTOMERS):
        return
    count = Lead.objects.filter(state=Lead.State.NEW).count()
    if count:
        url = f"{wurl(request.workspace, 'landing:leads')}?state=new"
        yield Todo(f"{count} 条线索还没联系", url, "id-badge-2", "warn", "越早联系越容易成", count)
