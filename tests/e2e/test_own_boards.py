"""An own board from nothing to shared: made, filled from the shelf, widened and ordered by mouse and by keyboard."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest
from django.urls import reverse

from shemei.apps.insight.boards.actions import make_board, set_origins, set_panel, share_board
from shemei.apps.insight.boards.sharing import token_of
from shemei.apps.insight.models import OwnBoard
from shemei.kernel.actor import SYSTEM
from tests.browser import overflow, serious, settled, shot

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Locator, Page

    from shemei.warehouse.home import Home
    from tests.browser import Visit
    from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def page(visit: Visit, world: World, home: Home) -> Page:
    """A board without pictures, made by hand, open for arranging."""
    page = visit.page(world.client())
    page.set_default_timeout(15_000)
    page.goto(world.url("insight:boards"))
    page.click("main a:has-text('新建看板') >> nth=0")
    page.fill("input[name=title]", "周一例会")
    page.click("button:has-text('新建看板')")
    page.wait_for_selector("[data-shelf]")
    return page


def kept(world: World) -> list[tuple[str, int]]:
    with world.scope():
        return [(str(one), one.width) for one in OwnBoard.objects.get().panels.kept()]


def picture(page: Page, name: str) -> Locator:
    return page.locator("[data-panel]", has=page.locator(f".s-arrange b:text-is('{name}')"))


def middle(place: Locator) -> tuple[float, float]:
    box = place.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def drag(page: Page, what: Locator, to: tuple[float, float]) -> None:
    """As a hand does it: press, start, go there, let go."""
    page.mouse.move(*middle(what))
    page.mouse.down()
    x, y = middle(what)
    page.mouse.move(x + 8, y + 8, steps=3)
    page.mouse.move(*to, steps=15)
    page.mouse.move(to[0] + 1, to[1] + 1, steps=3)
    page.wait_for_timeout(200)
    page.mouse.up()


def from_shelf(page: Page, name: str) -> Locator:
    return page.locator(f"[data-shelf] button:text-is('{name}')")


def choose(page: Page, name: str, action: str) -> None:
    """From a picture's menu, with the keyboard alone."""
    picture(page, name).locator("[data-menu]").focus()
    page.keyboard.press("Enter")
    button = picture(page, name).locator(f".s-menu__item:has-text('{action}')")
    button.focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_a_board_is_put_together_with_the_mouse(page: Page, world: World) -> None:
    with page.expect_navigation():
        drag(page, from_shelf(page, "点击"), middle(page.locator("[data-arrange]")))
    assert kept(world) == [("点击", 4)]
    x, y = middle(picture(page, "点击"))
    with page.expect_navigation():
        drag(page, from_shelf(page, "访问"), (x - 60, y - 20))
    assert kept(world) == [("访问", 4), ("点击", 4)]
    edge = picture(page, "访问").locator("[data-widen]")
    step = page.locator("[data-arrange]").bounding_box()["width"] / 12  # type: ignore[index]
    x, y = middle(edge)
    with page.expect_navigation():
        drag(page, edge, (x + 4 * step, y))
    assert kept(world) == [("访问", 8), ("点击", 4)]
    with page.expect_response(lambda answer: answer.url.endswith("/order/")):
        drag(page, picture(page, "点击").locator("[data-handle]"), middle(picture(page, "访问")))
    page.wait_for_selector("text=次序已保存")
    assert kept(world) == [("点击", 4), ("访问", 8)]
    settled(page)
    assert serious(page) == []
    shot(page, "own-board-arranging")


def test_the_keyboard_does_all_of_it(page: Page, world: World) -> None:
    for name in ("点击", "访问"):
        from_shelf(page, name).focus()
        with page.expect_navigation():
            page.keyboard.press("Enter")
    assert kept(world) == [("点击", 4), ("访问", 4)]
    choose(page, "访问", "宽：整行")
    choose(page, "访问", "上移")
    assert kept(world) == [("访问", 12), ("点击", 4)]
    key = picture(page, "访问").get_attribute("data-panel")
    assert page.url.endswith(f"#at-{key}"), "the keyboard goes on at the picture"
    choose(page, "点击", "删除图")
    with page.expect_navigation():
        page.click(".s-toast button:has-text('撤销')")
    assert [name for name, _ in kept(world)] == ["访问", "点击"]


def test_on_a_phone_it_is_one_column_in_both_looks(page: Page, visit: Visit, world: World) -> None:
    with page.expect_navigation():
        from_shelf(page, "点击").click()
    for theme in ("light", "dark"):
        small = visit.page(world.client(), theme=theme, phone=True)
        for query in ("", "?edit=1"):
            with world.scope():
                small.goto(world.url("insight:board", OwnBoard.objects.get().key) + query)
            settled(small)
            assert overflow(small) <= 0
            assert serious(small) == []
            shot(small, f"own-board-phone-{theme}{'-edit' if query else ''}")
        assert not small.locator("[data-widen]").is_visible(), "one column has one width"


@contextmanager
def wiki(frame: dict[str, str]) -> Iterator[str]:
    """A website of somebody else that frames ``frame["src"]``."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(
                f'<!doctype html><html lang="zh"><title>例会</title><main><h1>例会</h1><iframe title="看板" src="{frame["src"]}" width="900" height="640"></iframe></main>'.encode()
            )

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_only_the_named_website_shows_the_board(visit: Visit, world: World, home: Home) -> None:
    frame: dict[str, str] = {}
    with wiki(frame) as ours, wiki(frame) as foreign:
        with world.scope():
            board = make_board(world.brand, title="周一例会", by=SYSTEM)
            set_panel(board, by=SYSTEM, metrics=["clicks"], kind="line", width=12)
            share = share_board(board, days=7, by=SYSTEM)
            set_origins(share, [ours], by=SYSTEM)
        frame["src"] = visit.base + reverse("shared:frame", args=[token_of(share)])
        page = visit.page()
        page.goto(ours)
        inside = page.frame_locator("iframe")
        inside.locator("h1:text-is('周一例会')").wait_for()
        inside.locator("[data-chart] svg").wait_for()
        page.wait_for_load_state("networkidle")
        assert serious(page) == []
        shot(page, "own-board-framed")
        assert visit.complaints == []
        page.goto(foreign)
        page.wait_for_load_state("networkidle")
        assert not page.frames[1].locator("h1:text-is('周一例会')").count()
        refused = [one for one in visit.complaints if "frame-ancestors" in one]
        assert refused, "the browser says why"
        visit.complaints.clear()
