"""What pages and other rooms may know of orders and buyers. Call inside the workspace's scope."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Case, Count, F, Max, Q, Sum, When

from shemei.apps.commerce.conversion import waiting_of
from shemei.apps.commerce.models import Customer, Order, OrderLine, Product
from shemei.apps.commerce.rules import converted, currency_name
from shemei.kernel.figures import totals
from shemei.kernel.imports.models import ImportBatch
from shemei.kernel.lists.worth import ranked
from shemei.kernel.registry import Named
from shemei.kernel.urls import wurl
from shemei.portal.numbers import money

if TYPE_CHECKING:
    from shemei.kernel.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Buyer:
    """A buyer as other rooms may show them. ``key`` stands in events as ``customer``."""

    key: str
    ref: str
    phone_hash: str
    phone_tail: str
    name_masked: str


@dataclass(frozen=True, slots=True)
class OrderRow:
    """One order as another room shows it."""

    key: str
    number: str
    paid_at: datetime
    amount: int
    currency: str
    state: str
    promo_code: str
    url: str


def customers_of(
    workspace: Workspace,
    *,
    keys: Iterable[str] = (),
    refs: Iterable[str] = (),
    phone_hashes: Iterable[str] = (),
) -> list[Buyer]:
    """The buyers with any of these keys, references or phone hashes."""
    wanted = (
        Q(key__in=[key for key in keys if key])
        | Q(ref__in=[ref for ref in refs if ref])
        | Q(phone_hash__in=[one for one in phone_hashes if one])
    )
    rows = Customer.objects.filter(wanted, workspace=workspace)
    columns = ("key", "ref", "phone_hash", "phone_tail", "name_masked")
    return [Buyer(*row) for row in rows.values_list(*columns)]


def orders_by_number(workspace: Workspace, numbers: Iterable[str]) -> dict[str, OrderRow]:
    rows = Order.objects.filter(workspace=workspace, number__in=list(numbers))
    return {order.number: order_row(workspace, order) for order in rows}


def order_row(workspace: Workspace, order: Order) -> OrderRow:
    return OrderRow(
        key=order.key,
        number=order.number,
        paid_at=order.paid_at,
        amount=order.amount,
        currency=order.currency,
        state=str(order.get_state_display()),
        promo_code=order.promo_code,
        url=wurl(workspace, "commerce:order", order.key),
    )


def customer_names(workspace: Workspace, keys: Iterable[str]) -> dict[str, Named]:
    rows = Customer.objects.filter(workspace=workspace, key__in=list(keys))
    return {row.key: Named(row.key, row.label) for row in rows}


def choose_customers(workspace: Workspace, text: str, limit: int) -> list[Named]:
    rows = Customer.objects.filter(workspace=workspace).filter(
        Q(ref__icontains=text) | Q(phone_tail=text[-4:])
    )
    return [Named(row.key, row.label) for row in rows[:limit]]


def batch_names(workspace: Workspace, keys: Iterable[str]) -> dict[str, str]:
    rows = ImportBatch.objects.filter(workspace=workspace, key__in={key for key in keys if key})
    return dict(rows.values_list("key", "file_name"))


@dataclass(frozen=True, slots=True)
class ProductRow:
    """One product as another room shows it; ``told`` is its price in words, empty where none is known."""

    key: str
    sku: str
    name: str
    told: str


def products(
    workspace: Workspace | None, *, keys: Iterable[str] | None = None, limit: int = 500
) -> list[ProductRow]:
    """Products by their keys, else the first ones of the list. ``workspace`` may be left to the scope."""
    rows = (
        Product.objects.all() if workspace is None else Product.objects.filter(workspace=workspace)
    )
    rows = rows[:limit] if keys is None else rows.filter(key__in=list(keys))
    return [
        ProductRow(row.key, row.sku, str(row), money(row.price, row.currency) if row.price else "")
        for row in rows
    ]


_OF_PRODUCTS = {
    "pieces": Sum("quantity"),
    "returned": Sum("returned"),
    "orders": Count("order", distinct=True),
}


def sales_of(products: Sequence[Product]) -> dict[str, dict[str, int]]:
    """Pieces, orders and money per product of one page; of orders without a rate no money is counted."""
    if not products:
        return {}
    skus = [product.sku for product in products]
    sums = OrderLine.objects.filter(sku__in=skus).values("sku").annotate(**_OF_PRODUCTS)
    money_of = _money_of(products[0].workspace, skus)
    return {row["sku"]: row | {"amount": money_of.get(row["sku"], 0)} for row in sums}


def _money_of(workspace: Workspace, skus: Sequence[str] | None = None) -> dict[str, int]:
    """What products brought in, in the brand's currency: each rate's sum is converted as a whole."""
    lines = OrderLine.objects.filter(order__workspace=workspace)
    lines = lines if skus is None else lines.filter(sku__in=skus)
    names = ("sku", "order__currency", "order__rate")
    found: Counter[str] = Counter()
    for sku, currency, rate, amount in lines.values_list(*names).annotate(Sum("amount")).order_by():
        if currency == workspace.currency:
            found[sku] += amount
        elif rate is not None:
            found[sku] += converted(amount, rate)
    return dict(found)


def products_ranked(workspace: Workspace, rows: Any, wanted: str) -> Any:
    """Products with ``rank`` where a list is asked to sort them by what was sold."""
    if wanted == "amount":
        return ranked(rows, _money_of(workspace), field="sku")
    if wanted not in _OF_PRODUCTS:
        return rows
    sums = OrderLine.objects.filter(order__workspace=workspace).values_list("sku").order_by()
    return ranked(rows, dict(sums.annotate(_OF_PRODUCTS[wanted])), field="sku")


def worth(workspace: Workspace, orders: str = "") -> Case:
    """What an order is in the brand's currency; NULL while its rate is missing. ``orders`` leads to them."""
    return Case(
        When(**{f"{orders}currency": workspace.currency}, then=F(f"{orders}amount")),
        When(**{f"{orders}rate__isnull": False}, then=F(f"{orders}reported")),
    )


