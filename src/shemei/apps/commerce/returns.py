"""Cancellation invoices of a retail ledger: each is given to the earlier orders it takes pieces back from.

The rule: same customer, same product; the latest earlier purchase that still has pieces, then the one before
it. What no purchase explains (no customer, or bought before the file begins) stays a refund without order.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.db.models import F

from shemei.apps.commerce.models import Customer, OrderLine, Refund
from shemei.apps.commerce.rules import Bought, Taken, split_money, take_back
from shemei.kernel.erased import RETURN, erased_until, remember
from shemei.warehouse.vocabulary import from_ts, to_ts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shemei.kernel.imports.kinds import Group
    from shemei.kernel.workspace import Workspace

Shelf = dict[tuple[int, str], list[Bought]]


@dataclass(slots=True)
class Returned:
    """What the cancellations of one chunk came to."""

    refunds: list[Refund] = field(default_factory=list)
    same: int = 0
    invoices: int = 0
    without_order: int = 0


def save_cancellations(
    workspace: Workspace, groups: Sequence[Group], *, currency: str, batch: str
) -> Returned:
    """Book the cancellation invoices of ``groups``; one that is already booked stays as it is."""
    done = Returned()
    numbers = [group[0].values["number"] for group in groups]
    known = set(Refund.objects.filter(number__in=numbers).values_list("number", flat=True))
    fresh = [group for group in groups if group[0].values["number"] not in known]
    done.same = len(groups) - len(fresh)
    people = _people(workspace, fresh)
    shelf = _shelf(fresh, people)
    taken: Counter[int] = Counter()
    for group in fresh:
        customer = people.get(group[0].values["number"])
        rows = _refunds(workspace, group, customer, shelf, taken, currency, batch)
        done.invoices += 1
        done.without_order += any(row.order_id is None for row in rows)
        done.refunds += rows
    Refund.objects.bulk_create(done.refunds, batch_size=1000)
    _mark_returned(taken)
    return done


def _people(workspace: Workspace, groups: Sequence[Group]) -> dict[str, Customer]:
    """Who returned, by the number of the invoice; nobody where that was before the person was erased.

    What such a one takes back was sold to a person who has left the log: it is remembered as theirs.
    """
    firsts = [group[0].values for group in groups if group[0].values.get("buyer")]
    refs = {first["buyer"] for first in firsts}
    known = {c.ref: c for c in Customer.objects.filter(ref__in=refs)}
    gone = erased_until(workspace, {("customer", ref) for ref in refs})
    until = {first["number"]: gone.get(("customer", first["buyer"]), 0) for first in firsts}
    theirs = {first["number"] for first in firsts if first["paid_at"] <= until[first["number"]]}
    remember(workspace, [(RETURN, n) for n in theirs], max(until.values(), default=0))
    return {
        first["number"]: known[first["buyer"]]
        for first in firsts
        if first["buyer"] in known and first["number"] not in theirs
    }


def _shelf(groups: Sequence[Group], people: dict[str, Customer]) -> Shelf:
    """What the customers of these cancellations still have, by customer and product."""
    skus = {row.values["sku"] for group in groups for row in group}
    lines = OrderLine.objects.filter(
        order__customer__in=[c.pk for c in people.values()],
        sku__in=skus,
        quantity__gt=F("returned"),
    )
    columns = (
        "id",
        "order_id",
        "order__customer_id",
        "sku",
        "quantity",
        "returned",
        "order__paid_at",
    )
    shelf: Shelf = defaultdict(list)
    for pk, order, customer, sku, quantity, returned, paid_at in lines.values_list(*columns):
        shelf[customer, sku].append(Bought(pk, order, to_ts(paid_at), quantity - returned))
    return shelf


def _refunds(
    workspace: Workspace,
    group: Group,
    customer: Customer | None,
    shelf: Shelf,
    taken: Counter[int],
    currency: str,
    batch: str,
) -> list[Refund]:
    """One refund per order that the invoice takes pieces back from."""
    items: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in group:
        for part, amount in _parts(row.values, customer, shelf):
            taken[part.line] += part.quantity
            items[part.order].append(
                {
                    "line": part.line,
                    "sku": row.values["sku"],
                    "name": row.values.get("name", ""),
                    "quantity": part.quantity,
                    "amount": amount,
                }
            )
    first = group[0].values
    return [
        Refund(
            workspace=workspace,
            order_id=order or None,
            customer=customer,
            number=first["number"],
            amount=sum(item["amount"] for item in rows),
            currency=currency,
            refunded_at=from_ts(first["paid_at"]),
            items=rows,
            batch=batch,
        )
        for order, rows in items.items()
    ]


def _parts(
    values: dict[str, Any], customer: Customer | None, shelf: Shelf
) -> list[tuple[Taken, int]]:
    place = (customer.pk if customer else 0, values["sku"])
    parts = take_back(values["quantity"], values["paid_at"], shelf.get(place, ()))
    gone = {part.line: part.quantity for part in parts}
    if place in shelf:
        shelf[place] = [
            Bought(b.line, b.order, b.at, b.remaining - gone.get(b.line, 0)) for b in shelf[place]
        ]
    amount = values["quantity"] * values["unit_price"]
    shares = split_money(amount, values["quantity"], [part.quantity for part in parts])
    return list(zip(parts, shares, strict=True))


def _mark_returned(taken: Counter[int]) -> None:
    """Remember on the lines, which were read inside the scope, how many pieces came back."""
    taken.pop(0, None)
    table, column = OrderLine._meta.db_table, "returned"
    sql = f'UPDATE "{table}" SET "{column}" = "{column}" + %s WHERE "id" = %s'
    if taken:
        with connection.cursor() as cursor:
            cursor.executemany(sql, [(count, pk) for pk, count in taken.items()])


def give_back(refunds: Sequence[Refund]) -> None:
    """Undo the marks of refunds that are about to go."""
    counts: Counter[int] = Counter()
    for refund in refunds:
        for item in refund.items:
            counts[item.get("line", 0)] -= item.get("quantity", 0)
    counts.pop(0, None)
    _mark_returned(counts)
