"""The tag: small, cacheable, and in a real browser quiet, patient and bound by consent."""

from __future__ import annotations

import gzip
import shutil
import subprocess
from typing import TYPE_CHECKING, Any

import pytest
from tests.edge.shop import CLICK, Shop, eventually, visiting
from tests.edge.support import EdgeProcess, events, running

from shemei.edge.tag import tag_etag, tag_source
from shemei.warehouse.home import Home

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Route


def test_the_tag_is_at_most_three_kilobytes() -> None:
    assert len(gzip.compress(tag_source(), mtime=0)) <= 3 * 1024


def test_the_tag_is_valid_as_served(tmp_path: Any) -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("needs node to read the script")
    script = tmp_path / "tag.js"
    script.write_bytes(tag_source())
    subprocess.run([node, "--check", script], check=True)


def test_the_tag_is_kept_by_browsers_and_asked_for_again(edge: EdgeProcess) -> None:
    answer = edge.get("/tag.js")
    assert answer.status == 200
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert "max-age=3600" in answer.headers["cache-control"]
    assert answer.body == tag_source()
    again = edge.get("/tag.js", If_None_Match=answer.headers["etag"])
    assert (again.status, again.body) == (304, b"")
    assert answer.headers["etag"] == tag_etag().decode()


@pytest.mark.browser
def test_a_visit_then_views_then_an_order_all_know_their_click(
    shop_home: Home, port: int, shop: Shop, context: BrowserContext
) -> None:
    complaints: list[str] = []
    with running(shop_home, port=port):
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        shop.early = '(window.shemei = window.shemei || []).push(["track", "early", {a: 1}])'
        page.goto(f"{shop.url}/p/1?utm_source=xhs&_c={CLICK}")
        eventually(shop_home, 2)
        shop.early = ""
        page.goto(f"{shop.url}/done")
        eventually(shop_home, 3)
        page.evaluate("shemei.order({order_id: 'T1', amount: 19900, promo_code: 'ALI10'})")
        page.evaluate("shemei.lead({size: 'L', phone: '13800000000'})")
        page.evaluate("shemei.track()")
        rows = eventually(shop_home, 6)
    assert [row["kind"] for row in rows[:4]] == ["visit", "custom", "view", "order"]
    assert {row["click_id"] for row in rows} == {CLICK}
    assert len({row["visitor"] for row in rows}) == 1
    assert rows[0]["visitor"]
    assert (rows[0]["page"], rows[0]["channel"]) == ("/p/1", "xhs")
    assert (rows[3]["order_id"], rows[3]["amount"], rows[3]["promo_code"]) == ("T1", 19900, "ALI10")
    assert rows[4]["props"] == '{"size":"L"}'
    assert complaints == []


@pytest.mark.browser
def test_a_tag_served_by_the_page_itself_tells_the_edge_it_names(
    shop_home: Home, port: int, shop: Shop, context: BrowserContext
) -> None:
    shop.src, shop.more = "/own.js", f'data-to="http://127.0.0.1:{port}"'
    with visiting(shop_home, port, shop, context, "/p/1"):
        (row,) = eventually(shop_home, 1)
    assert (row["kind"], row["page"]) == ("visit", "/p/1")


@pytest.mark.browser
def test_nothing_is_stored_or_sent_before_consent_and_all_is_gone_after_withdrawal(
    shop_home: Home, port: int, shop: Shop, context: BrowserContext
) -> None:
    shop.more = 'data-consent="required"'
    with visiting(shop_home, port, shop, context, f"/p/1?_c={CLICK}") as page:
        page.wait_for_function("window.shemei")
        page.evaluate("shemei.track('before', {})")
        page.wait_for_timeout(300)
        assert events(shop_home) == []
        assert page.evaluate("localStorage.length + sessionStorage.length") == 0
        assert context.cookies() == []
        page.evaluate("shemei.consent(true)")
        first = eventually(shop_home, 2)
        page.goto(f"{shop.url}/p/2")
        rows = eventually(shop_home, 3)
        page.evaluate("shemei.consent(false)")
        page.evaluate("shemei.track('after', {})")
        assert page.evaluate("localStorage.length + sessionStorage.length") == 0
        eventually(shop_home, 3)
    assert [row["kind"] for row in first] == ["visit", "custom"]
    assert rows[2]["kind"] == "view"
    assert {row["click_id"] for row in rows} == {CLICK}


