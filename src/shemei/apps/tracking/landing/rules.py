"""Decisions about landing pages without I/O: reading blocks strictly, choosing a variant, tidying a contact."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from shemei.apps.tracking.landing.blocks import ASKED, KINDS, MOST_BLOCKS, Field
from shemei.engines.phones import mobile
from shemei.engines.proportions import against_first
from shemei.kernel.addresses import INVISIBLE, BadInput, tidy_url
from shemei.warehouse.vocabulary import SHANGHAI

Block = dict[str, Any]
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
_WECHAT = re.compile(r"[A-Za-z][A-Za-z0-9_-]{5,19}")
LEAST_SEEN = 30
"""Visitors each variant needs before a difference is worth a word."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a field of a block cannot be published yet."""

    block: str
    field: str
    text: str


@dataclass(frozen=True, slots=True)
class Known:
    """What the keys in blocks may name: those of this brand (and of this page, for pictures)."""

    pictures: frozenset[str] = frozenset()
    products: frozenset[str] = frozenset()
    links: frozenset[str] = frozenset()
    codes: frozenset[str] = frozenset()


def clip(text: object, limit: int) -> str:
    """Typed text without what no page should hold; what is too long is kept up to twice the limit, to be shortened.

    Examples
    --------
    >>> clip(" 换季\\u202e烂脸\\x00 ", 40)
    '换季烂脸'
    """
    plain = _CONTROL.sub("", str(text)).replace("\r\n", "\n").replace("\r", "\n")
    return plain.strip()[: 2 * limit + 20]


def typed(kind: str, data: Mapping[str, Any]) -> Block:
    """What a form sent of one block, as a draft keeps it: everything typed, nothing else.

    Examples
    --------
    >>> typed("button", {"title": "去看看", "onclick": "x"})
    {'kind': 'button', 'title': '去看看', 'url': '', 'link': ''}
    """
    fields = KINDS[kind].fields
    return {"kind": kind, **{f.name: clip(data.get(f.name, ""), f.limit) for f in fields}}


_TURN = re.compile(r"[a-z0-9-]{1,40}:[0-9]{1,9}", re.ASCII)


def turn_of(text: str) -> str:
    """A turn as a builder tells it; empty for whatever is none.

    >>> turn_of("ab:7"), turn_of("ab:-7"), turn_of("7")
    ('ab:7', '', '')
    """
    return text if _TURN.fullmatch(text) else ""


def is_overtaken(block: Block, turn: str) -> bool:
    """Whether this turn (``editor:number``) of an open builder is older than the one the block was last kept with.

    Examples
    --------
    >>> kept = {"kind": "text", "turn": "ab:7"}
    >>> [is_overtaken(kept, turn) for turn in ("ab:6", "ab:7", "ab:12", "cd:1", "")]
    [True, False, False, False, False]
    """
    editor, _, number = turn.partition(":")
    kept_by, _, kept = block.get("turn", "").partition(":")
    return bool(number) and editor == kept_by and int(number) < int(kept)


def read(blocks: Iterable[Mapping[str, Any]], known: Known) -> tuple[list[Block], list[Problem]]:
    """The blocks that may be shown, and what keeps the others back. Nothing unknown gets through."""
    good: list[Block] = []
    problems: list[Problem] = []
    seen: set[str] = set()
    for given in blocks:
        kind = given.get("kind")
        if not isinstance(kind, str) or kind not in KINDS:
            continue
        block_id = str(given.get("id", ""))[:22]
        block, wrong = _one(kind, given, known)
        if KINDS[kind].once and kind in seen:
            wrong = {"": f"一页只放一个{KINDS[kind].name}。请删掉多出的。"}
        if len(good) >= MOST_BLOCKS:
            wrong = {"": f"一页最多 {MOST_BLOCKS} 块。请合并或删去一些。"}
        problems += [Problem(block_id, name, text) for name, text in wrong.items()]
        if not wrong:
            seen.add(kind)
            good.append({"id": block_id, **block})
    return good, problems


