"""What an order file would change, order by order, as the check page lists it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from shemei.apps.commerce.models import Customer
from shemei.apps.commerce.order_file import FIELDS, STATE_NAMES
from shemei.kernel.imports.kinds import Change

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Mapping

    from shemei.apps.commerce.store import Saved

_LABELS = {one.key: one.label for one in FIELDS} | {
    "customer_id": "顾客",
    "currency": "币种",
    "lines": "商品",
}
_LINES = 3


def changes_of(saved: Saved, rows: Mapping[str, int], mapped: Container[str]) -> Iterator[Change]:
    """Every value that changes, and every one that stays because its cell is empty; ``rows`` by order number."""
    buyers = _buyers(saved)
    for order in saved.changed:
        for name, new in saved.news[order.key].items():
            old = list(order.lines.all()) if name == "lines" else getattr(order, name)
            told = (_shown(name, old, buyers), _shown(name, new, buyers))
            yield Change(rows[order.number], order.number, _LABELS[name], *told)
    for order, name in saved.kept:
        if name in mapped:
            kept = _shown(name, getattr(order, name), buyers)
            yield Change(rows[order.number], order.number, _LABELS[name], kept, kept=True)


def _buyers(saved: Saved) -> dict[int, str]:
    """How the buyers are called that orders get or lose."""
    told = [
        (o, news["customer_id"])
        for o in saved.changed
        if "customer_id" in (news := saved.news[o.key])
    ]
    ids = {pk for order, new in told for pk in (order.customer_id, new) if pk}
    return {buyer.pk: buyer.label for buyer in Customer.objects.filter(pk__in=ids)}


def _shown(name: str, value: Any, buyers: Mapping[int, str]) -> str:
    if name == "customer_id":
        return buyers.get(value, "")
    if name == "lines":
        told = "、".join(f"{line.name or line.sku} × {line.quantity}" for line in value[:_LINES])
        return f"{told} 等 {len(value)} 样" if len(value) > _LINES else told
    if isinstance(value, datetime):
        return timezone.localtime(value).strftime("%Y-%m-%d %H:%M:%S")
    if name == "amount":
        return f"{value / 100:,.2f}"
    return str(STATE_NAMES.get(value, value) if name == "state" else value)
