"""A period that holds nothing says where the data is, and one button leads there."""

from __future__ import annotations

import re
from datetime import date
from html import unescape
from typing import TYPE_CHECKING

import pytest
from tests.warehouse import cast
from tests.world import BRAND_KEY, signed_in
from time_machine import travel

from shemei.apps.insight.overview.begin import Begin
from shemei.apps.insight.queries import Board
from shemei.kernel.elsewhere import elsewhere
from shemei.kernel.kept_period import left_aside
from shemei.kernel.periods import Comparison, Period
from shemei.kernel.urls import wurl

if TYPE_CHECKING:
    from django.test import Client
    from tests.world import World

    from shemei.warehouse.home import Home

EMPTY = "?from=2025-01-01&to=2025-01-28"
SAID = "这 28 天没有订单；最近一单在 2026-11-20。"
BOARDS = (
    "insight:overview",
    "insight:report",
    "insight:report_content",
    "insight:report_creator",
    "insight:report_campaign",
    "insight:attribution",
    "insight:paths",
    "insight:reconciliation",
    "insight:untracked",
    "insight:retention",
    "audience:people",
)


def read(client: Client, url: str) -> tuple[str, str]:
    """A page's note of where the data is, without its marks, and where its button leads."""
    text = client.get(url, follow=True).text
    found = re.search(r'<div class="s-note" role="status">(.*?)</div>', text, re.S)
    if not found or "看 <span" not in found[1]:
        return "", ""
    link = re.search(r'<a[^>]* href="([^"]*)"', found[1])
    assert link is not None
    return re.sub(r"\s+", " ", re.sub("<[^>]*>", "", found[1])).strip(), unescape(link[1])


@pytest.mark.parametrize("name", BOARDS)
def test_every_board_says_so_and_its_button_shows_the_orders(told: World, name: str) -> None:
    client, url = told.client(), told.url(name)
    prefix = "period_" if name == "audience:people" else ""
    query = EMPTY.replace("from=", f"{prefix}from=").replace("to=", f"{prefix}to=")
    said, href = read(client, url + query)
    assert said == f"{SAID}看 2026-10-24 – 11-20"
    assert f"{prefix}from=2026-10-24&{prefix}to=2026-11-20" in href
    assert read(client, url + href) == ("", "")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("insight:funnel", "这 28 天没有数据；最近的在 2026-11-20。"),
        ("insight:quality", "这 28 天没有数据；最近的在 2026-11-20。"),
        ("tracking:links", "这 28 天没有点击；最近一次在 2026-11-19。"),
        ("tracking:codes", SAID),
        ("tracking:suspects", "这 28 天没有点击；最近一次在 2026-11-19。"),
        ("advertising:spends", "这 28 天没有花费；最近一笔在 2026-11-01。"),
        ("insight:spreading", ""),
        ("posters:spots", ""),
    ],
)
def test_each_page_looks_for_what_it_shows(told: World, name: str, said: str) -> None:
    assert read(told.client(), told.url(name) + EMPTY)[0].startswith(said)
    assert bool(read(told.client(), told.url(name) + EMPTY)[0]) is bool(said)


def test_what_is_chosen_with_the_button_stands_on_the_next_board(told: World) -> None:
    client = told.client()
    _, href = read(client, told.url("insight:overview") + EMPTY + "&page=3")
    assert href == "?keep=1&from=2026-10-24&to=2026-11-20"
    client.get(told.url("insight:overview") + href)
    led = client.get(told.url("insight:attribution")).headers["Location"]
    assert led.endswith("?from=2026-10-24&to=2026-11-20")


def test_a_period_that_holds_something_says_nothing(told: World) -> None:
    assert read(told.client(), told.url("insight:overview")) == ("", "")
    november = Period(date(2026, 11, 1), date(2026, 11, 30))
    with told.scope():
        assert elsewhere(told.brand, november) is None


def test_one_day_leads_to_one_day(told: World) -> None:
    said, href = read(told.client(), told.url("insight:overview") + "?range=today")
    assert said == "这一天没有订单；最近一单在 2026-11-20。看 2026-11-20"
    assert href.endswith("from=2026-11-20&to=2026-11-20")


def test_a_brand_is_never_told_of_the_days_of_another(told: World) -> None:
    """The rival's last order is of the 20th too; a brand without any hears nothing."""
    assert read(told.client(), told.url("insight:overview") + EMPTY)[0].startswith(SAID)
    theirs = signed_in(told.stranger.user)
    assert read(theirs, wurl(told.other_brand, "insight:overview") + EMPTY) == ("", "")


def test_orders_of_long_ago_are_found_and_count_as_a_step_that_is_done(
    world: World, home: Home
) -> None:
    at = cast.at("11-10 10:00") - 15 * 365 * cast.DAY
    old = [
        cast.event("order", at, BRAND_KEY, order_id=f"OLD-{n}", amount=100, source="import")
        for n in range(3)
    ]
    cast.put(home, old)
    said, href = read(world.client(), world.url("insight:overview"))
    assert said.startswith("这 28 天没有订单；最近一单在 2011-11-14。看 2011-10-18 – 11-14")
    text = world.client().get(world.url("insight:overview") + href, follow=True).text
    assert "已有 3 单，还没有一单接得回之前的触达" in text
    assert "这段时间有 3 单，还没有一单追得到来路" in text and "这段时间没有数据" not in text
    with world.scope():
        period = Period(date(2026, 11, 1), date(2026, 11, 28))
        begin = Begin(Board(world.brand, period, Comparison(period)), put_away=False)
        assert [step.done for step in begin.steps] == [False, True, False, False]
        assert not begin.has_path


def test_a_path_of_long_ago_counts_as_the_first_path(told: World) -> None:
    with told.scope():
        period = Period(date(2035, 1, 1), date(2035, 1, 28))
        assert Begin(Board(told.brand, period, Comparison(period)), put_away=False).has_path


def test_a_choice_too_short_for_retention_is_left_aside_and_said(told: World) -> None:
    client, url = told.client(), told.url("insight:retention")
    client.get(told.url("insight:overview") + "?range=7d&keep=1")
    page = client.get(url)
    assert page.status_code == 200 and page.context["board"].period.key == "90d"
    assert "近 7 天（7 天）太短，看不出谁回来，这里看近 90 天" in page.text
    assert "太短" not in client.get(url + "?range=180d").text
    client.get(told.url("insight:overview") + "?range=180d&keep=1")
    assert client.get(url).headers["Location"].endswith("?range=180d")


def test_what_is_chosen_on_retention_itself_holds_there(told: World) -> None:
    client, url = told.client(), told.url("insight:retention")
    client.get(url + "?range=month&keep=1")
    led = client.get(url)
    assert led.headers["Location"].endswith("?range=month")
    request = client.get(url + "?range=month").wsgi_request
    assert left_aside(request, 56) is None


def test_what_was_sold_today_is_not_called_nothing(told: World) -> None:
    with travel("2026-11-20T12:00:00Z", tick=True):
        text = told.client().get(told.url("insight:overview") + "?range=today").text
        assert "今天还没过完" in text
        week = (
            told.client().get(told.url("insight:overview") + "?from=2026-11-20&to=2026-11-21").text
        )
    assert "没有能比的成交" not in week
