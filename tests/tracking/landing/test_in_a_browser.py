"""A landing page on a phone: light and dark, with scripts and without, weighed as it comes over the wire."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse
from tests.browser import PHONE, overflow, serious, settled
from tests.tracking.landing.pages import published

from shemei.apps.tracking.landing import actions
from shemei.apps.tracking.landing.models import LandingPage, Lead

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route
    from tests.browser import Visit
    from tests.world import World

    from shemei.warehouse.home import Home

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def page(world: World, home: Home, live_server: Any, settings: Any) -> LandingPage:
    return published(world, settings)


def heard(page: Page) -> list[dict[str, Any]]:
    """What the tag of a page tells from now on: it is answered as the edge answers."""
    told: list[dict[str, Any]] = []

    def answer(route: Route) -> None:
        told.extend(route.request.post_data_json)
        route.fulfill(status=202, headers={"Access-Control-Allow-Origin": "*"})

    page.route("http://localhost:*/e", answer)
    return told


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_page_is_sound_on_a_phone_and_its_form_is_taken_once(
    visit: Visit, world: World, page: LandingPage, theme: str
) -> None:
    seen = visit.page(theme=theme, phone=True)
    told = heard(seen)
    seen.goto("/p/huanji")
    settled(seen)
    assert serious(seen) == [] and overflow(seen) <= 0
    assert "天" not in seen.locator(".left").inner_text()
    seen.fill("#f-name", "林小满")
    seen.fill("#f-phone", "13800138000")
    seen.check("input[name=agree]")
    seen.dblclick("form button[type=submit]")
    seen.wait_for_selector(".done")
    with world.scope():
        assert Lead.objects.get().times == 1
    assert told and told[0]["kind"] == "visit" and told[0]["site"] == page.key


@pytest.mark.parametrize(("query", "channel"), [("?_sh=0123456789ab-2", "share"), ("", "direct")])
def test_a_form_knows_whether_a_friend_passed_the_page_on(
    visit: Visit, world: World, page: LandingPage, query: str, channel: str
) -> None:
    seen = visit.page(phone=True)
    heard(seen)
    seen.goto(f"/p/huanji{query}")
    seen.wait_for_function("location.search.includes('_sh=')")
    seen.reload()
    seen.wait_for_function("location.search.includes('_sh=')")
    assert leave_lead(seen, world).channel == channel


def leave_lead(seen: Page, world: World) -> Lead:
    seen.fill("#f-name", "林小满")
    seen.fill("#f-phone", "13800138000")
    seen.check("input[name=agree]")
    seen.click("form button[type=submit]")
    seen.wait_for_selector(".done")
    with world.scope():
        return Lead.objects.get()


def test_who_comes_back_by_a_bookmark_came_by_no_friend_this_time(
    visit: Visit, world: World, page: LandingPage
) -> None:
    """The visit is direct, and so is the lead: whom the friend brought before is another visit."""
    first = visit.page(phone=True)
    heard(first)
    first.goto("/p/huanji?_sh=0123456789ab-2")
    first.wait_for_function("!location.search.includes('0123456789ab')")
    later = first.context.new_page()
    told = heard(later)
    later.goto("/p/huanji")
    later.wait_for_function("location.search.includes('_sh=')")
    assert leave_lead(later, world).channel == "direct"
    assert "_sh=" not in next(one["url"] for one in told if one["kind"] == "visit")


def test_where_the_tag_is_blocked_the_address_says_who_passed_it_on(
    visit: Visit, world: World, page: LandingPage
) -> None:
    seen = visit.page(phone=True)
    seen.route(f"**{reverse('pages:tag')}*", lambda route: route.abort())
    seen.goto("/p/huanji?_sh=0123456789ab-2")
    assert leave_lead(seen, world).channel == "share"
    visit.complaints.clear()


def test_a_page_works_without_scripts(visit: Visit, world: World, page: LandingPage) -> None:
    context = visit.browser.new_context(
        base_url=visit.base,
        viewport=PHONE,  # type: ignore[arg-type]
        java_script_enabled=False,
    )
    visit.contexts.append(context)
    seen = context.new_page()
    seen.goto("/p/huanji?utm_source=xhs")
    seen.fill("#f-name", "林小满")
    seen.fill("#f-phone", "13800138000")
    seen.check("input[name=agree]")
    seen.click("form button[type=submit]")
    seen.wait_for_selector(".done")
    with world.scope():
        assert Lead.objects.get().utm == {"utm_source": "xhs"}


def test_a_block_is_kept_while_it_is_typed(visit: Visit, world: World, page: LandingPage) -> None:
    with world.scope():
        variant = page.variants.get()
    seen = visit.page(world.client())
    seen.goto(world.url("landing:build", variant.key))
    seen.locator("#blocks summary").first.click()
    seen.locator("#blocks input[name=title]").first.fill("换一句更短的")
    seen.get_by_text("草稿已存").first.wait_for()
    frame = seen.frame_locator("[data-preview]")
    frame.get_by_role("heading", name="换一句更短的").wait_for()
    assert serious(seen) == []
    with world.scope():
        assert page.variants.get().draft[0]["title"] == "换一句更短的"
    seen.locator("#blocks [data-handle] + * button").first.click()
    seen.get_by_role("button", name="删除这一块").first.click()
    seen.locator("#blocks summary", has_text="换一句更短的").wait_for(state="detached")
    seen.get_by_role("button", name="撤销").click()
    seen.locator("#blocks summary", has_text="换一句更短的").wait_for()
    with world.scope():
        assert page.variants.get().draft[0]["title"] == "换一句更短的"


def slow_at_first(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A server that is slow with the first write; the subtitles in the order they came."""
    written: list[str] = []
    write_block = actions.write_block

    def slow(variant: Any, block_id: str, **told: Any) -> Any:
        written.append(told["values"]["sub"])
        if len(written) == 1:
            time.sleep(1.5)
        return write_block(variant, block_id, **told)

    monkeypatch.setattr(actions, "write_block", slow)
    return written


