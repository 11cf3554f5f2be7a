"""What the page of one person shows, put together for its template."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from django.http import Http404
from django.utils import timezone

from shemei.apps.audience import queries
from shemei.apps.audience.queries import Step
from shemei.kernel.crypto import phone_hash
from shemei.warehouse.channels import channel_name

LONGEST = 500


def person(workspace: Any, key: str) -> dict[str, Any]:
    """A person: what is known, the orders, and every event, the latest day first."""
    row = queries.person(workspace, key) if key.isdecimal() else None
    if row is None:
        raise Http404("这里没有这个人。他可能已按要求删除，或与另一个人合并了。")
    steps = queries.journey(workspace, person=key, limit=LONGEST)
    orders = [step for step in steps if step.kind in ("order", "refund")]
    return {
        "row": row,
        "channel": channel_name(row.first_channel) if row.first_channel else "",
        "days": by_day(steps),
        "orders": list(reversed(orders)),
        "is_long": len(steps) >= LONGEST,
        "to_order": days_to_order(steps),
    }


def by_day(steps: list[Step]) -> list[tuple[Any, list[Step]]]:
    """Steps under their days, the latest first."""
    latest_first = sorted(steps, key=lambda s: s.at, reverse=True)
    return [
        (day, list(group))
        for day, group in groupby(latest_first, key=lambda s: timezone.localtime(s.at).date())
    ]


def days_to_order(steps: list[Step]) -> float | None:
    """Seconds from the first touch to the first order; None without an order."""
    first = next((s for s in steps if not s.suspect and s.kind != "order"), None)
    order = next((s for s in steps if s.is_order), None)
    return (
        (order.at - first.at).total_seconds() if first and order and order.at > first.at else None
    )


def find(workspace: Any, text: str) -> str:
    """The key of the person behind an order number, a phone number or a shop's customer reference; else empty."""
    wanted = text.strip()
    for search in filter(None, (phone_hash(workspace.key, wanted), wanted)):
        everybody = queries.Found(workspace, queries.ALWAYS, search=search)
        if found := everybody[:1]:
            return found[0].key
    return ""
