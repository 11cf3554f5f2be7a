"""What a person left on landing pages: told to that person, deleted when asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.utils import timezone

from shemei.apps.tracking.landing.models import Lead
from shemei.kernel.erasure_own import forget_words_about
from shemei.kernel.urls import wurl
from shemei.warehouse.vocabulary import visitor_key

if TYPE_CHECKING:
    from shemei.warehouse.log.tombstones import Erased


def erase_leads(person: Erased) -> int:
    """Delete what a person left on landing pages, and the words to members about it; returns how many leads."""
    leads = _leads_of(person)
    for lead in leads.select_related("workspace"):
        forget_words_about(wurl(lead.workspace, "landing:lead", lead.key))
    return int(leads.delete()[0])


def tell_leads(person: Erased) -> list[dict[str, Any]]:
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
        for lead in _leads_of(person).select_related("page", "version")
    ]


def _leads_of(person: Erased) -> Any:
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
