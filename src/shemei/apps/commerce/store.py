"""Putting order drafts into the database in bulk: the same number is the same order, nothing over something."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.db.models import F
from django.utils import timezone

from shemei.apps.commerce.erasure import without_erased
from shemei.apps.commerce.models import Customer, Order, OrderLine, Product, Refund
from shemei.apps.commerce.order_events import in_parts
from shemei.apps.commerce.rules import is_step_back
from shemei.kernel.workspace import one_at_a_time
from shemei.warehouse.vocabulary import from_ts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from shemei.apps.commerce.rules import CustomerDraft, LineDraft, OrderDraft
    from shemei.kernel.workspace import Workspace

_TEXTS = ("state", "promo_code", "click_id", "visitor", "region")
_LINE = ("sku", "name", "quantity", "unit_price", "amount")


@dataclass(slots=True)
class Saved:
    """What a call of :func:`save_orders` did. ``befores`` is order key → its former values.

    ``news`` says what changes by order key; ``kept`` pairs the key of an order with a field that was empty.
    ``unnamed`` counts orders that are kept without their buyer, who was erased, ``further`` those whose state
    would have gone back.
    """

    new: list[Order] = field(default_factory=list)
    changed: list[Order] = field(default_factory=list)
    same: int = 0
    kept: list[tuple[Order, str]] = field(default_factory=list)
    unnamed: int = 0
    further: int = 0
    refunds: list[Refund] = field(default_factory=list)
    befores: dict[str, dict[str, Any]] = field(default_factory=dict)
    news: dict[str, dict[str, Any]] = field(default_factory=dict)


def save_orders(
    workspace: Workspace,
    drafts: Sequence[OrderDraft],
    *,
    source: str,
    batch: str = "",
    apply: bool = True,
    forward_only: bool = False,
) -> Saved:
    """Create or change the orders of ``drafts``; with ``apply=False`` only say what would happen.

    ``forward_only`` keeps a state that is further than what a file says, which may be an old one.
    """
    drafts, unnamed = without_erased(workspace, drafts, apply=apply)
    saved = Saved(unnamed=unnamed)
    old = _existing(drafts)
    currencies = {row.currency for row in (*drafts, *old.values())}
    if apply and currencies - {workspace.currency}:
        one_at_a_time(workspace)
    customers = _customers(workspace, drafts, batch) if apply else _known_customers(drafts)
    if apply:
        _products(workspace, drafts, batch)
    fresh: list[tuple[Order, OrderDraft]] = []
    for draft in drafts:
        customer = customers.get(_identity(draft.customer))
        if draft.number in old:
            how = {"apply": apply, "forward_only": forward_only}
            _change(saved, old[draft.number], draft, customer, **how)
        else:
            fresh.append((_order(workspace, draft, customer, source, batch), draft))
    saved.new = [order for order, _ in fresh]
    if apply:
        Order.objects.bulk_create(saved.new, batch_size=1000)
        _insert_lines((order.pk, line) for order, draft in fresh for line in draft.lines)
        _save_changes(workspace, saved, drafts)
    again = [(old[d.number], d) for d in drafts if d.number in old]
    _book_refunds(workspace, saved, [*fresh, *again], batch, apply)
    return saved


def _existing(drafts: Sequence[OrderDraft]) -> dict[str, Order]:
    numbers = [draft.number for draft in drafts]
    rows = Order.objects.filter(number__in=numbers).select_related("customer")
    return {order.number: order for order in rows.prefetch_related("lines")}


def _order(
    workspace: Workspace, draft: OrderDraft, customer: Customer | None, source: str, batch: str
) -> Order:
    return Order(
        workspace=workspace,
        number=draft.number,
        placed_at=from_ts(draft.placed_at or draft.paid_at),
        paid_at=from_ts(draft.paid_at),
        customer=customer,
        amount=draft.amount,
        quantity=draft.quantity,
        currency=draft.currency,
        state=draft.state or Order.State.PAID,
        promo_code=draft.promo_code,
        click_id=draft.click_id,
        visitor=draft.visitor,
        region=draft.region,
        source=source,
        batch=batch,
    )


def _insert_lines(lines: Iterable[tuple[int, LineDraft]]) -> None:
    """Lines by the hundred thousand: plain executemany is several times faster than model instances."""
    quote = connection.ops.quote_name
    names = ", ".join(map(quote, ("order_id", *_LINE, "returned")))
    table = quote(OrderLine._meta.db_table)
    sql = f"INSERT INTO {table} ({names}) VALUES (%s, %s, %s, %s, %s, %s, 0)"
    rows = [(pk, d.sku, d.name, d.quantity, d.unit_price, d.amount) for pk, d in lines]
    if rows:
        with connection.cursor() as cursor:
            cursor.executemany(sql, rows)


# -- people and products -------------------------------------------------------------------------


def _identity(draft: CustomerDraft | None) -> str:
    if draft is None:
        return ""
    return f"r:{draft.ref}" if draft.ref else f"p:{draft.phone_hash}"


def _known_customers(drafts: Sequence[OrderDraft]) -> dict[str, Customer]:
    people = [draft.customer for draft in drafts if draft.customer]
    refs = {p.ref for p in people if p.ref}
    hashes = {p.phone_hash for p in people if p.phone_hash}
    found = {f"r:{c.ref}": c for c in Customer.objects.filter(ref__in=refs)} if refs else {}
    if hashes:
        by_phone = {
            c.phone_hash: c for c in Customer.objects.filter(phone_hash__in=hashes).order_by("-id")
        }
        for person in people:
            if person.phone_hash in by_phone and not person.ref:
                found[_identity(person)] = by_phone[person.phone_hash]
    return found


def _customers(
    workspace: Workspace, drafts: Sequence[OrderDraft], batch: str
) -> dict[str, Customer]:
    """Everyone in ``drafts`` as a row; a known person learns a phone or a name that was missing."""
    found = _known_customers(drafts)
    fresh: dict[str, Customer] = {}
    learned: dict[int, Customer] = {}
    for person in (draft.customer for draft in drafts if draft.customer):
        row = found.get(_identity(person)) or fresh.get(_identity(person))
        if row is None:
            fresh[_identity(person)] = Customer(workspace=workspace, batch=batch, **_person(person))
        elif _learn(row, person) and row.pk:
            learned[row.pk] = row
    Customer.objects.bulk_create(fresh.values(), batch_size=1000)
    Customer.objects.bulk_update(learned.values(), list(_PERSON[1:]), batch_size=500)
    return found | fresh


_PERSON = ("ref", "phone_hash", "phone_tail", "name_masked")


def _person(draft: CustomerDraft) -> dict[str, str]:
    return {name: getattr(draft, name) for name in _PERSON}


def _learn(row: Customer, draft: CustomerDraft) -> bool:
    news = {
        name: value for name, value in _person(draft).items() if value and not getattr(row, name)
    }
    for name, value in news.items():
        setattr(row, name, value)
    return bool(news)


def _products(workspace: Workspace, drafts: Sequence[OrderDraft], batch: str) -> None:
    lines = {
        line.sku: (line, draft.currency) for draft in drafts for line in draft.lines if line.sku
    }
    known = set(Product.objects.filter(sku__in=lines).values_list("sku", flat=True))
    fresh = [
        Product(
            workspace=workspace,
            sku=sku,
            name=line.name,
            price=line.unit_price,
            currency=currency,
            batch=batch,
        )
        for sku, (line, currency) in lines.items()
        if sku not in known
    ]
    Product.objects.bulk_create(fresh, batch_size=1000)


# -- orders that are already there ---------------------------------------------------------------


def _change(
    saved: Saved,
    order: Order,
    draft: OrderDraft,
    customer: Customer | None,
    *,
    apply: bool,
    forward_only: bool,
) -> None:
    news = _news(order, draft, customer)
    if forward_only and is_step_back(order.state, news.get("state", "")):
        del news["state"]
        saved.further += 1
    saved.kept += [(order, name) for name in _kept(order, draft)]
    lines = _lines_differ(order, draft)
    if not news and not lines:
        saved.same += 1
        return
    saved.changed.append(order)
    saved.news[order.key] = news | ({"lines": draft.lines} if lines else {})
    saved.befores[order.key] = snapshot(order, [*news, "customer_id"], with_lines=lines)
    if apply:
        for name, value in news.items():
            setattr(order, name, value)


def _news(order: Order, draft: OrderDraft, customer: Customer | None) -> dict[str, Any]:
    """What the draft says differently; an empty cell says nothing."""
    said: dict[str, Any] = {name: getattr(draft, name) for name in _TEXTS if getattr(draft, name)}
    if order.promo_code and not draft.code_is_said:
        said.pop("promo_code", None)
    said |= {"amount": draft.amount, "currency": draft.currency, **_moments(order, draft)}
    if draft.lines:
        said["quantity"] = draft.quantity
    if customer is not None:
        said["customer_id"] = customer.pk
    return {name: value for name, value in said.items() if getattr(order, name) != value}


def _moments(order: Order, draft: OrderDraft) -> dict[str, datetime]:
    """When it was paid; where nobody has ever said, that is when it was placed."""
    if draft.paid_is_said:
        return {"paid_at": from_ts(draft.paid_at)}
    if _knows_payment(order):
        return {}
    return {"paid_at": from_ts(draft.paid_at), "placed_at": from_ts(draft.placed_at)}


def _knows_payment(order: Order) -> bool:
    return order.paid_at != order.placed_at


def _kept(order: Order, draft: OrderDraft) -> list[str]:
    """What the order says and the draft does not."""
    empty = [name for name in _TEXTS[1:] if getattr(order, name) and not getattr(draft, name)]
    return [*empty, "paid_at"] if not draft.paid_is_said and _knows_payment(order) else empty


def _lines_differ(order: Order, draft: OrderDraft) -> bool:
    if not draft.lines:
        return False
    have = sorted(tuple(getattr(line, name) for name in _LINE) for line in order.lines.all())
    return have != sorted(tuple(getattr(line, name) for name in _LINE) for line in draft.lines)


def snapshot(order: Order, names: Sequence[str], *, with_lines: bool) -> dict[str, Any]:
    """An order's values as JSON, so that undo can put them back."""
    values = {name: getattr(order, name) for name in names}
    told = {n: v.isoformat() if isinstance(v, datetime) else v for n, v in values.items()}
    if with_lines:
        told["lines"] = [list(row) for row in order.lines.values_list(*_LINE, "returned")]
    return told


