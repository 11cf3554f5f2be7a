"""Spends: whatever is entered, corrected, imported or taken back, the log's spend sums to the table's."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import orjson
import pytest
from django.core.exceptions import ValidationError
from django.db.models import Sum
from hypothesis import given
from hypothesis import strategies as st

from shemei.apps.advertising import actions, queries, rules, tellings
from shemei.apps.advertising.models import Spend, SpendEntry
from shemei.apps.brand.actions import create_campaign
from shemei.kernel.models import AuditEntry, OutboxEvent
from shemei.kernel.permissions import Forbidden

if TYPE_CHECKING:
    from tests.world import World

D = date(2026, 11, 1)


def told() -> list[dict[str, Any]]:
    return [
        orjson.loads(t) for t in OutboxEvent.objects.order_by("id").values_list("event", flat=True)
    ]


def by_dimensions() -> dict[tuple[int, str, str], int]:
    sums: Counter[tuple[int, str, str]] = Counter()
    for event in told():
        sums[(event["day"], event["platform"], event["campaign"])] += event["amount"]
    return {key: amount for key, amount in sums.items() if amount}


def table() -> dict[tuple[int, str, str], int]:
    rows = Spend.objects.select_related("campaign")
    sums: Counter[tuple[int, str, str]] = Counter()
    for row in rows:
        sums[
            (int(f"{row.day:%Y%m%d}"), row.platform, row.campaign.key if row.campaign else "")
        ] += row.amount
    return {key: amount for key, amount in sums.items() if amount}


def enter(world: World, amount: int = 129_900, **values: Any) -> Spend:
    return actions.enter_spend(
        world.brand,
        by=world.analyst.actor,
        day=D,
        platform="douyin",
        kind="信息流",
        amount=amount,
        **values,
    )


def test_a_spend_is_one_event(inside: World) -> None:
    enter(inside)
    [event] = told()
    assert (event["kind"], event["action"], event["amount"], event["channel"]) == (
        "spend",
        "信息流",
        129_900,
        "ads",
    )
    assert AuditEntry.objects.latest("id").sentence == "记花费 ¥1,299.00（2026-11-01 抖音 信息流）"


def test_whatever_is_corrected_the_log_sums_to_the_table(inside: World) -> None:
    campaign = create_campaign(
        inside.brand, by=inside.editor.actor, name="双11", starts_on=D, ends_on=D
    )
    first, second = enter(inside), enter(inside, 50_000)
    by = inside.analyst.actor
    actions.change_spend(first, by=by, amount=100_000)
    assert by_dimensions() == table()
    actions.change_spend(first, by=by, day=D + timedelta(1), campaign_key=campaign.key)
    assert by_dimensions() == table()
    actions.delete_spend(second, by=by)
    assert by_dimensions() == table() == {(20261102, "douyin", campaign.key): 100_000}


def test_a_change_of_nothing_tells_nothing(inside: World) -> None:
    spend = enter(inside)
    before = OutboxEvent.objects.count(), AuditEntry.objects.count()
    actions.change_spend(spend, by=inside.analyst.actor, amount=129_900)
    assert (OutboxEvent.objects.count(), AuditEntry.objects.count()) == before


def test_claims_of_platforms_never_reach_the_log(inside: World) -> None:
    enter(inside, claimed_orders=12, claimed_value=500_000, impressions=90_000, clicks=700)
    [event] = told()
    assert event["kind"] == "spend"
    assert {event["quantity"], event["amount"]} == {1, 129_900}
    total = queries.total(inside.brand, D, D)
    assert (total.claimed_orders, total.claimed_value, total.impressions) == (12, 500_000, 90_000)


def test_no_claim_is_not_a_claim_of_nothing(inside: World) -> None:
    enter(inside)
    assert queries.total(inside.brand, D, D).claimed_value is None
    assert queries.total_by(inside.brand, D, D)["douyin"].amount == 129_900


def stage(world: World, amount: int, batch: str, day: date = D) -> bool:
    values = {
        "day": day.isoformat(),
        "platform": "douyin",
        "kind": "信息流",
        "plan": "拉新",
        "amount": amount,
    }
    return tellings.SpendLedger(world.brand, batch).put_down(values, f"line-{day}")


def test_an_import_tells_the_log_only_when_it_is_applied_and_can_be_undone(inside: World) -> None:
    assert stage(inside, 500, "b1")
    assert told() == []
    assert not Spend.objects.exists()
    tellings.SpendLedger(inside.brand, "b1").apply()
    assert by_dimensions() == table() == {(20261101, "douyin", ""): 500}
    assert not stage(inside, 500, "b2")
    assert stage(inside, 620, "b3")
    tellings.SpendLedger(inside.brand, "b3").apply()
    assert by_dimensions() == table() == {(20261101, "douyin", ""): 620}
    tellings.SpendLedger(inside.brand, "b3").undo()
    assert by_dimensions() == table() == {(20261101, "douyin", ""): 500}
    tellings.SpendLedger(inside.brand, "b1").undo()
    assert by_dimensions() == table() == {}


def test_a_correction_by_hand_outlives_the_same_file(inside: World) -> None:
    stage(inside, 500, "b1")
    tellings.SpendLedger(inside.brand, "b1").apply()
    actions.change_spend(Spend.objects.get(), by=inside.analyst.actor, amount=450)
    assert not stage(inside, 500, "b2")
    tellings.SpendLedger(inside.brand, "b2").apply()
    assert Spend.objects.get().amount == 450
    assert by_dimensions() == table()


def test_a_correction_of_what_an_import_has_told_since_starts_from_that(inside: World) -> None:
    stage(inside, 500, "b1")
    tellings.SpendLedger(inside.brand, "b1").apply()
    looked_up = Spend.objects.get()
    stage(inside, 620, "b3")
    tellings.SpendLedger(inside.brand, "b3").apply()
    actions.change_spend(looked_up, by=inside.analyst.actor, note="核对过")
    assert by_dimensions() == table() == {(20261101, "douyin", ""): 620}
    Spend.objects.all().delete()
    with pytest.raises(ValidationError, match="刚被删除"):
        actions.change_spend(looked_up, by=inside.analyst.actor, note="再改")


def test_a_deleted_line_comes_back_with_a_new_file(inside: World) -> None:
    stage(inside, 500, "b1")
    tellings.SpendLedger(inside.brand, "b1").apply()
    actions.delete_spend(Spend.objects.get(), by=inside.analyst.actor)
    assert by_dimensions() == {}
    assert stage(inside, 500, "b2")
    tellings.SpendLedger(inside.brand, "b2").apply()
    assert Spend.objects.aggregate(sum=Sum("amount"))["sum"] == 500
    assert SpendEntry.objects.filter(state="undone").count() == 1


def test_an_editor_may_not_enter_spends(inside: World) -> None:
    with pytest.raises(Forbidden):
        actions.enter_spend(inside.brand, by=inside.editor.actor, day=D, platform="xhs", amount=1)


_cost = st.builds(
    rules.Cost,
    day=st.sampled_from([D, D + timedelta(1)]),
    platform=st.sampled_from(["xhs", "douyin"]),
    kind=st.just("信息流"),
    campaign=st.sampled_from(["", "c"]),
    creator=st.just(""),
    content=st.just(""),
    amount=st.integers(0, 1_000),
)


@given(st.lists(st.none() | _cost, min_size=1, max_size=6))
def test_differences_add_up_to_the_last_state(states: list[rules.Cost | None]) -> None:
    log: Counter[tuple[date, str, str]] = Counter()
    before = None
    for after in states:
        for cost in rules.differences(before, after):
            log[(cost.day, cost.platform, cost.campaign)] += cost.amount
        before = after
    last = (
        {(before.day, before.platform, before.campaign): before.amount}
        if before and before.amount
        else {}
    )
    assert {key: amount for key, amount in log.items() if amount} == last


def test_ratios_are_unknown_without_their_parts() -> None:
    assert rules.per_thousand(500, None) is None
    assert rules.per_thousand(500, 0) is None
    assert rules.per_thousand(500, 1_000) == 500
    assert rules.claimed_return(None, 500) is None
    assert rules.claimed_return(1_500, 500) == 3
