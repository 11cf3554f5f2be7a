"""Leads as the house knows them: what waits, who may see what, and how a person leaves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django_scopes import scopes_disabled

from shemei.apps.tracking.landing.models import LandingPage, Lead
from shemei.kernel import audit
from shemei.kernel.permissions import Permission, require
from shemei.kernel.registry import Todo
from shemei.kernel.urls import wurl
from shemei.warehouse.vocabulary import visitor_key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shemei.kernel.actor import Actor
    from shemei.kernel.http import BrandRequest
    from shemei.warehouse.tombstones import Erased


def tagged_pages() -> dict[str, dict[str, Any]]:
    """Published pages as the edge knows them: their key stands in the tag, their events carry their campaign."""
    with scopes_disabled():
        rows = LandingPage.objects.filter(is_active=True, variants__version__isnull=False)
        rows = rows.select_related("workspace", "campaign").distinct()
        return {
            page.key: {
                "workspace": page.workspace.key,
                "hosts": [],
                "campaign": page.campaign.key if page.campaign else "",
                "content": page.content_key,
            }
            for page in rows
            if page.workspace.is_active
        }


def waiting(request: BrandRequest) -> Iterator[Todo]:
    """One line for all leads that nobody has contacted."""
    if not request.actor.can(Permission.CUSTOMERS):
        return
    count = Lead.objects.filter(state=Lead.State.NEW).count()
    if count:
        url = f"{wurl(request.workspace, 'landing:leads')}?state=new"
        yield Todo(f"{count} 条线索还没联系", url, "id-badge-2", "warn", "越早联系越容易成", count)


@transaction.atomic
def move_lead(lead: Lead, *, by: Actor, state: str) -> Lead:
    """Say how far a lead is; the first contact keeps its moment."""
    require(by, Permission.CUSTOMERS)
    if state in Lead.State.values and lead.state != state:
        lead.state = state
        if state != Lead.State.NEW and lead.contacted_at is None:
            lead.contacted_at = timezone.now()
        lead.save(update_fields=["state", "contacted_at"])
        audit.record("lead.moved", lead, by=by, state=lead.get_state_display())
    return lead


@transaction.atomic
def open_lead(lead: Lead, *, by: Actor) -> Lead:
    """Read the whole contact; leaves a trace."""
    require(by, Permission.PERSONAL)
    audit.record("lead.seen", lead, by=by)
    return lead


def erase(person: Erased) -> int:
    """Delete what a person left on landing pages; returns how many leads."""
    return int(_of(person).delete()[0])


def tell(person: Erased) -> list[dict[str, Any]]:
    """What a person left on landing pages, for that person to read."""
    return [
        {
            "落地页": lead.page.name,
            "提交": timezone.localtime(lead.created_at).isoformat(timespec="seconds"),
            "姓名": lead.name,
            "手机": lead.phone,
            "微信号": lead.wechat,
            "选择": lead.choice,
            "同意的话": lead.consent,
        }
        for lead in _of(person).select_related("page", "version")
    ]


def _of(person: Erased) -> Any:
    """The leads of a person: by phone or WeChat, by the click they came with, by the browser."""
    rows = Lead.objects.filter(
        Q(contact_hash__in=[p for p in person.phones if p])
        | Q(phone_hash__in=[p for p in person.phones if p])
        | Q(click_id__in=[c for c in person.clicks if c])
    )
    ids = set(rows.values_list("pk", flat=True))
    if browsers := set(person.visitors):
        told = Lead.objects.exclude(visitor="").values_list("pk", "visitor")
        ids |= {pk for pk, visitor in told if visitor_key(visitor) in browsers}
    return Lead.objects.filter(pk__in=ids)
