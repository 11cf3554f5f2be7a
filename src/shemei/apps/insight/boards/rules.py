"""What a picture of a board may show: which figures go together, split by what, drawn how. No I/O."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from shemei.apps.insight.rules import unsplit
from shemei.warehouse.catalogue import METRICS
from shemei.warehouse.vocabulary import SHANGHAI

PERIODS: dict[str, str] = {
    "7d": "近 7 天",
    "28d": "近 28 天",
    "90d": "近 90 天",
    "month": "本月",
    "last-month": "上月",
}
KINDS: dict[str, str] = {
    "number": "指标格",
    "line": "走势线",
    "stack": "堆叠走势",
    "hbar": "横条比较",
    "table": "表",
}
SPLITS: dict[str, str] = {
    "channel": "渠道",
    "platform": "平台",
    "content": "内容",
    "creator": "达人",
    "campaign": "活动",
}
WIDTHS: dict[int, str] = {4: "三分之一", 6: "一半", 8: "三分之二", 12: "整行"}
RHYTHMS: dict[str, str] = {"day": "每天", "week": "每周一", "month": "每月 1 日"}
RETURN = "roi"
"""Whose parts are of credited money: orders themselves stand under no channel."""
MOST_METRICS = 6
MOST_LINES = 4


@dataclass(frozen=True, slots=True)
class PanelMetric:
    """A figure a board may show: of the catalogue, or credited by the workspace's model."""

    key: str
    name: str
    unit: str
    better: str
    adds_up: bool
    is_credited: bool = False
    by_day: bool = True


CREDITED: dict[str, PanelMetric] = {
    "traced_value": PanelMetric("traced_value", "可追踪成交额", "money", "up", True, True),
    "traced_orders": PanelMetric("traced_orders", "归因订单", "count", "up", True, True, False),
}
"""Figures that the attribution model shares out; no metric of the catalogue, for they depend on it."""

CHOICES: dict[str, PanelMetric] = {
    **CREDITED,
    **{
        key: PanelMetric(
            key, one.name, one.unit, one.better, not one.denominator and not one.people
        )
        for key, one in METRICS.items()
        if one.in_log
    },
}


def metric_name(key: str) -> str:
    """The Chinese name of a figure; a key that a later release dropped reads as itself.

    >>> [metric_name(key) for key in ("clicks", "traced_value", "consideration", "gone")]
    ['点击', '可追踪成交额', '考虑度', 'gone']
    """
    known = CHOICES.get(key) or METRICS.get(key)
    return known.name if known else key


def panel_title(metrics: Sequence[str]) -> str:
    """What a picture without a title of its own is called.

    >>> panel_title(["clicks"]), panel_title(["clicks", "visits", "orders"]), panel_title([])
    ('点击', '点击等 3 项', '没有指标')
    """
    if len(metrics) > 2:
        return f"{metric_name(metrics[0])}等 {len(metrics)} 项"
    return "与".join(metric_name(key) for key in metrics) or "没有指标"


def unit_of(key: str) -> str:
    """The unit of a figure as charts know it: people are counts.

    >>> unit_of("visitors"), unit_of("ctr")
    ('count', 'ratio')
    """
    unit = CHOICES[key].unit
    return "count" if unit == "people" else unit


def problem(kind: str, metrics: Sequence[str], by: str) -> str:
    """Why these figures cannot be drawn this way, as a sentence; empty where they can.

    >>> problem("stack", ["visitors"], "channel")
    '「访客数」不能堆叠：各项相加没有意义。请改用走势线或横条比较。'
    >>> problem("line", ["clicks", "ctr"], "")
    '一张图只能有一个单位：「点击」与「点击率 CTR」不同。请分成两张图，或改用表。'
    >>> problem("table", ["clicks", "ctr"], "channel")
    ''
    """
    if not metrics:
        return "至少选一个指标。"
    if said := _split_problem(kind, metrics, by):
        return said
    if len(metrics) > MOST_METRICS:
        return f"一张图最多 {MOST_METRICS} 个指标。"
    if kind == "number":
        return "指标格不分项。请去掉「分成」，或改用表。" if by else ""
    dayless = next((key for key in metrics if not CHOICES[key].by_day), "")
    if dayless and kind in ("line", "stack"):
        return f"「{metric_name(dayless)}」没有逐日的数。请改用指标格、横条比较或表。"
    if kind == "table":
        return "" if by else "表要选「分成」什么：一行一个渠道、内容、达人……"
    return _line_problem(metrics, by) if kind == "line" else _one_problem(kind, metrics, by)


