"""What the range picker offers: everyday spans, big sales, one's own days, and the span to compare with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from shemei.kernel.kept_period import NAMING
from shemei.kernel.periods import Comparison, Period, presets, promos, promos_within, today

if TYPE_CHECKING:
    from django.http import QueryDict

OWN = (*NAMING, "page")
COMPARED = ("compare", "cfrom", "cto")


@dataclass(frozen=True, slots=True)
class RangeOption:
    label: str
    span: str
    href: str
    is_on: bool


@dataclass(frozen=True, slots=True)
class RangeChoice:
    """Ready for ``portal/range_picker.html``."""

    period: Period
    comparison: Comparison | None
    everyday: list[RangeOption]
    sales: list[RangeOption]
    within: list[str]
    keeps: list[tuple[str, str]]
    compare_keeps: list[tuple[str, str]]
    straight_href: str
    advised_href: str
    is_straight: bool


def choices(
    query: QueryDict,
    period: Period,
    comparison: Comparison | None,
    mark: tuple[str, str] | None = None,
) -> RangeChoice:
    """Options with addresses that keep the rest of the query; ``mark`` says that somebody chose them here."""
    pairs = [(key, value) for key, values in query.lists() for value in values]
    rest = [pair for pair in pairs if pair[0] not in (*OWN, "cfrom", "cto")]
    rest += [mark] if mark else []
    kept = [pair for pair in pairs if pair[0] not in ("page", *COMPARED)]
    day = today()
    sales = [p for year in (day.year, day.year - 1) for p in promos(year) if p.first <= day]
    return RangeChoice(
        period=period,
        comparison=comparison,
        everyday=[_option(p, rest, period) for p in presets(day)],
        sales=[_option(p, rest, period, year=day.year) for p in sales[:7]],
        within=sorted({promo.label for promo in promos_within(period)}),
        keeps=rest,
        compare_keeps=kept,
        straight_href=f"?{urlencode([*kept, ('compare', 'straight')])}",
        advised_href=f"?{urlencode(kept)}",
        is_straight=query.get("compare") == "straight",
    )


def leading_to(
    query: QueryDict, period: Period, mark: tuple[str, str] | None = None, prefix: str = ""
) -> str:
    """The page at days of its reader's own, the rest of its query kept; ``prefix`` is of a list's filter."""
    gone = ("page", *COMPARED, *(f"{prefix}{name}" for name in NAMING))
    rest = [(key, value) for key, values in query.lists() for value in values if key not in gone]
    days = [(f"{prefix}from", f"{period.first}"), (f"{prefix}to", f"{period.last}")]
    return f"?{urlencode([*rest, *([mark] if mark else []), *days])}"


def _option(
    option: Period, rest: list[tuple[str, str]], chosen: Period, year: int | None = None
) -> RangeOption:
    if year in (None, option.first.year):
        label, span = option.label, option.span
    else:
        label = f"{option.first.year} {option.label}"
        span = f"{option.first:%m-%d} 至 {option.last:%m-%d}"
    on = bool(chosen.key) and option.key == chosen.key
    return RangeOption(label, span, f"?{urlencode([*rest, ('range', option.key)])}", on)
