"""One person's way, told by where it lies to an order."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from tests.insight.browsing import page

from shemei.apps.audience.queries import Step
from shemei.apps.insight.ways import stages

if TYPE_CHECKING:
    from tests.world import World

PAID = datetime(2026, 11, 20, 4, tzinfo=UTC)


def step(days: float, kind: str = "click", **values: Any) -> Step:
    """A step so many days before the payment."""
    told = {"platform": "xhs", "title": kind, "url": "", "note": "", "amount": 0, "order_id": ""}
    marks = {"in_path": False, "suspect": ""}
    return Step(at=PAID - timedelta(days), kind=kind, **(told | marks | values))


def told(*steps: Step, order: str = "A") -> list[tuple[str, int, bool]]:
    return [(one.label, len(one.steps), one.counts) for one in stages(steps, order, 30)]


BEFORE, WITHIN, AFTER = (
    "早于归因窗口（付款前 30 天），不计入这一单",
    "归因窗口：付款前 30 天",
    "这一单付款之后",
)


def test_a_way_is_cut_where_the_look_back_begins_and_where_it_was_paid() -> None:
    way = [step(31), step(30, in_path=True), step(2), step(0, "order", order_id="A"), step(-1)]
    assert told(*way) == [(BEFORE, 1, False), (WITHIN, 3, True), (AFTER, 1, False)]


def test_another_order_of_the_same_person_has_another_window() -> None:
    way = [step(31), step(20, "order", order_id="B"), step(0, "order", order_id="A")]
    assert told(*way, order="B") == [(WITHIN, 2, True), (AFTER, 1, False)]
    assert told(*way) == [(BEFORE, 1, False), (WITHIN, 2, True)]


def test_an_order_that_the_way_does_not_name_cuts_nothing() -> None:
    assert told(step(1), step(0, "order", order_id="B")) == [("", 2, False)]


def test_the_drawer_marks_what_counts(told: World) -> None:
    shown = page(told, "insight:journey", "NO-1", beside=True).content.decode()
    assert WITHIN in shown and BEFORE not in shown
    assert 1 <= shown.count(">计入</span>") <= shown.count("<li")
    told.brand.lookback_days = 1
    told.brand.save(update_fields=["lookback_days"])
    near = page(told, "insight:journey", "NO-1", beside=True).content.decode()
    assert near.count(">计入</span>") < shown.count(">计入</span>")
    assert "早于归因窗口（付款前 1 天）" in near
