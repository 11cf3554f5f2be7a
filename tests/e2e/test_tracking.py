"""The channel rules worked with the keyboard, links off the naming rules, and what the shell shows around them."""

from __future__ import annotations

import io
import re
from statistics import median
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image

from shemei.apps.brand.actions import create_campaign
from shemei.apps.tracking import actions, channeling
from shemei.kernel.periods import today
from tests.browser import overflow, serious, settled

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from shemei.warehouse.home import Home
    from tests.browser import Visit
    from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
OVERTAKEN = [f"htmx:{name}, [object HTMLDivElement]" for name in ("afterRequest", "sendAbort")]
"""What htmx says where a newer try takes the place of one under way, as it should."""
LOOKS = [("light", False), ("dark", True)]


@pytest.fixture
def page(visit: Visit, world: World, home: Home) -> Page:
    page = visit.page(world.client(world.editor))
    page.set_default_timeout(20_000)
    return page


def order(page: Page) -> list[str]:
    fields = page.locator("[data-rules] [name=pattern]").all()
    return [field.input_value() for field in fields]


def write(page: Page, place: int, pattern: str, channel: str) -> None:
    """Add a rule from the keyboard alone: the button, then field after field."""
    page.locator("[data-rule-act=add]").focus()
    page.keyboard.press("Enter")
    rule = page.locator("[data-rules] [data-rule]").nth(place)
    assert rule.locator("[name=field]").evaluate("field => field === document.activeElement")
    rule.locator("[name=field]").select_option("utm_medium")
    rule.locator("[name=pattern]").focus()
    page.keyboard.type(pattern)
    rule.locator("[name=channel]").focus()
    page.keyboard.type(channel)


def stored(world: World) -> list[str]:
    with world.scope():
        return [row["pattern"] for row in channeling.rows_of(world.brand)]


def test_channel_rules_are_written_ordered_tried_saved_and_taken_back(
    page: Page, visit: Visit, world: World
) -> None:
    page.goto(world.url("tracking:channels"))
    write(page, 0, "moments|pyq*", "朋友圈广告")
    write(page, 1, "pyq-shop", "导购")
    page.fill("#try-address", "https://shop.brand.cn/?utm_medium=pyq-shop")
    page.wait_for_selector(".s-tried:has-text('朋友圈广告')")

    page.locator("[data-rule-act=up]").nth(1).focus()
    page.keyboard.press("Enter")
    assert order(page) == ["pyq-shop", "moments|pyq*"]
    assert page.locator("[data-rules-said]").inner_text() == "现在是第 1 条"
    up = page.locator("[data-rule-act=up]").nth(0)
    assert up.evaluate("button => button === document.activeElement")
    page.wait_for_selector(".s-tried:has-text('导购')")
    settled(page)
    assert serious(page) == []
    assert stored(world) == []

    page.locator("#channel-rules button[type=submit]").focus()
    page.keyboard.press("Enter")
    undo = page.locator(".s-toast button:has-text('撤销')")
    undo.wait_for()
    assert stored(world) == ["pyq-shop", "moments|pyq*"]
    assert order(page) == ["pyq-shop", "moments|pyq*"]
    undo.focus()
    page.keyboard.press("Enter")
    page.wait_for_selector(".s-rules__none:visible")
    assert stored(world) == []
    assert order(page) == []
    visit.complaints[:] = [one for one in visit.complaints if one not in OVERTAKEN]