def _save_changes(workspace: Workspace, saved: Saved, drafts: Sequence[OrderDraft]) -> None:
    if not saved.changed:
        return
    former = [(o, saved.befores[o.key].get("currency", o.currency)) for o in saved.changed]
    take_refunds_along(workspace, former)
    names = [*_TEXTS, "amount", "currency", "paid_at", "placed_at", "quantity", "customer"]
    Order.objects.bulk_update(saved.changed, names, batch_size=500)
    by_number = {draft.number: draft for draft in drafts}
    for order in saved.changed:
        if "lines" in saved.befores[order.key]:
            _replace_lines(order, by_number[order.number].lines)


def _replace_lines(order: Order, lines: Sequence[LineDraft]) -> None:
    """New lines for an order; what cancellations took back of a product stays taken back."""
    returned: dict[str, int] = defaultdict(int)
    for sku, count in order.lines.values_list("sku", "returned"):
        returned[sku] += count
    order.lines.all().delete()
    rows = []
    for line in lines:
        back = min(line.quantity, returned[line.sku])
        returned[line.sku] -= back
        rows.append(OrderLine(order=order, returned=back, **{n: getattr(line, n) for n in _LINE}))
    OrderLine.objects.bulk_create(rows)


def take_refunds_along(workspace: Workspace, former: Iterable[tuple[Order, str]]) -> None:
    """What was given back of orders is in their currency, also once it is not their ``former`` one any more."""
    turned: dict[tuple[str, str], list[int]] = defaultdict(list)
    for order, was in former:
        if order.currency != was:
            turned[was, order.currency].append(order.pk)
    for (was, now), pks in turned.items():
        for part in in_parts(pks):
            rows = Refund.objects.filter(order__in=part, currency=was)
            if was == workspace.currency:
                rows.filter(waiting=None).update(reported=F("amount"))
            rows.update(currency=now)


