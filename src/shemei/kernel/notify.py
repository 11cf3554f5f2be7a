"""A word to members, with a page to go to: the bell in the bar."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from shemei.kernel.models import Notification

if TYPE_CHECKING:
    from collections.abc import Iterable

    from shemei.kernel.workspace import Workspace

LONGEST = 300


def notify(workspace: Workspace, text: str, url: str, *, to: Iterable[str]) -> int:
    """Tell active members of a brand, by their keys; returns how many were told."""
    members: Any = Notification._meta.get_field("member").related_model
    found = members.objects.filter(workspace=workspace, key__in=list(to), is_active=True)
    told = [
        Notification(workspace=workspace, member=member, text=text[:LONGEST], url=url)
        for member in found
    ]
    return len(Notification.objects.bulk_create(told))
