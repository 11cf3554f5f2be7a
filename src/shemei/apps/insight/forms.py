"""The forms of goals and of boards."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from shemei.apps.insight.boards.rules import (
    CHOICES,
    KINDS,
    PERIODS,
    RHYTHMS,
    SPLITS,
    WIDTHS,
    origin_of,
    problem,
)
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
    starts_on = forms.DateField(label="开始", widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"))
    ends_on = forms.DateField(label="结束", widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"))

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


class BoardForm(forms.Form):
    """A board's name and the period it opens with."""

    title = forms.CharField(label="名称", max_length=40)
    note = forms.CharField(label="说明", max_length=120, required=False)
    period = forms.ChoiceField(label="打开时看哪一段", choices=list(PERIODS.items()), initial="28d")


class PanelForm(forms.Form):
    """One picture: figures, split, kind; what does not go together is said beside the field."""

    metrics = forms.MultipleChoiceField(
        label="指标",
        choices=[(key, one.name) for key, one in CHOICES.items()],
        widget=forms.CheckboxSelectMultiple,
        help_text="指标格与表最多 6 个，走势线最多 4 个且单位相同，堆叠与横条 1 个。",
    )
    kind = forms.ChoiceField(
        label="样子", choices=list(KINDS.items()), widget=forms.RadioSelect, initial="number"
    )
    split = forms.ChoiceField(label="分成", choices=[("", "不分"), *SPLITS.items()], required=False)
    title = forms.CharField(
        label="标题", max_length=40, required=False, help_text="不写就用指标名。"
    )
    period = forms.ChoiceField(
        label="时段", choices=[("", "跟看板"), *PERIODS.items()], required=False
    )
    width = forms.TypedChoiceField(label="宽", choices=list(WIDTHS.items()), coerce=int, initial=6)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("metrics") and cleaned.get("kind"):
            said = problem(cleaned["kind"], cleaned["metrics"], cleaned.get("split", ""))
            if said:
                self.add_error("kind", said)
        return cleaned


class PickedForm(forms.Form):
    """A figure taken from the shelf beside a board, and the picture it was put before."""

    metric = forms.ChoiceField(choices=[(key, one.name) for key, one in CHOICES.items()])
    before = forms.CharField(required=False, max_length=22)


class WidthForm(forms.Form):
    width = forms.TypedChoiceField(choices=list(WIDTHS.items()), coerce=int)


MOST_RECIPIENTS = 20


class ShareForm(forms.Form):
    """How long a link opens, and for whom it was made."""

    days = forms.TypedChoiceField(
        label="多久", choices=[(7, "7 天"), (30, "30 天"), (90, "90 天")], coerce=int, initial=30
    )
    note = forms.CharField(label="给谁看", max_length=60, required=False)


MOST_ORIGINS = 10


class OriginsForm(forms.Form):
    """The websites that may show a link inside a page of theirs."""

    origins = forms.CharField(
        label="可嵌入的网站",
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=f"一行一个，写到域名为止，不写 http:// 就当作 https，最多 {MOST_ORIGINS} 个。留空，谁都不能嵌。",
        max_length=2000,
        required=False,
    )

    def clean_origins(self) -> list[str]:
        """Websites, each once; what is none is named."""
        lines = [line.strip() for line in self.cleaned_data["origins"].splitlines()]
        found: dict[str, None] = {}
        for line in filter(None, lines):
            try:
                found[origin_of(line)] = None
            except ValueError:
                raise ValidationError(
                    f"「{line}」不是网站地址。写成 https://wiki.example.com 的样子，不能用 *。"
                ) from None
        if len(found) > MOST_ORIGINS:
            raise ValidationError(f"一条链接最多嵌进 {MOST_ORIGINS} 个网站，请分两条。")
        return list(found)


class MailForm(forms.Form):
    """Who gets a board by mail, and when."""

    recipients = forms.CharField(
        label="收件人",
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=f"一行一个邮箱，最多 {MOST_RECIPIENTS} 个。",
        max_length=2000,
    )
    rhythm = forms.ChoiceField(label="多久一次", choices=list(RHYTHMS.items()), initial="week")
    hour = forms.TypedChoiceField(
        label="几点", choices=[(n, f"{n:02d}:00") for n in range(24)], coerce=int, initial=9
    )

    def clean_recipients(self) -> list[str]:
        """Addresses, each once; a wrong one is named."""
        text = self.cleaned_data["recipients"]
        for mark in "，,;；、":
            text = text.replace(mark, "\n")
        found = list(dict.fromkeys(one.strip() for one in text.splitlines() if one.strip()))
        for one in found:
            try:
                validate_email(one)
            except ValidationError:
                raise ValidationError(f"「{one}」不是邮箱地址。") from None
        if len(found) > MOST_RECIPIENTS:
            raise ValidationError(f"一次最多发给 {MOST_RECIPIENTS} 个邮箱，请分两条。")
        return found
