"""What the search box finds in this room."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shemei.apps.commerce.listings import STATES, money
from shemei.apps.commerce.models import Order, Product
from shemei.kernel.registry import Hit
from shemei.kernel.urls import wurl

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shemei.kernel.http import BrandRequest


def find_orders(request: BrandRequest, text: str, limit: int) -> Iterator[Hit]:
    """Orders by the beginning of their number or by the last four digits of the phone."""
    rows = Order.objects.filter(number__istartswith=text.strip())
    if text.isdigit() and len(text) == 4:
        rows = rows | Order.objects.filter(customer__phone_tail=text)
    for order in rows[:limit]:
        url = wurl(request.workspace, "commerce:order", order.key)
        note = f"{money(order.amount, order.currency)}，{STATES[order.state]}"
        yield Hit("订单", order.number, url, "receipt", note)


def find_products(request: BrandRequest, text: str, limit: int) -> Iterator[Hit]:
    for product in Product.objects.filter(name__icontains=text)[:limit]:
        url = f"{wurl(request.workspace, 'commerce:orders')}?q={product.sku}"
        yield Hit("商品", str(product), url, "box", product.sku)
