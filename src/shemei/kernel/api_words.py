"""What programs are told of a value that does not fit: a stable word for the program, a sentence for its people."""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

REFUSALS = {
    400: ("unreadable", "请求读不懂"),
    401: ("no_key", "没有可用的密钥"),
    403: ("forbidden", "权限不够"),
    404: ("not_found", "没有找到"),
    405: ("wrong_method", "不支持这种方法"),
    409: ("conflict", "与已有的冲突"),
    422: ("invalid", "内容不合要求"),
    429: ("too_many", "请求太多"),
    503: ("recomputing", "正在重新计算"),
}
"""By status: the code of a refusal and its title."""
_WHEN = "不是时间，写成 2026-11-11T20:31:00+08:00"
_DAY = "不是日期，写成 2026-11-11"
_WORDS = {
    "missing": ("missing", "缺这一项"),
    "extra_forbidden": ("unknown_field", "不认识这一项"),
    "int_parsing": ("not_an_integer", "不是整数"),
    "int_type": ("not_an_integer", "不是整数"),
    "int_from_float": ("not_an_integer", "不是整数"),
    "int_parsing_size": ("too_large", "太大"),
    "finite_number": ("not_a_number", "不是数字"),
    "float_parsing": ("not_a_number", "不是数字"),
    "float_type": ("not_a_number", "不是数字"),
    "bool_parsing": ("not_a_boolean", "不是 true 或 false"),
    "bool_type": ("not_a_boolean", "不是 true 或 false"),
    "string_type": ("not_text", "不是文字"),
    "string_unicode": ("not_text", "不是文字"),
    "string_pattern_mismatch": ("bad_characters", "里面有不能用的字符"),
    "string_too_long": ("too_long", "太长，最多 {max_length} 个字"),
    "string_too_short": ("too_short", "太短，最少 {min_length} 个字"),
    "too_long": ("too_many", "太多，最多 {max_length} 个"),
    "too_short": ("too_few", "太少，最少 {min_length} 个"),
    "list_type": ("not_a_list", "不是列表"),
    "dict_type": ("not_an_object", "不是对象"),
    "model_type": ("not_an_object", "不是对象"),
    "model_attributes_type": ("not_an_object", "不是对象"),
    "datetime_from_date_parsing": ("not_a_time", _WHEN),
    "datetime_parsing": ("not_a_time", _WHEN),
    "datetime_type": ("not_a_time", _WHEN),
    "date_from_datetime_parsing": ("not_a_date", _DAY),
    "date_from_datetime_inexact": ("not_a_date", _DAY),
    "date_parsing": ("not_a_date", _DAY),
    "date_type": ("not_a_date", _DAY),
    "greater_than_equal": ("too_small", "太小，最少是 {ge}"),
    "greater_than": ("too_small", "太小，要大于 {gt}"),
    "less_than_equal": ("too_large", "太大，最多是 {le}"),
    "less_than": ("too_large", "太大，要小于 {lt}"),
}
"""By the validator's word; what is not among them is ``invalid``."""


ARGUMENTS = ("asked", "payload", "told")
"""What our operations call the one schema they take of a query or a body."""


def where_of(loc: tuple[int | str, ...]) -> str:
    """The path of a value as the sender knows it, without the name of our operation's argument.

    Examples
    --------
    >>> where_of(("query", "by")), where_of(("query", "asked"))
    ('query.by', 'query')
    >>> where_of(("body", "payload", "events", 3, "time"))
    'body.events.3.time'
    """
    place, *rest = loc
    inner = rest[1:] if rest and rest[0] in ARGUMENTS else rest
    return ".".join(str(part) for part in (place, *inner))


def word_of(error: Mapping[str, Any], given: str = "") -> tuple[str, str]:
    """The stable code of one thing that is wrong, and what to say of it; ``given`` is what was sent, where known.

    Examples
    --------
    >>> word_of({"type": "less_than_equal", "ctx": {"le": 500}})
    ('too_large', '太大，最多是 500')
    """
    kind, context = error["type"], error.get("ctx") or {}
    if kind in ("literal_error", "enum"):
        return "not_one_of", one_of(given, re.findall(r"'([^']*)'", context["expected"]))
    if kind == "value_error":
        return "invalid", error["msg"].removeprefix("Value error, ")
    code, words = _WORDS.get(kind, ("invalid", "不合要求"))
    return code, words.format_map(context)


def one_of(given: str, known: list[str]) -> str:
    """What to say of a word that is none of the known ones: the nearest first.

    Examples
    --------
    >>> one_of("chanel", ["channel", "content"])
    '没有「chanel」。是不是要 channel？可以是 channel、content'
    >>> one_of("", ["day", "week"])
    '可以是 day、week'
    """
    near = get_close_matches(given, known, n=3, cutoff=0.5) if given else []
    said = f"没有「{given[:40]}」。" if given else ""
    asked = f"是不是要 {'、'.join(near)}？" if near else ""
    return f"{said}{asked}可以是 {'、'.join(known)}"
