"""Setting goals."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from shemei.apps.insight.models import Goal
from shemei.kernel import audit
from shemei.kernel.actor import Actor
from shemei.kernel.permissions import Permission, require

if TYPE_CHECKING:
    from shemei.kernel.workspace import Workspace


class GoalTaken(ValueError):
    """The brand already has a goal for this metric and span."""


def set_goal(
    workspace: Workspace,
    *,
    metric: str,
    target: Decimal,
    starts_on: date,
    ends_on: date,
    by: Actor,
    goal: Goal | None = None,
) -> Goal:
    """Create a goal, or change ``goal``; the database settles two members doing the same at once."""
    require(by, Permission.ANALYSE)
    verb = "goal.changed" if goal else "goal.created"
    goal = goal or Goal(workspace=workspace)
    goal.metric, goal.target, goal.starts_on, goal.ends_on = metric, target, starts_on, ends_on
    try:
        with transaction.atomic():
            goal.save()
            audit.record(verb, goal, by=by, target=str(target), span=f"{starts_on} 至 {ends_on}")
    except IntegrityError as error:
        raise GoalTaken("这个指标在同一段时间已有目标。请改那一个，或换一段时间。") from error
    return goal


@transaction.atomic
def drop_goal(goal: Goal, *, by: Actor) -> None:
    require(by, Permission.ANALYSE)
    audit.record("goal.removed", goal, by=by, span=f"{goal.starts_on} 至 {goal.ends_on}")
    goal.delete()
