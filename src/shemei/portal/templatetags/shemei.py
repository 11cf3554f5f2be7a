"""``{% load shemei %}``: numbers, marks, workspace URLs and form controls."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import asdict, is_dataclass
from typing import TYPE_CHECKING, Any

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from shemei.kernel.elsewhere import Elsewhere, elsewhere
from shemei.kernel.kept_period import mark_of
from shemei.kernel.lists.declared import State
from shemei.kernel.urls import wurl as reverse_in
from shemei.platforms import platform_of
from shemei.portal import context as shell
from shemei.portal import controls, drawing, numbers, ranges, wording
from shemei.warehouse import channels

if TYPE_CHECKING:
    from datetime import date, datetime

    from django.forms import BoundField

register = template.Library()

_TITLES = re.compile("(女士|小姐|先生|同学|老师|经理|总)$")
_JSON_ESCAPES = {ord(">"): "\\u003E", ord("<"): "\\u003C", ord("&"): "\\u0026"}


@register.filter
def wan(value: Any) -> str:
    """``12843000|wan`` → 1,284.3 万."""
    return numbers.wan(_number(value))


@register.filter
def yuan(fen: Any, mode: str = "") -> str:
    """``32900|yuan`` → ¥329.00; ``yuan:"full"`` never shortens to 万."""
    return numbers.yuan(_number(fen), full=mode == "full")


@register.filter
def money(fen: Any, currency: str) -> str:
    """An amount in its own currency, in full."""
    return numbers.money(fen, currency)


@register.filter
def sentence(value: Any) -> str:
    """What an error says in our words; ``""`` for what a library or Django says."""
    text = str(value.args[0]) if isinstance(value, Exception) and value.args else str(value)
    return text if any("一" <= sign <= "龥" for sign in text) else ""


@register.filter
def exact(value: Any, metric: Any) -> str:
    """A figure in its metric's unit with every digit, for formulas."""
    return numbers.exact(_number(value), metric.unit if metric else "count")


@register.filter
def pct(value: Any, digits: int = 2) -> str:
    return numbers.pct(_number(value), int(digits))


@register.filter
def figure(value: Any, digits: int = 0) -> str:
    return numbers.figure(_number(value), int(digits))


@register.filter
def shared_count(value: Any) -> str:
    """``11.0|shared_count`` → 11; a share of an order keeps one digit."""
    return wording.shared_count(_number(value))


@register.filter
def spaced(name: Any) -> str:
    return wording.spaced(str(name))


@register.filter
def times(value: Any) -> str:
    return numbers.times(_number(value))


@register.filter
def lasting(seconds: Any) -> str:
    return numbers.NONE if seconds in (None, "") else numbers.lasting(seconds)


@register.filter
def day_cn(day: date | datetime | None) -> str:
    return numbers.day_cn(day) if day else numbers.NONE


@register.filter
def when(moment: datetime | None) -> str:
    return numbers.when(moment) if moment else numbers.NONE


@register.filter
def stamp(moment: datetime | None, mode: str = "") -> str:
    """``stamp:"year"`` writes the year also of this one, for what is kept."""
    return numbers.stamp(moment, with_year=mode == "year") if moment else numbers.NONE


def _number(value: Any) -> Any:
    return None if value in (None, "") else value


@register.filter
def platform(key: str) -> Any:
    return platform_of(key or "")


@register.filter
def channel_name(key: str) -> str:
    return channels.channel_name(key or "")


@register.filter
def channels_in(paths: Any) -> list[str]:
    """The channels that stand in some paths, each once, the most frequent first."""
    met = Counter(
        key
        for path in paths or ()
        for key in (path["channels"] if isinstance(path, dict) else path.channels)
    )
    return [key for key, _ in met.most_common()]


@register.filter
def as_state(value: Any) -> State:
    """A state from itself, from ``label``/``tone`` of another object, or from bare text."""
    if isinstance(value, State):
        return value
    return State(str(getattr(value, "label", value)), getattr(value, "tone", "quiet"))


@register.filter
def initial(name: Any) -> str:
    """The glyph of a person's round: of a Chinese name the last character, before a title the surname."""
    text = str(name or "").strip().strip("*＊")
    bare = _TITLES.sub("", text) or text
    if not bare:
        return "匿"
    return bare[-1] if len(bare) <= 3 and bare[-1] > "\u2e80" else bare[0].upper()


@register.filter
def hue(name: Any) -> int:
    """One of four tints, always the same for the same name."""
    return sum(map(ord, str(name or ""))) % 4 + 1


@register.filter
def clamp(value: Any) -> str:
    """A percentage for a style attribute: 0–100 with a dot, whatever the locale."""
    return f"{min(100.0, max(0.0, float(value or 0))):.2f}".rstrip("0").rstrip(".")


@register.filter
def as_who(value: Any) -> tuple[str, str]:
    """``(name, note)`` from a name, a pair or a member."""
    if isinstance(value, tuple):
        return str(value[0]), str(value[1]) if len(value) > 1 else ""
    return str(value), ""


@register.filter
def as_many(value: Any) -> list[Any]:
    return list(value) if isinstance(value, (list, tuple)) else [value]


