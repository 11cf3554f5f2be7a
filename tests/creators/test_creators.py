"""Creators: tiers by followers, collaborations, fees that reach the log once they are spent."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import orjson
import pytest
from django.core.exceptions import ValidationError

from shemei.apps.brand.actions import create_campaign
from shemei.apps.brand.models import Campaign
from shemei.apps.creators import actions, queries, rules
from shemei.apps.creators.forms import CollaborationForm
from shemei.apps.creators.models import Collaboration, Creator, TierRule
from shemei.apps.creators.queries import CreatorRow
from shemei.kernel.models import AuditEntry, OutboxEvent
from shemei.kernel.periods import today
from shemei.kernel.permissions import Forbidden

if TYPE_CHECKING:
    from tests.world import World

D = date(2026, 11, 1)


def told() -> list[dict[str, Any]]:
    return [
        orjson.loads(t) for t in OutboxEvent.objects.order_by("id").values_list("event", flat=True)
    ]


@pytest.fixture
def azhi(inside: World) -> Creator:
    return actions.create_creator(
        inside.brand,
        by=inside.editor.actor,
        name="阿栀",
        platform="xhs",
        followers=86_000,
        city="杭州",
    )


@pytest.mark.parametrize(
    ("followers", "tier"),
    [(100_000, "KOL"), (99_999, "KOC"), (10_000, "KOC"), (9_999, "素人"), (0, "素人")],
)
def test_the_decks_tiers(followers: int, tier: str) -> None:
    assert rules.tier_of(followers) == tier


def test_a_platforms_own_limits_win_over_the_general_ones() -> None:
    table = {"": rules.TierLimits(200_000, 20_000), "xhs": rules.TierLimits(50_000, 5_000)}
    assert rules.tier_of(60_000, rules.limits_for("xhs", table)) == "KOL"
    assert rules.tier_of(60_000, rules.limits_for("weibo", table)) == "KOC"
    assert rules.limits_for("weibo", {}) == rules.DEFAULT_LIMITS


def test_the_tier_follows_the_followers(azhi: Creator, inside: World) -> None:
    assert azhi.tier == "KOC"
    actions.change_creator(azhi, by=inside.editor.actor, followers=120_000)
    assert azhi.tier == "KOL"


def test_new_limits_sort_everybody_anew(azhi: Creator, inside: World) -> None:
    limits = {"": rules.TierLimits(80_000, 8_000)}
    assert actions.set_tiers(inside.brand, by=inside.editor.actor, limits=limits) == 1
    azhi.refresh_from_db()
    assert azhi.tier == "KOL"
    assert actions.set_tiers(inside.brand, by=inside.editor.actor, limits=limits) == 0
    assert TierRule.objects.count() == 1
    assert "1 位达人换了级别" in AuditEntry.objects.filter(verb="creator.tiers_set").last().sentence  # type: ignore[union-attr]


def test_limits_upside_down_are_refused(inside: World) -> None:
    with pytest.raises(ValidationError, match="高于 KOC"):
        actions.set_tiers(
            inside.brand, by=inside.editor.actor, limits={"": rules.TierLimits(10, 20)}
        )


def test_a_fee_is_spent_on_the_day_of_delivery_and_not_before(azhi: Creator, inside: World) -> None:
    deal = actions.agree(
        azhi, by=inside.editor.actor, fee=300_000, promised_impressions=50_000, state="agreed"
    )
    assert told() == []
    actions.deliver(deal, by=inside.editor.actor, delivered_on=D, post_key="post-1")
    [event] = told()
    assert (event["kind"], event["amount"], event["day"], event["creator"]) == (
        "spend",
        300_000,
        20261101,
        azhi.key,
    )
    assert (event["content"], event["channel"], event["source"]) == (
        "post-1",
        "xhs",
        "collaboration",
    )


def test_corrections_of_a_fee_take_back_and_tell_anew(azhi: Creator, inside: World) -> None:
    deal = actions.agree(azhi, by=inside.editor.actor, fee=300_000)
    actions.deliver(deal, by=inside.editor.actor, delivered_on=D)
    campaign = create_campaign(
        inside.brand, by=inside.editor.actor, name="双11", starts_on=D, ends_on=D
    )
    actions.change_collaboration(
        deal, by=inside.editor.actor, fee=250_000, campaign_key=campaign.key
    )
    actions.change_collaboration(deal, by=inside.editor.actor, note="只改了约定")
    sums: Counter[str] = Counter()
    for event in told():
        sums[event["campaign"]] += event["amount"]
    assert sums == {"": 0, campaign.key: 250_000}
    actions.change_collaboration(deal, by=inside.editor.actor, state="cancelled")
    assert sum(event["amount"] for event in told()) == 0


def test_delivered_needs_a_day_and_cancelled_cannot_be_delivered(
    azhi: Creator, inside: World
) -> None:
    with pytest.raises(ValidationError, match="交付日期"):
        actions.agree(azhi, by=inside.editor.actor, state="delivered")
    gone = actions.agree(azhi, by=inside.editor.actor, state="cancelled")
    with pytest.raises(ValidationError, match="已取消"):
        actions.deliver(gone, by=inside.editor.actor, delivered_on=D)


def test_the_same_creator_is_not_entered_twice(azhi: Creator, inside: World) -> None:
    with pytest.raises(ValidationError, match="已有这位达人"):
        actions.create_creator(inside.brand, by=inside.editor.actor, name="阿栀", platform="xhs")


def test_an_analyst_may_not_change_creators(azhi: Creator, inside: World) -> None:
    with pytest.raises(Forbidden):
        actions.agree(azhi, by=inside.analyst.actor)
    assert not Collaboration.objects.exists()


def test_other_rooms_read_what_was_paid_and_promised(azhi: Creator, inside: World) -> None:
    for n in range(2):
        deal = actions.agree(
            azhi, by=inside.editor.actor, fee=100_000, promised_impressions=1_000, post_key=f"p{n}"
        )
        actions.deliver(deal, by=inside.editor.actor, delivered_on=today() - timedelta(n))
    actions.agree(azhi, by=inside.editor.actor, fee=999)
    [row] = queries.creators(inside.brand, [azhi.key])
    assert (row.fees, row.promised) == (200_000, 2_000)
    assert sorted(row.promises) == [("p0", 1_000), ("p1", 1_000)]


def test_delivery_is_unknown_where_nothing_was_promised_or_seen() -> None:
    assert rules.delivery_share(50, 0) is None
    assert rules.delivery_share(None, 10) is None
    assert rules.delivery_share(15, 10) == 1.5


def test_a_post_that_nobody_reported_yet_does_not_count_as_missed() -> None:
    deals = (("post-1", 10_000), ("post-2", 90_000))
    row = CreatorRow("c", "阿栀", "xhs", "KOC", 1, 0, 100_000, deals)
    assert row.delivered_share({"post-1": 12_000}) == pytest.approx(1.2)
    assert row.delivered_share({"post-1": 12_000, "post-2": 18_000}) == pytest.approx(0.3)
    assert row.delivered_share({"post-1": 12_000, "post-2": None}) == pytest.approx(1.2)
    assert row.delivered_share({}) is None


def test_a_deal_offers_no_campaign_that_has_ended_but_its_own(azhi: Creator, inside: World) -> None:
    by = inside.editor.actor
    running, over, mine = (
        create_campaign(inside.brand, by=by, name=name, starts_on=D, ends_on=D)
        for name in ("双12", "国庆", "双11")
    )
    deal = actions.agree(azhi, by=by, fee=300_000)
    actions.change_collaboration(deal, by=by, campaign_key=mine.key)
    Campaign.objects.filter(pk__in=[over.pk, mine.pk]).update(state=Campaign.State.ENDED)
    Campaign.objects.filter(pk=running.pk).update(state=Campaign.State.RUNNING)
    form = CollaborationForm(initial=CollaborationForm.of(deal), creator=azhi)
    offered = [key for key, _ in form.fields["campaign_key"].choices]  # type: ignore[attr-defined]
    assert set(offered) == {"", running.key, mine.key}
