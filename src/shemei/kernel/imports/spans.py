"""Cells that name a range: 「1w-3w」, 「7.5w~10w」, 「≥10万」, 「10%~15%」. Both ends are kept, never only the middle.

A reader returns ``[low, high]``; an end that is open is ``None``, a single value stands at both ends.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from shemei.kernel.imports import cells
from shemei.kernel.imports.errors import CellError

Span = list[Any]
_BETWEEN = re.compile(r"^([^~\-–—至到]+)(?:~|-|–|—|至|到)([^~\-–—至到]+)$")
_FROM = re.compile(r"^(?:≥|>=|>|大于|不低于)(.+)$|^(.+?)(?:\+|以上|及以上|起)$")
_UPTO = re.compile(r"^(?:≤|<=|<|小于|不高于)(.+)$|^(.+?)(?:以下|以内|及以下)$")
_UNITS = "%wWkK万千亿"


def count_span(value: Any) -> Span:
    """How many, from and to.

    >>> count_span("1w-3w"), count_span("≥10万"), count_span("1-3万"), count_span(820)
    ([10000, 30000], [100000, None], [10000, 30000], [820, 820])
    """
    return _span(value, cells.count)


def money_span(value: Any) -> Span:
    """An amount in 分, from and to.

    >>> money_span("3000~5000"), money_span("¥8,000")
    ([300000, 500000], [800000, 800000])
    """
    return _span(value, cells.money)


def ratio_span(value: Any) -> Span:
    """A share between 0 and 1, from and to.

    >>> ratio_span("10%~15%"), ratio_span("<5%"), ratio_span("10~15%")
    ([0.1, 0.15], [None, 0.05], [0.1, 0.15])
    """
    return _span(value, cells.ratio)


def decimal_span(value: Any) -> Span:
    """A number with a fraction, an index of a platform for example.

    >>> decimal_span("62.5")
    [62.5, 62.5]
    """
    return _span(value, cells.decimal)


def in_words(span: Sequence[Any], show: Callable[[Any], str]) -> str:
    """A range for people, an end that is open as ≥ or ≤, one value alone.

    >>> (
    ...     in_words([1, 3], str),
    ...     in_words([5, None], str),
    ...     in_words([None, 5], str),
    ...     in_words([2, 2], str),
    ... )
    ('1 至 3', '≥ 5', '≤ 5', '2')
    """
    low, high = span
    if low is None or high is None:
        known, mark = (high, "≤") if low is None else (low, "≥")
        return "" if known is None else f"{mark} {show(known)}"
    return show(low) if low == high else f"{show(low)} 至 {show(high)}"


def _span(value: Any, read: Callable[[Any], Any]) -> Span:
    if not isinstance(value, str):
        return [read(value)] * 2
    written = re.sub(r"\s", "", cells.half_width(value))[: cells.LONGEST + 1]
    if len(written) > cells.LONGEST:
        raise _no_range(value)
    if found := _BETWEEN.match(written):
        return _between(value, found[1], found[2], read)
    if found := _FROM.match(written):
        return [read(found[1] or found[2]), None]
    if found := _UPTO.match(written):
        return [None, read(found[1] or found[2])]
    return [read(written)] * 2


def _between(value: str, first: str, second: str, read: Callable[[Any], Any]) -> Span:
    """In 「1-3万」 the unit stands once, for both ends."""
    unit = second[-1:] if second[-1:] in _UNITS and first[-1:].isdigit() else ""
    low, high = read(first + unit), read(second)
    if low > high:
        raise _no_range(value)
    return [low, high]


def _no_range(value: str) -> CellError:
    return CellError(
        "span", f"「{value[:40]}」不是一个范围", "请写成 1万-3万，小的在前；只有一头写成 ≥10万"
    )
