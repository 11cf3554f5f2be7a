"""An order that used a code is credited to the code's owner."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
import pytest
from tests.commerce.conftest import brought

from shemei.apps.commerce.facts import OrderPlaced, owner_fields, owners_of
from shemei.apps.tracking import actions
from shemei.kernel.models import OutboxEvent

if TYPE_CHECKING:
    from tests.world import World

    from shemei.warehouse.home import Home
    from shemei.warehouse.vocabulary import Event


def told(world: World, code: str) -> list[Event]:
    """The events of an order with ``code``, as commerce would tell them."""
    owner = owners_of(world.brand, [code]).get(code)
    fact = OrderPlaced(
        workspace=world.brand.key,
        order="order-key",
        number="D1123-5120",
        ts=1_763_868_660_000_000,
        amount=32_900,
        promo_code=code,
        **owner_fields(owner),
    )
    return fact.to_events()


def test_the_order_and_the_touch_carry_the_owner(inside: World, campaign: Any) -> None:
    actions.create_code(
        inside.brand,
        by=inside.editor.actor,
        code="AZHI30",
        creator="creator-azhi",
        campaign=campaign.key,
        content="post-1",
    )
    redeem, order = told(inside, "AZHI30")
    assert (redeem.kind, order.kind) == ("redeem", "order")
    for event in (redeem, order):
        assert event.creator == "creator-azhi"
        assert event.content == "post-1"
        assert event.campaign == campaign.key
        assert (event.platform, event.channel) == ("xhs", "xhs")
        assert event.promo_code == "AZHI30"


@pytest.mark.parametrize("platform", ["", "site"])
def test_a_code_of_no_platform_is_never_a_direct_visit(
    inside: World, campaign: Any, platform: str
) -> None:
    actions.create_code(
        inside.brand,
        by=inside.editor.actor,
        code="XINKE30",
        owner_kind="campaign",
        campaign=campaign.key,
        platform=platform,
    )
    for event in told(inside, "XINKE30"):
        assert (event.campaign, event.creator) == (campaign.key, "")
        assert event.channel == "other"


@pytest.mark.parametrize(
    ("platform", "channel"), [("", "offline"), ("other", "offline"), ("xhs", "xhs")]
)
def test_a_code_at_a_place_came_by_the_place(inside: World, platform: str, channel: str) -> None:
    actions.create_code(
        inside.brand,
        by=inside.editor.actor,
        code="POSTER",
        owner_kind="spot",
        spot="地铁海报",
        platform=platform,
    )
    assert [event.channel for event in told(inside, "POSTER")] == [channel, channel]


def test_a_code_of_another_brand_credits_nobody(inside: World) -> None:
    from django_scopes import scope

    with scope(workspace=inside.other_brand):
        actions.create_code(
            inside.other_brand,
            by=inside.stranger.actor,
            code="AZHI30",
            owner_kind="spot",
            spot="门店",
        )
    assert all(event.channel == "" for event in told(inside, "AZHI30"))


def test_a_code_that_ran_out_still_names_its_owner(inside: World) -> None:
    row = actions.create_code(
        inside.brand, by=inside.editor.actor, code="AZHI30", creator="creator-azhi"
    )
    actions.archive_code(row, by=inside.editor.actor)
    assert {event.creator for event in told(inside, "AZHI30")} == {"creator-azhi"}


def test_an_order_file_credits_the_campaign_that_owns_the_code(
    inside: World, home: Home, campaign: Any
) -> None:
    actions.create_code(
        inside.brand,
        by=inside.editor.actor,
        code="XINKE30",
        owner_kind="campaign",
        campaign=campaign.key,
    )
    file = "订单编号,付款时间,实付金额,优惠码\nD1,2025-11-03 09:05,329,xinke 30\n"
    brought(inside, file)
    told = [orjson.loads(row.event) for row in OutboxEvent.objects.order_by("id")]
    by_kind = {event["kind"]: event for event in told}
    assert {"redeem", "order"} <= by_kind.keys()
    for kind in ("redeem", "order"):
        event = by_kind[kind]
        assert (event["campaign"], event["channel"]) == (campaign.key, "other")
        assert event["promo_code"] == "XINKE30"
