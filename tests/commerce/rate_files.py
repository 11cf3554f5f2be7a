"""A file of orders in pounds, rates for them, and what every board makes of it."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from shemei.apps.commerce import rates
from shemei.apps.commerce.actions import record_order
from shemei.apps.commerce.listings import ORDERS
from shemei.apps.commerce.models import Order
from shemei.apps.commerce.rules import OrderDraft
from shemei.kernel import outbox
from shemei.kernel.actor import SYSTEM
from shemei.warehouse.computed.settling import settle
from shemei.warehouse.lake import Lake
from shemei.warehouse.questions import Totals
from shemei.warehouse.vocabulary import SHANGHAI, to_ts

if TYPE_CHECKING:
    from tests.world import World

    from shemei.apps.commerce.models import ExchangeRate
    from shemei.warehouse.home import Home

HEAD = "订单编号,付款时间,实付金额,会员名,优惠码,退款金额,退款时间\n"
FILE = HEAD + (
    "G1,2026-11-03 09:05,130,lin,azhi30,,\n"
    "G2,2026-11-04 10:00,0.55,zhou,,,\n"
    "G3,2026-11-05 08:00,20,lin,,5.05,2026-11-20 12:00\n"
)
METRICS = ("orders", "revenue", "refunds", "net_revenue")


def figures(world: World, home: Home) -> tuple[int, ...]:
    """Orders, revenue, refunds and net revenue of November, as every board has them."""
    outbox.relay(home)
    settle(home)
    question = Totals(world.brand.key, 20261101, 20261130, METRICS)
    (row,) = Lake(home).ask(question).rows.to_pylist()
    return tuple(row[name] for name in METRICS)


def rate(
    world: World, value: str, since: str = "2026-11-01", currency: str = "GBP"
) -> ExchangeRate:
    day = date.fromisoformat(since)
    row, _ = rates.add_rate(
        world.brand, currency=currency, since=day, rate=Decimal(value), by=SYSTEM
    )
    return row


def pounds(world: World, number: str, amount: int, day: str = "2026-11-03") -> Order:
    paid = to_ts(datetime.fromisoformat(f"{day}T09:00").replace(tzinfo=SHANGHAI))
    draft = OrderDraft(number, paid, amount, paid, currency="GBP")
    return record_order(world.brand, draft, by=SYSTEM)[0]


def shown_worth(world: World, order: Order) -> str:
    """What the list of orders writes as 折合."""
    (column,) = (column for column in ORDERS.columns if column.name == "worth")
    page: Any = SimpleNamespace(workspace=world.brand)
    (row,) = ORDERS.annotated([Order.objects.get(pk=order.pk)], page)
    return str(column.value(row))
