"""The boards as members meet them, on a small log whose right answers are known by hand."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.insight.browsing import NOVEMBER, page, table
from tests.warehouse import cast
from tests.world import BRAND_KEY

from shemei.apps import insight
from shemei.apps.insight.attribution.page import AttributionPage
from shemei.apps.insight.overview.begin import Begin
from shemei.apps.insight.overview.page import Overview
from shemei.apps.insight.queries import Board, days_of
from shemei.kernel.periods import Comparison, Period, comparison_from, period_from
from shemei.warehouse.attribution import Attribution, Totals, Untracked
from shemei.warehouse.catalogue import METRICS
from shemei.warehouse.log.confirming import publish
from shemei.warehouse.vocabulary import int_day

if TYPE_CHECKING:
    from tests.world import World

    from shemei.warehouse.home import Home


NOVEMBER_DAYS = Period(date(2026, 11, 1), date(2026, 11, 30))


def board_of_november(world: World) -> Board:
    return Board(world.brand, NOVEMBER_DAYS, Comparison(NOVEMBER_DAYS))


def test_the_overview_of_a_month(told: World) -> None:
    shown = page(told, "insight:overview").content.decode()
    for word in ("曝光", "1.0<small>万</small>", "可追踪成交额", "发生了什么", "小红书"):
        assert word in shown
    assert "1970" not in shown


def test_an_empty_brand_is_told_where_to_begin(world: World, home: Home) -> None:
    shown = page(world, "insight:overview").content.decode()
    assert "从这里开始" in shown and "导入订单" in shown
    assert "已做 0 / 4" in shown and "还没有可追踪的成交" in shown and "没有更多可说的" not in shown
    assert shown.count("暂无") == 6 and "¥0.00" not in shown
    assert "1970" not in shown
    main = shown.split('id="main"', 1)[1].split("</main>", 1)[0]
    assert main.count("is-primary") == 1
    assert f'class="s-btn is-primary is-sm" href="{world.url("tracking:new")}"' in main
    assert "新建短链" in page(world, "insight:attribution").content.decode()


def test_the_beginning_stays_until_all_of_it_is_done(told: World) -> None:
    """Orders that have paths are one thing of four; the goal and the links are still to be made."""
    shown = page(told, "insight:overview").content.decode()
    assert "从这里开始" in shown and "已做 1 / 4" in shown
    assert "每一单自动接回它之前的触达" in shown and "还没有可追踪的成交" not in shown
    with told.scope():
        begin = Begin(board_of_november(told), put_away=False)
        assert begin.has_path and begin.is_shown
        unpaid = Begin(board_of_november(told), put_away=False)
        unpaid.__dict__ |= {"orders": 8, "has_path": False}
        assert [step.done for step in unpaid.steps] == [False, True, False, False]
        assert "已有 8 单，还没有一单接得回" in unpaid.steps[1].text
        done = Begin(board_of_november(told), put_away=False)
        done.__dict__["steps"] = [replace(step, done=True) for step in begin.steps]
        assert not done.is_shown and not Begin(begin.board, put_away=True).is_shown


def test_the_beginning_is_put_away_by_hand(world: World, home: Home) -> None:
    browser = world.client()
    answer = browser.post(world.url("insight:begun"), follow=True)
    assert 'aria-label="从这里开始"' not in answer.content.decode()
    assert "还没有目标" in answer.content.decode()


def test_more_orders_than_clicks_are_no_rate(told: World) -> None:
    shown = page(told, "insight:overview", **{"from": "2026-11-10", "to": "2026-11-12"})
    assert "有订单不经过短链，比不成率" in shown.content.decode()


def test_a_rate_of_orders_half_of_which_nobody_led_here_stands_beside_no_reference(
    told: World,
) -> None:
    def whole(orders: int, untouched: int) -> str:
        period = period_from(NOVEMBER)
        board = Board(told.brand, period, comparison_from(NOVEMBER, period))
        traced = Totals(orders - untouched, 100)
        board.__dict__["channels_now"] = Attribution({}, traced, [], Untracked(untouched, 100))
        return board.instead(METRICS["cvr"], 0.7)

    assert whole(8, 4) == "8 单里 4 单没有触达"
    assert whole(8, 3) == whole(0, 0) == ""


def test_the_traced_revenue_opens_its_channels(told: World) -> None:
    shown = page(told, "insight:traced", beside=True).content.decode()
    assert "可追踪成交额" in shown and "小红书" in shown and "合计" in shown


def test_a_return_is_told_where_any_content_cost_something(told: World) -> None:
    """The note cost something on the 1st, and sold on the 5th."""
    best = re.compile(r'aria-label="最赚钱的内容">.*?</table>', re.S)
    url, client = told.url("insight:overview"), told.client()
    for first, is_told in (("2026-11-01", True), ("2026-11-02", False)):
        shown = client.get(url, {"from": first, "to": "2026-11-30"}).content.decode()
        [found] = best.findall(shown)
        assert ("产出比" in found) is is_told
        assert found.count("<td") == (3 + is_told) * (found.count("<tr") - 1) > 0


def test_today_alone_is_not_compared(told: World) -> None:
    shown = told.client().get(told.url("insight:overview"), {"range": "today"}).content.decode()
    assert "今天还没过完，先不比" in shown


def test_the_trend_of_today_stacks_up_to_every_past_day(told: World) -> None:
    last = Period(date(2026, 11, 28), date(2026, 11, 28))
    with told.scope():
        overview = Overview(Board(told.brand, last, Comparison(last)))
        sums = [
            sum(values) for values in zip(*(s.values for s in overview.trend.series), strict=True)
        ]
        daily = overview.board.daily(overview.span)
    whole = [sum(daily.get(int_day(day), {}).values()) for day in days_of(overview.span)]
    assert sums == pytest.approx(whole) and any(whole)


def test_a_brand_that_counts_confirmed_orders_alone_reads_how_many_wait(
    told: World, home: Home
) -> None:
    assert "只算核实过的订单" not in page(told, "insight:overview").content.decode()
    type(told.brand).objects.filter(pk=told.brand.pk).update(confirmed_only=True)
    publish(home, [BRAND_KEY])
    tag = {"order_id": "T-1", "amount": 100, "source": "tag"}
    cast.put(home, [cast.event("order", "11-09 10:00", BRAND_KEY, **tag)], number=2)
    for name in ("insight:overview", "insight:attribution"):
        shown = page(told, name).content.decode()
        assert "只算核实过的订单" in shown and ">1 单等店铺核实</a>" in shown


@pytest.mark.parametrize("by", ["channel", "content", "creator", "campaign"])
@pytest.mark.parametrize("show", ["value", "conversions", "share"])
def test_all_models_stand_side_by_side(told: World, by: str, show: str) -> None:
    shown = page(told, "insight:attribution", by=by, show=show).content.decode()
    for model in ("首次触达", "末次触达", "线性", "时间衰减", "位置", "马尔可夫", "沙普利"):
        assert model in shown


def test_another_model_orders_the_page_and_is_told_from_the_brand_s_own(told: World) -> None:
    shown = page(told, "insight:attribution", model="last").content.decode()
    chosen = shown.split('aria-sort="descending"')[1].split("</th>")[0]
    assert "末次触达" in chosen and "品牌默认是沙普利" in shown
    with told.scope():
        credits = (
            board_of_november(told).attribution("channel", NOVEMBER_DAYS, ("last",)).models["last"]
        )
    best = sorted(credits, key=lambda key: -credits[key].value)[:2]
    rows = shown.split("<tbody>")[1]
    assert rows.index(f"key={best[0]}&") < rows.index(f"key={best[1]}&")


def test_the_look_back_leads_to_the_settings_of_those_who_may(told: World) -> None:
    place = f'href="{told.url("accounts:brand")}">回看'
    assert place in page(told, "insight:attribution").content.decode()
    shown = told.client(told.editor).get(told.url("insight:attribution"), NOVEMBER).content.decode()
    assert "回看 30 天" in shown and place not in shown


def test_contents_are_counted_alike_on_the_overview_and_its_list(told: World) -> None:
    with told.scope():
        board = board_of_november(told)
        counted = AttributionPage(board, "content", "value").counted
        assert 0 < counted == Overview(board).content_count
    shown = page(told, "insight:attribution", by="content").content.decode()
    assert "哪篇内容真正带来成交" in shown and shown.count("路径按渠道画") == 2
    assert "路径按渠道画" not in page(told, "insight:attribution").content.decode()


def test_a_dimension_that_is_none_is_not_found(told: World) -> None:
    assert page(told, "insight:attribution", by="colour").status_code == 404
    assert page(told, "insight:part", beside=True, by="colour").status_code == 404


def test_small_money_is_not_rounded_to_nothing(told: World) -> None:
    shown = page(told, "insight:attribution").content.decode()
    assert "单位：元" in shown
    assert ">0.0<" not in shown


def test_a_channel_opens_its_paths_and_one_person_s_way(told: World) -> None:
    shown = page(told, "insight:part", beside=True, by="channel", key="xhs").content.decode()
    assert "小红书参与的成交路径" in shown
    assert "一路走来" in shown
    assert "NO-1" in shown


def test_an_order_opens_its_person_s_way(told: World) -> None:
    shown = page(told, "insight:journey", "NO-1", beside=True).content.decode()
    assert "¥300.00" in shown
    assert page(told, "insight:journey", "NO-99", beside=True).status_code == 404


def test_an_address_of_a_drawer_leads_to_its_page(told: World) -> None:
    response = page(told, "insight:part", by="channel", key="xhs")
    assert response.status_code == 302
    assert response.url.startswith(told.url("insight:attribution"))
    assert "drawer=" in response.url and "from=2026-11-01" in response.url


def test_a_metric_shows_its_formula_with_the_numbers(told: World) -> None:
    shown = page(told, "insight:metric", "engagement_rate", beside=True).content.decode()
    assert "3.50% = 350 ÷ 10,000" in shown
    assert "小红书" in shown
    assert page(told, "insight:metric", "luck", beside=True).status_code == 404


def test_paths_are_listed_and_exported(told: World) -> None:
    listed = page(told, "insight:paths").content.decode()
    assert "NO-1" in listed and "NO-6" not in listed
    made = page(told, "insight:paths", export="csv")
    lines = made.content.decode("utf-8-sig").splitlines()
    assert lines[0].startswith(
        "订单号,付款时间（北京）,付款时间（UTC）,成交额（元，已减退款）,第几次触达"
    )
    assert any(line.startswith("NO-2,") and ",douyin,抖音," in line for line in lines)
    assert any("一行一次触达" in line for line in lines)
    xhs = page(told, "insight:paths", export="csv", by="channel", key="xhs")
    assert {row["订单号"] for row in table(xhs)[0]} == {"NO-1", "NO-7"}


def test_paths_of_one_channel_alone(told: World) -> None:
    listed = page(told, "insight:paths", by="channel", key="xhs").content.decode()
    assert "NO-1" in listed and "NO-2" not in listed


def test_exports_ask_who_is_there_once_more(told: World) -> None:
    client = told.client(recently=False)
    response = client.get(told.url("insight:paths"), NOVEMBER | {"export": "csv"})
    assert response.status_code == 302 and "reauthenticate" in response.url


def test_who_may_not_see_customers_opens_no_way(told: World) -> None:
    client = told.client(told.external)
    for name in ("insight:paths", "insight:part", "insight:overview"):
        assert client.get(told.url(name), NOVEMBER).status_code == 403


def test_a_goal_is_set_changed_and_removed(told: World) -> None:
    client, new = told.client(), told.url("insight:goal_new")
    form = {"metric": "orders", "target": "20", "starts_on": "2026-12-01", "ends_on": "2026-12-31"}
    assert client.post(new, form).status_code == 302
    again = client.post(new, form)
    assert again.status_code == 422 and "20" in again.content.decode()
    listed = client.get(told.url("insight:goals")).content.decode()
    assert "订单数" in listed and "12-01 至 12-31" in listed
    from shemei.apps.insight.models import Goal

    with told.scope():
        goal = Goal.objects.get()
    shown = client.get(told.url("insight:goal", goal.key)).content.decode()
    assert 'value="2026-12-01"' in shown and 'value="2026-12-31"' in shown
    assert 'value="2026-12-01"' in client.get(new).content.decode()
    assert client.post(told.url("insight:goal_remove", goal.key)).status_code == 302
    assert "还没有目标" in client.get(told.url("insight:goals")).content.decode()


def test_a_goal_that_makes_no_sense_keeps_what_was_typed(told: World) -> None:
    form = {
        "metric": "orders",
        "target": "很多",
        "starts_on": "2026-12-31",
        "ends_on": "2026-12-01",
    }
    response = told.client().post(told.url("insight:goal_new"), form)
    shown = response.content.decode()
    assert response.status_code == 422
    assert "很多" in shown and "结束日期要晚于开始日期" in shown


def test_a_year_far_ahead_is_no_reason_to_break(told: World) -> None:
    for ends in ({"from": "2030-01-01", "to": "2031-01-01"}, {"from": "2026-01-01", "to": "2099-01-01"}):  # fmt: skip
        assert told.client().get(told.url("insight:overview"), ends).status_code == 200


def test_one_include_names_what_a_row_stands_for() -> None:
    """The name, the platform's mark and the link of a row are written once, for every table of figures."""
    folder = Path(insight.__file__).parent / "templates" / "insight"
    cell = '<span class="clip s-cell-title">'
    assert [file.name for file in folder.glob("*.html") if cell in file.read_text()] == [
        "_named.html"
    ]
