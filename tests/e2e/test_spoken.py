"""What a page draws anew by itself: the keyboard stays, a field is not taken from under a hand, and it is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

    from tests.browser import Visit
    from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
POLLED = 'hx-get="/poll" hx-trigger="every 100ms" hx-target="#part" hx-swap="outerHTML"'
RUNS = f"""<section id="part" {POLLED} data-spoken="正在核对，完成 %s%%" data-spoken-runs>
  <form><input type="hidden" name="token"><button type="button" id="stop">停下</button></form></section>"""
OVER = '<section id="part" data-spoken="核对好了：可新增 3 单"><p>核对好了</p></section>'
FILLED = f"""<section id="part" {POLLED}>
  <form><label>账号 <select id="account"><option>一<option>二</select></label></form></section>"""
HERE = "document.activeElement.id"


def beside(page: Page, answers: list[str]) -> None:
    """A part at the head of the page that asks for these answers, the last of them again and again."""

    def answer(route: Route) -> None:
        body = answers.pop(0) if len(answers) > 1 else answers[0]
        route.fulfill(body=body, content_type="text/html")

    page.route("**/poll", answer)


def put(page: Page, part: str, hand: str) -> None:
    """The part at the head of the page, with the keyboard on ``hand``."""
    page.evaluate(
        """([part, hand]) => {
            document.querySelector("#main").insertAdjacentHTML("afterbegin", part);
            document.getElementById(hand).focus();
            htmx.process(document.querySelector("#part"));
        }""",
        [part, hand],
    )


def test_progress_is_told_and_the_keyboard_stays(visit: Visit, gallery: None, told: World) -> None:
    page = visit.page(told.client())
    page.goto(told.url("gallery:form"))
    beside(page, [RUNS % 40, RUNS % 41, OVER])
    put(page, RUNS % 20, "stop")
    page.wait_for_selector("#spoken:has-text('完成')", state="attached")
    assert page.evaluate(HERE) == "stop"
    page.wait_for_selector("#part >> text=核对好了")
    page.wait_for_selector("#spoken:text-is('核对好了：可新增 3 单')", state="attached")
    page.wait_for_selector("#part:focus")


def test_what_is_being_chosen_is_not_drawn_anew(visit: Visit, gallery: None, told: World) -> None:
    page = visit.page(told.client())
    page.goto(told.url("gallery:form"))
    beside(page, [OVER])
    put(page, FILLED, "account")
    page.select_option("#account", "二")
    page.wait_for_timeout(400)
    assert page.input_value("#account") == "二"
    page.evaluate("document.activeElement.blur()")
    page.wait_for_selector("#part >> text=核对好了")


def test_a_record_opened_by_its_address_gives_the_page_back(
    visit: Visit, gallery: None, told: World
) -> None:
    page = visit.page(told.client())
    page.goto(told.url("gallery:rows"))
    page.click("tbody a >> nth=0")
    page.wait_for_selector("#drawer:not([hidden]) h2")
    page.goto(page.url)
    page.wait_for_selector("#drawer:not([hidden]) h2")
    page.wait_for_selector("#drawer-title:focus")
    page.keyboard.press("Escape")
    assert page.evaluate(HERE) == "main"
