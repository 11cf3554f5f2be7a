"""对账: claims beside what can be traced, and the orders that nothing leads to."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

import pytest
from tests.insight.browsing import NOVEMBER, page, table

from shemei.apps.advertising import queries as advertising
from shemei.apps.insight.queries import Board
from shemei.apps.insight.reports.reconcile import Reconciliation, untracked_rows
from shemei.kernel.periods import comparison_from, period_from

if TYPE_CHECKING:
    from tests.world import World

    from shemei.warehouse.home import Home


def board(world: World) -> Board:
    world.brand.attribution_model = "first"
    period = period_from(NOVEMBER)
    return Board(world.brand, period, comparison_from(NOVEMBER, period))


def spend(world: World, platform: str, amount: int, claimed: int | None) -> None:
    from shemei.apps.advertising.models import Spend

    with world.scope():
        Spend.objects.create(
            workspace=world.brand, day=date(2026, 11, 2), platform=platform, amount=amount,
            claimed_orders=None if claimed is None else 3, claimed_value=claimed,
        )  # fmt: skip


def test_claims_stand_beside_what_is_traced(told: World) -> None:
    spend(told, "xhs", 20_000, 100_000)
    spend(told, "weibo", 5_000, None)
    spend(told, "bilibili", 5_000, None)
    with told.scope():
        rows = {row.key: row for row in Reconciliation(board(told)).platforms}
    xhs = rows["xhs"]
    assert (xhs.claimed_orders, xhs.claimed_value) == (3, 100_000)
    assert (xhs.traced_orders, xhs.traced_value, xhs.share) == (2, 50_000, 0.5)
    assert xhs.reading == "自报远多于追到的"
    assert rows["weibo"].claimed_value is None and rows["weibo"].share is None
    bilibili = rows["bilibili"]
    assert (bilibili.spend, bilibili.traced_orders, bilibili.reading) == (5_000, 0, "都没有")


def test_the_rows_add_up_to_all_advertising(told: World) -> None:
    """What was spent where nothing came of it has its row too."""
    for platform, amount in (("xhs", 20_000), ("wechat", 306_294), ("bilibili", 5_000)):
        spend(told, platform, amount, None)
    with told.scope():
        told_of = Reconciliation(board(told))
        whole = advertising.total(told.brand, date(2026, 11, 1), date(2026, 11, 30)).ads
        assert sum(row.spend for row in told_of.platforms) == told_of.spent == whole == 331_294
    shown = " ".join(page(told, "insight:reconciliation").content.decode().split())
    assert "广告花费合计 ¥3,312.94" in shown and "还没有平台自报的数" in shown
    rows, _ = table(page(told, "insight:reconciliation", export="csv", table="platforms"))
    assert sum(round(100 * float(row["广告花费（元）"])) for row in rows) == whole


def test_orders_without_a_way_are_counted_and_listed(told: World) -> None:
    with told.scope():
        told_of = Reconciliation(board(told))
        assert (told_of.traced, told_of.untracked) == (5, 2)
        assert (told_of.traced_value, told_of.untracked_value) == (85_000, 12_000)
        assert [row.number for row in untracked_rows(board(told))] == ["NO-6", "NO-5"]
    shown = page(told, "insight:untracked").content.decode()
    assert "NO-6" in shown and "NO-1" not in shown


def test_coverage_is_by_day(told: World) -> None:
    with told.scope():
        days = {row.day: row for row in Reconciliation(board(told)).days}
    assert len(days) == 30
    assert (days[20261106].traced, days[20261106].untracked) == (2, 0)
    assert (days[20261110].traced, days[20261110].untracked) == (0, 1)
    assert days[20261101].share is None, "a day without orders has no share"


def test_the_page_adds_nothing_up(told: World) -> None:
    from shemei.apps.advertising.models import Spend
    from shemei.apps.brand.models import Campaign

    spend(told, "xhs", 20_000, 100_000)
    spend(told, "douyin", 20_000, 30_000)
    with told.scope():
        days = {"starts_on": date(2026, 11, 1), "ends_on": date(2026, 11, 30)}
        made = Campaign.objects.create(workspace=told.brand, name="换季", **days)
        Spend.objects.update(campaign=made)
        [row] = Reconciliation(board(told)).campaigns
    assert [(claim.platform, claim.value) for claim in row.claims] == [
        ("xhs", 100_000),
        ("douyin", 30_000),
    ]
    shown = page(told, "insight:reconciliation").content.decode()
    assert "平台自报" in shown and "可追踪" in shown and "所以自报没有合计" in shown
    assert "¥1,300.00" not in shown, "claims of two platforms are not one figure"


def test_orders_and_money_that_can_be_traced_have_names_of_their_own(told: World) -> None:
    """71.4 % of the orders and 87.6 % of the money are two figures: 对账 tells both, 总览 that of money."""
    with told.scope():
        told_of = Reconciliation(board(told))
        assert told_of.share == pytest.approx(5 / 7)
        assert told_of.value_share == pytest.approx(85_000 / 97_000)
    shown = " ".join(page(told, "insight:reconciliation").content.decode().split())
    assert "追得到的订单 71.4%，追得到的成交额 87.6%" in shown
    assert "追得到的订单占 71.4%；最低的一天是" in shown
    assert "追得到的订单 = 追得到的单数 ÷ 全部单数，按单数算" in shown
    assert '<td class="n">71.4%</td><td class="n">87.6%</td>' in shown
    overview = page(told, "insight:overview").content.decode()
    assert "追得到的成交额占 87.6%" in overview and "71.4%" not in overview
    drawer = page(told, "insight:traced", beside=True).content.decode()
    assert "追得到的成交额占 87.63% = ¥850.00 ÷ ¥970.00" in drawer
    assert told.url("insight:reconciliation") in drawer


def test_counts_and_costs_open_their_rows_as_amounts_do(told: World) -> None:
    spend(told, "xhs", 20_000, 100_000)
    shown = page(told, "insight:reconciliation").content.decode()
    spends = re.findall(r'<a href="[^"]*/spend[^"]*platform=xhs[^"]*">([^<]*)</a>', shown)
    assert spends == ["3", "¥1,000.00", "¥200.00"]
    traced = re.findall(
        r'<a href="[^"]*/paths/\?by=channel[^"]*key=xhs&amp;model=[a-z]+[^"]*">([^<]*)</a>', shown
    )
    assert len(traced) == 2 and traced[1].startswith("¥")
    ways = re.findall(
        r'<td class="n"><a href="[^"]*/(paths|untracked)/\?from[^"]*">(\d)</a>', shown
    )
    assert ways == [("paths", "5"), ("untracked", "2")]


def test_figures_of_spends_lead_nowhere_for_who_may_not_see_them(told: World) -> None:
    from shemei.apps.advertising.models import Spend
    from shemei.apps.brand.models import Campaign

    spend(told, "xhs", 20_000, 100_000)
    with told.scope():
        days = {"starts_on": date(2026, 11, 1), "ends_on": date(2026, 11, 30)}
        plan = Campaign.objects.create(workspace=told.brand, name="换季", **days)
        Spend.objects.update(campaign=plan)
    editor, url = told.client(told.editor), told.url("insight:reconciliation")
    shown = editor.get(url, NOVEMBER).content.decode()
    assert "¥1,000.00" in shown and "¥200.00" in shown and "换季" in shown
    assert told.url("advertising:spends") not in shown.partition("<main")[2]
    assert shown.count("¥1,000.00") == page(told, "insight:reconciliation").content.decode().count(
        "¥1,000.00"
    )
    drawer, beside = told.url("insight:metric", "spend"), {"HX-Request": "true"}
    assert "看广告花费" not in editor.get(drawer, NOVEMBER, headers=beside).content.decode()
    assert "看广告花费" in told.client().get(drawer, NOVEMBER, headers=beside).content.decode()


def test_creators_fees_among_the_spends_are_no_advertising(told: World) -> None:
    from shemei.apps.advertising.models import Spend

    spend(told, "xhs", 20_000, 100_000)
    with told.scope():
        Spend.objects.create(
            workspace=told.brand, day=date(2026, 11, 3), platform="xhs", kind="达人", amount=7_000
        )
        [row] = Reconciliation(board(told)).platforms
    assert row.spend == 20_000
    listed = told.client().get(row.spend_href).content.decode()
    assert "共 ¥200.00" in " ".join(listed.split()), "what the figure opens adds up to it"
    both = told.client().get(row.claims_href).content.decode()
    assert "共 ¥270.00" in " ".join(both.split())


def test_what_is_traced_opens_with_the_share_of_each_order(told: World) -> None:
    spend(told, "xhs", 20_000, 100_000)
    with told.scope():
        [row] = Reconciliation(board(told)).platforms
    opened = " ".join(told.client().get(row.traced_href).content.decode().split())
    assert "按首次触达分得 2 单，¥500.00" in opened
    bare = row.traced_href.replace("&model=first", "")
    told.brand.save()
    assert "按首次触达分得 2 单，¥500.00" in " ".join(
        told.client().get(bare).content.decode().split()
    ), "an address without a model has the brand's own"
    told.brand.attribution_model = "markov"
    told.brand.save()
    chain = told.client().get(bare).content.decode()
    assert "马尔可夫按整段的链算，没有一单一单的份额" in chain
    assert page(told, "insight:paths", model="linear").status_code == 200, "a model of no name"


def test_an_empty_brand_is_told_what_to_import(world: World, home: Home) -> None:
    shown = page(world, "insight:reconciliation").content.decode()
    assert "还没有平台自报的数" in shown and "这段时间没有数据" in shown
