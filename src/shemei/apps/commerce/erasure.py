"""Erasing a person from the shop's rows: the buyer goes, the order stays in the books and names nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q

from shemei.apps.commerce.models import Customer, Order

if TYPE_CHECKING:
    from shemei.warehouse.tombstones import Erased


def erase_customer(person: Erased) -> int:
    """Cut the tie between the person's orders and anybody, and delete the buyer; returns how many rows."""
    mine = Q(ref__in=person.customers) | Q(phone_hash__in=person.phones)
    buyers = Customer.objects.filter(mine | Q(orders__number__in=person.orders))
    ids = list(buyers.values_list("pk", flat=True).distinct())
    orders = Order.objects.filter(Q(number__in=person.orders) | Q(customer__in=ids))
    cut = orders.update(customer=None, visitor="", click_id="", region="")
    Customer.objects.filter(pk__in=ids).delete()
    return cut + len(ids)
