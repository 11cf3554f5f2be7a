"""A goal as the board shows it: figure, target, bar, and a sentence that says how much is missing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from shemei.apps.insight import rules
from shemei.apps.insight.models import Goal
from shemei.apps.insight.queries import Board, goal_value
from shemei.kernel.periods import Comparison, Period, today
from shemei.portal.numbers import pct, points, times, wan, yuan
from shemei.warehouse.catalogue import METRICS
from shemei.warehouse.vocabulary import SHANGHAI

if TYPE_CHECKING:
    from shemei.kernel.workspace import Workspace


@dataclass(frozen=True, slots=True)
class GoalRow:
    key: str
    name: str
    value: str
    target: str
    percent: float
    expected: float | None
    tone: str
    word: str
    text: str
    span: str


def goal_row(workspace: Workspace, goal: Goal) -> GoalRow:
    """A goal as the board shows it: figure, target, bar, and a sentence that says how much is missing."""
    metric = rules.GOAL_METRICS[goal.metric]
    day = today()
    value = (
        goal_value(workspace, goal.metric, Period(goal.starts_on, min(day, goal.ends_on)))
        if goal.starts_on <= day
        else None
    )
    at = rules.progress(
        metric, value, float(goal.target), goal.starts_on, goal.ends_on, day, _of_today()
    )
    tone, word = _GOAL_WORDS[at.state]
    expected = 100 * at.expected if metric.adds else None
    text = _goal_text(metric, at)
    if at.state == "waiting" and goal.starts_on <= day:
        word, text = ("算不出", why) if (why := goal_lack(workspace, goal, day)) else (word, text)
    target = _shown(metric, float(goal.target))
    return GoalRow(
        goal.key, metric.name, _shown(metric, value), target if metric.adds else f"{'不高于' if metric.better == 'down' else '不低于'} {target}",
        100 * at.done, expected, tone, word, text, goal.span,
    )  # fmt: skip


def goal_lack(workspace: Workspace, goal: Goal, day: date) -> str:
    """Why a goal that has begun has no figure; empty where nothing has been told yet."""
    if goal.metric not in METRICS:
        return ""
    span = Period(goal.starts_on, min(day, goal.ends_on))
    return Board(workspace, span, Comparison(span)).instead(METRICS[goal.metric], None)


def _of_today() -> float:
    """How much of today has gone, 0 to 1."""
    now = datetime.now(SHANGHAI)
    return (now - now.replace(hour=0, minute=0, second=0, microsecond=0)) / timedelta(1)


_GOAL_WORDS = {
    "ahead": ("good", "领先"),
    "met": ("good", "达标"),
    "behind": ("warn", "落后"),
    "missed": ("warn", "未达成"),
    "waiting": ("quiet", "还没有数据"),
}


def _shown(metric: rules.GoalMetric, value: float | None) -> str:
    return {"money": yuan, "count": wan, "ratio": pct, "times": times}[metric.unit](value)


def _goal_text(metric: rules.GoalMetric, at: rules.Progress) -> str:
    if at.state == "waiting":
        return "等第一笔数据"
    if not metric.adds:
        return "达标" if at.state == "met" else f"为目标的 {pct(at.done, 0)}"
    if at.state == "met":
        return "已提前达成"
    if at.state == "missed":
        return f"期满，完成 {pct(at.done, 0)}"
    gap = f"{'领先' if at.gap >= 0 else '落后'} {points(abs(at.gap), 1)}"
    if at.state == "ahead" and at.reached_on:
        return f"{gap}，按现速 {at.reached_on:%m-%d} 达成"
    return f"{gap}，每天需 {_shown(metric, at.needed_per_day)}"
