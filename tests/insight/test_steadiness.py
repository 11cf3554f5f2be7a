"""Bands and rolling weeks on the attribution page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from tests.insight.browsing import page

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
    assert "不到 7 天，不画稳定带" in shown and 'id="rolling"' not in shown


def test_two_weeks_are_drawn_week_by_week(told: World) -> None:
    shown = page(told, "insight:attribution").content.decode()
    assert 'id="rolling"' in shown and "7 天的占比" in shown
