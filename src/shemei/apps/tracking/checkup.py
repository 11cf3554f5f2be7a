"""The daily look at every link of a brand: judged, and written down beside it."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.utils import timezone

from shemei.apps.tracking import health
from shemei.apps.tracking.models import Link, LinkCare
from shemei.kernel.registry import names_of

if TYPE_CHECKING:
    from shemei.kernel.workspace import Workspace

MOST_ASKED = 2_000
"""Targets asked in one run; the longest unasked come first, so all have their turn."""


def care_of(workspace: Workspace) -> LinkCare:
    return LinkCare.objects.filter(workspace=workspace).first() or LinkCare(workspace=workspace)


def check_links(workspace: Workspace, *, older_than: timedelta = timedelta()) -> int:
    """Judge the live links of a brand not looked at for so long; returns how many need somebody."""
    now = timezone.now()
    due = Q(checked_at=None) | Q(checked_at__lte=now - older_than)
    rows = list(Link.objects.live().filter(due, workspace=workspace).with_brand().order_by("pk"))
    gone = _gone(workspace, rows)
    known: dict[str, str] = {}
    asks, ill = care_of(workspace).ask_targets, 0
    for n, link in enumerate(sorted(rows, key=lambda row: row.checked_at or row.created_at)):
        ask = _once(known) if asks and n < MOST_ASKED else None
        state, note = health.judge(link, time.time_ns() // 1000, gone.get(link.pk, ""), ask)
        Link.objects.filter(pk=link.pk).update(health=state, health_note=note, checked_at=now)
        ill += state != Link.Health.FINE
    return ill


def _gone(workspace: Workspace, rows: list[Link]) -> dict[int, str]:
    """By link, the owner that its room no longer knows, or the account that is no longer used."""
    creators = names_of("creator", workspace, {row.creator_key for row in rows})
    contents = names_of("content", workspace, {row.content_key for row in rows})
    found = {}
    for row in rows:
        if row.account and not row.account.is_active:
            found[row.pk] = f"账号「{row.account.name}」已经停用"
        elif row.creator_key and row.creator_key not in creators:
            found[row.pk] = "达人已经不在名单里"
        elif row.content_key and row.content_key not in contents:
            found[row.pk] = "内容已经删除"
    return found


def _once(known: dict[str, str]) -> Any:
    """Ask an address that many links share only once."""

    def ask(url: str) -> str:
        if url not in known:
            known[url] = health.ask_target(url)
        return known[url]

    return ask
