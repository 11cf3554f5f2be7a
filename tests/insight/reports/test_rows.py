"""What stands behind the figures of the reports: drawers that work a figure out again, and the rows one by one."""

from __future__ import annotations

import doctest
import html
import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from tests.insight.browsing import NOVEMBER, page, table
from tests.warehouse import cast

from shemei.apps.insight.queries import Board
from shemei.apps.insight.reports import cohort_orders as cohorts
from shemei.apps.insight.reports import events, movements, orders, retention
from shemei.apps.insight.reports.cohort_orders import cohort_orders
from shemei.apps.insight.reports.movements import ORDER_STEP, FunnelPage
from shemei.apps.insight.reports.retention import RetentionPage
from shemei.kernel.figures import ask
from shemei.kernel.periods import Period, comparison_from, period_from
from shemei.warehouse.catalogue import DEFAULT_FUNNEL
from shemei.warehouse.flows import Funnel
from shemei.warehouse.vocabulary import date_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.world import World

    from shemei.warehouse.home import Home
    from shemei.warehouse.lake import Answer
    from shemei.warehouse.questions import Orders

A, B, C = cast.HANDS


@pytest.fixture
def passed_on(world: World, home: Home) -> World:
    """A page of 予禾 went through three hands; a rival's went through one."""
    own = [replace(one, workspace=world.brand.key) for one in cast.passed_on()]
    rival = replace(cast.came("11-05 10:00", "x", A, 1), workspace=world.stranger.workspace.key)
    cast.put(home, [*own, rival])
    return world


def board(world: World) -> Board:
    period = period_from(NOVEMBER)
    return Board(world.brand, period, comparison_from(NOVEMBER, period))


def links(text: str, page: str) -> Iterator[str]:
    """Addresses of one page that a text leads to."""
    for found in re.findall(rf'href="([^"]*/{page}/\?[^"]*)"', text):
        yield html.unescape(found)


def visits(world: World, **query: str) -> list[dict[str, str]]:
    return table(page(world, "insight:passed_visits", export="csv", **query))[0]


# 传播 -----------------------------------------------------------------------------------------------


def test_each_cell_of_a_hand_opens_its_sum_and_its_visits(passed_on: World) -> None:
    shown = page(passed_on, "insight:spreading").content.decode()
    opened = set(links(shown, "passed"))
    assert {re.search(r"\?(.*?)&?from=", one)[1] for one in opened} == {  # type: ignore[index]
        "", "depth=1", "depth=2", "depth=3", "by=channel&key=direct", "by=channel&key=wechat",
    }  # fmt: skip
    client = passed_on.client()
    second = next(one for one in opened if "depth=2" in one)
    drawer = client.get(second, headers={"HX-Request": "true"}).content.decode()
    assert "2 次访问，1 人，由 1 个人转发" in drawer
    assert "每个转发的人带来 1.00 人 = 1 ÷ 1" in drawer
    assert "每人再带来 1.00 人 = 下一手 1 人 ÷ 这一手 1 人" in drawer
    [listed] = set(links(drawer, "visits"))
    rows = table(client.get(f"{listed}&export=csv"))[0]
    assert [(row["第几手"], row["谁转的"]) for row in rows] == [("2", B), ("2", B)]


def test_a_channel_s_cell_opens_its_sum_and_its_visits(passed_on: World) -> None:
    drawer = page(passed_on, "insight:passed", beside=True, by="channel", key="direct")
    text = drawer.content.decode()
    assert "占它的访问 80.00% = 转发来的 4 ÷ 全部 5" in text
    assert "平均 2.00 手 = 各次经过的手数相加 8 ÷ 4" in text
    assert len(visits(passed_on, by="channel", key="direct")) == 4
    assert [row["渠道"] for row in visits(passed_on, by="channel", key="wechat")] == ["微信公众号"]


def test_who_passed_on_is_listed_as_the_figure_counts_them(passed_on: World) -> None:
    assert "转发的人" in page(passed_on, "insight:spreading").content.decode()
    rows, _ = table(page(passed_on, "insight:passed_sharers", export="csv"))
    told = [(r["转发记号"], r["带来的访问"], r["来的浏览器"], r["最远第几手"]) for r in rows]
    assert told == [(A, "2", "2", "1"), (B, "2", "1", "2"), (C, "1", "1", "3")]
    shown = page(passed_on, "insight:passed_sharers").content.decode()
    [one] = [url for url in links(shown, "visits") if B in url]
    assert len(table(passed_on.client().get(f"{one}&export=csv"))[0]) == 2


def test_visits_name_nobody_and_leave_robots_and_rivals_out(passed_on: World) -> None:
    text = page(passed_on, "insight:passed_visits", export="csv").content.decode()
    assert len(visits(passed_on)) == 5 and "third" not in text
    assert "选短一些的时段" not in page(passed_on, "insight:passed_visits").content.decode()