def customers_ranked(workspace: Workspace, rows: Any, wanted: str) -> Any:
    """Customers with ``rank`` where a list is asked to sort them by what they bought."""
    known = {
        "orders": Count("orders"),
        "amount": Sum(worth(workspace, "orders__")),
        "last": Max("orders__paid_at"),
    }
    return rows.annotate(rank=known[wanted]) if wanted in known else rows


def purchases_of(customers: Sequence[Customer]) -> dict[int, dict[str, Any]]:
    """Orders, money and the last purchase per customer of one page; money given back is shown apart."""
    if not customers:
        return {}
    orders = Order.objects.filter(customer__in=customers)
    sums = orders.values("customer").annotate(
        count=Count("id"), amount=Sum(worth(customers[0].workspace)), last=Max("paid_at")
    )
    return {row["customer"]: row for row in sums.order_by()}


def told_by_tag_alone(workspace: Workspace) -> int:
    """How many orders the log has from the site's tag that no file, form or program has brought yet."""
    in_log = totals(workspace, ("orders",))["orders"] or 0
    unknown = Order.objects.filter(waiting__isnull=False, reported=None).count()
    return max(0, int(in_log) - Order.objects.count() + unknown)


def orders_of_phone(phone_hash: str) -> tuple[str, ...]:
    """The order numbers of whoever has this hashed phone number. Call inside the workspace's scope."""
    found = Order.objects.filter(customer__phone_hash=phone_hash) if phone_hash else None
    return tuple(found.order_by("number").values_list("number", flat=True)) if found else ()


def customers_called(number: str) -> tuple[str, ...]:
    """What the log calls those with this number as customers: the shop's, or ours. Call inside the scope."""
    found = Customer.objects.filter(Q(ref=number) | Q(key=number)) if number else None
    return tuple(found.order_by("id").values_list("key", flat=True)) if found else ()


def is_order(number: str) -> bool:
    """Whether an order has this number. Call inside the workspace's scope."""
    return Order.objects.filter(number=number).exists()


@dataclass(frozen=True, slots=True)
class RateWanted:
    """Orders of one currency that wait for a rate, in words, and the page to enter it on.

    ``left_out`` of them are in no figure; an older version counted the others with their amount as it was.
    """

    name: str
    count: int
    left_out: int
    sentence: str
    url: str


def rates_wanted(workspace: Workspace) -> list[RateWanted]:
    """What is in no figure because nobody has said what its currency is worth."""
    found = []
    for one in waiting_of(workspace):
        name, count = currency_name(one.currency), one.orders or one.refunds
        what = f"{one.orders:,} 单以{name}计价" if one.orders else f"{one.refunds:,} 笔退款是{name}"
        also = f"，另有 {one.refunds:,} 笔没有订单的退款" if one.orders and one.refunds else ""
        left_out = one.orders - one.raw
        fate = "，没算进看板" if left_out or not one.raw else "，看板把它当成人民币直接加了"
        if left_out and one.raw:
            fate += f"（其中 {one.raw:,} 单从前按原数加进了看板）"
        query = f"currency={one.currency}&since={one.oldest}"
        url = f"{wurl(workspace, 'commerce:rate_new')}?{query}"
        sentence = f"{what}{also}，还没有汇率{fate}"
        found.append(RateWanted(name, count, left_out, sentence, url))
    return found
