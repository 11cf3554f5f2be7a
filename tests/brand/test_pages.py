"""Pages of the brand room: what they say, what they keep, whom they turn away."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from shemei.apps.brand.actions import create_campaign
from shemei.apps.brand.models import Campaign, Pillar, PlatformAccount
from shemei.kernel.periods import today

if TYPE_CHECKING:
    from tests.world import World

    from shemei.warehouse.home import Home


@pytest.fixture
def place(inside: World, home: Home) -> World:
    return inside


def form(**changes: str) -> dict[str, str]:
    first, last = today(), today() + timedelta(9)
    return {
        "name": "冬季修护",
        "starts_on": str(first),
        "ends_on": str(last),
        "note": "",
        **changes,
    }


def test_a_campaign_is_made_shown_changed_and_ended(place: World) -> None:
    browser = place.client(place.editor)
    made = browser.post(place.url("brand:new_campaign"), form(), follow=True)
    assert "第 1 天，共 10 天" in made.content.decode()
    row = Campaign.objects.get()
    assert row.utm_campaign == "冬季修护"
    browser.post(
        place.url("brand:edit_campaign", row.key), form(name="冬季修护二", utm_campaign="winter")
    )
    browser.post(place.url("brand:end_campaign", row.key))
    row.refresh_from_db()
    assert (row.name, row.utm_campaign, row.state) == ("冬季修护二", "winter", "ended")
    assert "冬季修护二" in browser.get(place.url("brand:campaigns")).content.decode()


def test_wrong_days_are_said_and_what_was_typed_stays(place: World) -> None:
    wrong = form(ends_on=str(today() - timedelta(3)), note="写了很久的一段话")
    page = place.client().post(place.url("brand:new_campaign"), wrong).content.decode()
    assert "结束日期早于开始日期" in page
    assert "写了很久的一段话" in page
    assert not Campaign.objects.exists()


def test_a_taken_name_is_said_on_the_form(place: World) -> None:
    create_campaign(
        place.brand, by=place.editor.actor, name="冬季修护", starts_on=today(), ends_on=today()
    )
    page = place.client().post(place.url("brand:new_campaign"), form()).content.decode()
    assert "已有同名的营销计划" in page


def test_an_empty_list_teaches(place: World) -> None:
    page = place.client().get(place.url("brand:campaigns")).content.decode()
    assert "还没有营销计划" in page
    assert "新建营销计划" in page


def test_pillars_and_accounts_are_kept(place: World) -> None:
    browser = place.client()
    browser.post(
        place.url("brand:new_pillar"), {"name": "成分科普", "note": "讲成分", "color": "2"}
    )
    browser.post(
        place.url("brand:new_account"), {"platform": "xhs", "name": "屿禾护肤", "is_active": "on"}
    )
    assert Pillar.objects.get().color == 2
    account = PlatformAccount.objects.get()
    assert account.followers == 0
    browser.post(
        place.url("brand:edit_account", account.key),
        {"platform": "xhs", "name": "屿禾护肤", "followers": "127000", "is_active": "on"},
    )
    page = browser.get(place.url("brand:accounts")).content.decode()
    assert "127,000" in page
    assert "成分科普" in browser.get(place.url("brand:pillars")).content.decode()


def test_accounts_are_for_those_who_may(place: World) -> None:
    assert place.client(place.editor).get(place.url("brand:new_account")).status_code == 403
    assert (
        place.client(place.analyst).post(place.url("brand:new_campaign"), form()).status_code == 403
    )


def test_another_brands_campaign_is_not_there(place: World) -> None:
    row = create_campaign(
        place.brand, by=place.editor.actor, name="一", starts_on=today(), ends_on=today()
    )
    url = place.url("brand:campaign", row.key)
    assert place.client(place.stranger).get(url).status_code == 404


def test_figures_are_for_those_who_may_see_them(place: World) -> None:
    row = create_campaign(
        place.brand, by=place.editor.actor, name="一", starts_on=today(), ends_on=today()
    )
    url = place.url("brand:campaign", row.key)
    assert "归因成交额" in place.client(place.owner).get(url).content.decode()
    assert "归因成交额" not in place.client(place.external).get(url).content.decode()