def put_back(workspace: Workspace, order: Order, before: Mapping[str, Any], *, told: bool) -> bool:
    """Like :func:`restore`; returns whether the log holds another worth of the order than it has now.

    ``told`` is whether the log was told of what is taken back. Refunds are still to be taken along.
    """
    own, was, amount = workspace.currency, order.currency, order.amount
    restore(order, before)
    if order.currency != was == own and told:
        order.reported, order.rate, order.waiting = amount, None, None
    is_foreign = order.currency != own or (was != own and told)
    return is_foreign and (order.reported is not None or order.waiting is not None)


def restore(order: Order, before: Mapping[str, Any]) -> None:
    """Put back what :func:`snapshot` kept."""
    for name, value in before.items():
        if name == "lines":
            order.lines.all().delete()
            rows = [
                OrderLine(order=order, **dict(zip((*_LINE, "returned"), row, strict=True)))
                for row in value
            ]
            OrderLine.objects.bulk_create(rows)
        else:
            setattr(order, name, datetime.fromisoformat(value) if name.endswith("_at") else value)
    order.save()


# -- refunds named in the order file -------------------------------------------------------------


def _book_refunds(
    workspace: Workspace,
    saved: Saved,
    pairs: Sequence[tuple[Order, OrderDraft]],
    batch: str,
    apply: bool,
) -> None:
    """The file says how much was given back in all; what is not yet booked becomes a refund."""
    wanted = [(order, draft) for order, draft in pairs if draft.refunded > 0]
    booked = _booked([order for order, _ in wanted if order.pk])
    for order, draft in wanted:
        sums = booked.get(order.pk or 0, [])
        due = min(draft.refunded, max(draft.amount, 0)) - sum(sums)
        if due > 0:
            saved.refunds.append(_refund(workspace, order, draft, due, len(sums), batch))
    if apply:
        Refund.objects.bulk_create(saved.refunds, batch_size=1000)


def _booked(orders: Sequence[Order]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    for pk, amount in Refund.objects.filter(order__in=orders).values_list("order_id", "amount"):
        found[pk].append(amount)
    return found


def _refund(
    workspace: Workspace, order: Order, draft: OrderDraft, amount: int, earlier: int, batch: str
) -> Refund:
    return Refund(
        workspace=workspace,
        order=order,
        customer=order.customer,
        number=draft.refund_number or f"{order.number}-R{earlier + 1}"[:64],
        amount=amount,
        currency=order.currency,
        refunded_at=from_ts(draft.refunded_at) if draft.refunded_at else timezone.now(),
        batch=batch,
    )
