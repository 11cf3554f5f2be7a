"""Writes of the brand room: campaigns, pillars, platform accounts."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import transaction

from shemei.apps.brand import rules, tellings
from shemei.apps.brand.models import Campaign, Pillar, PlatformAccount
from shemei.kernel import audit
from shemei.kernel.actor import SYSTEM, Actor
from shemei.kernel.edits import assign, save
from shemei.kernel.periods import today
from shemei.kernel.permissions import Permission, require

if TYPE_CHECKING:
    from shemei.kernel.workspace import Workspace


@transaction.atomic
def create_campaign(
    workspace: Workspace,
    *,
    by: Actor,
    name: str,
    starts_on: date,
    ends_on: date,
    note: str = "",
    utm_campaign: str = "",
) -> Campaign:
    """Create a campaign; without a word of its own its links carry one made from the name."""
    require(by, Permission.CONTENT_EDIT)
    campaign = Campaign(
        workspace=workspace, name=name, starts_on=starts_on, ends_on=ends_on, note=note
    )
    campaign.utm_campaign = rules.utm_word(utm_campaign or name) or campaign.key.lower()
    campaign.state = rules.state_on(today(), starts_on, ends_on)
    save(campaign)
    audit.record("campaign.created", campaign, by=by)
    return campaign


@transaction.atomic
def change_campaign(campaign: Campaign, *, by: Actor, **values: Any) -> Campaign:
    """Change a campaign; its state follows its dates, so a later end day opens an ended one again."""
    require(by, Permission.CONTENT_EDIT)
    if "utm_campaign" in values:
        values["utm_campaign"] = rules.utm_word(values["utm_campaign"]) or campaign.utm_campaign
    fields = assign(campaign, values)
    campaign.state = rules.state_on(today(), campaign.starts_on, campaign.ends_on)
    save(campaign)
    if fields:
        audit.record("campaign.changed", campaign, by=by, fields="、".join(fields))
    return campaign


@transaction.atomic
def end_campaign(campaign: Campaign, *, by: Actor) -> Campaign:
    """End a campaign now: its last day becomes today, or its first day where it had not begun."""
    require(by, Permission.CONTENT_EDIT)
    if campaign.state == Campaign.State.ENDED:
        return campaign
    campaign.ends_on = max(campaign.starts_on, min(campaign.ends_on, today()))
    campaign.state = Campaign.State.ENDED
    campaign.save(update_fields=["ends_on", "state"])
    audit.record("campaign.ended", campaign, by=by)
    return campaign


@transaction.atomic
def turn_campaigns(day: date) -> int:
    """Start and end campaigns whose day has come; returns how many turned. Runs for one workspace's scope."""
    turned = 0
    for rows, state, verb in (
        (Campaign.objects.to_end(day), Campaign.State.ENDED, "campaign.ended"),
        (Campaign.objects.to_start(day), Campaign.State.RUNNING, "campaign.started"),
    ):
        for campaign in rows:
            if Campaign.objects.filter(pk=campaign.pk, state=campaign.state).update(state=state):
                audit.record(verb, campaign, by=SYSTEM)
                turned += 1
    return turned


@transaction.atomic
def create_pillar(
    workspace: Workspace, *, by: Actor, name: str, note: str = "", color: int = 1
) -> Pillar:
    require(by, Permission.CONTENT_EDIT)
    pillar = Pillar(workspace=workspace, name=name, note=note, color=color)
    save(pillar)
    audit.record("pillar.created", pillar, by=by)
    return pillar


@transaction.atomic
def change_pillar(pillar: Pillar, *, by: Actor, **values: Any) -> Pillar:
    require(by, Permission.CONTENT_EDIT)
    fields = assign(pillar, values)
    save(pillar)
    if fields:
        audit.record("pillar.changed", pillar, by=by, fields="、".join(fields))
    return pillar


@transaction.atomic
def add_account(
    workspace: Workspace,
    *,
    by: Actor,
    platform: str,
    name: str,
    handle: str = "",
    followers: int = 0,
    is_active: bool = True,
) -> PlatformAccount:
    """Enter one of the brand's accounts on a platform."""
    require(by, Permission.ACCOUNTS)
    account = PlatformAccount(
        workspace=workspace,
        platform=platform,
        name=name,
        handle=handle,
        followers=followers,
        is_active=is_active,
    )
    save(account)
    audit.record("account.added", account, by=by)
    return account


@transaction.atomic
def change_account(account: PlatformAccount, *, by: Actor, **values: Any) -> PlatformAccount:
    require(by, Permission.ACCOUNTS)
    before = account.followers
    fields = assign(account, values)
    save(account)
    if account.followers != before:
        tellings.tell_by_hand(account)
    if fields:
        audit.record("account.changed", account, by=by, fields="、".join(fields))
    return account