def test_of_two_quick_changes_the_newer_is_kept_however_slow_the_older(
    visit: Visit, world: World, page: LandingPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server is slow with the first; the second, and the block added after it, wait for its answer."""
    written = slow_at_first(monkeypatch)
    with world.scope():
        variant = page.variants.get()
    seen = visit.page(world.client())
    seen.goto(world.url("landing:build", variant.key))
    seen.locator("#blocks summary").first.click()
    block = seen.locator("[data-block-form]").first
    for name, text in (("title", "先写的标题"), ("sub", "后写的副标题")):
        block.locator(f"[name={name}]").fill(text)
        block.locator(f"[name={name}]").blur()
    seen.locator("form[action*='/add/'] button").first.click()
    seen.locator("#blocks > ol > li").nth(6).wait_for(state="attached")
    time.sleep(1)  # for a write that was overtaken to arrive
    assert written[0] == "" and written[-1] == "后写的副标题"
    assert block.locator("[name=sub]").input_value() == "后写的副标题"
    with world.scope():
        first = page.variants.get().draft[0]
    assert (first["title"], first["sub"]) == ("先写的标题", "后写的副标题")


def test_what_is_typed_as_the_page_closes_is_kept_over_a_write_under_way(
    visit: Visit, world: World, page: LandingPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last words go out with the page and overtake the slow first write, which must not undo them."""
    written = slow_at_first(monkeypatch)
    with world.scope():
        variant = page.variants.get()
    seen = visit.page(world.client())
    seen.goto(world.url("landing:build", variant.key))
    seen.locator("#blocks summary").first.click()
    block = seen.locator("[data-block-form]").first
    block.locator("[name=title]").fill("先写的标题")
    with seen.expect_request("**/write/"):
        block.locator("[name=title]").blur()
    block.locator("[name=sub]").fill("临走写的副标题")
    seen.goto(world.url("landing:pages"))
    time.sleep(2)  # for the slow write to end
    assert written == ["", "临走写的副标题"]
    with world.scope():
        first = page.variants.get().draft[0]
    assert (first["title"], first["sub"]) == ("先写的标题", "临走写的副标题")


def test_what_is_typed_while_the_list_is_drawn_anew_is_kept(
    visit: Visit, world: World, page: LandingPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A block is being added, slowly; the words typed until the list comes back stay, and are kept."""
    add_block = actions.add_block

    def slow(variant: Any, **told: Any) -> Any:
        time.sleep(1)
        return add_block(variant, **told)

    monkeypatch.setattr(actions, "add_block", slow)
    with world.scope():
        variant = page.variants.get()
    seen = visit.page(world.client())
    seen.goto(world.url("landing:build", variant.key))
    seen.locator("#blocks summary").first.click()
    with seen.expect_request("**/add/"):
        seen.locator("form[action*='/add/'] button").first.click()
    block = seen.locator("[data-block-form]").first
    block.locator("[name=title]").press_sequentially("等的时候写的", delay=5)
    seen.locator("#blocks > ol > li").nth(6).wait_for(state="attached")
    block.get_by_text("草稿已存").wait_for(state="attached")
    assert block.locator("[name=title]").input_value().startswith("等的时候写的")
    with world.scope():
        draft = page.variants.get().draft
    assert draft[0]["title"].startswith("等的时候写的") and len(draft) == 7
