"""Erasing a person from the shop's rows: the buyer goes, the order stays in the books and names nobody.

What a file or a program tells later of what an erased person did before is kept without the person. An
order that left the log with the person stays out of it: its money counts nowhere, so no refund of it does.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django.db.models import Q

from shemei.apps.commerce.models import Customer, Order, Refund
from shemei.kernel.erased import IN_LOG, erased_until, is_erased, remember
from shemei.kernel.imports.models import RowChange
from shemei.portal.numbers import stamp
from shemei.warehouse.vocabulary import visitor_key

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from shemei.apps.commerce.rules import OrderDraft
    from shemei.kernel.erased import Identity
    from shemei.kernel.workspace import Workspace
    from shemei.warehouse.log.tombstones import Erased

NOBODY: Mapping[str, Any] = {"customer": None, "visitor": "", "click_id": "", "region": ""}
"""What an order says of whose it is, when it says nothing."""


def erase_customer(person: Erased) -> int:
    """Cut the tie between the person's orders and anybody, and delete the buyer; returns how many rows.

    Those that leave the log wait for no rate any more.
    """
    ids, orders = _mine(person)
    _remember(ids, orders, person)
    _forget_befores(ids, orders)
    cut = orders.update(**NOBODY)
    Order.objects.filter(number__in=person.orders, waiting=True).update(waiting=None)
    Refund.objects.filter(order__number__in=person.orders, waiting=True).update(waiting=None)
    Refund.objects.filter(customer__in=ids).update(customer=None)
    Customer.objects.filter(pk__in=ids).delete()
    return cut + len(ids)


def tell_customer(person: Erased) -> list[dict[str, Any]]:
    """The buyer, and every order with what it says of them."""
    ids, orders = _mine(person)
    buyers = [
        {"种类": "顾客", "编号": buyer.ref, "称呼": buyer.name_masked, "手机尾号": buyer.phone_tail}
        for buyer in Customer.objects.filter(pk__in=ids)
    ]
    return buyers + [
        {
            "种类": "订单",
            "编号": order.number,
            "付款时间": stamp(order.paid_at),
            "实付": f"{order.amount / 100:.2f} {order.currency}",
            "地区": order.region,
            "优惠码": order.promo_code,
            "访客号": order.visitor,
            "点击号": order.click_id,
        }
        for order in orders
    ]


def _mine(person: Erased) -> tuple[list[int], Any]:
    mine = (
        Q(ref__in=person.customers) | Q(key__in=person.customers) | Q(phone_hash__in=person.phones)
    )
    buyers = Customer.objects.filter(mine | Q(orders__number__in=person.orders))
    ids = list(buyers.values_list("pk", flat=True).distinct())
    return ids, Order.objects.filter(Q(number__in=person.orders) | Q(customer__in=ids))


def _remember(ids: Sequence[int], orders: Any, person: Erased) -> None:
    """The shop knows the person by more than the log does: by its own references, and by orders without a phone.

    The log keeps an order that it does not know as this person's.
    """
    until = person.until
    for buyer in Customer.objects.filter(pk__in=ids).select_related("workspace"):
        known = [("customer", buyer.ref), ("customer", buyer.key), ("phone", buyer.phone_hash)]
        remember(buyer.workspace, known, until)
    for order in orders.select_related("workspace"):
        known = [("order", order.number), ("click", order.click_id)]
        stays = [] if order.number in person.orders else [(IN_LOG, order.number)]
        remember(order.workspace, [*known, *stays], until)


def _forget_befores(ids: Sequence[int], orders: Any) -> None:
    """What an import would put back when it is undone names nobody either."""
    keys = list(orders.values_list("key", flat=True))
    about = Q(subject_key__in=keys) | Q(before__customer_id__in=ids)
    nobody = {"customer_id": None, "visitor": "", "click_id": "", "region": ""}
    for change in RowChange.objects.filter(about, subject="commerce.order"):
        change.before |= {name: value for name, value in nobody.items() if name in change.before}
        change.save(update_fields=["before"])


def without_erased(
    workspace: Workspace, drafts: Sequence[OrderDraft], *, apply: bool
) -> tuple[list[OrderDraft], int]:
    """The drafts, those of an erased person without the person; and how many these are.

    With ``apply`` an order that comes without its buyer is remembered: a later file may know it by less.
    """
    gone = erased_until(workspace, {one for draft in drafts for one in _identities(draft)})
    if not gone:
        return list(drafts), 0
    theirs = [draft for draft in drafts if _is_gone(draft, gone)]
    fresh = [draft.number for draft in theirs if ("order", draft.number) not in gone]
    if apply:
        marks = [(kind, number) for number in fresh for kind in ("order", IN_LOG)]
        remember(workspace, marks, max(gone.values()))
    return [replace(d, **NOBODY) if _is_gone(d, gone) else d for d in drafts], len(theirs)


def _is_gone(draft: OrderDraft, gone: Mapping[Identity, int]) -> bool:
    return is_erased(_identities(draft), draft.placed_at or draft.paid_at, gone)


def _identities(draft: OrderDraft) -> Iterator[Identity]:
    yield "order", draft.number
    if draft.customer:
        yield "customer", draft.customer.ref
        yield "phone", draft.customer.phone_hash
    if draft.visitor:
        yield "visitor", str(visitor_key(draft.visitor))
    yield "click", draft.click_id
