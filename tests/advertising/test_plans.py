"""Ad exports keep their plans; a table that came in without them is not counted twice when it comes with them."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest
from django.db.models import Sum
from tests.advertising.booked import spent

from shemei.apps.advertising import imports
from shemei.apps.advertising.actions import change_spend
from shemei.apps.advertising.models import Spend
from shemei.kernel.imports import actions
from shemei.kernel.imports.models import ImportBatch

if TYPE_CHECKING:
    from tests.world import World

    from shemei.warehouse.home import Home

HEADS = {
    "巨量引擎": "时间-天,广告计划名称,消耗(元),展示数,点击数,转化数",
    "聚光": "时间,计划名称,消费,展现量,点击量,互动量",
    "腾讯广告": "日期,推广计划名称,花费,曝光次数,点击次数,下单次数",
    "千川": "日期,广告计划名称,整体消耗,整体成交金额,整体成交订单数,备用",
}
DAYS = ["2026-11-17", "2026-11-18"]
PLANS = ["双旦礼盒-信息流-A", "双旦礼盒-搜索-B"]
ROWS = [f"{day},{plan},{100 + 10 * n},4000,80,{n}" for day in DAYS for n, plan in enumerate(PLANS)]
TOTAL = 2 * (10_000 + 11_000)


@pytest.fixture
def place(inside: World, home: Home) -> World:
    return inside


def received(world: World, source: str = "巨量引擎", rows: list[str] = ROWS) -> ImportBatch:
    text = "\n".join([HEADS[source], *rows]) + "\n"
    data, by = io.BytesIO(text.encode()), world.owner.actor
    options = {"platform": "channels"} if source == "腾讯广告" else {}
    return actions.receive(world.brand, data, f"{source}.csv", by=by, kind="spend", options=options)


def checked(world: World, batch: ImportBatch) -> ImportBatch:
    return actions.check(batch, by=world.owner.actor)


def brought(world: World, *told: Any) -> ImportBatch:
    return actions.write(checked(world, received(world, *told)), by=world.owner.actor)


def merged_as_before(world: World, rows: list[str] = ROWS) -> ImportBatch:
    """As a version did that knew no name for the plans, and read no kind in them."""
    batch, by = received(world, rows=rows), world.owner.actor
    columns = {key: place for key, place in batch.mapping.items() if key != "plan"}
    batch = actions.set_mapping(batch, columns, {}, by=by, remember=False)
    return actions.write(actions.check(batch, by=by), by=by)


def shown(world: World, batch: ImportBatch) -> str:
    page = world.client().get(world.url("imports:batch", batch.key)).text
    return " ".join(page.split())


@pytest.mark.parametrize("source", sorted(HEADS))
def test_every_source_keeps_one_line_a_day_and_plan(place: World, source: str) -> None:
    batch = checked(place, received(place, source))
    assert "plan" in batch.mapping
    assert "行合成" not in shown(place, batch)
    actions.write(batch, by=place.owner.actor)
    told = set(Spend.objects.values_list("plan", "kind"))
    assert told == {(PLANS[0], "信息流"), (PLANS[1], "搜索")}
    assert (batch.count("new"), Spend.objects.count()) == (4, 4)
    again = brought(place, source)
    assert (again.count("new"), again.count("changed"), again.count("same")) == (0, 0, 4)
    assert "从计划名里读出" in shown(place, batch)


def test_a_creator_in_the_name_of_a_plan_is_no_fee(place: World) -> None:
    brought(place, "巨量引擎", ["2026-11-17,礼盒-达人-C,5,1,1,0", "2026-11-17,搜索词测试,5,1,1,0"])
    assert set(Spend.objects.values_list("kind", flat=True)) == {"信息流"}


def test_rows_that_are_put_together_are_told_with_why(place: World) -> None:
    batch, by = received(place), place.owner.actor
    columns = {key: place_ for key, place_ in batch.mapping.items() if key != "plan"}
    batch = checked(place, actions.set_mapping(batch, columns, {}, by=by, remember=False))
    page = shown(place, batch)
    assert "4 行合成 2 笔：表里没有对上计划名称的列" in page
    assert "给「投放计划」选一列" in page


def test_a_table_that_came_without_its_plans_is_not_doubled(place: World) -> None:
    old = merged_as_before(place)
    assert Spend.objects.count() == 2
    batch = checked(place, received(place))
    assert (batch.count("new"), batch.count("changed")) == (4, 0)
    assert "2 笔是同样的表从前少读了几列" in shown(place, batch)
    actions.write(batch, by=place.owner.actor)
    assert (Spend.objects.count(), spent()) == (4, TOTAL)
    assert Spend.objects.aggregate(sum=Sum("amount"))["sum"] == TOTAL
    assert all(Spend.objects.values_list("plan", flat=True))
    again = brought(place)
    assert (again.count("same"), Spend.objects.count(), spent()) == (4, 4, TOTAL)
    actions.undo(batch, by=place.owner.actor)
    assert (Spend.objects.count(), spent()) == (2, TOTAL)
    assert set(Spend.objects.values_list("batch", flat=True)) == {old.key}
    actions.undo(old, by=place.owner.actor)
    assert (Spend.objects.count(), spent()) == (0, 0)


def test_a_longer_table_of_the_same_form_replaces_the_days_it_has(place: World) -> None:
    merged_as_before(place)
    day = f"2026-11-19,{PLANS[0]},7,1,1,0"
    brought(place, "巨量引擎", [*ROWS[2:], day])
    told = sorted((str(row.day), bool(row.plan)) for row in Spend.objects.all())
    assert told == [
        ("2026-11-17", False), ("2026-11-18", True), ("2026-11-18", True), ("2026-11-19", True),
    ]  # fmt: skip
    assert spent() == TOTAL + 700


def test_a_line_corrected_by_hand_comes_back_as_it_was(place: World) -> None:
    old = merged_as_before(place)
    row = Spend.objects.get(day=DAYS[0])
    change_spend(row, by=place.owner.actor, amount=5_000)
    batch = brought(place)
    assert spent() == TOTAL
    actions.undo(batch, by=place.owner.actor)
    assert Spend.objects.get(day=DAYS[0]).amount == 5_000
    assert spent() == TOTAL - 21_000 + 5_000
    assert old.state == "done"


def test_what_another_table_tells_of_the_same_day_stays(place: World) -> None:
    merged_as_before(place)
    text = "日期,平台,花费\n2026-11-17,抖音,9\n"
    by = place.owner.actor
    other = actions.receive(place.brand, io.BytesIO(text.encode()), "手记.csv", by=by, kind="spend")
    actions.write(actions.check(other, by=by), by=by)
    brought(place)
    assert Spend.objects.get(plan="").amount == 900
    assert spent() == TOTAL + 900


def test_a_table_without_plans_after_that_begins_the_line_anew(place: World) -> None:
    merged_as_before(place)
    brought(place)
    text, by = "日期,平台,花费\n2026-11-17,抖音,9\n", place.owner.actor
    other = actions.receive(place.brand, io.BytesIO(text.encode()), "手记.csv", by=by, kind="spend")
    other = actions.write(actions.check(other, by=by), by=by)
    row = Spend.objects.get(plan="")
    assert (other.count("new"), row.amount, row.impressions) == (1, 900, None)
    assert spent() == TOTAL + 900


def test_a_plan_whose_kind_went_unread_is_not_doubled(
    place: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as older:
        older.setattr(imports, "kind_in", lambda plan: "")
        brought(place, "聚光")
    assert set(Spend.objects.values_list("kind", flat=True)) == {"信息流"}
    batch = brought(place, "聚光")
    assert (batch.count("new"), batch.count("same")) == (2, 2)
    assert (Spend.objects.filter(kind="搜索").count(), Spend.objects.count()) == (2, 4)
    assert spent() == TOTAL
