"""The simulated truth beside the models: only where a simulator wrote one."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from tests.insight.browsing import page

from shemei.apps.insight.truth import SimulatedTruth, write_truth

if TYPE_CHECKING:
    from tests.world import World

    from shemei.warehouse.home import Home

FIRST = date(2026, 11, 1)


def _write(home: Home, workspace: str) -> None:
    """On the 12th: 小红书 brought three of four orders, 搜索 one."""
    orders = (*[0] * 11, 4, *[0] * 18)
    days = {"xhs": (*[0] * 11, 3, *[0] * 18), "search": (*[0] * 11, 1, *[0] * 18)}
    write_truth(home, SimulatedTruth(workspace, FIRST, orders, days))


def test_a_real_brand_has_no_truth(told: World, home: Home) -> None:
    _write(home, "another-brand")
    shown = page(told, "insight:attribution").content.decode()
    assert "模拟真值" not in shown and "哪个模型错在哪" not in shown


def test_the_truth_stands_beside_every_model(told: World, home: Home) -> None:
    _write(home, told.brand.key)
    shown = page(told, "insight:attribution", show="share").content.decode()
    assert "模拟真值" in shown and "示例公司" in shown
    assert "75.0%" in shown and "订单少" in shown
    for model in ("首次触达", "末次触达", "马尔可夫", "沙普利"):
        assert shown.count(model) >= 2


def test_other_dimensions_and_spans_without_orders_have_none(told: World, home: Home) -> None:
    _write(home, told.brand.key)
    assert "模拟真值" not in page(told, "insight:attribution", by="content").content.decode()
    early = {"from": "2026-11-01", "to": "2026-11-05"}
    assert "模拟真值" not in page(told, "insight:attribution", **early).content.decode()
