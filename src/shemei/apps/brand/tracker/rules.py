"""What a reading of the brand tracker may say, how sure it is, and whether a wave moved by more than chance."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from shemei.engines.proportions import joined, needed, net_share, wilson
from shemei.platforms import CHOICES
from shemei.portal.numbers import figure, pct, score
from shemei.warehouse.catalogue import METRICS

KNOWN = {key: metric for key, metric in METRICS.items() if metric.told}
METRIC_CHOICES = [(key, metric.name) for key, metric in KNOWN.items()]
PLACES = (
    ("wechat", "微信"),
    *(one for one in CHOICES if one[0] not in ("wechat", "site", "other")),
    ("baidu", "百度"),
)
PLACE_NAMES = dict(PLACES)
PLACE_OF_SOURCE = {
    "微信指数": "wechat",
    "百度指数": "baidu",
    "巨量算数": "douyin",
    "巨量指数": "douyin",
}
NPS, INDEX, VOICE = "nps", "brand_search", "share_of_voice"
NET_ROUNDING = 1.0
"""By how many points a score may differ from its rounded shares."""
EARLIEST = date(2000, 1, 1)
"""No platform, no index and no tracked brand survey goes back further: an earlier day is a slip."""
LARGEST, MOST_ASKED, LONGEST_SOURCE, LONGEST_NOTE = 10**11, 10**7, 80, 300
FIVE_POINTS, THREE_POINTS = needed(0.05), needed(0.03)
"""How many must be asked for a share to be known within five points, and within three."""


@dataclass(frozen=True, slots=True)
class Said:
    """The numbers of one reading; shares are of 1, a net score has points."""

    value: float
    asked: int | None = None
    promoters: float | None = None
    detractors: float | None = None


def is_share(metric: str) -> bool:
    return KNOWN[metric].unit == "ratio"


def shown(metric: str, value: float | None) -> str:
    """A value in its unit, with as many digits as a survey has.

    >>> shown("consideration", 0.4231), shown("nps", 32.0), shown("brand_search", 12800)
    ('42.3%', '32', '12,800')
    """
    if is_share(metric):
        return pct(value, 1)
    return score(value) if metric == NPS else figure(value)


def is_sampled(metric: str) -> bool:
    """Whether people drawn at random were asked, so that chance can be told."""
    return metric not in (INDEX, VOICE)


def why_unsure(metric: str, said: Said) -> str:
    """Why no interval can be given; ``""`` where one can."""
    if metric == INDEX:
        return "指数不是抽样问人，没有区间"
    if metric == VOICE:
        return "数的是条数，不是抽样问人，没有区间"
    if not said.asked:
        return "没有样本量，给不出区间"
    if metric == NPS and (said.promoters is None or said.detractors is None):
        return "没有推荐者与贬损者的占比，给不出区间"
    return ""


def interval(metric: str, said: Said) -> tuple[float, float] | None:
    """The 95 % interval in the metric's own unit, for people drawn at random.

    >>> low, high = interval("consideration", Said(0.42, 600))
    >>> shown("consideration", low), shown("consideration", high)
    ('38.1%', '46.0%')
    >>> interval("nps", Said(32.0, 600)) is None
    True
    """
    if why_unsure(metric, said):
        return None
    n = float(said.asked or 0)
    if metric != NPS:
        return wilson(said.value * n, n)
    low, high = net_share((said.promoters or 0) * n, (said.detractors or 0) * n, n)
    return 100 * low, 100 * high


@dataclass(frozen=True, slots=True)
class Gap:
    """How far a wave lies from the one before; ``why`` says why chance cannot be judged."""

    size: float
    low: float | None = None
    high: float | None = None
    why: str = ""

    @property
    def beyond_chance(self) -> bool | None:
        """Whether the interval of the difference leaves out nothing at all; None where there is none."""
        return None if self.low is None or self.high is None else self.low > 0 or self.high < 0


def gap(metric: str, now: Said, before: Said) -> Gap:
    """The difference of two waves with its 95 % interval, where both have one.

    >>> gap("consideration", Said(0.48, 600), Said(0.40, 600)).beyond_chance
    True
    >>> gap("consideration", Said(0.42, 600), Said(0.40, 600)).beyond_chance
    False
    >>> gap("brand_search", Said(900), Said(800)).beyond_chance is None
    True
    """
    size = now.value - before.value
    spans = interval(metric, before), interval(metric, now)
    if spans[0] is None or spans[1] is None:
        return Gap(size, why=_why_not_judged(metric))
    low, high = joined((before.value, *spans[0]), (now.value, *spans[1]))
    return Gap(size, low, high)


def _why_not_judged(metric: str) -> str:
    if not is_sampled(metric):
        return "不是抽样问人，不判断是不是偶然"
    if metric == NPS:
        return "两波都有样本量、推荐者与贬损者占比，才能判断是不是偶然"
    return "两波都有样本量，才能判断是不是偶然"


@dataclass(frozen=True, slots=True)
class Written:
    """A number as it was written, before it is known of which metric: of a share, 42 is 42 %."""

    number: float
    percent: bool = False

    def __str__(self) -> str:
        return f"{self.number:,.10g}{'%' if self.percent else ''}"

    def of(self, metric: str) -> float:
        """It in the metric's unit; raises ``ValueError`` for a bare 1 of a share, which may mean either end.

        >>> Written(42, percent=True).of("consideration"), Written(42).of("consideration")
        (0.42, 0.42)
        >>> Written(32, percent=True).of("nps")
        32
        """
        if not is_share(metric):
            return self.number
        if self.percent or abs(self.number) > 1:
            return round(self.number / 100, 8)
        if self.number == 1:
            raise ValueError("「1」分不清是 1% 还是 100%")
        return self.number


Fault = tuple[str, str, str]
"""A field, what is wrong with it, what to do."""


def faults(metric: str, values: Mapping[str, Any], today: date) -> Iterator[Fault]:
    """What a reading must not say."""
    yield from _faults_of_days(values, today)
    yield from _faults_of_value(metric, values["value"])
    asked = values.get("asked")
    if asked is not None and metric == INDEX:
        yield "asked", "指数不是抽样问人，没有样本量", "请留空"
    elif asked is not None and not 1 <= asked <= MOST_ASKED:
        yield "asked", f"样本量要在 1 至 {MOST_ASKED:,} 之间", "请核对，不知道就留空"
    if metric == INDEX and not values.get("platform"):
        yield "platform", "指数要写是哪个平台的", "请填平台，例如微信、抖音、百度"
    if not values.get("source"):
        yield "source", "没有来源", "请写是谁量的，例如调研公司的名字、微信指数"
    yield from faults_of_parts(metric, values)


def _faults_of_days(values: Mapping[str, Any], today: date) -> Iterator[Fault]:
    first, day = values.get("first"), values["day"]
    for name, told in (("day", day), ("first", first)):
        if told and told < EARLIEST:
            yield name, f"日期早于 {EARLIEST.year} 年", "请核对年份"
    if day > today:
        yield "day", "日期在今天之后", "请核对"
    if first and first > day:
        yield "first", "开始日期晚于这一波的最后一天", "请对调或改正"


def _faults_of_value(metric: str, value: float) -> Iterator[Fault]:
    name = KNOWN[metric].name
    if is_share(metric) and not 0 <= value <= 1:
        yield "value", f"{name}要在 0% 至 100% 之间", "请核对"
    elif metric == NPS and not -100 <= value <= 100:
        yield "value", f"{name}要在 −100 至 100 之间", "请核对"
    elif metric == INDEX and not 0 <= value < LARGEST:
        yield "value", f"{name}不能小于 0，也没有这么大", "请核对"


def faults_of_parts(metric: str, values: Mapping[str, Any]) -> Iterator[Fault]:
    """The two shares of a net score come together, fit into the whole and give the score."""
    parts = [values.get(name) for name in ("promoters", "detractors")]
    if parts == [None, None]:
        return
    for_it, against = parts
    if metric != NPS:
        given = "promoters" if for_it is not None else "detractors"
        yield given, "推荐者与贬损者的占比只属于净推荐值", "请留空，或改选指标"
    elif for_it is None or against is None:
        missing = "promoters" if for_it is None else "detractors"
        yield missing, "推荐者与贬损者的占比要一起填", "请补上另一个，或都留空"
    elif min(for_it, against) < 0 or for_it + against > 1:
        yield "promoters", "推荐者与贬损者的占比加起来超过 100%，或小于 0", "请核对"
    elif abs(100 * (for_it - against) - values["value"]) > NET_ROUNDING:
        net = score(100 * (for_it - against))
        yield "value", f"推荐者减贬损者是 {net}，与填的净推荐值对不上", "请核对这三个数"
