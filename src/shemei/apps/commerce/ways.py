"""The way of one order's buyer, out of the log, in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from shemei.kernel.figures import LONG_AGO, ask
from shemei.kernel.periods import today
from shemei.kernel.registry import Named, names_of
from shemei.warehouse.channels import channel_name
from shemei.warehouse.questions import Journey
from shemei.warehouse.vocabulary import KIND_NAMES, from_ts, int_day

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from shemei.kernel.workspace import Workspace

_MOST = 60
_NAMED = ("content", "creator", "link")


@dataclass(frozen=True, slots=True)
class Step:
    """One event of the way; ``in_path`` says that it may earn credit."""

    at: datetime
    platform: str
    words: str
    note: str
    url: str
    in_path: bool
    is_this: bool


def way_of(workspace: Workspace, number: str) -> list[Step]:
    """What the log knows of the person behind an order, oldest first, at most the last 60 events."""
    question = Journey(
        workspace=workspace.key, first=int_day(LONG_AGO), last=int_day(today()), order_id=number
    )
    events = ask(question).rows.to_pylist()[-_MOST:]
    named = {
        kind: names_of(kind, workspace, {e[kind] for e in events if e[kind]}) for kind in _NAMED
    }
    return [_step(event, named, number) for event in events]


def _step(event: Mapping[str, Any], named: Mapping[str, Mapping[str, Named]], number: str) -> Step:
    about = next((named[k][event[k]] for k in _NAMED if event[k] in named[k]), None)
    channel = channel_name(event["channel"]) if event["channel"] else ""
    code = f"用码 {event['promo_code']}" if event["promo_code"] else ""
    moment = event["ts"]
    return Step(
        at=from_ts(moment) if isinstance(moment, int) else moment,
        platform=event["platform"],
        words=f"{KIND_NAMES.get(event['kind'], event['kind'])}{f'「{about.name}」' if about else ''}",
        note="，".join(part for part in (channel, code, _other(event, number)) if part),
        url=about.url if about else "",
        in_path=bool(event.get("in_path")),
        is_this=event["kind"] == "order" and event["order_id"] == number,
    )


def _other(event: Mapping[str, Any], number: str) -> str:
    order = event["order_id"]
    return f"订单 {order}" if order and order != number else ""
