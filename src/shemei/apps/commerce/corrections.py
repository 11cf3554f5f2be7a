"""Corrections: what the log is told of orders and refunds that it knows already; it only grows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from shemei.apps.commerce import exchange
from shemei.apps.commerce.exchange import Rates, Worth, held_at, rates_now
from shemei.apps.commerce.facts import OrderPlaced, owned, owner_fields, owners_of
from shemei.apps.commerce.models import Order, Refund
from shemei.apps.commerce.order_events import (
    code_of,
    give_back,
    given_before,
    gone_refunds,
    in_parts,
    order_placed,
    order_refunded,
    place,
    worth_of,
)
from shemei.kernel import outbox
from shemei.kernel.erased import off_the_log
from shemei.warehouse.vocabulary import CORRECTION, RECOUNT, Event, to_ts, uuid7

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from shemei.kernel.workspace import Workspace


@dataclass(frozen=True, slots=True)
class _Told:
    """What the log holds of an order, and what it is to hold; None where it does not know the order."""

    held: int | None
    now: int | None


def tell_changes(
    workspace: Workspace, changes: Iterable[tuple[Order, Mapping[str, Any]]], batch: str
) -> None:
    """Tell the log what became of orders that it already knows; ``changes`` pairs them with what they were."""
    for part in in_parts(changes):
        gone = off_the_log(workspace, (order.number for order, _ in part))
        present = [(order, before) for order, before in part if order.number not in gone]
        owners = owners_of(workspace, (order.promo_code for order, _ in present))
        foreign = _retold(workspace, [p for p in present if _is_foreign(workspace, *p)])
        events: list[Event] = []
        for order, before in present:
            told = foreign.get(order.pk) or _Told(before.get("amount", order.amount), order.amount)
            if told.held is not None and told.now is not None:
                tag = order.batch if order.pk in foreign else batch
                events += _amount_corrected(workspace, order, told, before, tag, owners)
                events += _other_corrections(workspace, order, told.now, before, batch, owners)
        outbox.log(events, workspace=workspace)


def _is_foreign(workspace: Workspace, order: Order, before: Mapping[str, Any]) -> bool:
    return {order.currency, before.get("currency", order.currency)} != {workspace.currency}


def _retold(
    workspace: Workspace, changes: Sequence[tuple[Order, Mapping[str, Any]]]
) -> dict[int, _Told]:
    """Weigh changed orders that are or were in another currency; what the log did not know is told as a whole.

    One that neither waits nor was told is left to the batch that brings it, which has not told it yet.
    What is corrected belongs to the batch that brought the order: undoing a later one puts the order back
    as it was, and settles what it is worth then.
    """
    if not changes:
        return {}
    rates = rates_now(workspace)
    orders = [order for order, _ in changes]
    known = Order.objects.in_bulk([order.pk for order in orders])
    found = {pk: _Told(None, None) for pk in known}
    for order, before in changes:
        fresh = known[order.pk]
        order.reported, order.rate, order.waiting = fresh.reported, fresh.rate, fresh.waiting
        if before.get("currency", order.currency) == workspace.currency:
            order.reported = before.get("amount", order.amount)
        if order.reported is not None or order.waiting is not None:
            found[order.pk] = _weigh(workspace, order, rates)
    exchange.keep(orders)
    _remember_days([(order, before) for order, before in changes if order.batch])
    untold = [o for o in orders if found[o.pk].held is None and found[o.pk].now is not None]
    place(workspace, untold)
    settle_refunds(workspace, _refunds_of(orders), rates)
    return found


def _remember_days(changes: Iterable[tuple[Order, Mapping[str, Any]]]) -> None:
    """Keep on orders that moved the first and the last moment that their batch has told the log of."""
    moved = []
    for order, before in changes:
        if was := before.get("paid_at"):
            stood = (datetime.fromisoformat(was), order.paid_at, order.told_from, order.told_until)
            moments = [moment for moment in stood if moment]
            order.told_from, order.told_until = min(moments), max(moments)
            moved.append(order)
    Order.objects.bulk_update(moved, ["told_from", "told_until"], batch_size=500)


def _weigh(workspace: Workspace, order: Order, rates: Rates) -> _Told:
    """Note what an order is worth now; ``reported`` is what the log holds of it until now."""
    held, is_raw = order.reported, order.rate is None and bool(order.waiting)
    if order.currency == workspace.currency:
        exchange.forget(order)
        return _Told(held, order.amount)
    worth = rates.worth(order.amount, order.currency, order.paid_at)
    now = held_at(held, worth, is_raw=is_raw)
    exchange.note(order, now, worth)
    return _Told(held, now)


def settle_orders(workspace: Workspace, orders: Sequence[Order]) -> int:
    """Tell the log what orders and what was given back of them are worth now, where it holds something else.

    Of an order in the brand's own currency ``reported`` must say what the log holds. Returns how many orders were
    told or corrected.
    """
    if not orders:
        return 0
    rates = rates_now(workspace)
    gone = off_the_log(workspace, (order.number for order in orders))
    present = [order for order in orders if order.number not in gone]
    owners = owners_of(workspace, (order.promo_code for order in present))
    told = {order.pk: _weigh(workspace, order, rates) for order in present}
    for order in orders:
        if order.number in gone:
            order.waiting = None
    exchange.keep(orders)
    fresh = [o for o in present if told[o.pk].held is None and told[o.pk].now is not None]
    place(workspace, fresh)
    corrected = [o for o in present if told[o.pk].held not in (None, told[o.pk].now)]
    events = [
        event
        for order in corrected
        for event in _amount_corrected(workspace, order, told[order.pk], {}, order.batch, owners)
    ]
    outbox.log(events, workspace=workspace)
    settle_refunds(workspace, _refunds_of(present), rates)
    return len(fresh) + len(corrected)


def _refunds_of(orders: Iterable[Order]) -> list[Refund]:
    by_pk = {order.pk: order for order in orders}
    rows = list(Refund.objects.filter(order__in=by_pk).select_related("customer").order_by("pk"))
    for row in rows:
        row.order = by_pk[row.order_id or 0]
    return rows


def settle_refunds(workspace: Workspace, refunds: Sequence[Refund], rates: Rates) -> None:
    """Tell the log what refunds are worth now, where it holds something else.

    One that nothing is noted of is either told as it is, or not told yet: its batch will.
    """
    noted = [row for row in refunds if row.reported is not None or row.waiting is not None]
    if not noted:
        return
    gone, earlier = (
        gone_refunds(workspace, noted),
        given_before({r.order_id for r in noted if r.order_id}),
    )
    owners = owners_of(workspace, map(code_of, noted))
    fresh, events = [], []
    for row in noted:
        held, is_raw = row.reported, row.rate is None and bool(row.waiting)
        if row.pk in gone:
            row.waiting = None
            continue
        worth = Worth(row.amount)
        if row.currency != workspace.currency:
            worth = worth_of(row, row.order, earlier[row.pk], rates)
        now = held_at(held, worth, is_raw=is_raw)
        exchange.note(row, now, worth)
        if held is None and now is not None:
            fresh.append(row)
        elif held is not None and now is not None and now != held:
            owner = owner_fields(owners.get(code_of(row)))
            (told,) = order_refunded(workspace, row, now - held, owner).to_events()
            events.append(replace(told, action=RECOUNT, quantity=0))
        if row.currency == workspace.currency:
            exchange.forget(row)
    exchange.keep(noted)
    give_back(workspace, fresh)
    outbox.log(events, workspace=workspace)


def _amount_corrected(
    workspace: Workspace,
    order: Order,
    told: _Told,
    before: Mapping[str, Any],
    batch: str,
    owners: Mapping[str, Any],
) -> Iterator[Event]:
    """The log only grows: a corrected amount is a signed refund on the order's day."""
    if told.held is None or told.now is None or told.held == told.now:
        return
    placed = order_placed(workspace, order, told.now, owner_fields(owners.get(order.promo_code)))
    same_code = before.get("promo_code", order.promo_code) == order.promo_code
    code = {"promo_code": order.promo_code, **owned(placed)} if same_code else {}
    yield Event(
        kind="refund",
        amount=told.held - told.now,
        currency=workspace.currency,
        quantity=0,
        props=placed.props,
        **_who(placed, batch),
        **code,
    )


