"""Rates where numbers end: absurd worths, very many returns, one brand's trouble, an import that is still written."""

from __future__ import annotations

import io
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from django_scopes import scope
from tests.commerce.files import events
from tests.commerce.rate_files import FILE, figures, pounds, rate, shown_worth

from shemei.apps.commerce import conversion, jobs, rates
from shemei.apps.commerce.actions import record_order, record_refund
from shemei.apps.commerce.models import ExchangeRate, Order, Refund
from shemei.apps.commerce.rules import OrderDraft
from shemei.apps.insight.reports import bridge_rows
from shemei.kernel import outbox
from shemei.kernel.actor import SYSTEM
from shemei.kernel.imports import actions
from shemei.kernel.imports.models import ImportBatch
from shemei.warehouse.vocabulary import SHANGHAI, Event, to_ts

if TYPE_CHECKING:
    from tests.world import World

    from shemei.warehouse.home import Home

PAID = to_ts(datetime(2026, 11, 3, 9, 5, tzinfo=SHANGHAI))


def _draft(number: str, amount: int, currency: str = "CNY") -> OrderDraft:
    return OrderDraft(number, PAID, amount, PAID, currency=currency)


def test_sums_that_no_number_holds_stop_no_other_brands_figures(inside: World, home: Home) -> None:
    other = inside.other_brand
    record_order(inside.brand, _draft("A1", 100), by=SYSTEM)
    with scope(workspace=other):
        absurd = [
            Event(kind="refund", workspace=other.key, ts=PAID, amount=9 * 10**17) for _ in range(12)
        ]
        outbox.log(absurd, workspace=other)
    assert figures(inside, home) == (1, 100, 0, 100)


def test_an_order_that_would_be_worth_too_much_says_so_and_a_right_rate_mends_it(
    inside: World, home: Home
) -> None:
    order = pounds(inside, "G1", 10**13)
    row = rate(inside, "999999")
    order.refresh_from_db()
    assert (order.reported, order.rate, order.waiting) == (None, None, False)
    assert conversion.left_to_tell(inside.brand) == 0
    assert conversion.waiting_of(inside.brand) == []
    assert jobs.tell_all_rates.call_local() == 0 and events() == []
    page = inside.client().get(inside.url("commerce:order", order.key)).content.decode()
    assert "折合超过 10 万亿元，没算进看板" in page
    assert shown_worth(inside, order) == "汇率或金额不对"
    rates.correct_rate(row, since=row.since, rate=Decimal(9), by=SYSTEM)
    assert figures(inside, home) == (1, 9 * 10**13, 0, 9 * 10**13)


def test_very_large_orders_at_a_mistyped_rate_leave_every_page_standing(
    inside: World, home: Home
) -> None:
    rate(inside, "99999")
    for number in range(12):
        pounds(inside, f"G{number}", 10**13)
    record_order(inside.brand, _draft("A1", 100), by=SYSTEM)
    assert figures(inside, home) == (1, 100, 0, 100)


