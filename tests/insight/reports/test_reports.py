"""The reports: figures per channel, content, creator and campaign, as a table, a chart and a file."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING

import pytest
from openpyxl import load_workbook
from tests.insight.browsing import NOVEMBER, page, table
from tests.warehouse import cast

from shemei.apps.insight.queries import Board
from shemei.apps.insight.reports.report import Report
from shemei.kernel.periods import comparison_from, period_from
from shemei.portal.numbers import figure, yuan

if TYPE_CHECKING:
    from tests.world import World

    from shemei.warehouse.home import Home

PAGES = {
    "channel": "insight:report",
    "content": "insight:report_content",
    "creator": "insight:report_creator",
    "campaign": "insight:report_campaign",
}


def first_touch(world: World) -> World:
    world.brand.attribution_model = "first"
    world.brand.save()
    return world


def report(world: World, by: str, **options: str) -> Report:
    period = period_from(NOVEMBER)
    return Report(Board(world.brand, period, comparison_from(NOVEMBER, period)), by, **options)


@pytest.mark.parametrize("by", PAGES)
def test_every_board_opens(told: World, by: str) -> None:
    shown = page(told, PAGES[by]).content.decode()
    for word in ("数据报表", "归因成交额", "平台自报", "可追踪", "品牌合计"):
        assert word in shown


def test_a_channel_s_row_is_right(told: World) -> None:
    with first_touch(told).scope():
        rows = {row.key: row for row in report(told, "channel").rows}
    xhs = rows["xhs"]
    assert (xhs.impressions, xhs.clicks, xhs.visitors) == (10_000, 1, 1)
    assert xhs.engagement_rate == pytest.approx(0.035)
    assert (xhs.orders, xhs.value, xhs.spend) == (2, 50_000, 20_000), (
        "both of 阿丽's orders began there"
    )
    assert xhs.returned == pytest.approx(2.5)
    assert rows["weibo"].value == 15_000, "net of what came back"
    assert rows["weibo"].impressions is None, "nobody has told, which is not 0"
    assert sum(row.value for row in rows.values()) == 85_000


def test_advertising_without_a_touch_stands_in_the_ratio_of_its_platform(
    told: World, home: Home
) -> None:
    where = {"channel": "ads", "source": "import", "amount": 9_000}
    spent = [
        cast.event("spend", "11-12 12:00", told.brand.key, platform=on, **where)
        for on in ("weibo", "site")
    ]
    cast.put(home, spent, stream="more")
    with first_touch(told).scope():
        rows = {row.key: row for row in report(told, "channel").rows}
    assert (rows["weibo"].ads, rows["xhs"].ads) == (9_000, None)
    assert rows["weibo"].returned == pytest.approx(15_000 / 9_000)
    assert (rows["ads"].spend, rows["ads"].returned) == (9_000, None), "on no channel at all"
    shown = page(told, PAGES["channel"]).content.decode()
    assert "比不成率" in shown and rows["ads"].unreturned in shown


def test_rows_nobody_named_keep_a_plain_word(told: World) -> None:
    with first_touch(told).scope():
        rows = {row.key: row for row in report(told, "content").rows}
    assert rows[""].name == "没有标内容的触达"
    assert rows["note-1"].name == "已删除"
    assert rows["note-1"].value == 50_000


def test_changes_are_over_whole_days(told: World) -> None:
    query = {"from": "2026-12-01", "to": "2026-12-05"}
    shown = told.client().get(told.url("insight:report"), query).content.decode()
    assert "变化只比过完的天：12-01 至 12-04" in shown


@pytest.mark.parametrize("shown", ["value", "impressions", "clicks", "visitors", "spend"])
@pytest.mark.parametrize("view", ["parts", "compare"])
def test_the_chart_shows_any_figure(told: World, shown: str, view: str) -> None:
    with first_touch(told).scope():
        chart = report(told, "channel", shown=shown, view=view).chart
    assert len(chart.x) == 30
    assert all(len(one.values) == 30 for one in chart.series)
    assert bool(chart.total_row) == (shown != "visitors"), "people are never added over days"
    if view == "parts" and shown == "value":
        assert sum(sum(v or 0 for v in one.values) for one in chart.series) == 85_000
    if view == "compare":
        assert [one.role for one in chart.series] == ["", "compare"]


def test_the_whole_counts_people_once(told: World) -> None:
    with told.scope():
        told_of = report(told, "channel")
        whole = {figure.metric.key: figure.value for figure in told_of.whole}
        assert sum(row.visitors or 0 for row in told_of.rows) > (whole["visitors"] or 0)


def test_a_platform_alone(told: World) -> None:
    shown = page(told, PAGES["channel"], platform="xhs").content.decode()
    table = shown.split("data-table")[1]
    assert "小红书" in table and "微博" not in table.split("</table>")[0]


def test_rows_sort_by_what_they_show(told: World) -> None:
    first_touch(told)
    shown = page(told, PAGES["channel"], sort="value").content.decode()
    table = shown.split("data-table")[1].split("</table>")[0]
    assert table.index("抖音") < table.index("小红书")


def test_a_board_as_a_file(told: World) -> None:
    first_touch(told)
    lines, notes = table(page(told, PAGES["channel"], export="csv"))
    rows = {row["渠道"]: row for row in lines}
    assert rows["小红书"]["归因成交额（元）"] == "500.00"
    assert rows["小红书"]["互动率（%）"] == "3.50"
    assert rows["微博"]["曝光"] == ""
    assert notes[0] == "屿禾护肤，2026-11-01 至 2026-11-30，北京时间，含首尾两天"
    assert "归因成交额按首次触达，回看 30 天，已减退款" in notes
    assert any(note.startswith("变化对比 2026-") for note in notes)
    assert page(told, PAGES["channel"], export="xlsx").content[:2] == b"PK"


def test_a_file_says_what_the_page_says(told: World) -> None:
    """Under a model that splits orders: money to the fen, orders and ratios as the page rounds them."""
    rows, _ = table(page(told, PAGES["channel"], export="csv"))
    shown = page(told, PAGES["channel"]).content.decode()
    for row in rows:
        assert re.fullmatch(r"-?\d+\.\d\d", row["归因成交额（元）"])
        assert yuan(round(100 * float(row["归因成交额（元）"])), full=True) in shown
        assert figure(float(row["归因订单"]), 1) in shown
        assert all(
            len(cell.strip("-").replace(".", "").lstrip("0")) < 9
            for head, cell in row.items()
            if "%" in head
        )
        if change := row["变化（%）"]:
            assert re.fullmatch(r"-?[\d.]+", change)


def test_a_file_tells_why_a_ratio_is_missing_as_its_page_does(told: World, home: Home) -> None:
    where = {"platform": "site", "channel": "ads", "source": "import"}
    spent = cast.event("spend", "11-12 12:00", told.brand.key, amount=9_000, **where)
    cast.put(home, [spent], stream="more")
    first_touch(told)
    rows, notes = table(page(told, PAGES["channel"], export="csv"))
    assert {row["渠道"]: row["产出比"] for row in rows}["付费广告"] == ""
    assert any(note.startswith("产出比空着、比不成率的：「付费广告」，") for note in notes)
    assert "产出比 = 归因成交额 ÷ 总花费；总花费 = 达人费用 + 广告花费" in notes
    _, notes = table(page(told, PAGES["channel"], export="csv", platform="xhs"))
    assert not any("比不成率" in note for note in notes), "its rows are not in this file"
    book = load_workbook(io.BytesIO(page(told, PAGES["channel"], export="xlsx").content))
    assert book.sheetnames == ["渠道报表", "说明"]
    assert any("进了路径" in str(row[1].value) for row in book["说明"])


def test_other_says_whose_orders_stand_in_it(told: World, home: Home) -> None:
    """A code whose owner has no platform is a touch of no channel that has a name."""
    who = {"order_id": "NO-9", "phone": "ph-9", "source": "import", "promo_code": "SHOP"}
    when, brand = "11-13 10:00", told.brand.key
    used = cast.event("redeem", when, brand, campaign="double-11", **who)
    bought = cast.event("order", when, brand, amount=4_000, **who)
    says = "用了优惠码、而码的主人没有平台的订单，记在「其他」里"
    before = page(told, PAGES["channel"]).content.decode()
    cast.put(home, [used, bought], stream="more")
    first_touch(told)
    with told.scope():
        assert {row.key: row.value for row in report(told, "channel").rows}["other"] == 4_000
    assert says not in before
    for name in (PAGES["channel"], "insight:attribution", "insight:overview"):
        assert says in page(told, name).content.decode(), name
    assert says in page(told, "insight:traced", beside=True).content.decode()
    assert says in table(page(told, PAGES["channel"], export="csv"))[1]
    assert says not in page(told, PAGES["content"]).content.decode()


def test_a_file_needs_the_permission(told: World) -> None:
    response = told.client(told.external).get(told.url("insight:report"), {"export": "csv"})
    assert response.status_code == 403


def test_an_empty_brand_is_told_what_to_do(world: World, home: Home) -> None:
    shown = page(world, PAGES["content"]).content.decode()
    assert "导入内容数据" in shown and "这段时间没有数据" in shown
