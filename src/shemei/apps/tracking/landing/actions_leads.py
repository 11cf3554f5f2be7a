"""Writes of leads: a sent form becomes one, somebody reads it, somebody calls."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from shemei.apps.tracking import channeling
from shemei.apps.tracking.facts import LeadLeft
from shemei.apps.tracking.landing.models import LandingVersion, Lead
from shemei.edge.collect import platform_told
from shemei.edge.visit import Came
from shemei.kernel import audit, crypto, notify, outbox
from shemei.kernel.permissions import Permission, require
from shemei.kernel.urls import wurl
from shemei.warehouse.vocabulary import to_ts

if TYPE_CHECKING:
    from shemei.kernel.actor import Actor
    from shemei.kernel.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Sent:
    """How a form was sent: by whom, from where, with which marks, through how many hands the page had come."""

    visitor: str
    click_id: str
    utm: dict[str, str]
    came: Came
    hands: str = ""


@transaction.atomic
def take_lead(version: LandingVersion, found: Mapping[str, str], sent: Sent) -> Lead:
    """Store a lead and tell the log, once per contact and page: the same form again is counted, not doubled."""
    page = version.variant.page
    workspace = page.workspace
    phone = crypto.phone_hash(workspace.key, found.get("phone", ""))
    mark = phone or crypto.wechat_hash(workspace.key, found.get("wechat", ""))
    mine = Lead.objects.filter(page=page, contact_hash=mark)
    if mine.update(times=F("times") + 1, last_at=timezone.now()):
        return mine.get()
    lead = Lead(
        workspace=workspace, page=page, version=version, letter=version.variant.letter,
        **found, phone_hash=phone,
        phone_tail=found.get("phone", "")[-4:], contact_hash=mark, visitor=sent.visitor,
        click_id=sent.click_id, channel=_channel(workspace, sent), utm=sent.utm,
    )  # fmt: skip
    try:
        with transaction.atomic():
            lead.save()
    except IntegrityError:
        mine.update(times=F("times") + 1, last_at=timezone.now())
        return mine.get()
    outbox.emit(_fact(lead, sent), workspace=workspace)
    url = wurl(workspace, "landing:lead", lead.key)
    notify.notify(workspace, f"「{page.name}」来了一条新线索，{lead}", url, to=[page.owner])
    return lead


def _channel(workspace: Workspace, sent: Sent) -> str:
    """By the brand's own rules and from the same marks as the visit to the page, so that both name one channel."""
    source, in_app = sent.utm.get("utm_source", ""), sent.came.agent.in_app
    return channeling.rules_of(workspace).decide(
        utm_source=source, utm_medium=sent.utm.get("utm_medium", ""), share_depth=sent.hands,
        platform=platform_told(source, in_app), in_app=in_app, referrer_host="",
    )  # fmt: skip


def _fact(lead: Lead, sent: Sent) -> LeadLeft:
    page = lead.page
    return LeadLeft(
        workspace=page.workspace.key, lead=lead.key, page=page.key, slug=page.slug,
        letter=lead.letter, ts=to_ts(lead.agreed_at), phone=lead.phone_hash,
        visitor=lead.visitor, click_id=lead.click_id,
        campaign=page.campaign.key if page.campaign else "", content=page.content_key,
        platform="site", channel=lead.channel, device=sent.came.agent.device,
        in_app=sent.came.agent.in_app, suspect=sent.came.suspect, **lead.utm,
    )  # fmt: skip


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
