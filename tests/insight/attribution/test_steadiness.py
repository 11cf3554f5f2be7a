"""Bands and rolling weeks on the attribution page."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pytest
from tests.insight.browsing import NOVEMBER, page

from shemei.apps.insight.attribution.steadiness import Steadiness
from shemei.apps.insight.queries import Board
from shemei.kernel.periods import Comparison, Period
from shemei.warehouse.attribution import DayByDay

if TYPE_CHECKING:
    from tests.world import World


@pytest.mark.parametrize("by", ["channel", "content", "creator", "campaign"])
@pytest.mark.parametrize("show", ["value", "conversions", "share"])
def test_every_model_has_its_band(told: World, by: str, show: str) -> None:
    shown = page(told, "insight:attribution", by=by, show=show).content.decode()
    panel = shown[shown.index('id="bands-t"') :]
    assert panel.count("马尔可夫") >= 1 and "首次触达" in panel
    bands = re.findall(r"([\d.]+) 至 ([\d.]+)", panel)
    assert bands and all(0 <= float(low) <= float(high) <= 100 for low, high in bands)
    assert any(float(low) < float(high) for low, high in bands)


def test_the_range_of_money_and_the_band_of_shares_have_names_of_their_own(told: World) -> None:
    shown = page(told, "insight:attribution").content.decode()
    table, panel = shown.split('id="bands-t"', 1)
    assert "金额的 95% 区间" in table and "稳定带（95%）" not in shown
    assert "上表的区间是" in panel
    share = page(told, "insight:attribution", show="share").content.decode()
    assert "金额的 95% 区间" not in share and "上表的区间是" not in share


def test_the_same_data_have_the_same_bands(told: World) -> None:
    one, two = (page(told, "insight:attribution").content.decode() for _ in range(2))
    found = [re.findall(r"[\d.]+ 至 [\d.]+", text) for text in (one, two)]
    assert found[0] == found[1] != []


def test_a_few_days_promise_nothing(told: World) -> None:
    short = {"from": "2026-11-05", "to": "2026-11-08"}
    shown = page(told, "insight:attribution", **short).content.decode()
    assert "日子太少，不画稳定带" in shown and 'id="rolling"' not in shown


def test_two_weeks_are_drawn_week_by_week(told: World) -> None:
    shown = page(told, "insight:attribution").content.decode()
    assert 'id="rolling"' in shown and "7 天的占比" in shown


def _steadiness(told: World, days: DayByDay) -> Steadiness:
    first, last = (date.fromisoformat(NOVEMBER[end]) for end in ("from", "to"))
    board = Board(told.brand, Period(first, last), Comparison(Period(first, last)))
    steady = Steadiness(board, "channel", "value", days.names)
    steady.__dict__["days"] = days
    return steady


def _credits(*shares: tuple[float, ...]) -> np.ndarray[tuple[int, int, int], np.dtype[np.float64]]:
    """Orders on the first eight days of November alone."""
    daily = np.zeros((30, len(shares[0]), 2))
    for day in range(8):
        daily[day] = np.array(shares[day % len(shares)])[:, None]
    return daily


def test_weeks_without_orders_are_gaps_and_one_channel_alone_never_moves(told: World) -> None:
    alone = _credits((1.0,))
    steady = _steadiness(told, DayByDay(("xhs",), {"shapley": alone}, ()))
    assert steady.rolling is not None
    values = steady.rolling.series[0].values
    assert values[0] == 1.0 and values[-1] is None and 0.0 not in values
    assert steady.says == "只有小红书，占比没有动过。7 天里没有订单的日子不画。"


def test_the_channel_that_moved_is_named_and_still_shares_are_still(told: World) -> None:
    moving = DayByDay(("douyin", "xhs"), {"shapley": _credits((1.0, 3.0), (3.0, 1.0))}, ())
    assert "占比动得最多" in _steadiness(told, moving).says
    still = DayByDay(("douyin", "xhs"), {"shapley": _credits((1.0, 3.0))}, ())
    assert _steadiness(told, still).says.startswith("占比没有动过。")
