"""What the page of one person shows, put together for its template."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING, Any

from django.http import Http404
from django.utils import timezone

from shemei.apps.audience import queries
from shemei.apps.audience.queries import Step
from shemei.apps.commerce import queries as commerce
from shemei.kernel.crypto import phone_hash
from shemei.warehouse.channels import channel_name

if TYPE_CHECKING:
    from shemei.kernel.workspace import Workspace

LONGEST = 500


def person(workspace: Workspace, key: str) -> dict[str, Any]:
    """A person: what is known, the orders, and every event, the latest day first."""
    events = queries.events_of(workspace, person=key) if key.isdecimal() else []
    row = queries.person_of(workspace, key, events)
    if row is None:
        raise Http404("这里没有这个人。他可能已按要求删除，或与另一个人合并了。")
    steps = queries.steps_of(workspace, events[-LONGEST:])
    deals = [step for step in reversed(steps) if step.kind in ("order", "refund")]
    known = commerce.orders_by_number(workspace, {step.order_id for step in deals})
    return {
        "row": row,
        "channel": channel_name(row.first_channel) if row.first_channel else "",
        "days": by_day(steps),
        "orders": [(step, known.get(step.order_id)) for step in deals],
        "is_long": len(events) > LONGEST,
        "to_order": days_to_order(steps),
    }


def by_day(steps: list[Step]) -> list[tuple[Any, list[Step]]]:
    """Steps under their days, the latest first; page views in a row are one line."""
    latest_first = gathered(sorted(steps, key=lambda s: s.at, reverse=True))
    return [(day, list(group)) for day, group in groupby(latest_first, key=_day)]


def gathered(steps: list[Step]) -> list[Step]:
    """Views in a row of one day as one step that names the first pages."""
    lines: list[Step] = []
    for (is_view, _), run in groupby(
        steps, key=lambda s: (s.kind == "view" and not s.suspect, _day(s))
    ):
        group = list(run)
        lines += [_viewed(group)] if is_view and len(group) > 1 else group
    return lines


def _viewed(group: list[Step]) -> Step:
    pages = list(
        dict.fromkeys(step.title.removeprefix("浏览页面").strip() for step in reversed(group))
    )
    return replace(
        group[-1], title=f"浏览 {len(group)} 次页面", note="、".join(filter(None, pages[:4]))
    )


def _day(step: Step) -> date:
    return timezone.localtime(step.at).date()


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
    events = queries.events_of(workspace, order_id=wanted)
    if key := next((event["person"] for event in events if event["person"]), ""):
        return str(key)
    search = phone_hash(workspace.key, wanted) or wanted
    found = queries.Found(workspace, queries.ALWAYS, search=search)[:1]
    return found[0].key if found else ""
