"""传播 as members see it; the counting has its own suite."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from tests.insight.browsing import NOVEMBER, page, table
from tests.warehouse import cast

from shemei.apps.insight.queries import Board
from shemei.apps.insight.reports.shared_pages import SHOWN, TravelledPages
from shemei.apps.insight.reports.spreading import Spreading
from shemei.kernel.periods import comparison_from, period_from

if TYPE_CHECKING:
    from tests.world import World

    from shemei.warehouse.home import Home


@pytest.fixture
def passed_on(world: World, home: Home) -> World:
    """A page of 予禾 went through three hands; a rival's went through one."""
    own = [replace(one, workspace=world.brand.key) for one in cast.passed_on()]
    rival = replace(
        cast.came("11-05 10:00", "x", cast.HANDS[0], 1), workspace=world.stranger.workspace.key
    )
    cast.put(home, [*own, rival])
    return world


def spreading(world: World, by: str = "channel") -> Spreading:
    period = period_from(NOVEMBER)
    return Spreading(Board(world.brand, period, comparison_from(NOVEMBER, period)), by)


def test_each_hand_says_whom_it_reached_and_what_the_next_one_did(passed_on: World) -> None:
    with passed_on.scope():
        told = spreading(passed_on)
        rows = [(row.name, row.visits, row.visitors, row.each, row.next_each) for row in told.hands]
        assert rows == [
            ("第 1 手", 2, 2, 2.0, 0.5),
            ("第 2 手", 2, 1, 1.0, 1.0),
            ("第 3 手", 1, 1, 1.0, None),
        ]
        assert (told.whole.visits, told.whole.visitors, told.whole.sharers) == (5, 3, 3)
        assert told.whole.each == pytest.approx(1.0)
        assert told.says == (
            "3 个转发的人的页面被打开，来了 3 人；60.0% 的访问经过两手以上，最远到第 3 手。"
        )
        assert [(row.visits, row.depth) for row in told.places] == [
            (4, pytest.approx(2.0)),
            (1, pytest.approx(1.0)),
        ]


def test_the_page_shows_it_and_each_figure_opens(passed_on: World) -> None:
    shown = page(passed_on, "insight:spreading").content.decode()
    assert "第 3 手" in shown and "每人再带来" in shown and "5 次访问是别人转发来的" in shown
    for key in ("shared_visits", "shared_rate", "share_depth", "direct_share"):
        drawer = page(passed_on, "insight:metric", key, beside=True).content.decode()
        visits = passed_on.url("insight:passed_visits") in drawer
        assert visits is (key != "direct_share"), key


@pytest.mark.parametrize("by", ["channel", "content", "creator", "campaign", "colour"])
def test_it_is_split_by_any_dimension(passed_on: World, by: str) -> None:
    assert page(passed_on, "insight:spreading", by=by).status_code == 200


def test_each_hand_and_the_whole_are_taken_along(passed_on: World) -> None:
    rows, notes = table(page(passed_on, "insight:spreading", export="csv"))
    assert [list(row.values()) for row in rows] == [
        ["第 1 手", "2", "2", "1", "2.00", "0.50"],
        ["第 2 手", "2", "1", "1", "1.00", "1.00"],
        ["第 3 手", "1", "1", "1", "1.00", ""],
        ["合计", "5", "3", "3", "1.00", ""],
    ]
    assert any("每人再带来 = 下一手的人数 ÷ 这一手的人数" in note for note in notes)
    rows, notes = table(page(passed_on, "insight:spreading", export="csv", table="split"))
    assert [row["转发来的访问"] for row in rows] == ["4", "1"]
    assert rows[0]["占它的访问（%）"] == "80.00" and rows[0]["平均几手"] == "2.00"
    shown = page(passed_on, "insight:spreading").content.decode()
    assert "table=hands&amp;export=csv" in shown and "3 张表" in shown
    rows, notes = table(page(passed_on, "insight:spreading", export="csv", table="pages"))
    assert [list(row.values()) for row in rows] == [
        ["/quiz", "2", "3", "3", "0.666667", "2.00", "3"],
        ["/（首页）", "2", "2", "2", "1.00", "1.50", "2"],
    ]
    assert any("几个网站上同名的路径算一页" in note for note in notes)


def test_pages_say_whom_they_reached_and_how_far_they_got(passed_on: World) -> None:
    with passed_on.scope():
        told = TravelledPages(spreading(passed_on).board)
        rows = [
            (row.name, row.visitors, row.visits, row.sharers, row.furthest) for row in told.rows
        ]
        assert rows == [("/quiz", 2, 3, 3, 3), ("/（首页）", 2, 2, 2, 2)]
        assert [row.hands for row in told.rows] == [2.0, 1.5]
        assert told.rows[0].each == pytest.approx(2 / 3)
        assert told.says == "/quiz 来的人最多，2 人，也传到了最远的第 3 手。"
    shown = " ".join(page(passed_on, "insight:spreading").content.decode().split())
    assert "哪些页面传得远" in shown and "第 3 手" in shown


def test_pages_after_the_first_ten_are_one_line(passed_on: World, home: Home) -> None:
    more = [
        cast.came(
            f"11-06 10:{n}", f"m-{n % 2}", cast.HANDS[0], 4,
            workspace=passed_on.brand.key, page=f"/{n}",
        )
        for n in range(10, 19)
    ]  # fmt: skip
    cast.put(home, more, stream="more")
    with passed_on.scope():
        told = TravelledPages(spreading(passed_on).board)
        assert len(told.rows) == SHOWN + 1
        assert [row.is_rest for row in told.rows[-2:]] == [False, True]
        assert told.rows[-1].name == "其余 1 个页面"
        assert told.says == "/quiz 来的人最多，2 人；最远的到第 4 手，是 /10 等 8 个页面。"
    assert "其余 1 个页面" in page(passed_on, "insight:spreading").content.decode()


def test_without_a_mark_it_says_how_to_get_one(world: World, home: Home) -> None:
    shown = page(world, "insight:spreading").content.decode()
    assert "data-share 写成 on" in shown and "还没有转发来的访问" in shown


def test_the_funnel_says_where_pages_passed_on_are_counted(passed_on: World) -> None:
    shown = page(passed_on, "insight:funnel").content.decode()
    assert passed_on.url("insight:spreading") in shown and "认不出是谁转的" in shown


def test_a_person_s_way_says_through_how_many_hands_it_began(passed_on: World) -> None:
    shown = page(passed_on, "insight:journey", "N", beside=True).content.decode()
    assert "朋友转发来的，第 2 手" in shown


def test_a_share_of_direct_visits_is_not_split_by_platform(passed_on: World) -> None:
    shown = page(passed_on, "insight:metric", "direct_share", beside=True).content.decode()
    assert "分平台" not in shown
