"""What was spent stands with what it earned: every sum once, and no ratio without money that was spent for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.insight.browsing import NOVEMBER, page, table
from tests.insight.programs import Program, figures
from tests.warehouse import cast

from shemei.apps.insight.boards.panels import PanelView
from shemei.apps.insight.boards.rules import problem
from shemei.apps.insight.models import BoardPanel, OwnBoard
from shemei.apps.insight.overview.page import Overview
from shemei.apps.insight.queries import Board
from shemei.apps.insight.reports.report import Report
from shemei.apps.insight.rules import ad_touches
from shemei.apps.insight.spending import ADS, Spending, Spent
from shemei.kernel.periods import Period, comparison_from, period_from
from shemei.kernel.permissions import Permission

if TYPE_CHECKING:
    from tests.world import World

    from shemei.warehouse.home import Home


def board(world: World) -> Board:
    world.brand.attribution_model = "first"
    world.brand.save()
    period = period_from(NOVEMBER)
    return Board(world.brand, period, comparison_from(NOVEMBER, period))


def put(world: World, home: Home, *events: tuple[str, str, dict[str, Any]]) -> None:
    made = [cast.event(kind, when, world.brand.key, **fields) for kind, when, fields in events]
    cast.put(home, made, stream="more")


def ad(
    platform: str, amount: int, campaign: str = "", **more: Any
) -> tuple[str, str, dict[str, Any]]:
    where = {"platform": platform, "channel": ADS, "campaign": campaign, "source": "import"}
    return "spend", "11-12 12:00", {"amount": amount, **where, **more}


def ad_click(
    platform: str, campaign: str = "", when: str = "11-11 12:00"
) -> tuple[str, str, dict[str, Any]]:
    where = {"platform": platform, "channel": ADS, "campaign": campaign}
    return "click", when, {"visitor": f"v-{platform}-{campaign}", "click_id": "ca", **where}


def spent(world: World, by: str = "channel") -> dict[str, Spent]:
    with world.scope():
        return Spending(world.brand, period_from(NOVEMBER)).by(by)


def test_advertising_without_touches_stands_with_the_channel_of_its_platform(
    told: World, home: Home
) -> None:
    put(told, home, ad("xhs", 9_000), ad("weibo", 4_000, "spring"))
    assert spent(told) == {"xhs": Spent(20_000, 9_000), "weibo": Spent(0, 4_000)}


def test_advertising_with_touches_stands_alone_by_its_campaign(told: World, home: Home) -> None:
    put(
        told, home, ad_click("xhs", "spring"),
        ad("xhs", 9_000, "spring"), ad("xhs", 700, "autumn"), ad("xhs", 30, ""), ad("weibo", 4, "spring"),
    )  # fmt: skip
    assert spent(told) == {
        "xhs": Spent(20_000, 700), ADS: Spent(0, 9_030), "weibo": Spent(0, 4),
    }, "what names no campaign may be of the one that was clicked"  # fmt: skip


def test_a_click_of_the_look_back_counts_and_one_before_it_does_not(
    told: World, home: Home
) -> None:
    put(
        told, home, ad_click("xhs", "spring", "10-03 12:00"), ad_click("weibo", "spring", "10-01 12:00"),
        ad("xhs", 10, "spring"), ad("weibo", 10, "spring"),
    )  # fmt: skip
    assert spent(told)[ADS] == Spent(0, 10) and spent(told)["weibo"] == Spent(0, 10)


def test_a_campaign_stands_alike_in_both_periods_that_are_compared(told: World, home: Home) -> None:
    """Only the later one was clicked in; the sums are the same, so nothing was spent more."""
    spends = [
        ("spend", f"{month}-12 12:00", ad("xhs", amount, campaign)[2])
        for month in (10, 11)
        for amount, campaign in ((500, "always"), (60_000, "spring"))
    ]
    put(
        told, home, *spends,
        ad_click("xhs", "always", "10-11 12:00"), ad_click("xhs", "always"), ad_click("xhs", "spring"),
    )  # fmt: skip
    with told.scope():
        overview = Overview(board(told))
        assert [one.key for one in overview._ads() if one.key == ADS] == []
        now, before = overview.board.fair or ()
        assert Spending(told.brand, before).by("channel")[ADS] == Spent(0, 500), "by itself"
        both = Period(before.first, now.last)
        found = [
            Spending(told.brand, one, touched=both).by("channel")[ADS] for one in (now, before)
        ]
    assert found == [Spent(0, 60_500)] * 2


def test_advertising_on_what_is_no_channel_stays_where_it_is_and_says_why(
    told: World, home: Home
) -> None:
    put(told, home, ad("site", 9_000))
    with told.scope():
        row = {one.key: one for one in Report(board(told), "channel").rows}[ADS]
    assert (row.spend, row.returned) == (9_000, None)
    assert "不是一个渠道" in row.unreturned


@pytest.mark.parametrize("by", ["channel", "content", "creator", "campaign"])
def test_rows_add_up_to_all_that_was_spent(told: World, home: Home, by: str) -> None:
    put(
        told,
        home,
        ad("xhs", 9_000, "spring"),
        ad("site", 50),
        ad_click("weibo"),
        ad("weibo", 7, "spring"),
    )
    with told.scope():
        report = Report(board(told), by)
        whole = {figure.metric.key: figure.value for figure in report.whole}["spend"]
        assert sum(row.spend or 0 for row in report.rows) == whole == 29_057
        chart = Report(board(told), by, shown="spend").chart
        assert sum(sum(v or 0 for v in one.values) for one in chart.series) == whole


CAMPAIGNS, PLATFORMS = (
    st.sampled_from(["", "a", "b"]),
    st.sampled_from(["xhs", "weibo", "site", ""]),
)


@given(
    st.lists(st.tuples(PLATFORMS, CAMPAIGNS, st.integers(0, 2), st.integers(0, 2))),
    PLATFORMS, st.sampled_from(["a", "b"]),
)  # fmt: skip
def test_what_was_clicked_under_a_name_is_always_its_own(
    told_of: list[tuple[str, str, int, int]], platform: str, campaign: str
) -> None:
    rows = [
        dict(zip(("platform", "campaign", "clicks", "visits"), one, strict=True)) for one in told_of
    ]
    touches = ad_touches(rows)  # type: ignore[arg-type]
    on_platform = [row for row in rows if row["platform"] == platform]
    if any(row["clicks"] and row["campaign"] == campaign for row in on_platform):
        assert touches.may_come_of(platform, campaign)
    if not any(row["clicks"] or row["visits"] for row in on_platform):
        assert not touches.may_come_of(platform, campaign)


def test_the_ratio_is_of_all_the_money_wherever_it_is_read(told: World, home: Home) -> None:
    """The page, its order, its file, the interface and an own board: one figure."""
    put(told, home, ad("xhs", 80_000))
    board(told)
    rows, notes = table(page(told, "insight:report", export="csv", sort="-returned"))
    xhs = next(row for row in rows if row["渠道"] == "小红书")
    assert (xhs["达人费用（元）"], xhs["广告花费（元）"], xhs["总花费（元）"]) == (
        "200.00",
        "800.00",
        "1000.00",
    )
    assert xhs["产出比"] == "0.50"
    assert "「小红书」的总花费是达人费用 ¥200.00 + 广告花费 ¥800.00" in notes
    shown = " ".join(page(told, "insight:report").content.decode().split())
    assert "含广告 ¥800.00" in shown and "不含广告费" not in shown
    program = Program(told.owner, [Permission.VIEW])
    answer = program.get("attribution", model="first").json()
    of_xhs = {row["keys"]["channel"]: figures(row) for row in answer["rows"]}["xhs"]
    assert (of_xhs["spend"], of_xhs["ads"], of_xhs["returned"]) == (100_000, 80_000, 0.5)
    for asked in ({"by": "channel"}, {"by": "channel", "metrics": "clicks,spend"}):
        split = program.get("totals", **({"metrics": "spend"} | asked)).json()["rows"]
        assert {row["keys"]["channel"]: figures(row)["spend"] for row in split}["xhs"] == 100_000
    days = program.get("series", metrics="spend", by="channel", grain="week").json()["rows"]
    assert sum(figures(row)["spend"] for row in days) == 100_000
    with told.scope():
        own = OwnBoard.objects.create(workspace=told.brand, title="钱", period="28d")
        panel = BoardPanel.objects.create(
            workspace=told.brand,
            board=own,
            kind="table",
            metrics=["roi", "spend", "cac"],
            split="channel",
        )
        view = PanelView(board(told), panel)
        cells = {row.name: row.cells for row in view.rows}
    assert cells["小红书"][0] == "0.50" and "新客按订单数" in view.hint


def test_what_stands_in_paths_and_earned_nothing_has_a_ratio_of_nothing(
    told: World, home: Home
) -> None:
    """阿丽 searched between the note and her order; the first touch takes all. Nobody came by 知乎."""
    fees = (("search", 700), ("zhihu", 300))
    put(told, home, *(("spend", "11-12 12:00", {"amount": n, "channel": key}) for key, n in fees))
    board(told)
    program = Program(told.owner, [Permission.VIEW])
    answer = program.get("attribution", model="first").json()
    rows = {row["keys"]["channel"]: figures(row) for row in answer["rows"]}
    with told.scope():
        known = {row.key: row.returned for row in Report(board(told), "channel").rows}
    assert (rows["search"]["value"], rows["search"]["returned"], known["search"]) == (0, 0, 0)
    assert (rows["zhihu"]["spend"], rows["zhihu"]["returned"], known["zhihu"]) == (300, None, None)


@pytest.mark.parametrize("metrics", ["roi", "cac", "cpc"])
def test_a_ratio_of_money_that_cannot_be_split_says_so(told: World, metrics: str) -> None:
    refused = Program(told.owner, [Permission.VIEW]).get("totals", metrics=metrics, by="channel")
    assert refused.status_code == 422 and metrics in refused.content.decode()
    assert bool(problem("table", [metrics], "channel")) == (metrics != "roi")
    assert problem("line", ["roi"], "channel") and not problem("line", ["roi"], "")


def test_the_drawer_opens_to_sums_that_add_up(told: World, home: Home) -> None:
    put(told, home, ad("xhs", 80_000, "spring"), ad("xhs", 5_000))
    board(told)
    with told.scope():
        behind = Spending(told.brand, period_from(NOVEMBER)).behind("channel", "xhs")
    assert [(row.is_ads, row.campaign, row.amount) for row in behind] == [
        (False, "", 20_000), (True, "spring", 80_000), (True, "", 5_000),
    ]  # fmt: skip
    asked = {"by": "channel", "key": "xhs"}
    shown = " ".join(page(told, "insight:spent", beside=True, **asked).content.decode().split())
    assert "0.48 = ¥500.00 ÷ ¥1,050.00" in shown
    assert "2.50 = ¥500.00 ÷ ¥200.00" in shown and "报表不拿它来排" in shown
    assert page(told, "insight:spent", beside=True, by="channel", key="nowhere").status_code == 404
    assert page(told, "insight:spent", beside=True, by="colour", key="x").status_code == 404


def test_money_under_no_name_is_nobody_s_denominator(told: World, home: Home) -> None:
    put(told, home, ad("xhs", 80_000))
    with told.scope():
        rows = {row.key: row for row in Report(board(told), "creator").rows}
    assert rows[""].spend == 100_000 and rows[""].returned is None
    assert "没有记到名下" in rows[""].unreturned
    heads = page(told, "insight:report_creator", export="csv").content.decode("utf-8-sig")
    assert "名下产出比" in heads.partition("\n")[0]
