"""How words and counts stand in our sentences, and what Django says about a wrong field: what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from shemei.portal.numbers import figure

if TYPE_CHECKING:
    from django.core.exceptions import ValidationError
    from django.forms import BoundField

_NOISE = 1e-6
_CHOICES = (forms.ChoiceField, forms.MultipleChoiceField, forms.ModelChoiceField)
_INVALID: tuple[tuple[type[forms.Field], str], ...] = (
    (forms.DecimalField, "要填数字，例如 329.00。"),
    (forms.IntegerField, "要填整数，例如 20。"),
    (forms.EmailField, "不像邮箱，少了 @ 或域名。"),
    (forms.URLField, "不像网址，请以 https:// 开头。"),
    (forms.DateTimeField, "认不出时间，请写成 2026-11-23 12:40。"),
    (forms.DateField, "认不出日期，请写成 2026-11-23。"),
    (forms.TimeField, "认不出时刻，请写成 12:40。"),
)
"""The first kind that a field is of decides: a decimal field is an integer field too."""


def shared_count(value: float | None) -> str:
    """How many of what a model shares out: one digit only where it is no whole number.

    >>> shared_count(3_562.0), shared_count(11.25), shared_count(2.98), shared_count(None)
    ('3,562', '11.3', '3.0', '—')
    """
    is_whole = value is not None and abs(value - round(value)) < _NOISE
    return figure(value, 0 if is_whole else 1)


def spaced(name: str) -> str:
    """A name as it follows Chinese words: one of Latin letters keeps its distance.

    >>> spaced("Online Retail"), spaced("抖店")
    (' Online Retail', '抖店')
    """
    return f" {name}" if name[:1].isascii() and name[:1].isalnum() else name


def told(field: BoundField) -> list[str]:
    """The errors of a field; a form's own wording stands, Django's stock wording is replaced."""
    found = field.form.errors.as_data().get(field.name, [])
    return [_say(field.field, error) for error in found]


def _say(field: forms.Field, error: ValidationError) -> str:
    params: dict[str, Any] = error.params or {}
    if "limit_value" in params and (words := _limit(error.code or "", params)):
        return words
    if _is_stock(field, error.code or ""):
        if error.code == "required":
            return _required(field)
        if error.code == "invalid_choice":
            return "选项里没有这一个，请重新选。"
        if error.code == "invalid":
            return next(
                (words for kind, words in _INVALID if isinstance(field, kind)), "格式不对。"
            )
    return "；".join(error.messages)


def _is_stock(field: forms.Field, code: str) -> bool:
    for kind in type(field).__mro__:
        stock = getattr(kind, "default_error_messages", {})
        if code in stock:
            return bool(field.error_messages.get(code) == stock[code])
    return False


def _required(field: forms.Field) -> str:
    if isinstance(field, forms.BooleanField):
        return "勾选后才能继续。"
    return "请选一项。" if isinstance(field, _CHOICES) else "这里要填。"


def _limit(code: str, params: dict[str, Any]) -> str:
    limit, size = params["limit_value"], params.get("show_value", 0)
    if code == "max_length":
        return f"最多 {limit} 字，现在 {size} 字，请删 {size - limit} 字。"
    if code == "min_length":
        return f"至少 {limit} 字，现在 {size} 字。"
    return {"min_value": f"不能小于 {limit}。", "max_value": f"不能大于 {limit}。"}.get(code, "")