def test_each_page_opens_its_visits_and_who_passed_it_on(passed_on: World) -> None:
    shown = page(passed_on, "insight:spreading").content.decode()
    opened = {
        re.search(r"path=([^&]*)", one)[1]: one for one in links(shown, "visits") if "path=" in one
    }  # type: ignore[index]
    assert set(opened) == {"%2Fquiz", "%2F"}
    client = passed_on.client()
    quiz = table(client.get(opened["%2Fquiz"] + "&export=csv"))[0]
    first = table(client.get(opened["%2F"] + "&export=csv"))[0]
    assert {row["页面"] for row in quiz} == {"/quiz"} and (len(quiz), len(first)) == (3, 2)
    [sharers] = [one for one in links(shown, "sharers") if "path=%2Fquiz" in one]
    assert len(table(client.get(sharers + "&export=csv"))[0]) == 3
    assert "/quiz" in client.get(sharers).content.decode()


def test_a_list_that_is_not_whole_says_so(
    passed_on: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for limit, name in (("SHOWN", "visits"), ("COUNTED", "sharers")):
        for most, is_told in ((3, True), (5, False)):
            monkeypatch.setattr(events, limit, most)
            shown = page(passed_on, f"insight:passed_{name}").content.decode()
            assert (f"只到最近 {most} 条，选短一些的时段能看全" in shown) is is_told


def test_a_sharer_s_visits_are_found_however_many_newer_ones_there_are(
    passed_on: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "SHOWN", 2)
    shown = page(passed_on, "insight:passed_sharers").content.decode()
    [oldest] = [url for url in links(shown, "visits") if A in url]
    rows, _ = table(passed_on.client().get(f"{oldest}&export=csv"))
    assert [row["谁转的"] for row in rows] == [A, A]
    assert f"记号 {A} 转的" in passed_on.client().get(oldest).content.decode()
    wechat = visits(passed_on, by="channel", key="wechat", sharer=A)
    assert [row["渠道"] for row in wechat] == ["微信公众号"]
    assert [row["第几手"] for row in visits(passed_on, depth="2", sharer=A)] == []


@pytest.mark.parametrize(
    "name", ["insight:passed", "insight:passed_visits", "insight:passed_sharers"]
)
def test_what_does_not_exist_is_not_found(passed_on: World, name: str) -> None:
    for wrong in ({"by": "colour"}, {"depth": "x"}, {"depth": "1000"}, {"depth": "9" * 4301}):
        assert page(passed_on, name, beside=True, **wrong).status_code == 404
    assert page(passed_on, name, beside=True, depth="9").status_code == 200


# 漏斗 -----------------------------------------------------------------------------------------------


def test_each_step_opens_its_sum_and_its_events(told: World) -> None:
    shown = page(told, "insight:funnel").content.decode()
    assert len(set(links(shown, "step"))) == 5
    with told.scope():
        first, second = FunnelPage(board(told), "channel", 0).steps[:2]
    drawer = page(told, "insight:funnel_step", beside=True, step="2").content.decode()
    assert f"兴趣 {second.people} ÷ 触达 {first.people}" in drawer and second.rule in drawer
    [listed] = set(links(drawer, "events"))
    rows = table(told.client().get(f"{listed}&export=csv"))[0]
    assert rows and {row["做了什么"] for row in rows} == {"浏览页面"}, (
        "the platform's own are nobody's"
    )
    ordered = page(told, "insight:funnel_step", beside=True, step="4").content.decode()
    assert "看每一单的路径" in ordered and "看每一单的路径" not in drawer


def test_the_step_of_orders_lists_them_as_its_figure_counts_them(told: World) -> None:
    """An order that tag and shop both told is one; one of nobody is in no step."""
    drawer = page(told, "insight:funnel_step", beside=True, step="4").content.decode()
    assert "一个单号一行" in drawer and "看每一单" in drawer
    [listed] = set(links(drawer, "events"))
    rows, _ = table(told.client().get(f"{listed}&export=csv"))
    numbers = ["NO-7", "NO-5", "NO-3", "NO-4", "NO-2", "NO-1"]
    assert [row["订单"] for row in rows] == numbers
    assert [row["他的第几单"] for row in rows] == ["2", "1", "1", "1", "1", "1"]
    question = Funnel(told.brand.key, 20261101, 20261130, steps=(DEFAULT_FUNNEL[ORDER_STEP],))
    with told.scope():
        [people] = ask(question).rows["people"].to_pylist()
    assert people == len({"NO-1 and NO-7", *numbers[1:-1]})


def test_a_list_of_orders_that_is_not_whole_says_so(
    told: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(orders, "MOST_LISTED", 1)
    first = page(told, "insight:cohort", cohort="20261102").content.decode()
    assert "只列最近 1 单" in first and "NO-1" not in first
    assert "只列最近 1 单" in page(told, "insight:step_events", step="4").content.decode()
    monkeypatch.setattr(orders, "MOST_LISTED", 6)
    assert "只列最近" not in page(told, "insight:step_events", step="4").content.decode()


@pytest.mark.parametrize(
    "name", ["insight:passed_visits", "insight:passed_sharers", "insight:step_events"]
)
def test_rows_open_with_the_period_that_was_chosen(told: World, name: str) -> None:
    client = told.client()
    client.get(told.url("insight:funnel"), {"range": "7d", "keep": "1"})
    opened = client.get(told.url(name), {"step": "2"})
    assert opened.status_code == 302 and opened.url.endswith("?step=2&range=7d")
    client.get(told.url(name), {"step": "2", "range": "90d", "keep": "1"})
    assert client.get(told.url("insight:funnel")).url.endswith("?range=90d")


def test_a_name_of_the_split_opens_the_part_it_plays(told: World) -> None:
    shown = page(told, "insight:funnel").content.decode()
    parts = list(links(shown, "part"))
    assert any("by=channel&key=xhs" in one for one in parts)
    assert told.client().get(parts[0], headers={"HX-Request": "true"}).status_code == 200


def test_the_step_keeps_the_rule_of_its_page(told: World) -> None:
    shown = page(told, "insight:funnel", within="7").content.decode()
    assert all("within=7" in one for one in links(shown, "step"))
    assert (
        "7 天内"
        in page(told, "insight:funnel_step", beside=True, step="2", within="7").content.decode()
    )
    for wrong in ("0", "6", "", "x"):
        assert page(told, "insight:funnel_step", beside=True, step=wrong).status_code == 404
        assert page(told, "insight:step_events", step=wrong).status_code == 404


# 留存 -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("grain", ["week", "month"])
def test_each_cell_s_orders_are_of_as_many_people_as_it_says(told: World, grain: str) -> None:
    with told.scope():
        asked = board(told)
        shown = RetentionPage(asked, "order", "order", grain).rows
        assert any(cell.people for row in shown for cell in row.cells)
        for row in shown:
            assert len(cohort_orders(asked, row.day, grain, None).rows) == row.size
            for n, cell in enumerate(row.cells):
                again = cohort_orders(asked, row.day, grain, n).rows
                assert bool(again) == bool(cell.people) == bool(cell.href)
                assert len(again) >= cell.people and all(one.nth > 1 for one in again)


def test_a_period_that_begins_amid_a_week_leaves_earlier_buyers_out(told: World) -> None:
    with told.scope():
        late = Period(date_of(20261106), date_of(20261130))
        asked = Board(told.brand, late, comparison_from({}, late))
        [first, *_] = RetentionPage(asked, "order", "order", "week").rows
        assert first.day == 20261102
        found = cohort_orders(asked, first.day, "week", None).rows
        assert len(found) == first.size > 0
        numbers = {one.number for one in found}
    assert "NO-1" not in numbers, "阿丽 first bought on the 5th"


def test_cells_lead_to_their_orders_where_orders_are_behind_them(told: World) -> None:
    opened = list(links(page(told, "insight:retention").content.decode(), "orders"))
    assert opened
    assert {told.client().get(one).status_code for one in opened} == {200}
    again = next(one for one in opened if "n=2" in one)
    shown = told.client().get(again).content.decode()
    assert "NO-7" in shown and "第 2 周再下的单" in shown and "11-02 起一周" in shown
    visits = page(told, "insight:retention", start="visit", back="visit").content.decode()
    assert not list(links(visits, "orders"))
    for wrong in ({"cohort": "1"}, {}, {"cohort": "20261102", "n": "x"}):
        assert page(told, "insight:cohort", **wrong).status_code == 404


def test_a_cell_asks_for_the_days_of_its_cohort_and_of_its_own_alone(
    told: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """First orders are the oldest: however many came after, they are found."""
    asked = []

    def noted(question: Orders) -> Answer:
        asked.append((question.first, question.last))
        return ask(question)

    monkeypatch.setattr(orders, "ask", noted)
    with told.scope():
        assert cohort_orders(board(told), 20261102, "week", None).rows[-1].number == "NO-1"
        [again] = cohort_orders(board(told), 20261102, "week", 2).rows
        assert again.number == "NO-7"
        cohort_orders(board(told), 20261101, "month", 0)
    week = (20261102, 20261108)
    assert asked == [week, week, (20261116, 20261122), (20261101, 20261130)]
    assert page(told, "insight:cohort", cohort="99991231").status_code == 404


def test_orders_need_the_permission_to_see_customers(told: World) -> None:
    client = told.client(told.external)
    assert client.get(told.url("insight:cohort"), {"cohort": "20261102"}).status_code == 403


def test_cohorts_are_named_as_people_say_them() -> None:
    assert doctest.testmod(retention).failed == 0
    assert doctest.testmod(movements).failed == doctest.testmod(cohorts).failed == 0
