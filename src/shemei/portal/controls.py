"""What components decide in Python: how a form control is dressed and how a KPI cell reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms

from shemei.portal import numbers

if TYPE_CHECKING:
    from django.forms import BoundField
    from django.utils.safestring import SafeString

_GROUPS = (forms.RadioSelect, forms.CheckboxSelectMultiple)
_KEYBOARDS: dict[type[forms.Field], str] = {
    forms.IntegerField: "numeric",
    forms.DecimalField: "decimal",
    forms.FloatField: "decimal",
    forms.URLField: "url",
    forms.EmailField: "email",
}


def is_group(field: BoundField) -> bool:
    """Radio buttons and check lists need a fieldset with a legend."""
    return isinstance(field.field.widget, _GROUPS)


def is_single_check(field: BoundField) -> bool:
    return isinstance(field.field.widget, forms.CheckboxInput)


def render(field: BoundField, attributes: dict[str, Any]) -> SafeString:
    """The widget with class, keyboard, description and validity set."""
    widget = field.field.widget
    attrs = {
        name.replace("_", "-"): value
        for name, value in attributes.items()
        if value not in (None, "")
    }
    if not isinstance(widget, (*_GROUPS, forms.HiddenInput)):
        dress = "s-check" if is_single_check(field) else "s-input"
        attrs["class"] = f"{widget.attrs.get('class', '')} {dress} {attrs.get('class', '')}".strip()
    if keyboard := _KEYBOARDS.get(type(field.field)):
        attrs.setdefault("inputmode", keyboard)
    if attrs.pop("counted", None):
        attrs["maxlength"] = (
            False  # a counter tells by how much: nothing pasted is cut off silently
        )
    if field.errors:
        attrs["aria-invalid"] = "true"
    if described := _described_by(field, attrs):
        attrs["aria-describedby"] = described
    return field.as_widget(attrs=attrs)


def _described_by(field: BoundField, attrs: dict[str, Any]) -> str:
    hinted = attrs.pop("data-hint", "") or field.help_text
    ids = [str(attrs.get("aria-describedby", ""))]
    if hinted:
        ids.append(f"{field.auto_id}-hint")
    if field.errors:
        ids.append(f"{field.auto_id}-error")
    return " ".join(filter(None, ids))


@dataclass(frozen=True, slots=True)
class Kpi:
    """A KPI cell: name, number, unit, and where it should be."""

    name: str
    text: str
    unit: str
    better: str
    kind: str
    reference: float | None
    reference_text: str
    cost_unit: str


def kpi(metric: str, value: Any, *, name: str = "", unit: str = "", better: str = "") -> Kpi:
    """Read name, unit, direction and reference from the metric catalogue; arguments win over it."""
    known = _metric(metric)
    kind = unit or getattr(known, "unit", "count")
    text, small = _parts(value, kind)
    reference = getattr(known, "reference", None)
    return Kpi(
        name=name or getattr(known, "name", metric),
        text=text,
        unit=small,
        better=better or getattr(known, "better", "up"),
        kind="points" if kind == "ratio" else "ratio",
        reference=reference,
        reference_text=_reference(reference, kind, getattr(known, "reference_word", "") or ""),
        cost_unit="money" if kind == "money" else "",
    )


def _metric(key: str) -> Any:
    if not key:
        return None
    from shemei.warehouse.catalogue import METRICS

    return METRICS.get(key)


def _parts(value: Any, kind: str) -> tuple[str, str]:
    if value is None:
        return "", ""
    if kind == "money":
        return numbers.yuan_parts(value)
    if kind == "ratio":
        text = numbers.pct(value)
        return text.removesuffix("%"), "%"
    if kind == "times":
        return numbers.times(value), ""
    if kind == "score":
        return numbers.score(value), "分"
    return numbers.wan_parts(value)


def _reference(value: float | None, kind: str, word: str) -> str:
    if value is None or any(letter.isdigit() for letter in word):
        return word and f"参考：{word}"
    if kind == "money":
        shown = numbers.yuan(value)
    else:
        shown = f"{value * 100:g}%" if kind == "ratio" else numbers.figure(value)
    return f"参考值 {shown}{f'（{word}）' if word else ''}"