def _split_problem(kind: str, metrics: Sequence[str], by: str) -> str:
    for key in metrics:
        if why := unsplit(key, by):
            return f"「{metric_name(key)}」不能这样分：{why}。"
    if by and RETURN in metrics and kind in ("line", "stack"):
        return f"「{metric_name(RETURN)}」分项时按归因算，没有逐日的数。请改用横条比较或表。"
    return ""


def _line_problem(metrics: Sequence[str], by: str) -> str:
    if by and len(metrics) > 1:
        return "分项的走势只能有一个指标。请去掉「分成」，或只留一个指标。"
    if len(metrics) > MOST_LINES:
        return f"走势线最多 {MOST_LINES} 个指标，再多就看不清了。"
    other = next((key for key in metrics if unit_of(key) != unit_of(metrics[0])), "")
    if other:
        first, second = metric_name(metrics[0]), metric_name(other)
        return f"一张图只能有一个单位：「{first}」与「{second}」不同。请分成两张图，或改用表。"
    return ""


def _one_problem(kind: str, metrics: Sequence[str], by: str) -> str:
    if len(metrics) > 1:
        return f"{KINDS[kind]}只能有一个指标。"
    if not by:
        return f"{KINDS[kind]}要选「分成」什么。"
    if kind == "stack" and not CHOICES[metrics[0]].adds_up:
        name = metric_name(metrics[0])
        return f"「{name}」不能堆叠：各项相加没有意义。请改用走势线或横条比较。"
    return ""


_HOST = r"(?!-)[a-z0-9-]{1,63}(?<!-)"
_BARE = re.compile(r"[^/:?#]+\.[^/:?#]+(?::\d+)?(?:/|$)")
_ORIGIN = re.compile(rf"https?://{_HOST}(?:\.{_HOST})*(?::\d{{1,5}})?")


def origin_of(text: str) -> str:
    """The website of an address, as a browser compares it; raises ValueError where there is none.

    Nothing but a scheme, a host and a port comes through: no star, no path, no second directive.
    A bare domain is a website over https.

    >>> origin_of("https://Wiki.Example.com/page?x=1"), origin_of("http://内网.example:8080/")
    ('https://wiki.example.com', 'http://xn--v6q792i.example:8080')
    >>> origin_of("lichuan.example")
    'https://lichuan.example'
    >>> origin_of("https://*.example.com")
    Traceback (most recent call last):
    ValueError: https://*.example.com
    """
    typed = text.strip()
    parts = urlsplit(f"https://{typed}" if _BARE.match(typed) else typed)
    try:
        host = (parts.hostname or "").encode("idna").decode()
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        raise ValueError(text) from None
    origin = f"{parts.scheme}://{host}{port}"
    if not _ORIGIN.fullmatch(origin) or "@" in parts.netloc:
        raise ValueError(text)
    usual = {"https": ":443", "http": ":80"}[parts.scheme]
    return origin.removesuffix(usual)


def moved(keys: Sequence[str], key: str, step: int) -> list[str]:
    """The order after ``key`` went one place up (−1) or down (+1); at the end nothing moves.

    >>> moved(["a", "b", "c"], "c", -1), moved(["a", "b"], "a", -1)
    (['a', 'c', 'b'], ['a', 'b'])
    """
    order = list(keys)
    if key in order:
        at = order.index(key)
        to = min(max(at + step, 0), len(order) - 1)
        order.insert(to, order.pop(at))
    return order


def reordered(keys: Sequence[str], wanted: Sequence[str]) -> list[str]:
    """``keys`` in the order ``wanted``; what it does not name keeps its order at the end.

    >>> reordered(["a", "b", "c"], ["c", "x", "a"])
    ['c', 'a', 'b']
    """
    known = [key for key in dict.fromkeys(wanted) if key in keys]
    return known + [key for key in keys if key not in known]


def next_due(rhythm: str, hour: int, after: datetime) -> datetime:
    """When a mail goes out next, in Shanghai's time: every day, every Monday, every first of the month.

    >>> from datetime import datetime
    >>> noon = datetime(2026, 11, 24, 12, 0, tzinfo=SHANGHAI)
    >>> [f"{next_due(rhythm, 9, noon):%m-%d %H}" for rhythm in ("day", "week", "month")]
    ['11-25 09', '11-30 09', '12-01 09']
    """
    local = after.astimezone(SHANGHAI)
    at = local.replace(hour=hour, minute=0, second=0, microsecond=0)
    if at <= local:
        at += timedelta(days=1)
    while (rhythm == "week" and at.weekday() != 0) or (rhythm == "month" and at.day != 1):
        at += timedelta(days=1)
    return at
