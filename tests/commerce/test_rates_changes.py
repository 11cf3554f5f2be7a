"""What becomes of orders in another currency: corrected, undone, erased, of an older home, very many."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import orjson
import pytest
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests.commerce.conftest import Bring
from tests.commerce.files import events
from tests.commerce.rate_files import FILE, figures, pounds, rate

from shemei.apps.commerce import conversion, jobs, queries, rates
from shemei.apps.commerce.models import ExchangeRate, Order, Refund
from shemei.apps.commerce.rules import converted
from shemei.kernel.actor import SYSTEM
from shemei.kernel.erased import remember
from shemei.kernel.imports import actions
from shemei.kernel.imports.jobs import exclude_undone
from shemei.kernel.models import OutboxEvent
from shemei.kernel.ways.words import told_once
from shemei.warehouse.lake import Lake
from shemei.warehouse.questions import Refunds
from shemei.warehouse.vocabulary import to_ts

if TYPE_CHECKING:
    from tests.world import World

    from shemei.warehouse.home import Home

# -- what becomes of orders ------------------------------------------------------------------------


def _of_an_older_home() -> None:
    """As if all that is there had been pounds, told as they were by a version that knew no rates."""
    Order.objects.update(currency="GBP", reported=F("amount"), waiting=True)
    Refund.objects.update(currency="GBP", reported=F("amount"), waiting=True)


def _shown() -> dict[tuple[str, str], int]:
    """Orders and refunds as a path tells them."""
    deals = [event for event in events() if event["kind"] in ("order", "refund")]
    return {(one["kind"], one["order_id"]): one["amount"] for one in told_once(deals)}


def test_a_path_tells_refunds_in_whatever_currency_their_orders_took(
    bring: Bring, inside: World
) -> None:
    rate(inside, "9")
    bring(FILE, currency="GBP")
    for name, currency, back in (("a", "CNY", 505), ("b", "GBP", 4_545), ("c", "CNY", 505)):
        bring(FILE, f"{name}.csv", currency=currency)
        assert _shown()["refund", "G3"] == back, name


def test_a_path_of_an_older_home_tells_its_refunds_at_the_first_rate(
    bring: Bring, inside: World
) -> None:
    bring(FILE)
    for row in OutboxEvent.objects.all():
        row.event = orjson.dumps(orjson.loads(row.event) | {"props": "{}"}).decode()
        row.save()
    _of_an_older_home()
    rate(inside, "9")
    assert _shown() == {
        ("order", "G1"): 117_000,
        ("order", "G2"): 495,
        ("order", "G3"): 18_000,
        ("refund", "G3"): 4_545,
    }


def test_a_corrected_amount_day_or_currency_is_told_as_what_it_is_worth(
    bring: Bring, inside: World, home: Home
) -> None:
    rate(inside, "9", "2026-11-01")
    rate(inside, "10", "2026-11-10")
    bring(FILE, currency="GBP")
    bring(FILE.replace(",130,", ",150,"), "改价.csv", currency="GBP")
    assert figures(inside, home)[1] == 135_000 + 495 + 18_000
    bring(FILE.replace(",130,", ",150,").replace("11-04", "11-12"), "改日.csv", currency="GBP")
    assert figures(inside, home)[1] == 135_000 + 550 + 18_000
    bring(FILE, "人民币.csv", currency="CNY")
    assert figures(inside, home) == (3, 15_055, 505, 14_550)
    assert not Order.objects.exclude(reported=None).exists()
    assert set(Refund.objects.values_list("currency", "reported")) == {("CNY", None)}
    bring(FILE, "又是英镑.csv", currency="GBP")
    assert figures(inside, home) == (3, 135_495, 4_545, 130_950)
    refunds = Lake(home).ask(Refunds(inside.brand.key, 20261101, 20261130)).rows
    assert refunds["amount"].to_pylist() == [4_545], "one refund, however often it was recounted"


def test_orders_taken_for_the_brands_currency_wait_once_a_file_says_theirs(
    bring: Bring, inside: World, home: Home
) -> None:
    bring(FILE)
    assert figures(inside, home) == (3, 15_055, 505, 14_550)
    bring(FILE, "英镑.csv", currency="GBP")
    assert figures(inside, home)[1:] == (0, 0, 0)
    rate(inside, "9")
    assert figures(inside, home) == (3, 135_495, 4_545, 130_950)


def test_undoing_an_import_leaves_the_figures_of_before(
    bring: Bring, inside: World, home: Home
) -> None:
    rate(inside, "9")
    first = bring(FILE, currency="GBP")
    before = figures(inside, home)
    for text, currency in ((FILE.replace(",130,", ",150,"), "GBP"), (FILE, "CNY")):
        batch = bring(text, "后来.csv", currency=currency)
        assert figures(inside, home) != before
        row = ExchangeRate.objects.get()
        rates.correct_rate(row, since=row.since, rate=row.rate + 1, by=SYSTEM)
        actions.undo(batch, by=SYSTEM)
        exclude_undone.call_local()
        row.refresh_from_db()
        at = row.rate
        gross = sum(converted(amount, at) for amount in (13_000, 55, 2_000))
        before = (3, gross, converted(505, at), gross - converted(505, at))
        assert figures(inside, home) == before
    actions.undo(first, by=SYSTEM)
    exclude_undone.call_local()
    assert figures(inside, home) == (0, 0, 0, 0)


def test_undoing_a_rate_told_import_takes_all_of_it_out(
    bring: Bring, inside: World, home: Home
) -> None:
    batch = bring(FILE, currency="GBP")
    row = rate(inside, "9")
    rates.correct_rate(row, since=row.since, rate=Decimal(10), by=SYSTEM)
    assert figures(inside, home)[0] == 3
    actions.undo(batch, by=SYSTEM)
    exclude_undone.call_local()
    assert figures(inside, home) == (0, 0, 0, 0)
    assert conversion.waiting_of(inside.brand) == []


def test_an_older_homes_raw_pounds_are_mended_by_the_first_rate(
    bring: Bring, inside: World, home: Home
) -> None:
    bring(FILE)
    _of_an_older_home()
    assert figures(inside, home) == (3, 15_055, 505, 14_550)
    (wanted,) = queries.rates_wanted(inside.brand)
    assert wanted.sentence == "3 单以英镑计价，还没有汇率，看板把它当成人民币直接加了"
    assert wanted.left_out == 0
    order = Order.objects.get(number="G1")
    page = inside.client().get(inside.url("commerce:order", order.key)).content.decode()
    assert "看板把它当成人民币直接加了" in page and "没算进看板" not in page
    assert "等汇率" not in inside.client().get(inside.url("insight:overview")).content.decode()
    rate(inside, "9", "2026-11-04")
    rate(inside, "9", "2026-11-01")
    assert figures(inside, home) == (3, 135_495, 4_545, 130_950)
    assert queries.rates_wanted(inside.brand) == []


def test_an_erased_order_that_left_the_log_is_told_no_more(
    bring: Bring, inside: World, home: Home
) -> None:
    row = rate(inside, "9")
    bring(FILE, currency="GBP")
    remember(inside.brand, [("order", "G1")], to_ts(timezone.now()))
    told = [event["order_id"] for event in events()]
    rates.correct_rate(row, since=row.since, rate=Decimal(10), by=SYSTEM)
    fresh = [event["order_id"] for event in events()][len(told) :]
    assert set(fresh) == {"G2", "G3"}
    assert not Order.objects.filter(waiting=True).exists()


def test_a_large_set_is_told_in_parts_and_goes_on_after_a_break(
    bring: Bring, inside: World, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    bring(FILE, currency="GBP")
    monkeypatch.setattr(conversion, "AT_ONCE", 1)
    rate(inside, "9")
    assert [event["order_id"] for event in events("order")] == ["G1"]
    assert conversion.left_to_tell(inside.brand) == 2
    assert jobs.tell_all_rates.call_local() == 2
    assert [event["order_id"] for event in events("order")] == ["G1", "G2", "G3"]
    assert jobs.tell_all_rates.call_local() == 0


def test_undoing_two_imports_of_which_the_later_moved_an_order_leaves_nothing(
    bring: Bring, inside: World, home: Home
) -> None:
    rate(inside, "9")
    first = bring(FILE, currency="GBP")
    before = figures(inside, home)
    moved = FILE.replace("2026-11-04 10:00,0.55", "2026-11-25 10:00,1.55")
    later = bring(moved, "b.csv", currency="GBP")
    assert figures(inside, home)[1] == before[1] + 900
    for batch, left in ((later, before), (first, (0, 0, 0, 0))):
        actions.undo(batch, by=SYSTEM)
        exclude_undone.call_local()
        assert figures(inside, home) == left
    bring(FILE, "c.csv", currency="GBP")
    assert figures(inside, home) == before


def test_undoing_an_import_whose_order_a_program_moved_there_and_back_leaves_nothing(
    bring: Bring, inside: World, home: Home
) -> None:
    rate(inside, "9")
    batch = bring(FILE, currency="GBP")
    before = figures(inside, home)
    pounds(inside, "G2", 155, "2026-11-25")
    assert figures(inside, home)[1] == before[1] + 900
    pounds(inside, "G2", 55, "2026-11-12")
    assert figures(inside, home) == before
    actions.undo(batch, by=SYSTEM)
    exclude_undone.call_local()
    figures(inside, home)
    bring(FILE, "c.csv", currency="GBP")
    assert figures(inside, home) == before


def test_refunds_follow_the_currency_of_all_their_orders_at_once(
    bring: Bring, inside: World, home: Home
) -> None:
    head = FILE.partition("\n")[0]
    rows = [f"G{n},2026-11-03 09:05,20,lin,,5,2026-11-20 12:00" for n in range(5)]
    text = "\n".join((head, *rows))
    bring(text)
    with CaptureQueriesContext(connection) as asked:
        later = bring(text, "b.csv", currency="GBP")
    assert _turned(asked) == ["GBP"]
    assert set(Refund.objects.values_list("currency", flat=True)) == {"GBP"}
    with CaptureQueriesContext(connection) as asked:
        actions.undo(later, by=SYSTEM)
    assert _turned(asked) == ["CNY"]
    exclude_undone.call_local()
    assert set(Refund.objects.values_list("currency", flat=True)) == {"CNY"}
    assert figures(inside, home) == (5, 10_000, 2_500, 7_500)


def _turned(asked: CaptureQueriesContext) -> list[str]:
    """The currencies that refunds were turned into, one for each UPDATE."""
    start = 'UPDATE "commerce_refund" SET "currency" = \''
    said = [query["sql"].partition(start)[2][:3] for query in asked.captured_queries]
    return [currency for currency in said if currency]
