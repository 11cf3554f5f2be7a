"""Orders in another currency: told at the rate of their day, waiting without one, corrected with it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from typing import TYPE_CHECKING, Any

import orjson
import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from tests.commerce.conftest import Bring
from tests.commerce.files import events
from tests.commerce.rate_files import FILE, figures, pounds, rate

from shemei.apps.commerce import conversion, jobs, queries, rates
from shemei.apps.commerce.actions import record_refund
from shemei.apps.commerce.models import Customer, ExchangeRate, Order, Product
from shemei.apps.commerce.rules import converted, converted_after
from shemei.kernel.actor import SYSTEM
from shemei.kernel.permissions import Forbidden
from shemei.warehouse.vocabulary import SHANGHAI

if TYPE_CHECKING:
    from tests.world import World

    from shemei.warehouse.home import Home

# -- the arithmetic --------------------------------------------------------------------------------

AMOUNTS = st.integers(-(10**13), 10**13)
RATES = st.decimals("0.00000001", "999999", places=8, allow_nan=False)


@given(AMOUNTS, RATES)
def test_a_conversion_is_exact_and_rounds_half_to_even(amount: int, at: Decimal) -> None:
    with localcontext() as context:
        context.prec = 80
        exact = Decimal(amount) * at
        assert converted(amount, at) == int(exact.quantize(Decimal(1), ROUND_HALF_EVEN))
        assert abs(converted(amount, at) - exact) <= Decimal("0.5")
    assert converted(-amount, at) == -converted(amount, at)


@given(st.lists(st.integers(0, 10**9), max_size=12), RATES)
def test_parts_of_a_whole_are_together_worth_the_whole(parts: list[int], at: Decimal) -> None:
    earlier, worth = 0, 0
    for part in parts:
        worth += converted_after(earlier, part, at)
        earlier += part
    assert worth == converted(sum(parts), at)


# -- one currency in the log -----------------------------------------------------------------------


def test_an_order_is_told_at_the_rate_of_its_day_with_what_it_was(
    bring: Bring, inside: World, home: Home
) -> None:
    rate(inside, "9.2")
    rate(inside, "9.3", "2026-11-04")
    bring(FILE, currency="GBP")
    orders = {event["order_id"]: event for event in events("order")}
    assert {n: e["amount"] for n, e in orders.items()} == {"G1": 119_600, "G2": 512, "G3": 18_600}
    assert {event["currency"] for event in events()} == {"CNY"}
    assert orjson.loads(orders["G1"]["props"]) == {
        "original_amount": 13_000,
        "original_currency": "GBP",
        "rate": "9.2",
    }
    (refund,) = events("refund")
    assert refund["amount"] == 4_696  # 5.05 × 9.3 is 46.965, half to even
    assert figures(inside, home) == (3, 138_712, 4_696, 134_016)


def test_orders_in_the_brands_currency_ask_for_no_rate(bring: Bring) -> None:
    bring(FILE)
    assert not Order.objects.exclude(reported=None, rate=None, waiting=None).exists()
    assert [event["props"] for event in events("order")] == ["{}"] * 3


def test_an_order_without_a_rate_is_not_told_and_waits(
    bring: Bring, inside: World, home: Home
) -> None:
    batch = bring(FILE, currency="GBP")
    assert events() == []
    assert Order.objects.filter(waiting=True, reported=None).count() == 3
    (waiting,) = conversion.waiting_of(inside.brand)
    assert (waiting.orders, waiting.refunds, waiting.raw) == (3, 0, 0)
    assert waiting.oldest == date(2026, 11, 3)
    assert any(said.startswith("3 单是英镑，付款那天还没有汇率") for said in batch.remarks)
    ((label, url),) = batch.kind_of.further(batch)
    assert label == "填英镑汇率" and url.endswith("?currency=GBP&since=2026-11-03")
    assert figures(inside, home) == (0, 0, 0, 0)


def test_entering_a_rate_tells_those_that_wait_from_its_day_on(
    bring: Bring, inside: World, home: Home
) -> None:
    bring(FILE, currency="GBP")
    rate(inside, "10", "2026-11-04")
    assert figures(inside, home) == (2, 20_550, 5_050, 15_500)
    (waiting,) = conversion.waiting_of(inside.brand)
    assert (waiting.orders, waiting.oldest) == (1, date(2026, 11, 3))
    rate(inside, "9", "2026-11-01")
    assert figures(inside, home) == (3, 137_550, 5_050, 132_500)
    assert conversion.waiting_of(inside.brand) == []


def test_a_file_says_how_many_of_its_orders_have_a_rate(bring: Bring, inside: World) -> None:
    rate(inside, "9.2", "2026-11-04")
    batch = bring(FILE, currency="GBP")
    assert [said.split("：")[0] for said in batch.remarks] == [
        "2 单是英镑",
        "1 单是英镑，付款那天还没有汇率",
    ]


def test_a_rate_changed_twice_leaves_the_last_one_in_every_figure(
    bring: Bring, inside: World, home: Home
) -> None:
    bring(FILE, currency="GBP")
    row = rate(inside, "9")
    first = len(events())
    for value in ("9.5", "8.7"):
        day = date(2026, 11, 1)
        rates.correct_rate(row, since=day, rate=Decimal(value), by=SYSTEM)
        row.refresh_from_db()
    told = len(events())
    assert told > first
    gross = sum(converted(amount, Decimal("8.7")) for amount in (13_000, 55, 2_000))
    back = converted(505, Decimal("8.7"))
    assert figures(inside, home) == (3, gross, back, gross - back)
    conversion.tell_due(inside.brand)
    assert jobs.tell_all_rates.call_local() == 0
    assert len(events()) == 0 and figures(inside, home)[1] == gross


def test_the_same_rate_again_corrects_nothing(bring: Bring, inside: World) -> None:
    bring(FILE, currency="GBP")
    row = rate(inside, "9")
    told = len(events())
    assert rate(inside, "9") == row
    rates.correct_rate(row, since=row.since, rate=Decimal("9.00"), by=SYSTEM)
    assert len(events()) == told


def test_a_rate_moved_past_another_corrects_the_days_it_left_and_came_to(
    inside: World, home: Home
) -> None:
    rate(inside, "8", "2026-11-01")
    rate(inside, "9", "2026-11-05")
    late = rate(inside, "10", "2026-11-10")
    for number, day in (("A", "2026-11-03"), ("B", "2026-11-06"), ("C", "2026-11-12")):
        pounds(inside, number, 100, day)
    assert figures(inside, home)[1] == 800 + 900 + 1000
    rates.correct_rate(late, since=date(2026, 11, 2), rate=Decimal(10), by=SYSTEM)
    assert figures(inside, home)[1] == 1000 + 900 + 900


def test_removing_a_rate_leaves_the_one_before_it_or_nothing(
    bring: Bring, inside: World, home: Home
) -> None:
    early = rate(inside, "9", "2026-11-01")
    late = rate(inside, "10", "2026-11-04")
    bring(FILE, currency="GBP")
    rates.remove_rate(late, by=SYSTEM)
    gross = 117_000 + 495 + 18_000
    assert figures(inside, home) == (3, gross, 4_545, gross - 4_545)
    rates.remove_rate(early, by=SYSTEM)
    assert figures(inside, home)[1:] == (0, 0, 0)
    assert conversion.waiting_of(inside.brand)[0].orders == 3
    rate(inside, "10", "2026-11-01")
    assert figures(inside, home) == (3, 150_550, 5_050, 145_500)


# -- refunds ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("parts", [(55,), (1, 54), (11, 11, 11, 11, 11), (5, 25, 25)])
def test_all_of_an_order_given_back_leaves_nothing(
    inside: World, home: Home, parts: tuple[int, ...]
) -> None:
    rate(inside, "9.3")
    rate(inside, "12", "2026-11-15")
    order = pounds(inside, "G2", 55)
    moment = datetime(2026, 11, 20, tzinfo=SHANGHAI)
    for part in parts:
        record_refund(order, amount=part, refunded_at=moment, by=SYSTEM)
    assert figures(inside, home) == (1, 512, 512, 0)
    row = ExchangeRate.objects.get(since=date(2026, 11, 1))
    rates.correct_rate(row, since=row.since, rate=Decimal("7.77"), by=SYSTEM)
    assert figures(inside, home) == (1, 427, 427, 0)


def test_a_refund_of_an_order_that_waits_waits_with_it(inside: World, home: Home) -> None:
    order = pounds(inside, "G2", 1_000)
    moment = datetime(2026, 11, 20, tzinfo=SHANGHAI)
    record_refund(order, amount=400, refunded_at=moment, by=SYSTEM)
    rate(inside, "9", "2026-11-10")
    assert events() == []
    rate(inside, "8", "2026-11-01")
    assert figures(inside, home) == (1, 8_000, 3_200, 4_800)


LEDGER = (
    "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"
    "536365,A1,LANTERN,6,2026-11-03 08:26,2.55,17850,UK\n"
    "C536379,A1,LANTERN,-1,2026-11-10 09:41,2.55,17850,UK\n"
    "C536380,B9,MUG,-2,2026-11-12 09:41,1.00,17999,UK\n"
)


def test_a_return_without_an_order_is_worth_the_rate_of_its_own_day(
    bring: Bring, inside: World, home: Home
) -> None:
    bring(LEDGER, "retail.csv")
    (waiting,) = conversion.waiting_of(inside.brand)
    assert (waiting.orders, waiting.refunds) == (1, 1)
    rate(inside, "9", "2026-11-01")
    late = rate(inside, "10", "2026-11-12")
    assert figures(inside, home) == (1, 13_770, 2_295 + 2_000, 13_770 - 4_295)
    rates.correct_rate(late, since=late.since, rate=Decimal(11), by=SYSTEM)
    assert figures(inside, home) == (1, 13_770, 2_295 + 2_200, 13_770 - 4_495)


# -- who may, what is refused ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("currency", {"currency": "CNY"}),
        ("currency", {"currency": "gbp"}),
        ("rate", {"rate": Decimal(0)}),
        ("rate", {"rate": Decimal(1_000_000)}),
        ("since", {"since": date(1989, 12, 31)}),
        ("since", {"since": date(2100, 1, 1)}),
    ],
)
def test_what_cannot_be_is_refused(inside: World, field: str, values: dict[str, Any]) -> None:
    right = {"currency": "GBP", "since": date(2026, 11, 1), "rate": Decimal(9)}
    with pytest.raises(ValidationError) as refused:
        rates.add_rate(inside.brand, by=SYSTEM, **right | values)
    assert list(refused.value.message_dict) == [field]


def test_who_brings_no_data_in_sets_no_rate(inside: World) -> None:
    row = rate(inside, "9")
    by = inside.external.actor
    with pytest.raises(Forbidden):
        rates.add_rate(inside.brand, currency="USD", since=row.since, rate=Decimal(7), by=by)
    with pytest.raises(Forbidden):
        rates.correct_rate(row, since=row.since, rate=Decimal(7), by=by)
    with pytest.raises(Forbidden):
        rates.remove_rate(row, by=by)


def test_another_rate_for_the_same_day_is_refused_in_words(inside: World) -> None:
    rate(inside, "9.2")
    with pytest.raises(ValidationError, match="2026-11-01 起已有一条：1 英镑 = 9.2 人民币"):
        rate(inside, "9.3")


# -- sums over orders in the database --------------------------------------------------------------


def test_customers_and_products_are_summed_in_the_brands_currency(
    bring: Bring, inside: World
) -> None:
    head = "订单编号,付款时间,实付金额,会员名,商品名称,商家编码,数量,单价\n"
    bring(head + "G1,2026-11-03,100,lin,霜,S1,1,100\nG2,2026-11-08,50,zhou,霜,S1,1,50\n", currency="GBP")  # fmt: skip
    bring(head + "C1,2026-11-03,600,zhou,霜,S1,1,600\n", "元.csv")
    rate(inside, "9", "2026-11-05")
    lin, zhou = (Customer.objects.get(ref=ref) for ref in ("lin", "zhou"))
    bought = queries.purchases_of([lin, zhou])
    assert (bought[lin.pk]["count"], bought[lin.pk]["amount"]) == (1, None)
    assert (bought[zhou.pk]["count"], bought[zhou.pk]["amount"]) == (2, 105_000)
    (product,) = Product.objects.all()
    assert product.currency == "GBP"
    sold = queries.sales_of([product])["S1"]
    assert (sold["pieces"], sold["orders"], sold["amount"]) == (3, 3, 105_000)
    (ranked,) = queries.products_ranked(inside.brand, Product.objects.all(), "amount")
    assert ranked.rank == 105_000
    by_worth = queries.customers_ranked(inside.brand, Customer.objects.all(), "amount")
    assert {one.ref: one.rank for one in by_worth} == {"lin": None, "zhou": 105_000}


def test_orders_of_the_tag_are_not_counted_less_for_those_that_wait(
    bring: Bring, inside: World, home: Home
) -> None:
    bring(FILE, currency="GBP")
    figures(inside, home)
    assert queries.told_by_tag_alone(inside.brand) == 0


def test_a_future_day_is_far_enough_ahead(inside: World) -> None:
    soon = (timezone.localdate() + timedelta(30)).isoformat()
    assert rate(inside, "9", soon).since.isoformat() == soon
