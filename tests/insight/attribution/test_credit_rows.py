"""The orders behind one cell of the attribution table add up to its figure, under every model that adds up."""

from __future__ import annotations

import random
import re
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from tests.insight.browsing import page

from shemei.apps.insight.attribution.credit_rows import (
    CreditRow,
    CreditStory,
    credit_rows,
    nearest,
    written,
)
from shemei.apps.insight.attribution.paths import order_paths
from shemei.apps.insight.queries import Board
from shemei.apps.insight.stories import MetricStory
from shemei.engines.attribution import Credit
from shemei.engines.attribution.summary import ADDITIVE
from shemei.kernel.periods import Comparison, Period
from shemei.portal.numbers import pct
from shemei.portal.wording import shared_count
from shemei.warehouse.catalogue import METRICS

if TYPE_CHECKING:
    from tests.world import World

NOVEMBER = Period(date(2026, 11, 1), date(2026, 11, 30))


@pytest.mark.parametrize("model", ADDITIVE)
@pytest.mark.parametrize("by", ["channel", "content", "creator", "campaign"])
def test_orders_add_up_to_every_cell(told: World, model: str, by: str) -> None:
    with told.scope():
        board = Board(told.brand, NOVEMBER, Comparison(NOVEMBER))
        found = order_paths(board)
        for key, credit in board.attribution(by, NOVEMBER, (model,)).models[model].items():
            rows = credit_rows(found, by, key, model)
            assert sum(row.share for row in rows) == pytest.approx(credit.conversions)
            assert sum(row.value for row in rows) == pytest.approx(credit.value)
            assert all(
                sum(part for _, part in row.touches) == pytest.approx(row.share)
                for row in rows
                if model != "shapley"
            )


def test_the_chain_gives_no_order_a_share(told: World) -> None:
    with told.scope():
        board = Board(told.brand, NOVEMBER, Comparison(NOVEMBER))
        assert credit_rows(order_paths(board), "channel", "xhs", "markov") == []
    shown = _part(told, "markov", "value")
    assert "单独一单里谁分多少没有定义" in shown and "马尔可夫" in shown


@pytest.mark.parametrize("model", ADDITIVE)
def test_a_cell_opens_its_own_figure(told: World, model: str) -> None:
    table = page(told, "insight:attribution", show="conversions").content.decode()
    assert f"key=xhs&amp;model={model}&amp;show=conversions" in table
    with told.scope():
        board = Board(told.brand, NOVEMBER, Comparison(NOVEMBER))
        credit = board.attribution("channel", NOVEMBER, (model,)).models[model]["xhs"]
    assert f"{shared_count(credit.conversions)} 单" in _part(told, model, "conversions")


def test_a_share_is_told_as_the_division_it_is(told: World) -> None:
    shown = _part(told, "first", "share")
    assert "% = ¥" in shown and " ÷ ¥" in shown


def test_the_orders_of_a_cell_are_listed_with_their_parts(told: World) -> None:
    listed = page(told, "insight:paths", by="channel", key="xhs", model="linear").content.decode()
    assert "按线性分得" in listed and "线性的份额" in listed and "第 1 次" in listed


@pytest.mark.parametrize("model", ADDITIVE)
def test_each_order_stands_over_its_touches_and_a_rounding_is_told_where_there_is_one(
    told: World, model: str
) -> None:
    with told.scope():
        board = Board(told.brand, NOVEMBER, Comparison(NOVEMBER))
        story = CreditStory(board, order_paths(board), "channel", "xhs", model, "value")
        rounded = bool(story.lost_fen or story.lost_share)
    shown = _part(told, model, "value")
    assert shown.count('<tr class="s-told">') == len(story.shown)
    assert shown.count("四舍五入的差") == 2 * rounded


def _part(told: World, model: str, show: str) -> str:
    answer = page(told, "insight:part", beside=True, key="xhs", model=model, show=show)
    return answer.content.decode()


