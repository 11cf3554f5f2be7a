"""Pages of the advertising room."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

import orjson
import pytest

from shemei.apps.advertising.actions import enter_spend
from shemei.apps.advertising.models import Spend
from shemei.kernel.models import OutboxEvent
from shemei.kernel.periods import today
from shemei.warehouse.catalogue import METRICS

if TYPE_CHECKING:
    from tests.world import World

    from shemei.warehouse.home import Home


@pytest.fixture
def place(inside: World, home: Home) -> World:
    return inside


def typed(**changes: str) -> dict[str, str]:
    return {
        "day": str(today()),
        "platform": "douyin",
        "kind": "信息流",
        "amount": "1,299.00",
        **changes,
    }


def test_a_spend_is_entered_corrected_and_deleted(place: World) -> None:
    browser = place.client(place.analyst)
    browser.post(
        place.url("advertising:new_spend"), typed(claimed_orders="12", claimed_value="5000")
    )
    row = Spend.objects.get()
    assert (row.amount, row.claimed_value) == (129_900, 500_000)
    page = browser.get(place.url("advertising:spends")).content.decode()
    assert "广告花费 ¥1,299.00" in page
    assert "3.8" in page
    browser.post(place.url("advertising:edit_spend", row.key), typed(amount="1200"))
    row.refresh_from_db()
    assert (row.amount, row.claimed_value) == (120_000, None)
    browser.post(place.url("advertising:delete_spend", row.key))
    assert not Spend.objects.exists()


def test_fees_and_advertising_are_told_apart_and_add_up(place: World) -> None:
    for kind, amount in (("信息流", 3_000), ("达人", 500)):
        enter_spend(
            place.brand, by=place.owner.actor, day=today(), platform="xhs", kind=kind, amount=amount
        )
    page = place.client().get(place.url("advertising:spends")).content.decode()
    assert "广告花费 ¥30.00" in " ".join(page.split())
    narrowed = place.client().get(place.url("advertising:spends"), {"kind": ["信息流", "搜索"]})
    assert "共 ¥30.00" in " ".join(narrowed.content.decode().split())


def test_an_empty_period_is_told_from_an_empty_book(place: World) -> None:
    browser = place.client()
    assert "还没有花费" in browser.get(place.url("advertising:spends")).content.decode()
    long_ago = today() - timedelta(300)
    enter_spend(
        place.brand, by=place.owner.actor, day=long_ago, platform="xhs", kind="搜索", amount=500
    )
    assert "这段时间没有花费" in browser.get(place.url("advertising:spends")).content.decode()


def test_wrong_money_is_said_and_what_was_typed_stays(place: World) -> None:
    page = (
        place.client()
        .post(place.url("advertising:new_spend"), typed(amount="很多", plan="拉新 A"))
        .content.decode()
    )
    assert "「很多」不是金额" in page
    assert "拉新 A" in page


def test_editors_do_not_see_spends(place: World) -> None:
    assert place.client(place.editor).get(place.url("advertising:spends")).status_code == 403


def test_the_impressions_of_ads_are_told_apart_from_those_of_content(place: World) -> None:
    enter = partial(enter_spend, place.brand, by=place.owner.actor, day=today(), platform="douyin")
    enter(kind="信息流", amount=3_000)
    said = "自报曝光是广告的展示次数，不算进总览与报表里的「曝光」"
    url = place.url("advertising:spends")
    assert said not in place.client().get(url).text
    enter(kind="搜索", amount=3_000, impressions=1_505_249)
    assert said in place.client().get(url).text
    kinds = {
        orjson.loads(text)["kind"] for text in OutboxEvent.objects.values_list("event", flat=True)
    }
    assert kinds == {"spend"}
    assert "广告的自报曝光不算在内" in METRICS["impressions"].formula
