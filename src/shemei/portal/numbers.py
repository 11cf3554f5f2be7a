"""Numbers, money, ratios, changes and times as Chinese readers expect them.

Every rounding keeps its promise: nothing rounds into the next unit's shape ("10,000.0 万"), a small ratio is
never shown as zero and nothing short of the whole is shown as 100%. A value has one short form, whose unit
alone says how many digits it has: 18.0 万 is never 18 万. ``js/numbers.js`` keeps to the same rules in charts.

>>> wan(12_843_000), yuan(32_900), pct(0.0482), points(0.0031)
('1,284.3 万', '¥329.00', '4.82%', '0.31 个百分点')
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal
from zoneinfo import ZoneInfo

Number = int | float | Decimal
Better = Literal["up", "down", "none"]

NONE = "—"
MINUS = "−"
SHANGHAI = ZoneInfo("Asia/Shanghai")
SYMBOLS = {"CNY": "¥", "GBP": "£", "USD": "$", "EUR": "€", "HKD": "HK$", "JPY": "JP¥"}
WEEKDAYS = "一二三四五六日"
_IDLE_ZEROS = re.compile(r"(\.\d*?)0+(?!\d)")
_STEP = Decimal("0.01")
_NOISE = Decimal("1e-9")
"""Of a percent: what adding in binary may leave beside a whole."""
_WAN, _YI = Decimal(10_000), Decimal(100_000_000)


def _exact(value: Number) -> Decimal:
    return value if isinstance(value, Decimal) else Decimal(repr(value))


def _round(value: Decimal, digits: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)


def _signed(value: Decimal, text: str, prefix: str = "") -> str:
    is_less = value < 0 and any(digit in text for digit in "123456789")
    return f"{MINUS if is_less else ''}{prefix}{text}"


def figure(value: Number | None, digits: int = 0) -> str:
    """A plain number with thousands commas; ``—`` for none.

    >>> figure(1234567), figure(-3.14159, 2), figure(None)
    ('1,234,567', '−3.14', '—')
    """
    if value is None:
        return NONE
    exact = _round(_exact(value), digits)
    return _signed(exact, f"{abs(exact):,}")


def _short(value: Decimal, small: int) -> tuple[str, str]:
    """The absolute value and its unit: below 万 in full, 万 with one digit, 亿 and 万亿 with two, zeros too."""
    size = abs(value)
    if (whole := _round(size, small)) < _WAN:
        return f"{whole:,}", ""
    if (in_wan := _round(size / _WAN, 1)) < _WAN:
        return f"{in_wan:,}", "万"
    if (in_yi := _round(size / _YI, 2)) < _WAN:
        return f"{in_yi:,}", "亿"
    return f"{_round(size / _YI / _WAN, 2):,}", "万亿"


def wan_parts(value: Number) -> tuple[str, str]:
    """Number and unit apart, for KPI cells.

    >>> wan_parts(12_843_000), wan_parts(812)
    (('1,284.3', '万'), ('812', ''))
    """
    exact = _exact(value)
    text, unit = _short(exact, 0)
    return _signed(exact, text), unit


def wan(value: Number | None) -> str:
    """A count: below 10,000 in full, then 万 with one digit, then 亿 with two; a zero is a digit.

    >>> [wan(n) for n in (0, 9_999, 10_000, 86_200, 305_000_000)]
    ['0', '9,999', '1.0 万', '8.6 万', '3.05 亿']
    >>> wan(99_996_000), wan(99_999_600), wan(-12_000), wan(None)
    ('9,999.6 万', '1.00 亿', '−1.2 万', '—')
    """
    if value is None:
        return NONE
    text, unit = wan_parts(value)
    return f"{text} {unit}".rstrip()


def yuan_parts(fen: Number, *, full: bool = False) -> tuple[str, str]:
    """Amount with its sign and ¥, and the unit apart.

    >>> yuan_parts(86_200_000), yuan_parts(2_360)
    (('¥86.2', '万'), ('¥23.60', ''))
    """
    exact = _exact(round(fen, 6)) / 100  # half a fen is half a fen, whatever adding left beside it
    text, unit = (f"{_round(abs(exact), 2):,}", "") if full else _short(exact, 2)
    return _signed(exact, text, "¥"), unit


def yuan(fen: Number | None, *, full: bool = False) -> str:
    """Money from 分: two digits below ¥1 万, then 万 with one digit; ``full`` keeps every digit.

    >>> [yuan(fen) for fen in (0, 32_900, 999_999, 1_000_000, 86_200_000)]
    ['¥0.00', '¥329.00', '¥9,999.99', '¥1.0 万', '¥86.2 万']
    >>> yuan(128_600, full=True), yuan(-5_000), yuan(None)
    ('¥1,286.00', '−¥50.00', '—')

    Half a fen is half a fen, whatever adding left beside it:

    >>> yuan(2_185_578.4999999998, full=True)
    '¥21,855.79'
    """
    if fen is None:
        return NONE
    text, unit = yuan_parts(fen, full=full)
    return f"{text} {unit}".rstrip()


def money(fen: Number, currency: str) -> str:
    """An amount in its own currency; sums over currencies are never made.

    >>> money(32_900, "CNY"), money(1_200, "USD"), money(500, "CHF")
    ('¥329.00', '$12.00', 'CHF 5.00')
    """
    return yuan(fen, full=True).replace("¥", SYMBOLS.get(currency, f"{currency} "))


@dataclass(frozen=True, slots=True)
class MoneyColumn:
    """How the amounts of one column are written: all in one unit, none of them rounded to nothing.

    >>> column = MoneyColumn.of([9_400_000, 2_100, 0])
    >>> column.unit, [column.show(fen) for fen in (9_400_000, 2_100, 0, None)]
    ('万元', ['9.4', '< 0.1', '0.0', '—'])
    >>> MoneyColumn.of([26_900]).show(26_900), MoneyColumn.of([]).unit
    ('269.00', '元')
    """

    unit: str
    scale: int
    digits: int

    @classmethod
    def of(cls, amounts: Iterable[Number]) -> MoneyColumn:
        """In 万元 where the largest reaches 1 万, else in 元 with 分."""
        most = max((abs(fen) for fen in amounts), default=0)
        return cls("万元", 1_000_000, 1) if most >= 1_000_000 else cls("元", 100, 2)

    def show(self, fen: Number | None) -> str:
        if fen is None:
            return NONE
        value = _exact(fen) / self.scale
        step = Decimal(1).scaleb(-self.digits)
        if value and not _round(value, self.digits):
            return f"< {step}" if value > 0 else f"> {MINUS}{step}"
        return figure(value, self.digits)


def pct(ratio: Number | None, digits: int = 2) -> str:
    """A ratio as percent. What is not zero is never shown as zero, what is not whole never as 100%.

    >>> pct(0.0482), pct(0), pct(0.00004), pct(0.99997), pct(1), pct(-0.99997), pct(None)
    ('4.82%', '0.00%', '< 0.01%', '> 99.99%', '100.00%', '< −99.99%', '—')
    """
    if ratio is None:
        return NONE
    exact = _exact(ratio) * 100
    shown, step = _round(exact, digits), Decimal(1).scaleb(-digits)
    if shown == 0 and exact != 0:
        return f"< {step}%" if exact > 0 else f"> {MINUS}{step}%"
    if abs(shown) == 100 and abs(exact) < 100:
        return f"> {100 - step}%" if exact > 0 else f"< {MINUS}{100 - step}%"
    return _signed(shown, f"{abs(shown):,}%")


def exact(value: Number | None, unit: str) -> str:
    """A figure with every digit that counts, for formulas that a reader works out again.

    Amounts (分) come in yuan and fen, counts in full, ratios with two digits or as many as say something.

    >>> exact(165_400_050, "money"), exact(1_284_300.0, "count"), exact(0.0546, "ratio")
    ('¥1,654,000.50', '1,284,300', '5.46%')
    >>> exact(0.0000123, "ratio"), exact(0, "ratio"), exact(3.4167, "times"), exact(None, "count")
    ('0.0012%', '0.00%', '3.42', '—')
    >>> exact(0.9999877, "ratio"), exact(1 - 1e-16, "ratio")
    ('99.9988%', '100.00%')
    """
    if value is None:
        return NONE
    if unit == "ratio":
        percent = abs(_exact(value)) * 100
        missing = abs(100 - percent)
        short = min(percent or _STEP, missing if missing > _NOISE else _STEP)
        digits = 2 if short >= _STEP else 1 - short.adjusted()
        return f"{figure(_exact(value) * 100, digits)}%"
    if unit == "money":
        return yuan(value, full=True)
    return times(value) if unit == "times" else figure(value)


def points(difference: Number | None, digits: int = 2) -> str:
    """The difference of two ratios, without its direction.

    >>> points(-0.0018), points(0.00001), points(None)
    ('0.18 个百分点', '不足 0.01 个百分点', '—')
    """
    if difference is None:
        return NONE
    size = abs(_exact(difference)) * 100
    shown = _round(size, digits)
    if shown == 0 and size:
        return f"不足 {Decimal(1).scaleb(-digits)} 个百分点"
    return f"{shown} 个百分点"


def times(value: Number | None) -> str:
    """A multiple such as ROI; what is not nothing is never shown as nothing.

    >>> times(3.4167), times(0), times(0.0033), times(-0.0033), times(None)
    ('3.42', '0.00', '< 0.01', '> −0.01', '—')
    """
    if value and not _round(_exact(value), 2):
        return f"< {_STEP}" if value > 0 else f"> {MINUS}{_STEP}"
    return figure(value, 2)


def tick(text: str) -> str:
    """A value as it is written, without the zeros that say nothing: on an axis, in a score, in days.

    >>> tick("¥40.0 万"), tick("¥2,500.00"), tick("2.50%"), tick("120")
    ('¥40 万', '¥2,500', '2.5%', '120')
    """
    return _IDLE_ZEROS.sub(lambda found: found[1].rstrip("."), text)


def score(value: Number | None) -> str:
    """Points from −100 to 100, as the Net Promoter Score has them, with one digit where it says something.

    >>> score(32), score(-8.46), score(None)
    ('32', '−8.5', '—')
    """
    return NONE if value is None else tick(figure(value, 1))


def lasting(seconds: Number) -> str:
    """A duration in at most two steps.

    >>> [lasting(s) for s in (42, 131, 5_400, 363_000)]
    ['42 秒', '2 分 11 秒', '1 小时 30 分', '4.2 天']
    """
    whole = int(_round(_exact(seconds), 0))
    if whole < 60:
        return f"{whole} 秒"
    if whole < 3_600:
        return _two(whole // 60, "分", whole % 60, "秒")
    if whole < 86_400:
        return _two(whole // 3_600, "小时", whole % 3_600 // 60, "分")
    return f"{tick(str(_round(Decimal(whole) / 86_400, 1)))} 天"


def _two(big: int, unit: str, small: int, smaller_unit: str) -> str:
    return f"{big} {unit} {small} {smaller_unit}" if small else f"{big} {unit}"


def day_cn(day: date | datetime, *, on: date | None = None, weekday: bool = True) -> str:
    """A day with its weekday; the year stands only where it is not this year's.

    >>> (
    ...     day_cn(date(2026, 11, 25), on=date(2026, 11, 23)),
    ...     day_cn(date(2025, 1, 2), on=date(2026, 1, 1)),
    ... )
    ('11-25 周三', '2025-01-02 周四')
    >>> from datetime import UTC
    >>> day_cn(datetime(2026, 11, 24, 20, tzinfo=UTC), on=date(2026, 11, 25))
    '11-25 周三'
    """
    today = on or datetime.now(SHANGHAI).date()
    if isinstance(day, datetime):
        day = day.astimezone(SHANGHAI)
    text = day.strftime("%m-%d" if day.year == today.year else "%Y-%m-%d")
    return f"{text} 周{WEEKDAYS[day.weekday()]}" if weekday else text


def when(moment: datetime, *, now: datetime | None = None) -> str:
    """A moment: minutes ago within the hour, else day and 24-hour time.

    >>> from datetime import timedelta
    >>> noon = datetime(2026, 11, 23, 12, 40, tzinfo=SHANGHAI)
    >>> [when(noon - timedelta(minutes=m), now=noon) for m in (0, 12, 70, 1_500)]
    ['刚刚', '12 分钟前', '今天 11:30', '11-22 11:40']
    """
    at, present = moment.astimezone(SHANGHAI), (now or datetime.now(SHANGHAI)).astimezone(SHANGHAI)
    minutes = (present - at).total_seconds() / 60
    if 0 <= minutes < 60:
        return f"{int(minutes)} 分钟前" if minutes >= 1 else "刚刚"
    return stamp(moment, now=present, today_word=True)


def stamp(
    moment: datetime,
    *,
    now: datetime | None = None,
    today_word: bool = False,
    with_year: bool = False,
) -> str:
    """A moment as day and time, for whatever must be checked.

    >>> stamp(
    ...     datetime(2025, 3, 1, 9, 5, tzinfo=SHANGHAI), now=datetime(2026, 3, 1, tzinfo=SHANGHAI)
    ... )
    '2025-03-01 09:05'
    """
    at, present = moment.astimezone(SHANGHAI), (now or datetime.now(SHANGHAI)).astimezone(SHANGHAI)
    if today_word and at.date() == present.date():
        return f"今天 {at:%H:%M}"
    this_year = at.year == present.year and not with_year
    return at.strftime("%m-%d %H:%M" if this_year else "%Y-%m-%d %H:%M")


@dataclass(frozen=True, slots=True)
class Delta:
    """A change ready to show: direction by arrow and word, judgement by colour only."""

    direction: Literal["up", "down", "flat", ""]
    text: str
    tone: Literal["good", "bad", ""] = ""


def delta(
    value: Number | None,
    *,
    kind: Literal["ratio", "points"] = "ratio",
    better: Better = "up",
    unit: str = "",
    reason: str = "",
) -> Delta:
    """How a figure changed; ``value`` is relative (0.124) or, for ratios, a difference (0.0031).

    >>> delta(0.124), delta(-0.0018, kind="points")
    (Delta(direction='up', text='升 12.4%', tone='good'), Delta(direction='down', text='降 0.18 个百分点', tone='bad'))
    >>> delta(-0.9997).text, delta(-1).text
    ('降 超过 99.9%', '降 100.0%')
    >>> (
    ...     delta(0.031, better="down", unit="money").text,
    ...     delta(0).text,
    ...     delta(None, reason="上期没有数据").text,
    ... )
    ('升 3.1% 变贵', '持平', '不可比：上期没有数据')
    """
    if value is None:
        return Delta("", f"不可比：{reason}" if reason else "不可比")
    exact = _exact(value)
    if _round(exact * 100, 2 if kind == "points" else 1) == 0:
        return Delta("flat", "持平")
    up = exact > 0
    tone: Literal["good", "bad", ""] = (
        "" if better == "none" else "good" if up == (better == "up") else "bad"
    )
    words = [f"{'升' if up else '降'} {_size(exact, kind)}"]
    if better == "down":
        words.append(_cost_word(up, unit))
    return Delta("up" if up else "down", " ".join(words), tone)


def _size(exact: Decimal, kind: str) -> str:
    if kind == "points":
        return points(exact)
    if exact >= 10:
        return f"{figure(exact, 1)} 倍"
    text = figure(abs(exact) * 100, 1)
    return "超过 99.9%" if text == "100.0" and -1 < exact < 0 else f"{text}%"


def _cost_word(up: bool, unit: str) -> str:
    if unit == "money":
        return "变贵" if up else "变省"
    return "变差" if up else "变好"


def change(now: Number | None, before: Number | None) -> float | None:
    """The relative change; ``None`` where there is nothing to compare with.

    >>> change(112, 100), change(5, 0), change(None, 3)
    (0.12, None, None)
    """
    if now is None or not before:
        return None
    return float((_exact(now) - _exact(before)) / abs(_exact(before)))