@pytest.mark.parametrize("model", [*ADDITIVE, "markov"])
@pytest.mark.parametrize("column", ["value", "conversions", "share"])
def test_a_pocket_calculator_comes_to_what_the_drawer_says(
    told: World, model: str, column: str
) -> None:
    with told.scope():
        board = Board(told.brand, NOVEMBER, Comparison(NOVEMBER))
        found = order_paths(board)
        story = CreditStory(board, found, "channel", "xhs", model, column)
        story.SHOWN = 2  # type: ignore[misc]
        shown = [
            (row.worth, written(row.share, story.share_digits), row.fen) for row in story.shown
        ]
        rest = story.rest_fen + story.lost_fen, story.rest_share + story.lost_share
    assert all(nearest(worth * share) == fen for worth, share, fen in shown)
    if story.rows:
        assert sum(fen for *_, fen in shown) + rest[0] == nearest(story.credit.value)
        assert sum(share for _, share, _ in shown) + rest[1] == pytest.approx(story.whole_share)
    said, parts = story.sum_told.split(" = ")
    if column == "share":
        above, below = (amount(one) for one in parts.split(" ÷ "))
        assert said == pct(above / below)
    elif model == "markov":
        whole, percent = parts.split(" × ")
        share = amount(percent.removesuffix("%")) / 100
        assert amount(said.removesuffix(" 单")) == round(
            amount(whole.removesuffix(" 单")) * share, 2
        )


def amount(text: str) -> Decimal:
    return Decimal(text.lstrip("¥").replace(",", ""))


def test_every_formula_s_parts_are_whole(told: World) -> None:
    """The amounts of a formula stand to the fen, however large: ¥180,000.00, never ¥18.0 万."""
    with told.scope():
        board = Board(told.brand, NOVEMBER, Comparison(NOVEMBER))
        large = dict.fromkeys(("revenue", "refunds", "net_revenue", "orders", "aov"), 0)
        large |= {"revenue": 18_000_000, "refunds": 1_234_567, "net_revenue": 16_765_433}
        large |= {
            "orders": 12_345,
            "aov": 18_000_000 / 12_345,
            "refund_rate": 1_234_567 / 18_000_000,
        }
        object.__setattr__(board, "totals", lambda keys, period, by=(): [large])
        told_of = {key: MetricStory(board, METRICS[key]).told for key in large}
    assert told_of["refund_rate"] == "6.86% = ¥12,345.67 ÷ ¥180,000.00"
    assert told_of["aov"] == "¥14.58 = ¥180,000.00 ÷ 12,345"
    assert told_of["net_revenue"] == "¥167,654.33 = ¥180,000.00 − ¥12,345.67"
    assert told_of["orders"] == "订单 12,345"


def test_the_parts_of_the_traced_revenue_add_up_to_the_fen(told: World) -> None:
    shown = page(told, "insight:traced", beside=True).content.decode()
    rows = re.findall(r'<td class="n b">¥([\d,.]+)</td>', shown)
    total = re.search(r'class="total".*?¥([\d,.]+)', shown, re.DOTALL)
    assert total and sum(map(amount, rows)) == amount(total[1]) and "万" not in shown


@pytest.mark.parametrize("seed", range(40))
def test_what_stands_in_the_table_adds_up_with_the_roundings_named(told: World, seed: int) -> None:
    rng = random.Random(seed)
    with told.scope():
        board = Board(told.brand, NOVEMBER, Comparison(NOVEMBER))
        story = CreditStory(board, order_paths(board), "channel", "xhs", "linear", "value")
    parts = [
        (rng.choice((1 / 3, 1 / 7, 1 / 16, 0.4, 1.0)), rng.choice((0, 1, 900, 29_900, 100_001)))
        for _ in range(rng.randint(1, 14))
    ]
    story.rows = [
        CreditRow(f"N{n}", 0, worth, share, (), 3) for n, (share, worth) in enumerate(parts)
    ]
    story.credit = Credit(
        sum(row.share for row in story.rows), sum(row.value for row in story.rows)
    )
    shown = sum(row.fen for row in story.shown)
    assert shown + story.rest_fen + story.lost_fen == story.fen == nearest(story.credit.value)
    assert abs(story.lost_fen) <= (len(story.shown) + 2) / 2
    assert story.rest_fen >= 0
    shares = sum(written(row.share, story.share_digits) for row in story.shown)
    whole = shares + story.rest_share + story.lost_share
    assert written(whole, story.share_digits) == story.whole_share
