"""Erasing a person from the shop's rows: the buyer goes, the order stays in the books and names nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Q

from shemei.apps.commerce.models import Customer, Order, Refund
from shemei.portal.numbers import stamp

if TYPE_CHECKING:
    from shemei.warehouse.tombstones import Erased


def erase_customer(person: Erased) -> int:
    """Cut the tie between the person's orders and anybody, and delete the buyer; returns how many rows."""
    ids, orders = _mine(person)
    cut = orders.update(customer=None, visitor="", click_id="", region="")
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
