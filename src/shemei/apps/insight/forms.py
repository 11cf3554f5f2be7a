"""The form of a goal."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django import forms

from shemei.apps.insight.models import Goal
from shemei.apps.insight.rules import GOAL_METRICS
from shemei.kernel.money import parse_money
from shemei.kernel.periods import today


class GoalForm(forms.Form):
    metric = forms.ChoiceField(
        label="指标", choices=[(key, goal.name) for key, goal in GOAL_METRICS.items()]
    )
    target = forms.CharField(
        label="目标值",
        help_text="金额写元，可写「950 万」；比率写 4.5%；次数、人数写整数。",
        max_length=30,
    )
    starts_on = forms.DateField(label="开始", widget=forms.DateInput(attrs={"type": "date"}))
    ends_on = forms.DateField(label="结束", widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        first = today().replace(day=1)
        kwargs.setdefault(
            "initial",
            {"starts_on": first, "ends_on": (first + timedelta(92)).replace(day=1) - timedelta(1)},
        )
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if (
            cleaned.get("starts_on")
            and cleaned.get("ends_on")
            and cleaned["starts_on"] >= cleaned["ends_on"]
        ):
            self.add_error("ends_on", "结束日期要晚于开始日期。")
        if cleaned.get("metric") and cleaned.get("target"):
            try:
                cleaned["target"] = read_target(cleaned["metric"], cleaned["target"])
            except ValueError as error:
                self.add_error("target", str(error))
        return cleaned


def read_target(metric: str, text: str) -> Decimal:
    """A goal's value in the unit it is kept in: 分, a fraction, or a count."""
    unit = GOAL_METRICS[metric].unit
    if unit == "ratio":
        plain = text.strip().rstrip("%％")
        value = Decimal(parse_money(plain)) / 100 / 100
    else:
        value = Decimal(parse_money(text)) if unit == "money" else Decimal(parse_money(text)) / 100
    if value <= 0:
        raise ValueError("目标值要大于 0。")
    return value


def shown_target(goal: Goal) -> str:
    """The stored value as one would type it."""
    unit = GOAL_METRICS[goal.metric].unit
    if unit == "money":
        return f"{goal.target / 100:.2f}"
    return f"{goal.target * 100:.2f}%" if unit == "ratio" else f"{goal.target.normalize():f}"
