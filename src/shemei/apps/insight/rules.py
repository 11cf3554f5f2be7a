"""Decisions of the boards without I/O: is a goal ahead, what drove a change, what is worth saying."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil, copysign, floor
from typing import Any, Literal, Protocol

from shemei.engines.proportions import Z_95

Tone = Literal["good", "warn", "info"]
Confidence = Literal["高", "中", "低"]


@dataclass(frozen=True, slots=True)
class GoalMetric:
    """A figure one may set a goal for. ``adds`` figures grow over the span, the others are held at a level."""

    name: str
    unit: Literal["money", "count", "ratio", "times"]
    adds: bool
    better: Literal["up", "down"] = "up"


GOAL_METRICS: dict[str, GoalMetric] = {
    "traceable_revenue": GoalMetric("可追踪成交额", "money", True),
    "orders": GoalMetric("订单数", "count", True),
    "friends": GoalMetric("新增企微好友", "count", True),
    "impressions": GoalMetric("曝光", "count", True),
    "follows": GoalMetric("新增粉丝", "count", True),
    "roi": GoalMetric("可追踪投入产出比", "times", False),
    "engagement_rate": GoalMetric("互动率", "ratio", False),
    "cvr": GoalMetric("成交转化率", "ratio", False),
    "cac": GoalMetric("获客成本", "money", False, "down"),
}


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a goal stands on a day. ``done`` and ``expected`` are shares of the target."""

    state: Literal["ahead", "behind", "met", "missed", "waiting"]
    done: float
    expected: float
    needed_per_day: float
    reached_on: date | None

    @property
    def gap(self) -> float:
        return self.done - self.expected


def progress(
    metric: GoalMetric,
    value: float | None,
    target: float,
    starts_on: date,
    ends_on: date,
    on: date,
    of_day: float = 1.0,
) -> Progress:
    """Hold a figure against its goal: a growing one against the days gone, a level against the target itself.

    ``of_day`` is how much of the day ``on`` has gone: in the morning nobody is behind for want of the evening.
    """
    if value is None or on < starts_on or target <= 0:
        return Progress("waiting", 0.0, 0.0, 0.0, None)
    total = (ends_on - starts_on).days + 1
    over = on > ends_on
    gone = total if over else (on - starts_on).days + max(of_day, 0.01)
    if not metric.adds:
        return _level(metric, value, target, over)
    done, expected = value / target, gone / total
    left = total - gone
    needed = max(0.0, target - value) / left if left else 0.0
    pace = value / gone
    reached = (
        starts_on + timedelta(ceil(target / pace) - 1)
        if pace > 0 and target / pace < 3_650
        else None
    )
    if done >= 1:
        return Progress("met", done, expected, 0.0, None)
    state: Literal["missed", "ahead", "behind"] = (
        "missed" if over else "ahead" if done >= expected else "behind"
    )
    return Progress(state, done, expected, needed, reached)


def _level(metric: GoalMetric, value: float, target: float, over: bool) -> Progress:
    done = target / value if metric.better == "down" and value else value / target
    met = done >= 1
    return Progress("met" if met else "missed" if over else "behind", done, 1.0, 0.0, None)


@dataclass(frozen=True, slots=True)
class Driver:
    """How much one part added to a change; parts add up to the whole."""

    key: str
    change: float


def drivers(now: Mapping[str, float], before: Mapping[str, float]) -> list[Driver]:
    """The parts of a change, largest first; nothing that stayed the same."""
    parts = [Driver(key, now.get(key, 0.0) - before.get(key, 0.0)) for key in {*now, *before}]
    return sorted(
        (part for part in parts if part.change), key=lambda part: (-part.change, part.key)
    )


def apportioned(values: Sequence[float]) -> list[int]:
    """Whole numbers, each less than one from its value, that add up to the rounded sum of the values."""
    held = [floor(value) for value in values]
    whole = round(sum(values), 6)
    missing = int(copysign(floor(abs(whole) + 0.5), whole)) - sum(held)
    by_need = sorted(range(len(values)), key=lambda n: (held[n] - values[n], n))
    for n in by_need[:missing]:
        held[n] += 1
    return held


@dataclass(frozen=True, slots=True)
class Finding:
    """One sentence worth saying, with how sure it is and where its evidence is (``link`` names a page, ``key`` a row)."""

    tone: Tone
    icon: str
    title: str
    text: str
    confidence: Confidence
    link: str
    key: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """A content or creator with its credit in two periods, 分, and how many orders stand behind it."""

    key: str
    name: str
    now: float
    before: float
    orders: float


@dataclass(frozen=True, slots=True)
class Rate:
    """A ratio in two periods with its denominators, for a change that must be told from noise."""

    hits: float
    of: float
    hits_before: float
    of_before: float

    @property
    def change(self) -> float:
        return self.hits / self.of - self.hits_before / self.of_before

    @property
    def z(self) -> float:
        """Two-proportion z with the pooled rate."""
        pooled = (self.hits + self.hits_before) / (self.of + self.of_before)
        error = (pooled * (1 - pooled) * (1 / self.of + 1 / self.of_before)) ** 0.5
        return self.change / error if error else 0.0


