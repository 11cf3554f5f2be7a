"""The shell in a real browser: four looks of each page, keyboard, drawer, palette, toasts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser import overflow, serious, shot

if TYPE_CHECKING:
    from playwright.sync_api import Route

    from tests.browser import Visit
    from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LOOKS = [("light", False), ("dark", False), ("light", True), ("dark", True)]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["board", "rows", "form", "parts"])
def test_pages_are_sound_in_every_look(name: str, visit: Visit, gallery: None, told: World) -> None:
    for theme, phone in LOOKS:
        page = visit.page(told.client(), theme=theme, phone=phone)
        page.goto(told.url(f"gallery:{name}"), wait_until="networkidle")
        shot(page, f"{name}-{'phone' if phone else 'desktop'}-{theme}")
        assert serious(page) == []
        assert overflow(page) <= 0


def test_a_list_is_searched_filtered_and_chosen_without_a_mouse(
    visit: Visit, gallery: None, told: World
) -> None:
    page = visit.page(told.client())
    page.goto(told.url("gallery:rows"))
    page.keyboard.press("/")
    page.keyboard.type("D1123-500")
    page.wait_for_selector("#list-gallery-rows-count:has-text('10 单')")
    assert page.evaluate("document.activeElement.value") == "D1123-500"
    assert "q=D1123-500" in page.url
    page.focus("#list-gallery-rows-f-state-b")
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.textContent.trim()") == "已归档"
    page.keyboard.press("Enter")
    page.wait_for_selector("text=没有符合条件的订单")
    shot(page, "rows-none", full=False)
    page.click(".s-empty >> text=清空条件")
    page.wait_for_selector("#list-gallery-rows-count:has-text('30 单')")


def test_rows_are_chosen_archived_and_a_toast_says_so(
    visit: Visit, gallery: None, told: World
) -> None:
    page = visit.page(told.client())
    page.goto(told.url("gallery:rows"))
    page.wait_for_selector("[data-bulk]", state="hidden")
    page.click("[data-bulk-one] >> nth=0")
    page.click("[data-bulk-one] >> nth=2", modifiers=["Shift"])
    assert page.inner_text("[data-bulk-count]") == "已选 3 单"
    shot(page, "rows-chosen", full=False)
    assert serious(page) == []
    page.click("[data-bulk-page]")
    page.click("[data-bulk-all]")
    assert page.inner_text("[data-bulk-count]") == "已选 30 单"
    page.click("button:has-text('作废')")
    assert page.inner_text("#confirm-title") == "作废 30 单"
    shot(page, "rows-confirm", full=False)
    assert serious(page) == []
    page.click("#confirm button[value=no]")
    page.click("[data-bulk] button:has-text('归档')")
    page.wait_for_selector(".s-toast >> text=已归档 30 条")
    assert page.locator("tbody .s-state.is-quiet").count() == 25


def test_a_record_opens_beside_the_list_and_its_address_can_be_shared(
    visit: Visit, gallery: None, told: World
) -> None:
    page = visit.page(told.client())
    page.goto(told.url("gallery:rows"))
    page.click("tbody a.mono >> nth=1")
    page.wait_for_selector("#drawer:not([hidden]) h2")
    assert page.evaluate("document.activeElement.id") == "drawer-title"
    assert "drawer=" in page.url
    shot(page, "rows-drawer", full=False)
    assert serious(page) == []
    shared = page.url
    page.keyboard.press("Escape")
    page.wait_for_selector("#drawer", state="hidden")
    assert page.evaluate("document.activeElement.textContent").startswith("D1123-")
    page.goto(shared)
    page.wait_for_selector("#drawer:not([hidden]) h2")


def test_views_are_saved_columns_put_away_density_kept(
    visit: Visit, gallery: None, told: World
) -> None:
    page = visit.page(told.client())
    page.goto(told.url("gallery:rows") + "?state=open")
    page.click("button:has-text('存为视图')")
    page.fill("#list-gallery-rows-title", "还在用的")
    page.click("form button:has-text('存为视图')")
    page.wait_for_selector(".s-seg [aria-current]:has-text('还在用的')")
    page.click("button:has-text('列')")
    page.uncheck("#list-gallery-rows-c-path")
    page.wait_for_selector("th:has-text('路径')", state="detached")
    page.wait_for_selector("#list-gallery-rows-columns")  # redrawn with the list, then opened again
    shot(page, "rows-columns", full=False)
    page.keyboard.press("Escape")
    page.click("button:has-text('行高')")
    page.click("[data-density=tight]")
    page.reload()
    assert page.locator("table.is-tight").count() == 1
    assert page.locator("th:has-text('路径')").count() == 0


def test_ctrl_k_goes_anywhere(visit: Visit, gallery: None, told: World) -> None:
    page = visit.page(told.client())
    page.goto(told.url("gallery:rows"))
    page.goto(told.url("gallery:board"))
    page.keyboard.press("Control+k")
    page.wait_for_selector("#palette [role=option]")
    shot(page, "palette", full=False)
    assert serious(page) == []
    assert page.locator("#palette >> text=最近看过").count() == 1
    page.keyboard.type("短链")
    page.wait_for_selector("#palette-count:text-is('1 项')")
    page.keyboard.press("Enter")
    page.wait_for_url("**/gallery/form/")


def test_the_look_is_kept_with_the_member(visit: Visit, gallery: None, told: World) -> None:
    page = visit.page(told.client())
    page.goto(told.url("gallery:board"), wait_until="networkidle")
    assert page.get_attribute("html", "data-bs-theme") == "light"
    with page.expect_response("**/theme"):
        page.click("[data-theme-toggle]")
    page.wait_for_selector("#trend svg")
    told.owner.user.refresh_from_db()
    assert told.owner.user.theme == "dark"
    page.reload()
    assert page.get_attribute("html", "data-bs-theme") == "dark"


def test_a_form_keeps_what_was_typed_and_says_what_to_mend(
    visit: Visit, gallery: None, told: World
) -> None:
    page = visit.page(told.client())
    page.goto(told.url("gallery:form"))
    page.fill("#id_title", "换季烂脸自救：我只留这 4 步，其余都停了三个月")
    assert "超" in page.inner_text(".s-len")
    page.wait_for_selector("text=草稿已存于")
    page.reload()
    assert page.input_value("#id_title").startswith("换季")
    page.wait_for_selector("text=没有提交的内容")
    shot(page, "form-restored", full=False)
    page.click("button:has-text('提交审批')")
    page.wait_for_selector(".s-errors")
    assert page.evaluate("document.activeElement.id") == "id_title"
    shot(page, "form-errors", full=False)
    page.fill("#id_title", "换季烂脸自救")
    page.check("text=图文")
    page.check("#id_agreed")
    page.click("button:has-text('提交审批')")
    page.wait_for_selector(".s-toast >> text=已存")
    page.click(".s-toast >> text=撤销")
    page.wait_for_selector(".s-toast >> text=已撤销")


def test_a_chart_shows_its_table_and_its_formula(visit: Visit, gallery: None, told: World) -> None:
    page = visit.page(told.client())
    page.goto(told.url("gallery:board"), wait_until="networkidle")
    page.click("[data-chart-table=trend]")
    page.wait_for_selector("#trend-twin")
    page.wait_for_selector("#trend", state="hidden")
    page.click("text=如何计算")
    assert "可追踪成交额 =" in page.inner_text("#drawer")
    page.keyboard.press("Escape")
    page.click(".s-pill >> nth=0")
    shot(page, "range-picker", full=False)
    assert serious(page) == []
    page.click("#range-menu >> text=双11")
    page.wait_for_load_state()
    page.wait_for_selector(".s-tag:has-text('含双11')")


def test_destroying_asks_for_the_name(visit: Visit, gallery: None, told: World) -> None:
    page = visit.page(told.client())
    page.goto(told.url("gallery:parts"))
    page.click("form button:has-text('删除')")
    assert page.is_disabled("#confirm-yes")
    page.fill("#confirm-name", "冬季修护")
    assert page.is_enabled("#confirm-yes")
    shot(page, "confirm-name", full=False)
    page.keyboard.press("Escape")
    page.click("button:has-text('说一声')")
    page.wait_for_selector(".s-toast >> text=已撤销")


def test_on_a_phone_filters_fold_and_the_drawer_rises(
    visit: Visit, gallery: None, told: World
) -> None:
    page = visit.page(told.client(), phone=True)
    page.goto(told.url("gallery:rows") + "?state=open")
    page.wait_for_selector("#list-gallery-rows-pills", state="hidden")
    page.tap("[data-fold-toggle]")
    page.wait_for_selector("#list-gallery-rows-pills")
    shot(page, "phone-filters", full=False)
    page.tap("tbody a.mono >> nth=0")
    page.wait_for_selector("#drawer:not([hidden]) h2")
    shot(page, "phone-drawer", full=False)
    assert serious(page) == []
    page.tap("[data-drawer-close]")
    page.tap(".s-tabbar button:has-text('更多')")
    page.wait_for_selector(".s-nav a:has-text('合规中心')")
    page.wait_for_timeout(260)
    shot(page, "phone-nav", full=False)


@pytest.mark.slow
def test_the_sign_in_page_is_sound_in_every_look(visit: Visit) -> None:
    for theme, phone in LOOKS:
        page = visit.page(theme=theme, phone=phone)
        page.goto("/account/login/", wait_until="networkidle")
        shot(page, f"login-{'phone' if phone else 'desktop'}-{theme}")
        assert serious(page) == []
        assert overflow(page) <= 0


def test_a_slow_record_shows_its_shape_first_and_a_lost_one_says_so(
    visit: Visit, gallery: None, told: World
) -> None:
    page = visit.page(told.client())
    page.goto(told.url("gallery:parts"))
    waiting: list[Route] = []
    page.route("**/drawer/slow/", lambda route: waiting.append(route))
    page.click("a:has-text('看慢的一单')")
    page.wait_for_selector("#drawer .s-skel >> nth=1")
    shot(page, "drawer-waiting", full=False)
    waiting.pop().continue_()
    page.wait_for_selector("#drawer >> text=这一单的全程")
    page.keyboard.press("Escape")
    page.route("**/drawer/K1/", lambda route: route.abort())
    page.click("a:has-text('看一单')")
    page.wait_for_selector("#trouble >> text=没有连上服务器")
    page.wait_for_selector("#drawer", state="hidden")
    said = "正在重新计算，约 2 分钟。"
    answer = {"status": 503, "content_type": "text/plain; charset=utf-8", "body": said}
    page.route("**/drawer/K1/", lambda route: route.fulfill(**answer))
    page.click("a:has-text('看一单')")
    page.wait_for_selector(f"#trouble >> text={said}")
    visit.complaints.clear()