@pytest.mark.parametrize(("theme", "phone"), LOOKS)
def test_links_off_the_naming_rules_are_mended_on_their_page(
    visit: Visit, world: World, home: Home, theme: str, phone: bool
) -> None:
    by = world.editor.actor
    with world.scope():
        actions.set_naming(world.brand, by=by, pattern="{platform}-{spot}", plain=True)
        odd = actions.create_link(
            world.brand, by=by, url="https://brand.cn/a", name="随便", platform="xhs", spot="收银台",
            utm={"utm_source": "小红书", "utm_term": "茶"},
        )  # fmt: skip
    page = visit.page(world.client(world.editor), theme=theme, phone=phone)
    page.goto(world.url("tracking:naming_report"))
    settled(page)
    found = Axe().run(page).response["violations"]
    assert [(one["id"], one["nodes"][0]["html"]) for one in found] == []
    assert overflow(page) <= 0
    table = page.locator("main table")
    assert table.evaluate("table => table.scrollWidth <= table.clientWidth")
    assert (table.locator("tbody tr").count(), table.locator("tbody p").count()) == (1, 3)
    page.locator("main button:has-text('改好 1 条')").click()
    asked = page.locator("dialog#confirm[open]")
    asked.wait_for()
    assert "「随便」→「小红书-收银台」" in asked.inner_text()
    asked.locator("button[value=yes]").click()
    page.wait_for_selector(".s-toast:has-text('已改好 1 条短链')")
    odd.refresh_from_db()
    assert odd.name == "小红书-收银台"
    undo = page.locator("main form:has(input[name=from]) button")
    assert undo.count() == 1
    assert overflow(page) <= 0
    assert serious(page) == []


def test_a_long_choice_is_found_by_typing(page: Page, world: World) -> None:
    """Words in any order, arrow keys, Enter and Esc; the form gets what its own select holds."""
    with world.scope():
        made = {"by": world.owner.actor, "starts_on": today(), "ends_on": today()}
        rows = [create_campaign(world.brand, name=f"第 {n:02} 波 换季", **made) for n in range(24)]
    page.goto(world.url("tracking:new"))
    box = page.get_by_role("combobox", name="营销计划")
    held = page.locator("select[name=campaign]")
    box.focus()
    page.keyboard.type("换季 07")
    offered = page.get_by_role("listbox", name="营销计划").get_by_role("option")
    assert offered.all_inner_texts() == ["第 07 波 换季"]
    page.keyboard.press("Enter")
    assert (held.input_value(), box.input_value()) == (rows[7].key, "第 07 波 换季")
    box.fill("没有这样的")
    page.get_by_text("没有找到").wait_for()
    assert serious(page) == []
    page.keyboard.press("Escape")
    assert (held.input_value(), box.input_value()) == (rows[7].key, "第 07 波 换季")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert held.input_value() not in ("", rows[7].key)
    box.fill("")
    page.keyboard.press("Tab")
    assert (held.input_value(), box.get_attribute("placeholder")) == ("", "不指定")


@pytest.mark.parametrize(
    ("name", "here"),
    [("commerce:hooks", "设置"), ("audience:retention", "设置"), ("tracking:links", "链接与订单")],
)
def test_one_line_of_the_side_bar_is_where_one_is(world: World, name: str, here: str) -> None:
    """A page that a room adds to the settings stands there and not in its room."""
    page = world.client().get(world.url(name)).content.decode()
    bar = page[page.index('id="nav"') :]
    lines = re.findall(
        r'<a [^>]*aria-current="page"[^>]*>(.*?)</a>', bar[: bar.index("</nav>")], re.S
    )
    assert [re.sub(r"<[^>]+>|\s", "", line) for line in lines] == [here]


def edge(scroll: Locator, side: str) -> float:
    """How far the rows change at a side of the box, 0 to 255: the middle shade there against further in."""
    picture = Image.open(io.BytesIO(scroll.screenshot())).convert("L")
    at, inner = (1, 13) if side == "left" else (picture.width - 2, picture.width - 14)

    def shade(x: int) -> float:
        return median(picture.getpixel((x, y)) for y in range(picture.height))

    return abs(shade(inner) - shade(at))


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_wide_table_on_a_phone_is_shaded_where_more_columns_are(
    visit: Visit, world: World, home: Home, theme: str
) -> None:
    page = visit.page(world.client(), theme=theme, phone=True)
    page.goto(world.url("tracking:channels"))
    page.locator(".s-usual-all summary").click()
    settled(page)
    scroll = page.locator(".s-usual-all .s-scroll")
    scroll.evaluate("box => box.firstElementChild.style.minWidth = '700px'")
    assert edge(scroll, "right") > 15 and edge(scroll, "left") <= 3
    scroll.evaluate("box => box.scrollLeft = box.scrollWidth")
    assert edge(scroll, "right") <= 3 and edge(scroll, "left") > 15