def sure(orders: float) -> Confidence:
    """How sure a credit is by the orders behind it: 1/√n is below a tenth from a hundred orders on."""
    return "高" if orders >= 100 else "中" if orders >= 30 else "低"


class Credited(Protocol):
    """What attribution gives a name: value and how many orders stand behind it."""

    @property
    def value(self) -> float: ...
    @property
    def conversions(self) -> float: ...


def item(key: str, name: str, now: Credited | None, before: Credited | None) -> Item:
    """Two periods of one name side by side; where it is missing it had nothing."""
    earned, earned_before = (credit.value if credit else 0.0 for credit in (now, before))
    orders = max(credit.conversions if credit else 0.0 for credit in (now, before))
    return Item(key, name, earned, earned_before, orders)


def mover(items: Sequence[Item], gained: float) -> Item | None:
    """The part that moved most the way the whole did, where it holds at least a tenth of that."""
    way = 1 if gained > 0 else -1
    best = max(items, key=lambda item: way * (item.now - item.before), default=None)
    moved_by = way * (best.now - best.before) if best else 0.0
    return best if gained and moved_by >= 0.1 * abs(gained) else None


def moved(rate: Rate) -> bool:
    """Whether a ratio's change is beyond noise (|z| ≥ 1.96, 95 %) and has enough behind it.

    Where more came than was counted below (orders without a click), it is no share and says nothing.
    """
    is_share = rate.hits <= rate.of and rate.hits_before <= rate.of_before
    return is_share and min(rate.of, rate.of_before) >= 200 and abs(rate.z) >= Z_95


def saturated(
    spend_now: float, spend_before: float, credit_now: float, credit_before: float
) -> float | None:
    """What each further 元 brought where spend grew by a tenth or more, else ``None``."""
    if spend_before <= 0 or spend_now < 1.1 * spend_before:
        return None
    return (credit_now - credit_before) / (spend_now - spend_before)


@dataclass(frozen=True, slots=True)
class AdTouches:
    """Where advertising left touches of its own: pairs of platform and campaign, "" where none is named."""

    pairs: frozenset[tuple[str, str]]

    def may_come_of(self, platform: str, campaign: str) -> bool:
        """Whether some may be of a spend: on its platform, and of its campaign where both name one.

        >>> told = AdTouches(frozenset([("xhs", "double-11")]))
        >>> [told.may_come_of("xhs", of) for of in ("double-11", "", "spring")]
        [True, True, False]
        """
        return any(
            on == platform and (of == campaign or not (of and campaign)) for on, of in self.pairs
        )


def ad_touches(rows: Sequence[Mapping[str, str | int]]) -> AdTouches:
    """The touches of advertising from its clicks and visits by platform and campaign.

    A visit after a click names no campaign, though its click does: visits tell only where nothing was clicked.

    >>> click = {"platform": "xhs", "campaign": "double-11", "clicks": 9, "visits": 0}
    >>> visit = {"platform": "xhs", "campaign": "", "clicks": 0, "visits": 8}
    >>> sorted(ad_touches([click, visit]).pairs), sorted(ad_touches([visit]).pairs)
    ([('xhs', 'double-11')], [('xhs', '')])
    """
    clicked = {row["platform"] for row in rows if row["clicks"]}
    told = (
        (str(row["platform"]), str(row["campaign"]))
        for row in rows
        if row["clicks"] or (row["visits"] and row["platform"] not in clicked)
    )
    return AdTouches(frozenset(told))


def unsplit(metric: str, by: str) -> str:
    """Why a cost per something cannot be told for each name of a dimension; empty where it can.

    >>> unsplit("cac", "channel"), unsplit("cpc", "platform")
    ('新客按订单数，订单不带渠道、内容、达人', '')
    """
    if metric == "cac" and by:
        return "新客按订单数，订单不带渠道、内容、达人"
    if metric == "cpc" and by == "channel":
        return "没有用短链的广告没有点击，按渠道比缺一头，请按平台分"
    return ""


def linkless(rows: Sequence[Mapping[str, Any]], linked: Collection[str]) -> tuple[int, int]:
    """All impressions, and those of contents that carry no link: nothing there can be clicked.

    ``rows`` are by platform and content; a content has a link where it is among ``linked`` or was clicked.

    >>> row = {"platform": "xhs", "content": "a", "impressions": 90, "clicks": 0}
    >>> linkless([row, row | {"content": "b", "impressions": 10}], {"b"})
    (100, 90)
    """
    bare = (row for row in rows if not row["clicks"] and row["content"] not in linked)
    return sum(row["impressions"] for row in rows), sum(row["impressions"] for row in bare)


def reading(figures: Mapping[str, float]) -> str:
    """What the first and the last touch together say of a channel's place."""
    first, last = figures.get("first", 0.0), figures.get("last", 0.0)
    if max(first, last) <= 0:
        return "只做中间"
    if first >= 1.3 * last:
        return "多做开头"
    return "多做收尾" if last >= 1.3 * first else "头尾均衡"
