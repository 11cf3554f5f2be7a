"""Spans of days as people choose them: presets, 大促, and the period one compares with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from shemei.warehouse.vocabulary import SHANGHAI, int_day

if TYPE_CHECKING:
    from collections.abc import Mapping


LONGEST = timedelta(3652)
WEEKS_BACK = 10
"""How far before the span before a comparison is looked for that holds no big sale."""
STANDARD = "28d"
"""What every page shows unless told otherwise: four whole weeks, so that weekdays weigh alike."""


@dataclass(frozen=True, slots=True)
class Period:
    """Whole days of Asia/Shanghai, both ends included."""

    first: date
    last: date
    label: str = ""
    key: str = ""

    def __post_init__(self) -> None:
        if self.first > self.last:
            raise ValueError(f"开始日期 {self.first} 晚于结束日期 {self.last}。请对调。")

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def first_day(self) -> int:
        return int_day(self.first)

    @property
    def last_day(self) -> int:
        return int_day(self.last)

    @property
    def span(self) -> str:
        """``11-17 至 11-23``; the year stands only where it is not this year's."""
        pattern = "%m-%d" if self.first.year == self.last.year == today().year else "%Y-%m-%d"
        return f"{self.first.strftime(pattern)} 至 {self.last.strftime(pattern)}"

    @property
    def query(self) -> str:
        return f"range={self.key}" if self.key else f"from={self.first}&to={self.last}"

    def shifted(self, days: int) -> Period:
        return Period(self.first + timedelta(days), self.last + timedelta(days))

    def overlaps(self, other: Period) -> bool:
        return self.first <= other.last and other.first <= self.last


def today() -> date:
    """Today in Asia/Shanghai."""
    return datetime.now(SHANGHAI).date()


def presets(on: date) -> list[Period]:
    """The everyday choices, shortest first."""
    month = on.replace(day=1)
    last_month = (month - timedelta(1)).replace(day=1)
    return [
        Period(on, on, "今天", "today"),
        Period(on - timedelta(6), on, "近 7 天", "7d"),
        Period(on - timedelta(27), on, "近 28 天", "28d"),
        Period(on - timedelta(89), on, "近 90 天", "90d"),
        Period(month, on, "本月", "month"),
        Period(last_month, month - timedelta(1), "上月", "last-month"),
        Period(on - timedelta(179), on, "近 180 天", "180d"),
    ]


LASTING = frozenset(period.key for period in presets(date(2000, 1, 1)))
"""The keys of choices that move on with the days."""

_PROMOS: tuple[tuple[str, str, tuple[int, int], tuple[int, int]], ...] = (
    ("nianhuo", "年货节", (1, 5), (1, 20)),
    ("38", "38 节", (3, 1), (3, 8)),
    ("618", "618", (5, 31), (6, 20)),
    ("double11", "双11", (10, 31), (11, 11)),
    ("double12", "双12", (12, 10), (12, 12)),
)


def promos(year: int) -> list[Period]:
    """The big sales of one year with their usual days (the exact days differ by platform and year)."""
    return [
        Period(date(year, *a), date(year, *b), name, f"{key}-{year}") for key, name, a, b in _PROMOS
    ]


def promos_within(period: Period) -> list[Period]:
    """The big sales that touch a period."""
    years = range(period.first.year, period.last.year + 1)
    return [promo for year in years for promo in promos(year) if promo.overlaps(period)]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a period is held against, and why not simply the one before."""

    period: Period
    reason: str = ""


def comparison_for(period: Period, *, straight: bool = False) -> Comparison:
    """The same weekdays just before; moved before a big sale where only the earlier span holds one.

    A long span may find none without a sale in ten weeks: then it stays with the one before, and says so.
    """
    weeks = -(-period.days // 7)
    before = period.shifted(-7 * weeks)
    if straight or not (sales := _only_in(before, period)):
        return Comparison(before)
    earlier = (before.shifted(-7 * n) for n in range(1, WEEKS_BACK + 1))
    moved = next((span for span in earlier if not _only_in(span, period)), None)
    if moved is None:
        return Comparison(
            before, f"上一段含{sales[0].label}，再往前十周也避不开大促，变化里有大促的起落。"
        )
    return Comparison(moved, f"上一段含{sales[0].label}，直接比会失真，已改与大促前的同星期比。")


def _only_in(before: Period, period: Period) -> list[Period]:
    return [] if promos_within(period) else promos_within(before)


def whole_days(
    period: Period, compared: Period, *, on: date | None = None
) -> tuple[Period, Period] | None:
    """The two spans a fair change is taken over: a day that is not over yet leaves both.

    ``None`` where no day of the period is over.
    """
    over = (on or today()) - timedelta(1)
    if period.last <= over:
        return period, compared
    if period.first > over:
        return None
    cut = period.last - over if compared.days == period.days else timedelta(0)
    return Period(period.first, over), Period(compared.first, compared.last - cut)


def period_from(
    query: Mapping[str, str], *, default: str = STANDARD, on: date | None = None
) -> Period:
    """Read ``?range=7d`` or ``?from=2026-11-01&to=2026-11-07``; anything unreadable is the default.

    Pages work day by day: ten years until the end of next year are the most that one shows.
    """
    day = on or today()
    if query.get("from") and query.get("to"):
        try:
            ends = sorted((date.fromisoformat(query["from"]), date.fromisoformat(query["to"])))
            last = min(ends[1], date(day.year + 1, 12, 31))
            first = max(ends[0], date(2000, 1, 1), last - LONGEST)
            return Period(first, last, "自选")
        except (ValueError, OverflowError):
            pass
    choices = {p.key: p for p in [*presets(day), *promos(day.year), *promos(day.year - 1)]}
    return choices.get(query.get("range", ""), choices[default])


def comparison_from(query: Mapping[str, str], period: Period) -> Comparison:
    """Read ``?compare=straight|none-of-it`` or ``?cfrom=…&cto=…``."""
    if query.get("cfrom") and query.get("cto"):
        chosen = period_from({"from": query["cfrom"], "to": query["cto"]})
        return Comparison(chosen)
    return comparison_for(period, straight=query.get("compare") == "straight")
