"""Spend reports: lines recognised, claims kept apart, the same file once, taken back."""

from __future__ import annotations

import io
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from tests.advertising.booked import spent

from shemei.apps.advertising.models import Spend
from shemei.apps.brand.actions import create_campaign
from shemei.kernel.imports import actions
from shemei.kernel.imports.models import ImportBatch
from shemei.kernel.permissions import Forbidden

if TYPE_CHECKING:
    from tests.world import World

    from shemei.warehouse.home import Home

HEAD = [
    "日期",
    "投放平台",
    "广告类型",
    "计划名称",
    "营销计划",
    "消耗",
    "展现量",
    "点击量",
    "成交订单",
    "成交金额",
]
QUOTED = [
    "2026-11-01",
    "巨量千川",
    "信息流",
    "拉新 A",
    "双11",
    '"1,299.00"',
    90_000,
    800,
    12,
    '"5,000"',
]


@pytest.fixture
def place(inside: World, home: Home) -> World:
    day = date(2026, 11, 1)
    create_campaign(inside.brand, by=inside.editor.actor, name="双11", starts_on=day, ends_on=day)
    return inside


def bring_in(world: World, *rows: list[Any], head: list[str] = HEAD, **options: str) -> ImportBatch:
    data = "\n".join(",".join(map(str, row)) for row in (head, *rows)).encode()
    by = world.analyst.actor
    batch = actions.receive(
        world.brand, io.BytesIO(data), "日报.csv", by=by, kind="spend", options=options
    )
    return actions.write(actions.check(batch, by=by), by=by)


def test_a_report_becomes_spends_with_claims_apart(place: World) -> None:
    batch = bring_in(place, QUOTED)
    assert (batch.count("new"), batch.error_rows) == (1, 0)
    spend = Spend.objects.select_related("campaign").get()
    assert (spend.amount, spend.platform, spend.kind, spend.plan) == (
        129_900,
        "douyin",
        "信息流",
        "拉新 A",
    )
    assert (spend.claimed_orders, spend.claimed_value, spend.impressions, spend.clicks) == (
        12,
        500_000,
        90_000,
        800,
    )
    assert spend.campaign is not None
    assert spend.campaign.name == "双11"
    assert spent() == 129_900


def test_the_same_report_again_changes_nothing_and_a_corrected_one_the_difference(
    place: World,
) -> None:
    bring_in(place, QUOTED)
    assert bring_in(place, QUOTED).count("same") == 1
    assert spent() == 129_900
    corrected = [*QUOTED[:5], "1280.00", *QUOTED[6:]]
    batch = bring_in(place, corrected)
    assert batch.count("changed") == 1
    assert spent() == Spend.objects.get().amount == 128_000
    actions.undo(batch, by=place.analyst.actor)
    assert spent() == Spend.objects.get().amount == 129_900


def test_lines_of_one_plan_add_up_and_a_repeated_line_counts_once(place: World) -> None:
    head = ["日期", "计划名称", "花费"]
    batch = bring_in(
        place, ["2026-11-01", "A", 100], ["2026-11-01", "A", 50], ["2026-11-01", "A", 50], ["2026-11-01", "B", 7],
        head=head, platform="xhs", kind="搜索",
    )  # fmt: skip
    assert batch.count("new") == 2
    assert sorted(Spend.objects.values_list("plan", "amount", "platform", "kind")) == [
        ("A", 15_000, "xhs", "搜索"),
        ("B", 700, "xhs", "搜索"),
    ]


def test_what_a_file_leaves_out_is_not_wiped(place: World) -> None:
    bring_in(place, QUOTED)
    bring_in(place, ["2026-11-01", "巨量千川", "信息流", "拉新 A", "双11", "1300", "", "", "", ""])
    spend = Spend.objects.get()
    assert (spend.amount, spend.claimed_value) == (130_000, 500_000)


def test_lines_that_cannot_be_are_named(place: World) -> None:
    batch = bring_in(
        place, ["2026-11-01", "抖音", "信息流", "A", "", "-5", "", "", "", ""], ["2026-13-01", "抖音", "信息流", "A", "", "5", "", "", "", ""],
        ["2026-11-01", "火星", "信息流", "A", "", "5", "", "", "", ""], ["2026-11-02", "抖音", "信息流", "A", "", "5", "", "", "", ""],
    )  # fmt: skip
    assert (batch.error_rows, batch.count("new")) == (3, 1)


def test_an_editor_may_not_import_spends(place: World) -> None:
    with pytest.raises(Forbidden):
        actions.receive(
            place.brand, io.BytesIO(b"a,b\n1,2"), "x.csv", by=place.editor.actor, kind="spend"
        )
