"""Masks what identifies a person in words that pages send freely: phone numbers, e-mail addresses, ID numbers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import orjson

from shemei.edge.redirect import UTM
from shemei.engines.phones import IN_TEXT

if TYPE_CHECKING:
    from collections.abc import Callable

FIELDS = ("action", "page", "region", *UTM)
"""Fields of an event that hold free text; ``props`` is one more, with the title of the page in it."""

PHONE, EMAIL, ID_CARD = "[手机号]", "[邮箱]", "[身份证号]"
THINGS = frozenset(
    ("article", "articles", "explore", "g", "good", "goods", "item", "items", "note", "notes", "offer", "p", "pid", "post",
     "posts", "product", "products", "sku", "spu", "video", "videos", "商品", "宝贝", "笔记", "视频", "文章")
)  # fmt: skip
"""Names in a path behind which eleven digits number a thing; behind any other word they may be somebody's phone."""
BESIDE = frozenset(("detail", "details", "id", "info", "page", "show", "view", "详情"))
"""Words that stand between such a name and its number."""
_DIGITS = re.compile(r"\d{3}[- ]?\d{4}[- ]?\d{4}")
_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[^\W\dA-Za-z_]+|\d+")
_AHEAD = re.compile(r"(?:\.html?)?(?:/|\Z)")
_ID_CARD = re.compile(
    r"(?<![0-9])[1-9][0-9]{5}(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])"
    r"[0-9]{3}[0-9Xx](?![0-9])"
)
_EMAIL = re.compile(
    r"(?<![A-Za-z0-9._+-])[A-Za-z0-9._+-]{1,64}(?:@|%40)[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,4}"
)
_PICTURE = re.compile(r"(?i)@[0-9]x\.(?:png|jpe?g|webp|gif|svg)$")
_LONG = re.compile(r"(?<![0-9A-Fa-f-])[0-9A-Fa-f-]{20,}")
_LETTER = re.compile(r"[A-Fa-f]")
"""Ids made by machines: eleven of their digits may look like a phone number and are none."""


def is_telling(text: str) -> bool:
    """Say whether it is worth looking closer: the one look that every event pays for.

    Examples
    --------
    >>> is_telling("/p/1?a=2"), is_telling("138 0013 8000"), is_telling("a@b.cn")
    (False, True, True)
    """
    return "@" in text or "%40" in text or _DIGITS.search(text) is not None


def masked(text: str) -> str:
    """Return a text without what identifies a person.

    Examples
    --------
    >>> masked("回电 13800138000，或 mei.lin+1@yuhe.cn"), masked("+86 138-0013-8000")
    ('回电 [手机号]，或 [邮箱]', '[手机号]')
    >>> masked("11010519491231002X"), masked("订单 1380013800012"), masked("/p/1763179200000")
    ('[身份证号]', '订单 1380013800012', '/p/1763179200000')
    >>> masked("/u/x%20a%40b.cn"), masked("logo@2x.png")
    ('/u/x%[邮箱]', 'logo@2x.png')
    >>> masked("6fa413800138000e9bc04d21aa0031f2")
    '6fa413800138000e9bc04d21aa0031f2'
    """
    return _masked(text, lambda found: False)


def masked_path(path: str) -> str:
    """Return the path of a page without what identifies a person; the number of a product stays.

    Examples
    --------
    >>> masked_path("/item/13812345678.html"), masked_path("/goods/detail/13812345678")
    ('/item/13812345678.html', '/goods/detail/13812345678')
    >>> masked_path("/user/13812345678/orders"), masked_path("/p/138-1234-5678")
    ('/user/[手机号]/orders', '/p/[手机号]')
    """
    return _masked(path, _numbers_a_thing)


def _numbers_a_thing(found: re.Match[str]) -> bool:
    """Whether eleven digits are a whole part of a path, as shops number goods, and the name before is a thing's."""
    if len(found[0]) != 11 or _AHEAD.match(found.string, found.end()) is None:
        return False
    *before, ahead = found.string[: found.start()].split("/")
    names = [{word.lower() for word in _WORDS.findall(unquote(part))} for part in before[-2:]]
    if ahead or not names or not names[-1]:
        return False
    words = set().union(*names) if names[-1] <= BESIDE else names[-1]
    return words <= THINGS | BESIDE and not words <= BESIDE


def _masked(text: str, stays: Callable[[re.Match[str]], bool]) -> str:
    if not is_telling(text):
        return text
    text = _ID_CARD.sub(ID_CARD, _EMAIL.sub(_of_email, text))
    machines = [one.span() for one in _LONG.finditer(text) if _LETTER.search(one[0])]

    def of_phone(found: re.Match[str]) -> str:
        inside = any(start <= found.start() and found.end() <= end for start, end in machines)
        return found[0] if inside or stays(found) else PHONE

    return IN_TEXT.sub(of_phone, text)


def _of_email(found: re.Match[str]) -> str:
    return found[0] if _PICTURE.search(found[0]) else EMAIL


def mask(row: dict[str, Any]) -> bool:
    """Mask the free texts of an event in place; returns whether there was anything to mask.

    Examples
    --------
    >>> row = {"page": "/u/13800138000", "props": '{"tel":13800138000,"n":[{"q":"a@b.cn"}]}'}
    >>> mask(row), row
    (True, {'page': '/u/[手机号]', 'props': '{"tel":"[手机号]","n":[{"q":"[邮箱]"}]}'})
    """
    props: str = row["props"]
    words = [row.get(name, "") for name in FIELDS]
    if not is_telling("\n".join([*words, props])):
        return False
    changed = False
    for name, word in zip(FIELDS, words, strict=True):
        clean = masked_path(word) if name == "page" else masked(word)
        if clean != word:
            row[name] = clean
            changed = True
    if is_telling(props):
        told = orjson.loads(props)
        if (known := _inside(told)) != told:
            row["props"] = orjson.dumps(known).decode()
            changed = True
    return changed


def _inside(told: Any) -> Any:
    """Return a value of JSON with its texts, names and whole numbers masked."""
    if isinstance(told, str):
        return masked(told)
    if isinstance(told, dict):
        return {masked(name): _inside(value) for name, value in told.items()}
    if isinstance(told, list):
        return [_inside(value) for value in told]
    if type(told) is int or (type(told) is float and told.is_integer()):
        text = str(int(told))
        return told if (clean := masked(text)) == text else clean
    return told
