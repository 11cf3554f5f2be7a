"""Orders that wait for a rate, and telling the log of them once there is one: bit by bit, whoever begins.

A changed rate marks the orders of its days as waiting (``open_days``); what is marked is told in parts, each in a
transaction of its own, by who changed the rate and by the worker after them. The mark is the truth: whatever
breaks off is gone on with, and nothing is told twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Count, F, Min, Q

from shemei.apps.commerce.corrections import settle_orders, settle_refunds
from shemei.apps.commerce.exchange import due, midnight, rates_now, rates_of
from shemei.apps.commerce.models import Order, Refund
from shemei.warehouse.vocabulary import SHANGHAI

if TYPE_CHECKING:
    from shemei.apps.commerce.exchange import Rates
    from shemei.kernel.workspace import Workspace

AT_ONCE = 2_000
_OWN_DAY = Q(order=None) | ~Q(order__currency=F("currency"))
"""Refunds that follow no order's rate: of no order, or in another currency than theirs."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """Orders of a currency that no rate is known for, the day of the oldest, and refunds that belong to none.

    ``raw`` of the orders an older version counted with their amount as it was.
    """

    currency: str
    orders: int
    refunds: int
    raw: int
    oldest: date


def waiting_of(workspace: Workspace) -> list[Waiting]:
    """What waits for a rate, by currency, the most orders first."""
    rates = rates_of(workspace)
    orders = _waiting(workspace, Order, "paid_at", rates, Q())
    refunds = _waiting(workspace, Refund, "refunded_at", rates, _OWN_DAY)
    found = []
    for currency in orders.keys() | refunds.keys():
        n, raw, first = orders.get(currency, (0, 0, None))
        loose, _, first_loose = refunds.get(currency, (0, 0, None))
        oldest = min(moment for moment in (first, first_loose) if moment)
        day = oldest.astimezone(SHANGHAI).date()
        found.append(Waiting(currency, n, loose, raw, day))
    return sorted(found, key=lambda one: (-one.orders, one.currency))


def _waiting(
    workspace: Workspace, model: Any, moment: str, rates: Rates, which: Q
) -> dict[str, tuple[int, int, datetime]]:
    rows = model.objects.filter(which, workspace=workspace, waiting=True)
    rows = rows.exclude(due(rates, moment)).order_by().values("currency")
    counted = Count("pk", filter=Q(reported__isnull=False) & ~Q(reported=0))
    sums = rows.annotate(n=Count("pk"), raw=counted, first=Min(moment))
    return {row["currency"]: (row["n"], row["raw"], row["first"]) for row in sums}


def left_to_tell(workspace: Workspace) -> int:
    """How many orders have a rate that the log does not know yet."""
    return Order.objects.filter(due(rates_of(workspace), "paid_at"), workspace=workspace).count()


def open_days(workspace: Workspace, currency: str, first: date, until: date | None) -> None:
    """Mark what the log was told of days before ``until`` as waiting: their rate has changed.

    So has that of what was worth too much to be told.
    """
    told = Q(workspace=workspace, currency=currency)
    told &= Q(reported__isnull=False) | Q(waiting=False)
    for rows, moment in (
        (Order.objects.all(), "paid_at"),
        (Refund.objects.filter(_OWN_DAY), "refunded_at"),
    ):
        span = Q(**{f"{moment}__gte": midnight(first)})
        if until:
            span &= Q(**{f"{moment}__lt": midnight(until)})
        rows.filter(told & span).update(waiting=True)


@dataclass(frozen=True, slots=True)
class Part:
    """How many orders were told or corrected, and the last one looked at where there may be more, else 0."""

    told: int
    last: int


def tell_due(workspace: Workspace) -> int:
    """Tell the log of everything that waits and has its rate; returns how many orders."""
    part = tell_some(workspace)
    told = part.told
    while part.last:
        part = tell_some(workspace, part.last)
        told += part.told
    return told


@transaction.atomic
def tell_some(workspace: Workspace, after: int = 0) -> Part:
    """Tell the log of the next orders that wait and have their rate; once there is none, of loose refunds."""
    rates = rates_now(workspace)
    mine = Order.objects.filter(due(rates, "paid_at"), workspace=workspace, pk__gt=after)
    orders = list(mine.select_related("customer").order_by("pk")[:AT_ONCE])
    told = settle_orders(workspace, orders) if orders else 0
    if len(orders) == AT_ONCE:
        return Part(told, orders[-1].pk)
    last = orders[-1].pk if orders else after
    rows = Refund.objects.filter(_OWN_DAY, due(rates, "refunded_at"), workspace=workspace)
    refunds = list(rows.select_related("order", "customer").order_by("pk")[:AT_ONCE])
    settle_refunds(workspace, refunds, rates)
    return Part(told, max(last, 1) if len(refunds) == AT_ONCE else 0)
