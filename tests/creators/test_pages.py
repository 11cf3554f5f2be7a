"""Pages of the creators room."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from shemei.apps.content.actions import create_post, record_metrics
from shemei.apps.creators import actions
from shemei.apps.creators.models import Collaboration, Creator
from shemei.kernel import outbox
from shemei.kernel.periods import today
from shemei.warehouse.computed.settling import settle

if TYPE_CHECKING:
    from tests.world import World

    from shemei.warehouse.home import Home


@pytest.fixture
def place(inside: World, home: Home) -> World:
    return inside


@pytest.fixture
def azhi(place: World) -> Creator:
    return actions.create_creator(
        place.brand, by=place.editor.actor, name="阿栀", platform="xhs", followers=86_000
    )


def test_a_creator_is_added_with_a_tier(place: World) -> None:
    browser = place.client(place.editor)
    typed = {"name": "木木实验室", "platform": "bilibili", "followers": "133000"}
    made = browser.post(place.url("creators:new_creator"), typed, follow=True).content.decode()
    assert "级别 KOL" in made
    assert "13.3 万粉" in made
    row = Creator.objects.get()
    browser.post(place.url("creators:edit_creator", row.key), {**typed, "followers": "9000"})
    row.refresh_from_db()
    assert row.tier == "素人"


def test_from_agreement_to_delivery_promised_stands_beside_delivered(
    place: World, azhi: Creator, home: Home
) -> None:
    by, browser = place.editor.actor, place.client(place.editor)
    post = create_post(
        place.brand,
        by=by,
        title="换季烂脸自救",
        platform="xhs",
        state="published",
        creator_key=azhi.key,
    )
    record_metrics(post, by=by, day=today(), impressions=12_000)
    typed = {
        "fee": "3,000",
        "promised_impressions": "10000",
        "state": "agreed",
        "post_key": post.key,
    }
    browser.post(place.url("creators:new_collaboration", azhi.key), typed)
    deal = Collaboration.objects.get()
    assert (deal.fee, deal.state) == (300_000, "agreed")
    browser.post(place.url("creators:deliver", deal.key), {"delivered_on": str(today())})
    outbox.relay(home)
    settle(home)
    page = browser.get(place.url("creators:creator", azhi.key)).content.decode()
    assert "实到 1.2 万" in page
    assert "120%" in page
    assert "归因成交额" in page
    assert "120%" in browser.get(place.url("creators:collaborations")).content.decode()
    assert "阿栀" in browser.get(place.url("creators:creators")).content.decode()


def test_wrong_money_is_said_and_what_was_typed_stays(place: World, azhi: Creator) -> None:
    typed = {"fee": "三千", "state": "talking", "note": "审稿两次"}
    page = (
        place.client()
        .post(place.url("creators:new_collaboration", azhi.key), typed)
        .content.decode()
    )
    assert "「三千」不是金额" in page
    assert "审稿两次" in page


def test_delivered_without_a_day_is_refused_on_its_field(place: World, azhi: Creator) -> None:
    page = (
        place.client()
        .post(place.url("creators:new_collaboration", azhi.key), {"state": "delivered"})
        .content.decode()
    )
    assert "要写明交付日期" in page


def test_tiers_can_be_set_per_platform(place: World, azhi: Creator) -> None:
    browser = place.client()
    typed = {"kol_all": "200000", "koc_all": "20000", "kol_xhs": "80000", "koc_xhs": "8000"}
    assert browser.post(place.url("creators:tiers"), typed).status_code == 302
    azhi.refresh_from_db()
    assert azhi.tier == "KOL"
    wrong = browser.post(place.url("creators:tiers"), {**typed, "kol_xhs": "10"}).content.decode()
    assert "要高于 KOC 起点" in wrong


def test_an_empty_library_teaches(place: World) -> None:
    assert "达人库还是空的" in place.client().get(place.url("creators:creators")).content.decode()
    assert "还没有合作" in place.client().get(place.url("creators:collaborations")).content.decode()


def test_who_may_not_is_turned_away(place: World, azhi: Creator) -> None:
    assert place.client(place.analyst).get(place.url("creators:new_creator")).status_code == 403
    assert place.client(place.external).get(place.url("creators:collaborations")).status_code == 403
    actions.agree(azhi, by=place.editor.actor, fee=300_000)
    outside = (
        place.client(place.external).get(place.url("creators:creator", azhi.key)).content.decode()
    )
    assert "归因成交额" not in outside
    assert "¥3,000.00" not in outside
