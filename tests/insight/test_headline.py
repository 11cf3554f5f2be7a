"""The figures a newcomer reads first say what they cannot tell, and why."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from tests.insight.browsing import page
from tests.insight.programs import Program, figures
from tests.warehouse import cast

from shemei.apps.insight.models import Goal
from shemei.apps.insight.overview.goals import goal_row
from shemei.kernel.permissions import Permission

if TYPE_CHECKING:
    from tests.world import World

    from shemei.warehouse.home import Home

BUYERLESS = "多数订单认不出是谁买的，算不出每个新客多少钱"


def put(world: World, home: Home, *events: tuple[str, str, dict[str, Any]]) -> None:
    made = [cast.event(kind, when, world.brand.key, **fields) for kind, when, fields in events]
    cast.put(home, made, stream="more")


def shown(world: World, name: str, *args: object, **more: Any) -> str:
    return " ".join(page(world, name, *args, **more).content.decode().split())


def masked(count: int) -> list[tuple[str, str, dict[str, Any]]]:
    """Orders of a shop that masks phones: nobody knows whose they are."""
    told = {"amount": 1_000, "source": "import"}
    return [("order", "11-14 12:00", {"order_id": f"DY-{n}", **told}) for n in range(count)]


@pytest.mark.parametrize(("more", "is_told"), [(5, True), (6, False)])
def test_what_a_new_customer_costs_is_told_while_half_of_the_buyers_are_known(
    told: World, home: Home, more: int, is_told: bool
) -> None:
    """Six of seven orders are somebody's; with five more of nobody it is half of them."""
    put(told, home, *masked(more))
    for text in (
        shown(told, "insight:overview"),
        shown(told, "insight:metric", "cac", beside=True),
    ):
        assert (BUYERLESS not in text) is is_told
    assert (
        "13 单里 7 单认不出是谁买的" in shown(told, "insight:metric", "cac", beside=True)
    ) is not is_told
    row = Program(told.owner, [Permission.VIEW]).get("totals", metrics="cac").json()["rows"][0]
    assert (figures(row)["cac"] is not None) is is_told


def test_a_goal_of_what_a_new_customer_costs_says_why_it_has_no_figure(
    told: World, home: Home
) -> None:
    put(told, home, *masked(6))
    with told.scope():
        goal = Goal(
            workspace=told.brand, metric="cac", target=5_000,
            starts_on=date(2026, 11, 1), ends_on=date(2026, 12, 31),
        )  # fmt: skip
        row = goal_row(told.brand, goal)
    assert (row.value, row.word, row.text) == ("—", "算不出", BUYERLESS)