@register.filter
def minus(value: Any, other: Any) -> float:
    return float(value or 0) - float(other or 0)


@register.filter
def get(mapping: Any, key: Any) -> Any:
    return mapping.get(key) if hasattr(mapping, "get") else getattr(mapping, str(key), None)


@register.simple_tag
def delta_of(
    value: Any, kind: str = "ratio", better: str = "up", unit: str = "", reason: str = ""
) -> numbers.Delta:
    if isinstance(value, numbers.Delta):
        return value
    return numbers.delta(
        _number(value),
        kind="points" if kind == "points" else "ratio",
        better=better if better in ("up", "down", "none") else "up",  # type: ignore[arg-type]
        unit=unit,
        reason=reason,
    )


@register.simple_tag
def spark_of(values: Any, reference: Any = None) -> drawing.Spark | None:
    return drawing.spark(list(values or []), _number(reference))


@register.simple_tag
def kpi_of(
    metric: str, value: Any, name: str = "", unit: str = "", better: str = ""
) -> controls.Kpi:
    return controls.kpi(metric, _number(value), name=name, unit=unit, better=better)


@register.simple_tag(takes_context=True)
def wurl(context: template.Context, name: str, *args: object) -> str:
    """``{% wurl 'tracking:link' link.key %}`` inside the workspace of the request."""
    return reverse_in(context["request"].workspace, name, *args)


@register.simple_tag(takes_context=True)
def allowed(context: template.Context, permission: str) -> bool:
    """``{% allowed 'export' as may_export %}``."""
    actor = getattr(context["request"], "actor", None)
    return actor is not None and permission in actor.permissions


@register.inclusion_tag("portal/page_tabs.html", takes_context=True)
def page_tabs(context: template.Context, line: str) -> dict[str, Any]:
    """``{% page_tabs "链接与订单" %}``: the tabs of all rooms under one line of the side bar."""
    tabs = shell.page_tabs(context["request"], line)
    return {"line": line, "tabs": tabs, "current": context.get("tab", "")}


@register.inclusion_tag("portal/page_actions.html", takes_context=True)
def page_actions(context: template.Context, line: str) -> dict[str, Any]:
    """``{% page_actions "品牌健康" %}``: the buttons of all rooms for the pages under one line of the side bar."""
    return {"actions": shell.page_actions(context["request"], line)}


@register.simple_tag(takes_context=True)
def query(context: template.Context, **changes: Any) -> str:
    """The current query with changes; an empty value takes a key away."""
    params = context["request"].GET.copy()
    for key, value in changes.items():
        if value in (None, ""):
            params.pop(key, None)
        else:
            params[key] = str(value)
    params.pop("page", None) if "page" not in changes else None
    text = params.urlencode()
    return f"?{text}" if text else "?"


@register.simple_tag
def control(field: BoundField, **attributes: Any) -> SafeString:
    """A form field's widget in our clothes, tied to its hint and its errors."""
    return controls.render(field, attributes)


@register.filter
def told(field: BoundField) -> str:
    """A field's errors in the product's words."""
    return "；".join(wording.told(field))


@register.filter
def takes_legend(field: BoundField) -> bool:
    return controls.is_group(field)


@register.filter
def is_single_check(field: BoundField) -> bool:
    return controls.is_single_check(field)


@register.simple_tag
def json_block(value: Any, element_id: str) -> SafeString:
    """A JSON data block; dataclasses are taken apart."""
    plain = asdict(value) if is_dataclass(value) and not isinstance(value, type) else value
    text = json.dumps(plain, ensure_ascii=False, default=str).translate(_JSON_ESCAPES)
    return format_html(
        '<script type="application/json" id="{}">{}</script>',
        element_id,
        mark_safe(text),
    )


@register.simple_tag
def icon(name: str, extra: str = "") -> SafeString:
    """``{% icon 'plus' %}``: one icon of the sprite; the name stands in ``portal/icons.txt``."""
    return format_html(
        '<svg class="{}" aria-hidden="true"><use href="{}#i-{}"/></svg>',
        f"ic {extra}".strip(),
        static("vendor/icons.svg"),
        name,
    )


@register.simple_tag(takes_context=True)
def elsewhere_of(
    context: template.Context, period: Any, of: str, link: str = "", code: str = ""
) -> Elsewhere | None:
    """Where the data is that a period lacks, of a short link or a promo code alone where one is named."""
    where = (("link", link), ("promo_code", code))
    return elsewhere(
        context["request"].workspace, period, of, tuple(pair for pair in where if pair[1])
    )


@register.simple_tag(takes_context=True)
def leading_to(context: template.Context, period: Any, prefix: str = "") -> str:
    """The address of this page at another period, as if it had been chosen with the range picker."""
    request = context["request"]
    return ranges.leading_to(request.GET, period, mark_of(request), prefix)


@register.simple_tag(takes_context=True)
def range_choices(
    context: template.Context, period: Any, comparison: Any = None
) -> ranges.RangeChoice:
    request = context["request"]
    return ranges.choices(request.GET, period, comparison, mark_of(request))
