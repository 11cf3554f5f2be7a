"""Writes of the creators room."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction

from shemei.apps.brand.queries import with_campaign
from shemei.apps.creators import rules
from shemei.apps.creators.facts import FeeBooked
from shemei.apps.creators.models import Collaboration, Creator, TierRule
from shemei.apps.creators.tellings import limits_table, tell_by_hand
from shemei.kernel import audit, outbox
from shemei.kernel.actor import Actor
from shemei.kernel.edits import assign, save
from shemei.kernel.permissions import Permission, require

if TYPE_CHECKING:
    from shemei.kernel.workspace import Workspace


@transaction.atomic
def create_creator(
    workspace: Workspace, *, by: Actor, name: str, platform: str, followers: int = 0, **values: Any
) -> Creator:
    """Add somebody to the library; the tier follows the followers."""
    require(by, Permission.CREATORS)
    creator = Creator(workspace=workspace, name=name, platform=platform, followers=followers)
    assign(creator, values)
    creator.tier = rules.tier_of(followers, rules.limits_for(platform, limits_table()))
    save(creator)
    audit.record("creator.created", creator, by=by)
    return creator


@transaction.atomic
def change_creator(creator: Creator, *, by: Actor, **values: Any) -> Creator:
    require(by, Permission.CREATORS)
    before = {name: getattr(creator, name) for name in values}
    fields = assign(creator, values)
    creator.tier = rules.tier_of(
        creator.followers, rules.limits_for(creator.platform, limits_table())
    )
    save(creator)
    if fields:
        tell_by_hand(
            creator, {name: values[name] for name in values if values[name] != before[name]}
        )
        audit.record("creator.changed", creator, by=by, fields="、".join(fields))
    return creator


@transaction.atomic
def set_tiers(workspace: Workspace, *, by: Actor, limits: dict[str, rules.TierLimits]) -> int:
    """Set the limits (``""`` is the general rule) and sort every creator anew; returns how many moved."""
    require(by, Permission.CREATORS)
    TierRule.objects.exclude(platform__in=list(limits)).delete()
    for platform, limit in limits.items():
        rule = TierRule.objects.filter(platform=platform).first() or TierRule(
            workspace=workspace, platform=platform
        )
        rule.kol_from, rule.koc_from = limit.kol_from, limit.koc_from
        save(rule)
    moved = []
    for creator in Creator.objects.all():
        tier = rules.tier_of(creator.followers, rules.limits_for(creator.platform, limits))
        if tier != creator.tier:
            creator.tier = tier
            moved.append(creator)
    Creator.objects.bulk_update(moved, ["tier"], batch_size=500)
    audit.record("creator.tiers_set", None, by=by, workspace=workspace, moved=len(moved))
    return len(moved)


@transaction.atomic
def agree(creator: Creator, *, by: Actor, **values: Any) -> Collaboration:
    """Enter a collaboration with a creator. ``values`` are its fields; the campaign comes as ``campaign_key``."""
    require(by, Permission.CREATORS)
    collaboration = Collaboration(workspace_id=creator.workspace_id, creator=creator)
    assign(collaboration, with_campaign(creator.workspace, values))
    save(collaboration)
    _book(collaboration, None)
    audit.record("collaboration.created", collaboration, by=by, label=creator.name)
    return collaboration


@transaction.atomic
def change_collaboration(
    collaboration: Collaboration, *, by: Actor, **values: Any
) -> Collaboration:
    """Change what was agreed; a fee that the log already knows is taken back and told anew."""
    require(by, Permission.CREATORS)
    before = collaboration.cost
    fields = assign(collaboration, with_campaign(collaboration.workspace, values))
    save(collaboration)
    _book(collaboration, before)
    if fields:
        audit.record(
            "collaboration.changed",
            collaboration,
            by=by,
            label=collaboration.creator.name,
            fields="、".join(fields),
        )
    return collaboration


@transaction.atomic
def deliver(
    collaboration: Collaboration, *, by: Actor, delivered_on: date, post_key: str = ""
) -> Collaboration:
    """The creator delivered: from this day on the fee counts as spent."""
    require(by, Permission.CREATORS)
    if collaboration.state == Collaboration.State.CANCELLED:
        raise ValidationError("这次合作已取消，不能交付。请先改回「已约定」。")
    before = collaboration.cost
    collaboration.state = Collaboration.State.DELIVERED
    collaboration.delivered_on = delivered_on
    collaboration.post_key = post_key or collaboration.post_key
    collaboration.save(update_fields=["state", "delivered_on", "post_key"])
    _book(collaboration, before)
    audit.record("collaboration.delivered", collaboration, by=by, label=collaboration.creator.name)
    return collaboration


def _book(collaboration: Collaboration, before: rules.Cost | None) -> None:
    costs = rules.differences(before, collaboration.cost)
    if costs:
        fact = FeeBooked(collaboration.workspace.key, collaboration.key, tuple(costs))
        outbox.emit(fact, workspace=collaboration.workspace)
