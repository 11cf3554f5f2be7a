"""Facts out of rows: what the log and the other rooms learn of orders and refunds.

The log speaks one currency, the brand's. What comes in another is told at the rate of its day, a refund at
its order's, with the amount as it was beside it; without a rate it is not told, it waits. Of an order that
left the log with the erased person who placed it, nobody learns anything.
"""

from __future__ import annotations

from collections import Counter
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar

from shemei.apps.commerce import exchange
from shemei.apps.commerce.exchange import Rates, Worth, rates_now
from shemei.apps.commerce.facts import (
    OrderPlaced,
    OrderRefunded,
    owner_fields,
    owners_of,
)
from shemei.apps.commerce.models import Order, Refund
from shemei.apps.commerce.rules import converted_after, rate_words
from shemei.kernel import outbox
from shemei.kernel.erased import RETURN, erased_until, off_the_log
from shemei.warehouse.vocabulary import to_ts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from shemei.kernel.workspace import Workspace

AT_ONCE = 4_000
Row = TypeVar("Row")


def tell_orders(workspace: Workspace, orders: Iterable[Order]) -> None:
    """Emit that these orders were placed, each with the owner of the code it used."""
    for part in in_parts(orders):
        gone = off_the_log(workspace, (order.number for order in part))
        present = [order for order in part if order.number not in gone]
        if foreign := [order for order in present if order.currency != workspace.currency]:
            rates = rates_now(workspace)
            for order in foreign:
                worth = rates.worth(order.amount, order.currency, order.paid_at)
                exchange.note(order, worth.amount, worth)
            exchange.keep(foreign)
        place(workspace, present)


def place(workspace: Workspace, orders: Iterable[Order]) -> None:
    """Emit that orders were placed, but for those that wait for their rate."""
    known = [(order, order.worth_in(workspace.currency)) for order in orders]
    owners = owners_of(workspace, (order.promo_code for order, _ in known))
    outbox.emit_all(
        [
            order_placed(workspace, order, worth, owner_fields(owners.get(order.promo_code)))
            for order, worth in known
            if worth is not None
        ],
        workspace=workspace,
    )


def tell_refunds(workspace: Workspace, refunds: Iterable[Refund]) -> None:
    """Emit that money went back, each with the code of its order."""
    for part in in_parts(refunds):
        gone = gone_refunds(workspace, part)
        present = [refund for refund in part if refund.pk not in gone]
        if foreign := [row for row in present if row.currency != workspace.currency]:
            _value_refunds(foreign, rates_now(workspace))
        give_back(workspace, present)


def give_back(workspace: Workspace, refunds: Iterable[Refund]) -> None:
    known = [(refund, refund.worth_in(workspace.currency)) for refund in refunds]
    owners = owners_of(workspace, (code_of(refund) for refund, _ in known))
    outbox.emit_all(
        [
            order_refunded(workspace, refund, worth, owner_fields(owners.get(code_of(refund))))
            for refund, worth in known
            if worth is not None
        ],
        workspace=workspace,
    )


def _value_refunds(refunds: Sequence[Refund], rates: Rates) -> None:
    """Note what refunds in another currency are worth: at the rate that their order was told at."""
    ids = {refund.order_id for refund in refunds if refund.order_id}
    orders = {order.pk: order for order in Order.objects.filter(pk__in=ids)}
    earlier = given_before(ids)
    for refund in refunds:
        order = orders.get(refund.order_id or 0)
        worth = worth_of(refund, order, earlier[refund.pk], rates)
        exchange.note(refund, worth.amount, worth)
    exchange.keep(refunds)


def given_before(orders: Iterable[int]) -> Counter[int]:
    """What had been given back of its order before each refund, in the refund's currency."""
    given: Counter[tuple[int, str]] = Counter()
    before: Counter[int] = Counter()
    rows = Refund.objects.filter(order__in=list(orders)).order_by("pk")
    for pk, order, currency, amount in rows.values_list("pk", "order_id", "currency", "amount"):
        before[pk] = given[order, currency]
        given[order, currency] += amount
    return before


def worth_of(refund: Refund, order: Order | None, earlier: int, rates: Rates) -> Worth:
    """A refund at its order's rate, so that all of an order given back leaves nothing; else at its own day's."""
    if order is None or order.currency != refund.currency:
        return rates.worth(refund.amount, refund.currency, refund.refunded_at)
    if order.rate is None:
        return exchange.UNKNOWN
    return Worth(converted_after(earlier, refund.amount, order.rate), order.rate)


def gone_refunds(workspace: Workspace, refunds: Sequence[Refund]) -> set[int]:
    """Refunds of what is no longer in the log: of an order that left it, of a return by who left it."""
    orders = {row.pk: row.order.number for row in refunds if row.order}
    loose = {row.pk: (RETURN, row.number) for row in refunds if not row.order}
    off, returned = off_the_log(workspace, orders.values()), erased_until(workspace, loose.values())
    return {pk for pk, number in orders.items() if number in off} | {
        pk for pk, one in loose.items() if one in returned
    }


def code_of(refund: Refund) -> str:
    return refund.order.promo_code if refund.order else ""


def in_parts(rows: Iterable[Row]) -> Iterator[list[Row]]:
    pending = iter(rows)
    while part := list(islice(pending, AT_ONCE)):
        yield part


def _original(workspace: Workspace, row: Order | Refund) -> dict[str, Any]:
    """The amount as it was, where the brand counts in another currency."""
    if row.currency == workspace.currency:
        return {}
    rate = rate_words(row.rate) if row.rate is not None else ""
    return {"original_amount": row.amount, "original_currency": row.currency, "rate": rate}


def order_placed(
    workspace: Workspace, order: Order, worth: int, owner: Mapping[str, str]
) -> OrderPlaced:
    return OrderPlaced(
        workspace=workspace.key,
        order=order.key,
        number=order.number,
        ts=to_ts(order.paid_at),
        amount=worth,
        currency=workspace.currency,
        quantity=order.quantity,
        customer=order.customer.key if order.customer else "",
        phone=order.customer.phone_hash if order.customer else "",
        click_id=order.click_id,
        visitor=order.visitor,
        promo_code=order.promo_code,
        region=order.region,
        source=order.source,
        batch=order.batch,
        **_original(workspace, order),
        **owner,
    )


def order_refunded(
    workspace: Workspace, refund: Refund, worth: int, owner: Mapping[str, str]
) -> OrderRefunded:
    return OrderRefunded(
        workspace=workspace.key,
        refund=refund.key,
        number=refund.order.number if refund.order else "",
        ts=to_ts(refund.refunded_at),
        amount=worth,
        currency=workspace.currency,
        quantity=sum(item.get("quantity", 0) for item in refund.items),
        customer=refund.customer.key if refund.customer else "",
        phone=refund.customer.phone_hash if refund.customer else "",
        source="import" if refund.batch else "manual",
        batch=refund.batch,
        promo_code=code_of(refund),
        **_original(workspace, refund),
        **owner,
    )
