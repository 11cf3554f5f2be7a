"""The orders behind one cell of the attribution table add up to its figure, under every model that adds up."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from tests.insight.browsing import page

from shemei.apps.insight.credit_rows import credit_rows
from shemei.apps.insight.queries import Board
from shemei.apps.insight.ways import ways
from shemei.engines.attribution.summary import ADDITIVE
from shemei.kernel.periods import Comparison, Period

if TYPE_CHECKING:
    from tests.world import World

NOVEMBER = Period(date(2026, 11, 1), date(2026, 11, 30))


@pytest.mark.parametrize("model", ADDITIVE)
@pytest.mark.parametrize("by", ["channel", "content", "creator", "campaign"])
def test_orders_add_up_to_every_cell(told: World, model: str, by: str) -> None:
    with told.scope():
        board = Board(told.brand, NOVEMBER, Comparison(NOVEMBER))
        found = ways(board)
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
        assert credit_rows(ways(board), "channel", "xhs", "markov") == []
    shown = _part(told, "markov", "value")
    assert "单独一单里谁分多少没有定义" in shown and "马尔可夫" in shown


@pytest.mark.parametrize("model", ADDITIVE)
def test_a_cell_opens_its_own_figure(told: World, model: str) -> None:
    table = page(told, "insight:attribution", show="conversions").content.decode()
    assert f"key=xhs&amp;model={model}&amp;show=conversions" in table
    with told.scope():
        board = Board(told.brand, NOVEMBER, Comparison(NOVEMBER))
        credit = board.attribution("channel", NOVEMBER, (model,)).models[model]["xhs"]
    assert f"{credit.conversions:.1f} 单" in _part(told, model, "conversions")


def test_a_share_is_told_as_the_division_it_is(told: World) -> None:
    shown = _part(told, "first", "share")
    assert "% = ¥" in shown and " ÷ ¥" in shown


def test_the_orders_of_a_cell_are_listed_with_their_parts(told: World) -> None:
    listed = page(told, "insight:paths", by="channel", key="xhs", model="linear").content.decode()
    assert "按线性分得" in listed and "线性的份额" in listed and "第 1 次" in listed


def _part(told: World, model: str, show: str) -> str:
    answer = page(told, "insight:part", beside=True, key="xhs", model=model, show=show)
    return answer.content.decode()