def _who(placed: OrderPlaced, batch: str) -> dict[str, Any]:
    """What every correction of an order says."""
    return {
        "workspace": placed.workspace,
        "ts": placed.ts,
        "order_id": placed.number,
        "customer": placed.customer,
        "phone": placed.phone,
        "source": "import" if batch else "manual",
        "batch": batch,
        "action": CORRECTION,
    }


def _other_corrections(
    workspace: Workspace,
    order: Order,
    worth: int,
    before: Mapping[str, Any],
    batch: str,
    owners: Mapping[str, Any],
) -> Iterator[Event]:
    """A new code is a redeem; a new time, visitor or click is told once more."""
    placed = order_placed(workspace, order, worth, owner_fields(owners.get(order.promo_code)))
    who = _who(placed, batch)
    if order.promo_code and before.get("promo_code", order.promo_code) != order.promo_code:
        redeem = placed.to_events()[0].as_dict() | {"batch": batch, "action": CORRECTION}
        yield Event(**redeem)
    if was := before.get("paid_at"):
        yield from _moved(placed, datetime.fromisoformat(was), who)
    if any(name in before for name in ("click_id", "visitor")):
        yield Event(kind="custom", visitor=order.visitor, click_id=order.click_id, **who)


def _moved(placed: OrderPlaced, was: datetime, who: Mapping[str, Any]) -> Iterator[Event]:
    """The order told once more at its right time, under an id of now; and a word on the day it left."""
    told = placed.to_events()[-1].as_dict() | {"source": "correction", "batch": who["batch"]}
    yield Event(**told | {"event_id": uuid7(), "action": CORRECTION})
    yield Event(kind="custom", **who | {"ts": to_ts(was)})
