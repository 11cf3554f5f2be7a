"""An erased buyer is gone from the shop's rows; the order stays in the books and names nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone
from django_scopes import scope

from shemei.apps.commerce.models import Customer, Order
from shemei.kernel.erasure import erase_operational
from shemei.warehouse.log.tombstones import Erased

if TYPE_CHECKING:
    from tests.world import World


def sell(workspace: object, number: str, customer: Customer | None) -> Order:
    return Order.objects.create(
        workspace=workspace, number=number, customer=customer, amount=9_900, visitor="v",
        click_id="c", region="上海", placed_at=timezone.now(), paid_at=timezone.now(),
    )  # fmt: skip


def test_the_buyer_goes_and_the_order_names_nobody(inside: World) -> None:
    brand = inside.brand
    mine = Customer.objects.create(workspace=brand, ref="cu-1", phone_hash="ph-1")
    other = Customer.objects.create(workspace=brand, ref="cu-2", phone_hash="ph-2")
    for number, customer in (("A-1", mine), ("A-2", mine), ("A-3", None), ("B-1", other)):
        sell(brand, number, customer)
    with scope(workspace=inside.other_brand):
        Customer.objects.create(workspace=inside.other_brand, ref="cu-1", phone_hash="ph-1")
    person = Erased(key="p", workspace=brand.key, until=1, phones=("ph-1",), orders=("A-3",))
    assert erase_operational(brand, person)["订单与顾客"] == 4
    assert [row.ref for row in Customer.objects.all()] == ["cu-2"]
    named = Order.objects.exclude(customer=None, visitor="", click_id="", region="")
    assert [row.number for row in named] == ["B-1"]
    assert sum(Order.objects.values_list("amount", flat=True)) == 4 * 9_900
    with scope(workspace=inside.other_brand):
        assert Customer.objects.count() == 1
