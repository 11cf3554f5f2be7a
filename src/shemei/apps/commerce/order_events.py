"""Facts out of rows: what the log and the other rooms learn of orders, refunds and corrections.

Of an order that left the log with the erased person who placed it, nobody learns anything.
"""

from __future__ import annotations

from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar

from shemei.apps.commerce.facts import (
    OrderPlaced,
    OrderRefunded,
    owned,
    owner_fields,
    owners_of,
)
from shemei.kernel import outbox
from shemei.kernel.erased import RETURN, erased_until, off_the_log
from shemei.warehouse.vocabulary import Event, to_ts, uuid7

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from shemei.apps.commerce.models import Order, Refund
    from shemei.kernel.workspace import Workspace

AT_ONCE = 4_000
Row = TypeVar("Row")


def tell_orders(workspace: Workspace, orders: Iterable[Order]) -> None:
    """Emit that these orders were placed, each with the owner of the code it used."""
    for part in _parts(orders):
        gone = off_the_log(workspace, (order.number for order in part))
        owners = owners_of(workspace, (order.promo_code for order in part))
        outbox.emit_all(
            [
                _placed(workspace, order, owner_fields(owners.get(order.promo_code)))
                for order in part
                if order.number not in gone
            ],
            workspace=workspace,
        )


def tell_refunds(workspace: Workspace, refunds: Iterable[Refund]) -> None:
    """Emit that money went back, each with the code of its order."""
    for part in _parts(refunds):
        gone = _gone(workspace, part)
        owners = owners_of(workspace, map(_code, part))
        outbox.emit_all(
            [
                _refunded(workspace, refund, owner_fields(owners.get(_code(refund))))
                for refund in part
                if refund.pk not in gone
            ],
            workspace=workspace,
        )


def _gone(workspace: Workspace, refunds: Sequence[Refund]) -> set[int]:
    """Refunds of what is no longer in the log: of an order that left it, of a return by who left it."""
    orders = {row.pk: row.order.number for row in refunds if row.order}
    loose = {row.pk: (RETURN, row.number) for row in refunds if not row.order}
    off, returned = off_the_log(workspace, orders.values()), erased_until(workspace, loose.values())
    return {pk for pk, number in orders.items() if number in off} | {
        pk for pk, one in loose.items() if one in returned
    }


def _code(refund: Refund) -> str:
    return refund.order.promo_code if refund.order else ""


def _parts(rows: Iterable[Row]) -> Iterator[list[Row]]:
    pending = iter(rows)
    while part := list(islice(pending, AT_ONCE)):
        yield part


def _placed(workspace: Workspace, order: Order, owner: Mapping[str, str]) -> OrderPlaced:
    return OrderPlaced(
        workspace=workspace.key,
        order=order.key,
        number=order.number,
        ts=to_ts(order.paid_at),
        amount=order.amount,
        currency=order.currency,
        quantity=order.quantity,
        customer=order.customer.key if order.customer else "",
        phone=order.customer.phone_hash if order.customer else "",
        click_id=order.click_id,
        visitor=order.visitor,
        promo_code=order.promo_code,
        region=order.region,
        source=order.source,
        batch=order.batch,
        **owner,
    )


def _refunded(workspace: Workspace, refund: Refund, owner: Mapping[str, str]) -> OrderRefunded:
    return OrderRefunded(
        workspace=workspace.key,
        refund=refund.key,
        number=refund.order.number if refund.order else "",
        ts=to_ts(refund.refunded_at),
        amount=refund.amount,
        currency=refund.currency,
        quantity=sum(item.get("quantity", 0) for item in refund.items),
        customer=refund.customer.key if refund.customer else "",
        phone=refund.customer.phone_hash if refund.customer else "",
        source="import" if refund.batch else "manual",
        batch=refund.batch,
        promo_code=_code(refund),
        **owner,
    )


def tell_changes(
    workspace: Workspace, changes: Iterable[tuple[Order, Mapping[str, Any]]], batch: str
) -> None:
    """Tell the log what became of orders that it already knows; ``changes`` pairs them with what they were."""
    for part in _parts(changes):
        gone = off_the_log(workspace, (order.number for order, _ in part))
        owners = owners_of(workspace, (order.promo_code for order, _ in part))
        events = [
            event
            for order, before in part
            if order.number not in gone
            for event in _corrections(workspace, order, before, batch, owners)
        ]
        outbox.log(events, workspace=workspace)


def _corrections(
    workspace: Workspace,
    order: Order,
    before: Mapping[str, Any],
    batch: str,
    owners: Mapping[str, Any],
) -> Iterator[Event]:
    """The log only grows: a corrected amount is a signed refund on the order's day, a new code a redeem."""
    placed = _placed(workspace, order, owner_fields(owners.get(order.promo_code)))
    who = {
        "workspace": workspace.key,
        "ts": placed.ts,
        "order_id": order.number,
        "customer": placed.customer,
        "phone": placed.phone,
        "source": "import" if batch else "manual",
        "batch": batch,
        "action": "correction",
    }
    if before.get("amount", order.amount) != order.amount:
        less = before["amount"] - order.amount
        same_code = before.get("promo_code", order.promo_code) == order.promo_code
        code = {"promo_code": order.promo_code, **owned(placed)} if same_code else {}
        yield Event(kind="refund", amount=less, currency=order.currency, quantity=0, **who, **code)
    if order.promo_code and before.get("promo_code", order.promo_code) != order.promo_code:
        redeem = placed.to_events()[0].as_dict() | {"batch": batch, "action": "correction"}
        yield Event(**redeem)
    if was := before.get("paid_at"):
        yield from _moved(placed, datetime.fromisoformat(was), who)
    if any(name in before for name in ("click_id", "visitor")):
        yield Event(kind="custom", visitor=order.visitor, click_id=order.click_id, **who)


def _moved(placed: OrderPlaced, was: datetime, who: Mapping[str, Any]) -> Iterator[Event]:
    """The order told once more at its right time, under an id of now; and a word on the day it left."""
    told = placed.to_events()[-1].as_dict() | {"source": "correction", "batch": who["batch"]}
    yield Event(**told | {"event_id": uuid7(), "action": "correction"})
    yield Event(kind="custom", **who | {"ts": to_ts(was)})
