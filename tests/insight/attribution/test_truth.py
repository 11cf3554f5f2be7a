"""The simulated truth beside the models: only where a simulator wrote one."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from tests.insight.browsing import page
from tests.warehouse import cast

from shemei.apps.insight.attribution.page import AttributionPage
from shemei.apps.insight.attribution.truth import SimulatedTruth, write_truth
from shemei.apps.insight.queries import Board
from shemei.kernel.periods import Comparison, Period

if TYPE_CHECKING:
    from tests.world import World

    from shemei.warehouse.home import Home

FIRST = date(2026, 11, 1)


def _write(home: Home, workspace: str, orders: int = 400) -> None:
    """On the 12th: 小红书 brought three of four orders, 搜索 one."""

    def on_the_12th(count: int) -> tuple[int, ...]:
        return (*[0] * 11, count, *[0] * 18)

    days = {"xhs": on_the_12th(orders * 3 // 4), "search": on_the_12th(orders // 4)}
    write_truth(home, SimulatedTruth(workspace, FIRST, on_the_12th(orders), days))


def test_a_real_brand_has_no_truth(told: World, home: Home) -> None:
    _write(home, "another-brand")
    shown = page(told, "insight:attribution").content.decode()
    assert "模拟真值" not in shown and "哪个模型错在哪" not in shown


def test_the_truth_stands_beside_every_model(told: World, home: Home) -> None:
    _write(home, told.brand.key)
    shown = page(told, "insight:attribution", show="share").content.decode()
    assert "模拟真值" in shown and "示例公司" in shown
    assert "75.0%" in shown and "100.0%" in shown
    for model in ("首次触达", "末次触达", "马尔可夫", "沙普利"):
        assert shown.count(model) >= 2


def test_too_few_orders_hold_nothing_against_the_models(told: World, home: Home) -> None:
    _write(home, told.brand.key, orders=4)
    assert "模拟真值" not in page(told, "insight:attribution").content.decode()


def test_orders_that_nobody_simulated_leave_no_truth(
    told: World, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    _write(home, told.brand.key, orders=4)
    monkeypatch.setattr("shemei.apps.insight.attribution.against_truth.ENOUGH", 1)
    assert "模拟真值" not in page(told, "insight:attribution").content.decode()


def test_what_stands_in_no_path_has_no_place_in_it(told: World, home: Home) -> None:
    """The chain alone credits 知乎, which nobody came by who bought."""
    lost = [cast.event("click", "11-20 10:00", told.brand.key, visitor="lost", channel="zhihu", source="edge"),
            cast.event("click", "11-20 11:00", told.brand.key, visitor="lost", channel="xhs", source="edge")]  # fmt: skip
    cast.put(home, lost, stream="more")
    with told.scope():
        rows = {row.key: row for row in AttributionPage(_november(told), "channel", "value").rows}
    assert rows["zhihu"].reading == "不在成交路径里"
    assert rows["xhs"].reading != "不在成交路径里"


def _november(told: World) -> Board:
    period = Period(FIRST, date(2026, 11, 30))
    return Board(told.brand, period, Comparison(period))


def test_other_dimensions_and_spans_without_orders_have_none(told: World, home: Home) -> None:
    _write(home, told.brand.key)
    assert "模拟真值" not in page(told, "insight:attribution", by="content").content.decode()
    early = {"from": "2026-11-01", "to": "2026-11-05"}
    assert "模拟真值" not in page(told, "insight:attribution", **early).content.decode()
