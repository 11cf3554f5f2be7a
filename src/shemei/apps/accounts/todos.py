"""What accounts leave to do: keys that end soon."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from shemei.apps.accounts.models import ApiKey
from shemei.kernel.permissions import Permission
from shemei.kernel.registry import Todo
from shemei.kernel.urls import wurl

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shemei.kernel.http import BrandRequest

SOON = timedelta(days=14)


def waiting(request: BrandRequest) -> Iterator[Todo]:
    """Live keys that end within two weeks, the nearest first."""
    if not request.actor.can(Permission.KEYS):
        return
    now = timezone.now()
    ending = ApiKey.objects.filter(revoked_at=None, expires_at__range=(now, now + SOON))
    for key in ending.order_by("expires_at"):
        day = timezone.localtime(key.expires_at).strftime("%m-%d")
        url = wurl(request.workspace, "accounts:keys")
        yield Todo(f"密钥「{key.name}」{day} 到期", url, "key", "warn", "用它的程序到时会连不上")
