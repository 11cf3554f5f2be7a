"""What the page of one person shows, put together for its template."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404

from shemei.apps.audience import queries
from shemei.apps.commerce import queries as commerce
from shemei.engines.phones import number_typed
from shemei.kernel.crypto import phone_hash
from shemei.kernel.elsewhere import EVER
from shemei.kernel.ways.steps import Step, events_of, steps_of
from shemei.kernel.ways.way import LONGEST, Way, whole
from shemei.kernel.ways.words import told_once
from shemei.warehouse.channels import channel_name

if TYPE_CHECKING:
    from shemei.kernel.workspace import Workspace


def person(workspace: Workspace, key: str) -> dict[str, Any]:
    """A person: what is known, the orders, and every event, oldest first."""
    events = events_of(workspace, person=key) if key.isdecimal() else []
    row = queries.person_of(workspace, key, events)
    if row is None:
        raise Http404("这里没有这个人。他可能已按要求删除，或与另一个人合并了。")
    steps = steps_of(workspace, told_once(events)[-LONGEST:])
    deals = [step for step in reversed(steps) if step.kind in ("order", "refund")]
    known = commerce.orders_by_number(workspace, {step.order_id for step in deals})
    return {
        "row": row,
        "channel": channel_name(row.first_channel) if row.first_channel else "",
        "way": Way(whole(steps)),
        "orders": [(step, known.get(step.order_id)) for step in deals],
        "is_long": len(events) > LONGEST,
        "to_order": days_to_order(steps),
    }


def days_to_order(steps: list[Step]) -> float | None:
    """Seconds from the first touch to the first order; None without an order."""
    first = next((s for s in steps if not s.suspect and s.kind != "order"), None)
    order = next((s for s in steps if s.is_order), None)
    return (
        (order.at - first.at).total_seconds() if first and order and order.at > first.at else None
    )


def find(workspace: Workspace, text: str) -> str:
    """The key of the person behind an order number or a phone number; else empty."""
    wanted = text.strip()
    events = events_of(workspace, order_id=wanted)
    if key := next((event["person"] for event in events if event["person"]), ""):
        return str(key)
    search = phone_hash(workspace.key, number_typed(wanted)) or wanted
    found = queries.Found(workspace, EVER, search=search)[:1]
    return found[0].key if found else ""