@pytest.mark.browser
def test_what_could_not_be_sent_is_sent_later_once_with_its_own_time(
    shop_home: Home, port: int, shop: Shop, context: BrowserContext
) -> None:
    with visiting(shop_home, port, shop, context) as page:
        eventually(shop_home, 1)
        page.route("**/e", lambda route: route.abort())
        page.evaluate("shemei.track('lost', {})")
        page.wait_for_timeout(1200)
        page.unroute("**/e")
        page.goto(f"{shop.url}/next")
        rows = eventually(shop_home, 3)
    assert sorted(row["kind"] for row in rows) == ["custom", "view", "visit"]
    late = next(row for row in rows if row["kind"] == "custom")
    view = next(row for row in rows if row["kind"] == "view")
    assert view["ts"] - late["ts"] > 1_000_000


@pytest.mark.browser
def test_a_server_that_cannot_store_now_is_asked_again_from_the_same_page(
    shop_home: Home, port: int, shop: Shop, context: BrowserContext
) -> None:
    asked: list[str] = []

    def refuse_once(route: Route) -> None:
        asked.append(route.request.method)
        if len(asked) == 1:
            route.fulfill(status=503, headers={"access-control-allow-origin": "*"})
        else:
            route.continue_()

    with running(shop_home, port=port):
        page = context.new_page()
        page.route("**/e", refuse_once)
        with page.expect_response(lambda answer: answer.status == 503):
            page.goto(shop.url)
        assert events(shop_home) == []
        with page.expect_response(lambda answer: answer.status == 202):
            pass
        eventually(shop_home, 1)
    assert asked == ["POST", "POST"]


@pytest.mark.browser
def test_without_fetch_a_beacon_is_sent_and_sent_again_where_the_browser_has_no_room(
    shop_home: Home, port: int, shop: Shop, context: BrowserContext
) -> None:
    shop.early = (
        "delete window.fetch; window.fetch = undefined; window.asked = 0; "
        "const real = navigator.sendBeacon.bind(navigator); "
        "navigator.sendBeacon = (...given) => ++asked > 1 && real(...given)"
    )
    with visiting(shop_home, port, shop, context, f"/?_c={CLICK}") as page:
        rows = eventually(shop_home, 1)
        assert page.evaluate("asked") == 2
    assert (rows[0]["kind"], rows[0]["click_id"]) == ("visit", CLICK)


@pytest.mark.browser
def test_an_event_that_cannot_be_taken_does_not_take_others_along(
    shop_home: Home, port: int, shop: Shop, context: BrowserContext
) -> None:
    with running(shop_home, port=port):
        page = context.new_page()
        page.route("**/e", lambda route: route.abort())
        page.goto(shop.url)
        page.evaluate("shemei.order({amount: 100})")
        page.evaluate("shemei.order({order_id: 'T3', amount: 100})")
        page.unroute("**/e")
        page.goto(f"{shop.url}/next")
        rows = eventually(shop_home, 3)
        assert page.evaluate("localStorage._shq") == "[]"
    assert sorted(row["kind"] for row in rows) == ["order", "view", "visit"]


@pytest.mark.browser
def test_a_page_that_closes_storage_is_still_counted_and_never_hurt(
    shop_home: Home, port: int, shop: Shop, context: BrowserContext
) -> None:
    shop.early = (
        "for (const name of ['localStorage', 'sessionStorage']) "
        "Object.defineProperty(window, name, {get() { throw new DOMException('closed') }})"
    )
    complaints: list[str] = []
    with running(shop_home, port=port):
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(f"{shop.url}/?_c={CLICK}")
        eventually(shop_home, 1)
        page.evaluate("shemei.order({order_id: 'T2', amount: 100})")
        rows = eventually(shop_home, 2)
        page.evaluate("shemei.order(); shemei.lead(null); shemei.consent(false)")
    assert [row["kind"] for row in rows] == ["visit", "order"]
    assert {row["click_id"] for row in rows} == {CLICK}
    assert complaints == []


