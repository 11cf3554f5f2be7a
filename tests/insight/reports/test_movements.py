"""漏斗 and 留存 as members see them; the counting has its own suite."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from tests.insight.browsing import NOVEMBER, page

from shemei.apps.insight.queries import Board
from shemei.apps.insight.reports.movements import FunnelPage, step_rule
from shemei.apps.insight.reports.retention import RetentionPage
from shemei.kernel.figures import ask
from shemei.kernel.periods import comparison_from, period_from
from shemei.warehouse import questions
from shemei.warehouse.catalogue import DEFAULT_FUNNEL
from shemei.warehouse.flows import Funnel

if TYPE_CHECKING:
    from tests.world import World

    from shemei.warehouse.home import Home


def board(world: World) -> Board:
    period = period_from(NOVEMBER)
    return Board(world.brand, period, comparison_from(NOVEMBER, period))


def test_the_funnel_is_the_warehouse_s(told: World) -> None:
    with told.scope():
        shown = FunnelPage(board(told), "channel", 0)
        question = Funnel(told.brand.key, 20261101, 20261130)
        counted = ask(question).rows["people"].to_pylist()
        assert [row.people for row in shown.steps] == counted
        assert shown.started == counted[0] > 0
        assert [row.name for row in shown.steps] == ["触达", "兴趣", "欲望", "行动", "分享"]
        assert sum(row.people[0] for row in shown.splits) == shown.started, "each begins once"
        assert shown.splits[0].name


def test_buyers_who_skipped_a_step_are_counted_beside_the_funnel(told: World) -> None:
    with told.scope():
        shown = FunnelPage(board(told), "channel", 0)
        november = questions.Orders(told.brand.key, 20261101, 20261130)
        buyers = {row["person"] for row in ask(november).rows.to_pylist() if row["person"]}
        assert shown.out_of_turn == len(buyers) - shown.steps[3].people > 0
    text = f"另有 {shown.out_of_turn} 人下过单，但没有依次走过前面的步骤"
    shown_page = page(told, "insight:funnel").content.decode()
    assert f"{text}。" in shown_page and told.url("insight:funnel_aside") in shown_page
    aside = page(told, "insight:funnel_aside", beside=True).content.decode()
    assert aside.startswith(f"{text}：")
    why = aside.partition("前面的步骤：")[2].partition("。")[0]
    parts = re.findall(r"([0-9]+) 人(?:在这段时间里没有触达|有过触达)", why)
    assert sum(map(int, parts)) == shown.out_of_turn
    for name in ("insight:funnel", "insight:funnel_aside"):
        assert "没有在 7 天内依次走过" in page(told, name, within="7").content.decode()


def test_the_funnel_s_page_does_not_wait_for_why_people_bought_out_of_turn(
    told: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(shown: FunnelPage) -> int:
        raise AssertionError("asked for the page")

    monkeypatch.setattr(FunnelPage, "_touched_before", property(never))
    assert "人下过单" in page(told, "insight:funnel").content.decode()
    with pytest.raises(AssertionError, match="asked for the page"):
        page(told, "insight:funnel_aside", beside=True)


def test_a_step_that_loses_everybody_is_the_worst_unless_it_follows_the_order(told: World) -> None:
    def says(*people: int) -> str:
        with told.scope():
            shown = FunnelPage(board(told), "channel", 0)
            before = (None, *people[:-1])
            shown.__dict__["steps"] = [
                replace(row, people=count, of_before=count / of if of else None)
                for row, count, of in zip(shown.steps, people, before, strict=True)
            ]
            return shown.says

    lost = "流失最多的一步是「兴趣」到「欲望」：没有人走下去，或者没有记到「欲望」。"
    assert says(11, 6, 0, 0, 0) == lost
    assert says(10, 8, 2, 1, 0).endswith("25.0% 的人走了下去。没有记到「分享」。")


def test_the_rule_is_named_and_each_step_explained(told: World) -> None:
    shown = page(told, "insight:funnel").content.decode()
    assert "期内依次" in shown and "流失最多的一步" in shown
    assert "加购" in step_rule(3)
    assert all(step_rule(n) for n in range(1, len(DEFAULT_FUNNEL) + 1))


@pytest.mark.parametrize("by", ["channel", "content", "creator", "campaign", "colour"])
def test_it_is_split_by_any_dimension(told: World, by: str) -> None:
    assert page(told, "insight:funnel", by=by, within="7").status_code == 200


def test_cohorts_are_laid_out_by_week(told: World) -> None:
    with told.scope():
        shown = RetentionPage(board(told), "order", "order", "week")
        rows = {row.label: row for row in shown.rows}
        assert shown.columns[:2] == ["当周", "第 1 周"]
    first = rows["11-02 起一周"]
    assert first.size >= 3, "阿丽, 博文, 陈总 and 丁丁 first bought that week"
    third = first.cells[2]
    assert third.text != "0%" and third.level > 0, "阿丽 bought again on the 20th"
    assert third.complete


@pytest.mark.parametrize("start", ["order", "visit"])
@pytest.mark.parametrize("grain", ["week", "month"])
def test_every_way_of_looking_opens(told: World, start: str, grain: str) -> None:
    shown = page(told, "insight:retention", start=start, back="visit", grain=grain)
    assert "哪一批" in shown.content.decode()


def test_an_empty_brand_says_so(world: World, home: Home) -> None:
    assert "还没有新来的人" in page(world, "insight:retention").content.decode()
    assert "这段时间没有数据" in page(world, "insight:funnel").content.decode()