def test_returns_of_no_order_are_told_in_parts(
    inside: World, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        Refund.objects.create(
            workspace=inside.brand, number=f"C{number}", amount=100, currency="GBP",
            refunded_at=datetime(2026, 11, 5, tzinfo=SHANGHAI), waiting=True,
        )  # fmt: skip
    pounds(inside, "G1", 1_000)
    monkeypatch.setattr(conversion, "AT_ONCE", 2)
    rate(inside, "9")
    assert len(events("refund")) == 2
    jobs.tell_all_rates.call_local()
    assert [event["amount"] for event in events("refund")] == [900] * 3
    assert jobs.tell_all_rates.call_local() == 0
    assert not Refund.objects.exclude(waiting=None).exists()


def test_what_goes_wrong_in_one_brand_keeps_no_other_one_waiting(
    inside: World, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    pounds(inside, "G1", 100)
    other, tell = inside.other_brand, conversion.tell_due
    with scope(workspace=other):
        record_order(other, _draft("G2", 100, "GBP"), by=SYSTEM)
        ExchangeRate.objects.create(
            workspace=other, currency="GBP", since=date(2026, 11, 1), rate=9
        )

    def broken(workspace: object) -> int:
        if workspace == inside.brand:
            raise ValueError("broken")
        return tell(workspace)

    monkeypatch.setattr(conversion, "tell_due", broken)
    assert inside.brand.pk < other.pk
    assert jobs.tell_all_rates.call_local() == 1
    with scope(workspace=other):
        assert not Order.objects.filter(waiting=True).exists()


def test_only_orders_that_are_listed_are_looked_up(
    inside: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(bridge_rows, "MOST_LISTED", 2)
    monkeypatch.setattr(
        bridge_rows.commerce, "orders_by_number", lambda _, numbers: asked.extend(numbers) or {}
    )
    told = {"ts": PAID, "amount": 1, "refunded": 2, "value": 0}
    rows = bridge_rows.settled_orders(inside.brand, [told | {"order_id": f"A{n}"} for n in "123"])
    assert asked == ["A1", "A2"] and [row.number for row in rows] == asked


# -- an order that changes while its import is still being written ---------------------------------


def _half(world: World, text: str, currency: str) -> ImportBatch:
    """A file of which every row is written and nothing is told yet, as after a kill."""
    batch = actions.receive(
        world.brand, io.BytesIO(text.encode()), "半.csv", by=SYSTEM, kind="orders",
        options={"currency": currency},
    )  # fmt: skip
    actions.set_mapping(batch, batch.mapping, {}, by=SYSTEM)
    actions.check(batch, by=SYSTEM)
    ImportBatch.objects.filter(pk=batch.pk).update(state=ImportBatch.State.WRITING)
    actions._write_chunks(batch, actions.Tally(), SYSTEM, actions.quiet)
    batch.refresh_from_db()
    return batch


@pytest.mark.parametrize("then", ["CNY", "GBP"])
@pytest.mark.parametrize("first", ["CNY", "GBP"])
def test_an_order_changed_before_its_import_is_done_counts_once(
    inside: World, home: Home, first: str, then: str
) -> None:
    rate(inside, "10")
    batch = _half(inside, FILE, first)
    record_order(inside.brand, _draft("G1", 20_000, then), by=SYSTEM)
    actions.write(batch, by=SYSTEM)
    worth = 20_000 * (10 if then == "GBP" else 1) + 2_055 * (10 if first == "GBP" else 1)
    assert figures(inside, home)[:2] == (3, worth)


@pytest.mark.parametrize("currency", ["CNY", "GBP"])
def test_an_order_changed_by_an_import_and_by_a_program_meanwhile_counts_as_it_is(
    inside: World, home: Home, currency: str
) -> None:
    rate(inside, "10")
    record_order(inside.brand, _draft("G1", 11_000, currency), by=SYSTEM)
    batch = _half(inside, FILE, currency)
    record_order(inside.brand, _draft("G1", 20_000, currency), by=SYSTEM)
    actions.write(batch, by=SYSTEM)
    worth = (20_000 + 2_055) * (10 if currency == "GBP" else 1)
    assert figures(inside, home)[:2] == (3, worth)


@pytest.mark.parametrize("currency", ["CNY", "GBP"])
def test_what_is_given_back_before_the_import_is_done_is_told_with_it(
    inside: World, home: Home, currency: str
) -> None:
    rate(inside, "10")
    batch = _half(inside, FILE, currency)
    order, at = Order.objects.get(number="G1"), datetime(2026, 11, 10, tzinfo=SHANGHAI)
    record_refund(order, amount=1_000, refunded_at=at, by=SYSTEM)
    actions.write(batch, by=SYSTEM)
    times = 10 if currency == "GBP" else 1
    assert figures(inside, home)[1:3] == (15_055 * times, 1_505 * times)