@pytest.mark.browser
def test_each_route_of_an_application_is_one_view(
    shop_home: Home, port: int, shop: Shop, context: BrowserContext
) -> None:
    complaints: list[str] = []
    with running(shop_home, port=port):
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(f"{shop.url}/?utm_source=xhs&_c={CLICK}")
        eventually(shop_home, 1)
        page.evaluate("history.pushState({n: 1}, '', '/list'); document.title = '列表'")
        eventually(shop_home, 2)
        page.evaluate(
            "history.pushState({}, '', '/tmp'); history.replaceState({}, '', '/p/1');"
            "history.replaceState({}, '', '/p/1#reviews'); location.hash = 'top'; shemei.page()"
        )
        eventually(shop_home, 3)
        page.go_back()
        page.wait_for_function("location.pathname === '/p/1'")
        page.evaluate("history.go(-1)")
        page.wait_for_function("location.pathname === '/list' && history.state.n === 1")
        eventually(shop_home, 4)
        page.evaluate("location.hash = '#/cart?coupon=1'")
        rows = eventually(shop_home, 5)
    assert [(row["kind"], row["page"]) for row in rows] == [
        ("visit", "/"),
        ("view", "/list"),
        ("view", "/p/1"),
        ("view", "/list"),
        ("view", "/list/cart"),
    ]
    assert rows[1]["props"] == '{"title":"列表"}'
    assert {row["click_id"] for row in rows} == {CLICK}
    assert (rows[0]["utm_source"], rows[1]["utm_source"]) == ("xhs", "")
    assert complaints == []


@pytest.mark.browser
@pytest.mark.parametrize(
    ("more", "left"),
    [
        ("", "/p/1?sku=9&utm_source=xhs&b=2#x"),
        ('data-clean="utm"', "/p/1?sku=9&b=2#x"),
        ('data-clean="off"', f"/p/1?sku=9&_c={CLICK}&utm_source=xhs&b=2#x"),
    ],
)
def test_what_has_been_read_leaves_the_address_bar(
    shop_home: Home, port: int, shop: Shop, context: BrowserContext, more: str, left: str
) -> None:
    shop.more = more
    with visiting(
        shop_home, port, shop, context, f"/p/1?sku=9&_c={CLICK}&utm_source=xhs&b=2#x"
    ) as page:
        (row,) = eventually(shop_home, 1)
        assert page.url == shop.url + left
        assert page.evaluate("history.length") == 2
    assert (row["click_id"], row["utm_source"], row["page"]) == (CLICK, "xhs", "/p/1")


@pytest.mark.browser
def test_before_consent_the_address_stays_and_the_click_is_known_after_a_step(
    shop_home: Home, port: int, shop: Shop, context: BrowserContext
) -> None:
    shop.more = 'data-consent="required"'
    with visiting(shop_home, port, shop, context, f"/p/1?_c={CLICK}") as page:
        page.wait_for_function("window.shemei")
        assert page.url.endswith(CLICK)
        page.evaluate("history.pushState({}, '', '/p/2')")
        page.wait_for_timeout(200)
        assert events(shop_home) == []
        page.evaluate("shemei.consent(true)")
        rows = eventually(shop_home, 2)
    assert [(row["page"], row["click_id"]) for row in rows] == [("/p/1", CLICK), ("/p/2", CLICK)]


@pytest.mark.browser
def test_a_page_that_counts_its_own_steps_can_say_so(
    shop_home: Home, port: int, shop: Shop, context: BrowserContext
) -> None:
    shop.more = 'data-spa="off"'
    with visiting(shop_home, port, shop, context) as page:
        eventually(shop_home, 1)
        page.evaluate("history.pushState({}, '', '/list')")
        eventually(shop_home, 1)
        page.evaluate("shemei.page()")
        rows = eventually(shop_home, 2)
    assert rows[1]["page"] == "/list"