def _one(kind: str, given: Mapping[str, Any], known: Known) -> tuple[Block, dict[str, str]]:
    block: Block = {"kind": kind}
    wrong: dict[str, str] = {}
    for field in KINDS[kind].fields:
        text = clip(given.get(field.name, ""), field.limit)
        try:
            block[field.name] = _READERS.get(field.typed, _text)(field, text, known)
        except BadInput as error:
            wrong[field.name] = str(error)
    return block, wrong or _together(block)


def _together(block: Block) -> dict[str, str]:
    """What only several fields together tell."""
    kind = block["kind"]
    if kind in ("button",) and not (block["url"] or block["link"]):
        return {"url": "按钮还没有去处。请填网址，或选一条短链。"}
    if kind == "hero" and block["picture"] and not block["alt"]:
        return {"alt": "选了图就要写图片说明。"}
    if kind == "form" and block["choice"] and not 2 <= len(block["options"]) <= 8:
        return {"options": "单选要有 2 至 8 个选项，每行一个。"}
    return {}


def _text(field: Field, text: str, known: Known) -> str:
    if field.required and not text:
        raise BadInput(f"还没有填{field.label}。")
    if len(text) > field.limit:
        raise BadInput(f"{field.label}超了 {len(text) - field.limit} 字，上限 {field.limit} 字。")
    return text


def _url(field: Field, text: str, known: Known) -> str:
    return web_address(text) if text else ""


def web_address(text: str) -> str:
    """An http(s) address with its own query; anything a browser would run is refused.

    Examples
    --------
    >>> web_address("https://shop.example/p?a=1&utm_source=xhs")
    'https://shop.example/p?a=1&utm_source=xhs'
    """
    found = tidy_url(text)
    utm = "&".join(f"{name}={quote(value)}" for name, value in found.utm.items())
    if not utm:
        return found.url
    address, mark, fragment = found.url.partition("#")
    return f"{address}{'&' if '?' in address else '?'}{utm}{mark}{fragment}"


def _moment(field: Field, text: str, known: Known) -> str:
    if not text:
        raise BadInput(f"还没有填{field.label}。")
    try:
        moment = datetime.fromisoformat(text)
        aware = moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)
        return aware.astimezone(SHANGHAI).isoformat(timespec="minutes")
    except (ValueError, OverflowError):
        raise BadInput("结束时间读不出来。请写成 2026-12-12 20:00。") from None


def _lines(field: Field, text: str, known: Known) -> list[str]:
    lines = [line.strip()[:30] for line in text.split("\n") if line.strip()]
    return list(dict.fromkeys(lines))


def _asked(field: Field, text: str, known: Known) -> list[str]:
    asked = [name for name in ASKED if name in text.split(",")]
    if not {"phone", "wechat"} & set(asked):
        raise BadInput("手机和微信号至少要一样，不然联系不上。")
    return asked


def _key_of(among: str, gone: str) -> Callable[[Field, str, Known], str]:
    def reader(field: Field, text: str, known: Known) -> str:
        if field.required and not text:
            raise BadInput(f"还没有选{field.label}。")
        if text and text not in getattr(known, among):
            raise BadInput(gone)
        return text

    return reader


_READERS: dict[str, Callable[[Field, str, Known], Any]] = {
    "url": _url,
    "moment": _moment,
    "lines": _lines,
    "asked": _asked,
    "picture": _key_of("pictures", "这张图不在了。请重新上传。"),
    "product": _key_of("products", "这件商品不在商品列表里了。请重新选择。"),
    "link": _key_of("links", "这条短链已归档或不在了。请重新选择。"),
    "code": _key_of("codes", "这个优惠码已停用或不在了。请重新选择。"),
}


