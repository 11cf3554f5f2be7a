"""The figures a newcomer reads first say what they cannot tell, and why."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from tests.insight.browsing import NOVEMBER, page
from tests.insight.programs import Program, figures
from tests.warehouse import cast

from shemei.apps.insight.models import Goal
from shemei.apps.insight.overview.goals import goal_row
from shemei.apps.insight.queries import Board
from shemei.apps.insight.reports.report import Report
from shemei.apps.insight.stories import MetricStory
from shemei.apps.tracking.models import Link
from shemei.kernel.periods import comparison_from, period_from
from shemei.kernel.permissions import Permission
from shemei.warehouse.catalogue import METRICS

if TYPE_CHECKING:
    from tests.world import World

    from shemei.warehouse.home import Home

BUYERLESS = "多数订单认不出是谁买的，算不出每个新客多少钱"


def put(world: World, home: Home, *events: tuple[str, str, dict[str, Any]]) -> None:
    made = [cast.event(kind, when, world.brand.key, **fields) for kind, when, fields in events]
    cast.put(home, made, stream="more")


def shown(world: World, name: str, *args: object, **more: Any) -> str:
    return " ".join(page(world, name, *args, **more).content.decode().split())


def november_board(world: World) -> Board:
    period = period_from(NOVEMBER)
    return Board(world.brand, period, comparison_from(NOVEMBER, period))


def masked(count: int) -> list[tuple[str, str, dict[str, Any]]]:
    """Orders of a shop that masks phones: nobody knows whose they are."""
    told = {"amount": 1_000, "source": "import"}
    return [("order", "11-14 12:00", {"order_id": f"DY-{n}", **told}) for n in range(count)]


@pytest.mark.parametrize(("more", "is_told"), [(5, True), (6, False)])
def test_what_a_new_customer_costs_is_told_while_half_of_the_buyers_are_known(
    told: World, home: Home, more: int, is_told: bool
) -> None:
    """Six of seven orders are somebody's; with five more of nobody it is half of them."""
    put(told, home, *masked(more))
    for text in (
        shown(told, "insight:overview"),
        shown(told, "insight:metric", "cac", beside=True),
    ):
        assert (BUYERLESS not in text) is is_told
    assert (
        "13 单里 7 单认不出是谁买的" in shown(told, "insight:metric", "cac", beside=True)
    ) is not is_told
    row = Program(told.owner, [Permission.VIEW]).get("totals", metrics="cac").json()["rows"][0]
    assert (figures(row)["cac"] is not None) is is_told


def test_a_goal_of_what_a_new_customer_costs_says_why_it_has_no_figure(
    told: World, home: Home
) -> None:
    put(told, home, *masked(6))
    with told.scope():
        goal = Goal(
            workspace=told.brand, metric="cac", target=5_000,
            starts_on=date(2026, 11, 1), ends_on=date(2026, 12, 31),
        )  # fmt: skip
        row = goal_row(told.brand, goal)
    assert (row.value, row.word, row.text) == ("—", "算不出", BUYERLESS)


def exposure(platform: str, content: str, count: int) -> tuple[str, str, dict[str, Any]]:
    where = {"channel": platform, "platform": platform, "content": content, "source": "import"}
    return "impression", "11-03 12:00", {"quantity": count, **where}


@pytest.mark.parametrize(("bare", "is_told"), [(10_000, True), (10_001, False)])
def test_impressions_without_a_link_are_no_base_of_clicks(
    told: World, home: Home, bare: int, is_told: bool
) -> None:
    """The note that was shown 10,000 times carries a link, what the brand shows on 抖音 does not."""
    put(told, home, exposure("douyin", "video-1", bare), exposure("channels", "video-2", 0))
    whole, drawer = (
        shown(told, "insight:overview"),
        shown(told, "insight:metric", "ctr", beside=True),
    )
    for text in (whole, drawer):
        assert ("多数曝光的内容没带短链，比不成率" not in text) is is_told
    assert ("20,001 次曝光里 10,001 次的内容没带短链" in drawer) is not is_told
    assert ("0.02% = 4 ÷ 20,000" in drawer) is is_told


def test_a_content_with_a_link_is_a_base_before_anybody_clicks(told: World, home: Home) -> None:
    put(told, home, exposure("douyin", "video-1", 90_000))
    assert "比不成率" in shown(told, "insight:metric", "ctr", beside=True)
    with told.scope():
        Link.objects.create(
            workspace=told.brand, code="v1", name="视频", url="https://yuhe.example/",
            platform="douyin", content_key="video-1",
        )  # fmt: skip
        rows = {row.key: row for row in Report(november_board(told), "content").rows}
    assert "= 4 ÷ 100,000" in shown(told, "insight:metric", "ctr", beside=True)
    assert rows["video-1"].ctr == 0


def test_the_platforms_of_a_rate_of_clicks_add_up_to_it(told: World, home: Home) -> None:
    put(told, home, exposure("douyin", "", 3_000), exposure("", "", 500))
    with told.scope():
        story = MetricStory(november_board(told), METRICS["ctr"])
        assert sum(row.above or 0 for row in story.platforms) == story.whole.above == 4
        assert sum(row.below or 0 for row in story.platforms) == story.whole.below == 13_500
        rows = {row.name: row for row in story.platforms}
        channels = {row.key: row for row in Report(november_board(told), "channel").rows}
    assert rows["抖音"].value is None and rows["没有标平台"].below == 500
    assert channels["douyin"].ctr is None and channels["xhs"].ctr == pytest.approx(1 / 10_000)


def test_nothing_grew_against_a_comparison_that_sold_nothing(told: World) -> None:
    """October, before all of it, has no order; the second half of November has the first to be held against."""
    first = shown(told, "insight:overview")
    assert "不可比：对比期没有数据" in first and "s-drivers" not in first
    assert "成交额比对比期" not in first and "一篇内容带来的增量最多" not in first
    assert "对比期没有可追踪的成交。" in first
    later = {"from": "2026-11-08", "to": "2026-11-30", "cfrom": "2026-11-01", "cto": "2026-11-07"}
    second = shown(told, "insight:overview", **later)
    assert "s-drivers" in second and "对比期没有可追踪的成交。" not in second


def test_whole_orders_have_no_digit_behind_them_and_shares_keep_one(told: World) -> None:
    told.brand.attribution_model = "first"
    told.brand.save()
    assert "归因 5 单，" in shown(told, "insight:report", by="channel")
    told.brand.attribution_model = "linear"
    told.brand.save()
    text = shown(told, "insight:report", by="channel")
    assert re.search(r"<td[^>]*>\s*\d+\.[1-9]\s*</td>", text) and "5.0 单" not in text
