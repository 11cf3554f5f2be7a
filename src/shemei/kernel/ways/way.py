"""A way cut into stretches: what counts for an order, what lies before it; oldest first, the order last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import groupby
from typing import TYPE_CHECKING

from django.utils import timezone

from shemei.kernel.ways import words
from shemei.kernel.ways.steps import Step, events_of, steps_of

if TYPE_CHECKING:
    from shemei.kernel.workspace import Workspace

LONGEST = 500
OPEN = 40
"""So many steps stand open; the earlier ones are folded."""


@dataclass(frozen=True, slots=True)
class Stage:
    """A stretch of a way; ``counts`` is whether it holds the touches of an order.

    In a stretch that is ``again`` an earlier order of the same person stands too: what led to it counts once more.
    """

    label: str
    counts: bool
    steps: list[Step]
    folded: bool = False
    again: bool = False


@dataclass(frozen=True, slots=True)
class Way:
    """``later`` is how many steps came after the payment; they are no part of the way to it."""

    stages: list[Stage] = field(default_factory=list)
    later: int = 0
    person: str = ""

    def __bool__(self) -> bool:
        return bool(self.stages)


def way_to(workspace: Workspace, order_id: str) -> Way:
    """What the log knows of the person behind an order until they paid; empty where it knows nothing."""
    events = words.told_once(events_of(workspace, order_id=order_id))
    if not events:
        return Way()
    steps = steps_of(workspace, events)
    paid = next((n for n, s in enumerate(steps) if s.is_order and s.order_id == order_id), None)
    until = len(steps) if paid is None else paid + 1
    led = steps[max(0, until - LONGEST) : until]
    person = str(next((e["person"] for e in events if e.get("person")), ""))
    return Way(stages(led, order_id, workspace.lookback_days), len(steps) - until, person)


def stages(steps: Sequence[Step], order_id: str, lookback_days: int) -> list[Stage]:
    """The way before the look-back of an order, and within it up to the order; without the order all is one."""
    place = next((n for n, s in enumerate(steps) if s.is_order and s.order_id == order_id), None)
    if place is None:
        return [Stage("", False, gathered(steps))]
    opens = steps[place].at - timedelta(lookback_days)
    within = next(n for n, step in enumerate(steps) if step.in_path or step.at >= opens)
    before, inside = gathered(steps[:within]), gathered(steps[within : place + 1])
    label = f"早于归因窗口（付款前 {lookback_days} 天），不计入这一单"
    parts = (
        Stage(label, False, before, folded=len(before) > OPEN),
        Stage(f"归因窗口：付款前 {lookback_days} 天", True, inside, again=_orders(inside) > 1),
    )
    return [part for part in parts if part.steps]


def whole(steps: Sequence[Step]) -> list[Stage]:
    """All a person did; where that is long, what lies far back is folded."""
    lines = gathered(steps)
    early, late = lines[:-OPEN], lines[-OPEN:]
    parts = (
        Stage(f"更早的 {len(early)} 步", True, early, folded=True),
        Stage("", True, late, again=_orders(lines) > 1),
    )
    return [part for part in parts if part.steps]


def _orders(steps: Sequence[Step]) -> int:
    return len({step.order_id for step in steps if step.is_order})


def gathered(steps: Sequence[Step]) -> list[Step]:
    """Page views in a row of one day as one step that names the first pages; what counts as a touch stands alone."""
    lines: list[Step] = []
    for (is_view, _), run in groupby(steps, key=lambda s: (_is_mere_view(s), _day(s))):
        group = list(run)
        lines += [_viewed(group)] if is_view and len(group) > 1 else group
    return lines


def _is_mere_view(step: Step) -> bool:
    return step.kind == "view" and not step.suspect and not step.in_path


def _viewed(group: Sequence[Step]) -> Step:
    pages = list(dict.fromkeys(step.title.removeprefix("浏览页面").strip() for step in group))
    return replace(
        group[0], title=f"浏览 {len(group)} 次页面", note="、".join(filter(None, pages[:4]))
    )


def _day(step: Step) -> str:
    return f"{timezone.localtime(step.at):%Y%m%d}"
