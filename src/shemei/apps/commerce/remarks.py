"""Promo codes that stand in a shop's remarks: found as whole words, while the remark itself is never kept."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from shemei.kernel.addresses import INVISIBLE
from shemei.kernel.imports import cells
from shemei.kernel.imports.kinds import Field

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from shemei.kernel.imports.kinds import Group

_UNSHOWN = "只找优惠码"
_NOTE = "只在里面找登记过的优惠码，文字本身不存"


def _whole(value: Any) -> str:
    """A remark uncut: half a word might be a code that nobody wrote."""
    return value if isinstance(value, str) else cells.text(value)


def _field(key: str, label: str, *synonyms: str, **more: Any) -> Field:
    return Field(key, label, _whole, synonyms, note=_NOTE, personal=True, mask=lambda _: _UNSHOWN, **more)  # fmt: skip


FIELDS = (
    _field("remark", "商家备注", "卖家备注", "备注", "订单备注", "客服备注", "店铺备注", "商家备忘", "seller remark", "seller memo", "remark", example="达人码 AZHI30"),
    _field("message", "买家留言", "买家备注", "顾客留言", "客户留言", "用户备注", "客户备注", "buyer message", "buyer note", "customer note"),
)  # fmt: skip
KEYS = tuple(field.key for field in FIELDS)
NOTED = "noted"
"""What stays of a row's remarks: the registered codes in them."""


def note_codes(values: dict[str, Any], known: frozenset[str]) -> None:
    """Put the registered codes of a row's remarks in the place of the remarks."""
    told = [str(values.pop(key)) for key in KEYS if key in values]
    if found := {code for text in told for code in codes_in(text, known)}:
        values[NOTED] = sorted(found)


def noted_in(group: Group) -> Sequence[str]:
    """The different codes that the remarks of one order name, unless a column of its own names one."""
    if any(row.values.get("promo_code") for row in group):
        return ()
    return sorted({code for row in group for code in row.values.get(NOTED, ())})


_RUN = re.compile(r"[\w-]+")
_LATIN = re.compile(r"[^\u4e00-\u9fff]+")
_SAID = re.compile(r"(?:码|口令)[是为]?")
_BEFORE = re.compile(r"(?:\d[.,:/~]|[¥$€*])$")
_AFTER = re.compile(r"(?:[.,:/~]\d|[%*])")


def codes_in(text: str, known: frozenset[str]) -> set[str]:
    """The known codes that stand in a text as whole words, whatever their width and case.

    A code may touch Chinese where it begins or ends with a letter or a digit. One of figures alone, and the
    Chinese end of one, must stand free, but for a 「码」 or 「口令」 just before it.

    >>> codes_in("用码ａｚｈｉ30下单，AZHI300 不是", frozenset({"AZHI30"}))
    {'AZHI30'}
    >>> figures = frozenset({"30", "5"})
    >>> codes_in("30天内发货，满30.5减5", figures), codes_in("优惠码30", figures)
    (set(), {'30'})
    """
    if not known:
        return set()
    plain = unicodedata.normalize("NFKC", text.translate(INVISIBLE)).upper()
    return {
        word
        for run in _RUN.finditer(plain)
        for word, is_free in _words(run[0], _longest(known))
        if word in known
        and (not word.isdecimal() or (is_free and not _in_number(plain, run.start(), run.end())))
    }


@lru_cache(maxsize=8)
def _longest(known: frozenset[str]) -> int:
    return max(map(len, known))


def _words(run: str, longest: int) -> Iterator[tuple[str, bool]]:
    """Every stretch of a run that may be a word of its own, and whether it reaches both ends of the run.

    A cell may be as long as its writer likes: none that is longer than any code is cut out of it.
    """
    first = {0, *(found.end() for found in _SAID.finditer(run))}
    starts, ends = set(first), {len(run)}
    for part in _LATIN.finditer(run):
        if word := part[0].strip("-_"):
            at = part.start() + part[0].index(word)
            starts.add(at)
            ends.add(at + len(word))
    stops = sorted(ends)
    for start in starts:
        near = slice(bisect_right(stops, start), bisect_right(stops, start + longest))
        for end in stops[near]:
            yield run[start:end], start in first and end == len(run)


def _in_number(text: str, start: int, end: int) -> bool:
    """Whether figures belong to a longer number, a price, a date or a masked phone."""
    return bool(_BEFORE.search(text, max(start - 2, 0), start) or _AFTER.match(text, end))