def as_typed(block: Mapping[str, Any]) -> Block:
    """A published block as a draft holds it: lists are text again."""
    out = dict(block)
    if block["kind"] == "form":
        out["asked"] = ",".join(block["asked"])
        out["options"] = "\n".join(block["options"])
    return out


def pick(weights: Sequence[tuple[str, int]], draw: float) -> str:
    """The variant that a draw from 0 up to 1 falls on; weights need not add up to anything.

    Examples
    --------
    >>> [pick([("A", 1), ("B", 3)], draw) for draw in (0.0, 0.24, 0.25, 0.99)]
    ['A', 'A', 'B', 'B']
    """
    total = sum(weight for _, weight in weights)
    if not total:
        return weights[0][0] if weights else ""
    point = draw * total
    for letter, weight in weights:
        if point < weight:
            return letter
        point -= weight
    return weights[-1][0]


def tidy_mobile(text: str) -> str:
    """A mainland mobile number as people type it.

    Examples
    --------
    >>> tidy_mobile("+86 138-1234 5678")
    '13812345678'
    """
    if number := mobile(text):
        return number
    raise BadInput("手机号不对。请填 11 位手机号，例如 13800000000。")


def tidy_wechat(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text.translate(INVISIBLE)).strip()
    if not (_WECHAT.fullmatch(plain) or (plain and plain == mobile(plain))):
        raise BadInput("微信号不对。6 至 20 位，字母开头；也可以填手机号。")
    return plain


@dataclass(frozen=True, slots=True)
class Against:
    """How far the rate of one variant lies above the first one's; ``None`` bounds where too few came to say."""

    letter: str
    low: float | None = None
    high: float | None = None

    @property
    def is_known(self) -> bool:
        return self.low is not None

    @property
    def is_higher(self) -> bool:
        return self.low is not None and self.low > 0

    @property
    def is_lower(self) -> bool:
        return self.high is not None and self.high < 0

    @property
    def words(self) -> str:
        """The difference as a person reads it: a direction only where the interval has one."""
        if self.low is None or self.high is None:
            return f"两边没有都到 {LEAST_SEEN} 位访客，先不比"
        if self.is_higher:
            return f"高 {100 * self.low:.1f} 至 {100 * self.high:.1f} 个百分点"
        if self.is_lower:
            return f"低 {-100 * self.high:.1f} 至 {-100 * self.low:.1f} 个百分点"
        return f"看不出差别（低 {-100 * self.low:.1f} 至高 {100 * self.high:.1f} 个百分点）"


def against(counted: Sequence[tuple[str, int, int]]) -> list[Against]:
    """Each later variant (letter, leads, visitors) beside the first; all intervals hold together at 95 %.

    Examples
    --------
    >>> for one in against([("A", 50, 1000), ("B", 120, 1000), ("C", 3, 12)]):
    ...     print(one.letter, one.words)
    B 高 4.2 至 9.8 个百分点
    C 两边没有都到 30 位访客，先不比
    """
    if not counted:
        return []
    spans = against_first([(leads, visitors) for _, leads, visitors in counted])
    enough = [visitors >= LEAST_SEEN for _, _, visitors in counted]
    return [
        Against(letter, *span) if enough[0] and many else Against(letter)
        for (letter, _, _), span, many in zip(counted[1:], spans, enough[1:], strict=True)
    ]


def verdict(first: str, compared: Sequence[Against]) -> str:
    """What may be said of the variants, and no more than that; "" where there is nothing to compare."""
    known = [one for one in compared if one.is_known]
    if not compared:
        return ""
    if not known:
        return f"还看不出差别：比的两个版本各要有 {LEAST_SEEN} 位访客。"
    told = [
        f"{one.letter} 比 {first} {one.words}" for one in known if one.is_higher or one.is_lower
    ]
    if not told:
        return "还看不出差别：现在的高低也可能只是运气。继续收集，不要急着停。"
    return f"{'；'.join(told)}。中途看过几次就停，把握会比写的小。"
