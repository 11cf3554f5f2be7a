"""Pages passed on: the mark in an address, in a real browser."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from tests.edge.shop import CLICK, PAGE, Shop, eventually, visiting
from tests.edge.support import running

from shemei.edge.sites import publish_sites
from shemei.warehouse.home import Home

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext


FRIEND = "0123456789ab"


@pytest.mark.browser
def test_a_page_passed_on_says_by_whom_and_through_how_many_hands(
    shop_home: Home, port: int, shop: Shop, browser: Browser
) -> None:
    shop.more = 'data-share="on"'
    with running(shop_home, port=port):
        first, second, third = (browser.new_context() for _ in range(3))
        page = first.new_page()
        page.goto(f"{shop.url}/p/1?sku=9&_c={CLICK}&utm_source=xhs#x")
        eventually(shop_home, 1)
        sent = page.url
        mark = re.fullmatch(r".*/p/1\?sku=9&utm_source=xhs&_sh=([0-9a-f]{12})-1#x", sent)
        assert mark, sent
        page.goto("about:blank")
        page.goto(sent)
        rows = eventually(shop_home, 2)
        assert [row["share_depth"] for row in rows] == [0, 0]

        friend = second.new_page()
        friend.goto(sent)
        eventually(shop_home, 3)
        friend.evaluate("history.pushState({}, '', '/p/2?a=1')")
        friend.wait_for_function("location.search.includes('_sh=')")
        eventually(shop_home, 4)
        assert re.search(r"/p/2\?a=1&_sh=[0-9a-f]{12}-2$", friend.url)

        friends_friend = third.new_page()
        friends_friend.goto(friend.url)
        rows = eventually(shop_home, 5)
        for context in (first, second, third):
            context.close()
    by_friend, step, by_third = rows[2:]
    assert (by_friend["shared_by"], by_friend["share_depth"], by_friend["click_id"]) == (
        mark[1],
        1,
        "",
    )
    assert (step["kind"], step["share_depth"], step["page"]) == ("view", 0, "/p/2")
    assert by_third["share_depth"] == 2
    assert (by_friend["channel"], by_third["channel"]) == ("xhs", "share"), (
        "the first address still names the brand's own campaign, the second does not"
    )
    assert by_third["shared_by"] not in ("", mark[1])
    assert not {row["visitor"] for row in rows} & {row["shared_by"] for row in rows}


@pytest.mark.browser
def test_a_page_that_hands_its_address_on_itself_gets_it_marked(
    shop_home: Home, port: int, shop: Shop, context: BrowserContext
) -> None:
    with visiting(shop_home, port, shop, context, f"/p/1?_sh={FRIEND}-7") as page:
        (came,) = eventually(shop_home, 1)
        assert page.url == f"{shop.url}/p/1"
        handed = page.evaluate("shemei.share('/p/9?sku=9&_sh=ffffffffffff-3#x')")
        shared = eventually(shop_home, 2)[1]
        page.goto(f"{shop.url}/p/1?utm_source=xhs&_c={CLICK}")
        fresh = eventually(shop_home, 3)[2]
        first_hand = page.evaluate("shemei.share()")
    assert (came["shared_by"], came["share_depth"], came["channel"]) == (FRIEND, 7, "share")
    assert re.fullmatch(rf"{shop.url}/p/9\?sku=9&_sh=[0-9a-f]{{12}}-8#x", handed)
    assert (shared["kind"], shared["action"], shared["share_depth"]) == ("engage", "share", 0)
    assert (shared["page"], shared["platform"]) == ("/p/9", "site")
    assert (fresh["kind"], fresh["share_depth"]) == ("visit", 0)
    assert first_hand.endswith("-1")


@pytest.mark.browser
def test_before_consent_no_mark_is_made(
    shop_home: Home, port: int, shop: Shop, context: BrowserContext
) -> None:
    shop.more = 'data-consent="required" data-share="on"'
    with visiting(shop_home, port, shop, context, f"/p/1?_sh={FRIEND}-1") as page:
        page.wait_for_function("window.shemei && shemei.share")
        assert page.evaluate("shemei.share('/p/2')") == f"{shop.url}/p/2"
        assert page.url.endswith(f"{FRIEND}-1")
        page.evaluate("shemei.consent(true)")
        (came,) = eventually(shop_home, 1)
        assert re.search(r"\?_sh=[0-9a-f]{12}-2$", page.url)
        page.evaluate("shemei.consent(false)")
        assert page.url == f"{shop.url}/p/1"
        assert page.evaluate("Object.keys(localStorage).filter((k) => k.startsWith('_sh'))") == []
        assert page.evaluate("shemei.share('/p/2')") == f"{shop.url}/p/2"
    assert (came["shared_by"], came["share_depth"]) == (FRIEND, 1)


@pytest.mark.browser
def test_an_address_that_is_to_stay_gets_the_mark_beside_what_stands_in_it(
    shop_home: Home, port: int, shop: Shop, context: BrowserContext
) -> None:
    shop.more = 'data-clean="off" data-share="on"'
    with visiting(
        shop_home, port, shop, context, f"/p/1?_c={CLICK}&_sh={FRIEND}-1&utm_source=xhs"
    ) as page:
        (came,) = eventually(shop_home, 1)
        left = rf"/p/1\?_c={CLICK}&utm_source=xhs&_sh=([0-9a-f]{{12}})-2$"
        assert re.search(left, page.url), page.url
    assert (came["shared_by"], came["click_id"]) == (FRIEND, CLICK)


@pytest.mark.browser
@pytest.mark.parametrize(
    ("address", "left"),
    [
        (f"/p/1?_sh={FRIEND}-1&_sh=bbbbbbbbbbbb-2", r"/p/1\?_sh=[0-9a-f]{12}-2$"),
        (f"/#/p/1?_sh={FRIEND}-1", r"/\?_sh=[0-9a-f]{12}-2#/p/1\?$"),
    ],
)
def test_one_s_own_mark_is_never_told_with_one_s_own_visits(
    shop_home: Home, port: int, shop: Shop, context: BrowserContext, address: str, left: str
) -> None:
    shop.more = 'data-share="on"'
    with visiting(shop_home, port, shop, context, address) as page:
        eventually(shop_home, 1)
        assert re.search(left, page.url), page.url
        again = context.new_page()
        again.goto(page.url)
        rows = eventually(shop_home, 2)
        page.evaluate("shemei.consent(false)")
        assert "_sh=" not in page.url
    assert [(row["shared_by"], row["share_depth"]) for row in rows] == [(FRIEND, 1), ("", 0)]


@pytest.mark.browser
def test_a_page_that_takes_the_mark_away_is_no_new_page(
    shop_home: Home, port: int, shop: Shop, context: BrowserContext
) -> None:
    shop.more = 'data-share="on"'
    with visiting(shop_home, port, shop, context, "/p/1?a=1") as page:
        eventually(shop_home, 1)
        for _ in range(3):
            page.evaluate("history.replaceState({}, '', '/p/1?a=1')")
            page.wait_for_timeout(120)
        assert page.url == f"{shop.url}/p/1?a=1"
        eventually(shop_home, 1)
        assert page.evaluate("shemei.share('javascript:alert(1)')") == "javascript:alert(1)"
        eventually(shop_home, 1)


@pytest.mark.browser
def test_sites_on_one_origin_have_marks_of_their_own(
    shop_home: Home, port: int, shop: Shop, context: BrowserContext
) -> None:
    publish_sites(shop_home, {"sites": {"OPEN": {"workspace": "w"}, "NEXT": {"workspace": "x"}}})
    shop.more = 'data-share="on"'
    with visiting(shop_home, port, shop, context, f"/p/1?_sh={FRIEND}-6") as page:
        eventually(shop_home, 1)
        first = page.url
        shop.page = lambda: PAGE.replace("OPEN", "NEXT").format(
            early="", src=shop.src, more=shop.more
        )  # type: ignore[method-assign]
        page.goto(f"{shop.url}/p/2")
        eventually(shop_home, 2)
    marks = [re.search(r"_sh=([0-9a-f]{12})-(\d)", url) for url in (first, page.url)]
    assert marks[0] and marks[1] and marks[0][1] != marks[1][1]
    assert (marks[0][2], marks[1][2]) == ("7", "1")
