"""A brand's naming rules for links: what they ask, what a link breaks, what it should say instead."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import count
from typing import TYPE_CHECKING

from shemei.apps.tracking.rules import UTM_NAMES, UTM_RULES

if TYPE_CHECKING:
    from collections.abc import Container, Mapping, Sequence

TOKENS: dict[str, str] = {
    "platform": "平台",
    "campaign": "营销计划",
    "creator": "达人",
    "spot": "投放位置",
    "date": "日期",
}
STEM = 75
"""How much of a name is kept where a number follows; names have at most 80 characters."""
SEPARATORS = "-_·/ "
_TOKEN = re.compile(r"\{([^{}]*)\}")
_ODD = re.compile(r"[^a-z0-9_.\-]+", re.IGNORECASE)
NAME = "name"
LABELS = {NAME: "名称", **{key: f"{word} {key}" for key, word in UTM_NAMES.items()}}


class PatternError(ValueError):
    """A pattern of names cannot be used; the message is Chinese and says why."""


@dataclass(frozen=True, slots=True)
class NamingRules:
    """What a brand asks of its links; an empty one asks nothing."""

    pattern: str = ""
    plain: bool = False
    lower: bool = False
    required: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    mediums: tuple[str, ...] = ()

    @property
    def asks(self) -> bool:
        return self != NamingRules()


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing a link says otherwise than agreed; ``better`` is "" where only a person knows."""

    field: str
    text: str
    better: str = ""

    @property
    def label(self) -> str:
        return LABELS[self.field]


@dataclass(frozen=True, slots=True)
class Facts:
    """What a link is about, for its name."""

    platform: str = ""
    campaign: str = ""
    creator: str = ""
    spot: str = ""
    date: str = ""


def check_pattern(pattern: str) -> str:
    """A pattern of names as it is stored; unknown words in braces are refused."""
    tidied = pattern.strip()
    unknown = [word for word in _TOKEN.findall(tidied) if word not in TOKENS]
    if unknown:
        told = "、".join(f"{{{token}}}" for token in TOKENS)
        raise PatternError(f"不认得 {{{unknown[0]}}}。可以用 {told}。")
    if tidied and not _TOKEN.search(tidied):
        raise PatternError("写法里没有一个 {…}，所有短链会同名。请至少放一个，例如 {platform}。")
    return tidied


def expected_name(pattern: str, facts: Facts) -> str:
    """The name a link should have; parts nothing is known of are left out with their separator."""
    pieces = re.split(r"(\{[a-z]+\})", pattern)
    told, held = "", ""
    for piece in pieces:
        token = _TOKEN.fullmatch(piece)
        if token is None:
            held += piece
        elif value := getattr(facts, token[1]):
            told += (held if told or held.strip(SEPARATORS) else "") + value
            held = ""
        else:
            held = held.rstrip(SEPARATORS)
    return (told + held).strip(SEPARATORS)[:80]


def remarks(rules: NamingRules, values: Mapping[str, str], facts: Facts) -> list[Remark]:
    """What a link breaks, its name first; each with what it should say where that is known."""
    found = _name(rules, values.get(NAME, ""), facts)
    for key in UTM_NAMES:
        found += _utm(rules, key, values.get(key, ""), values.get("platform", ""))
    return found


def _name(rules: NamingRules, name: str, facts: Facts) -> list[Remark]:
    if not rules.pattern:
        return []
    wanted = expected_name(rules.pattern, facts)
    if not wanted or re.fullmatch(_shape(wanted, facts), name):
        return []
    return [Remark(NAME, f"没有照「{_in_words(rules.pattern)}」写", wanted)]


def _shape(wanted: str, facts: Facts) -> str:
    """What names are as agreed: of any day, and with the number that keeps two of them apart."""
    shapes = [re.escape(wanted), re.escape(wanted[:STEM]) + r"-[1-9]\d{0,3}"]
    told = "|".join(shapes)
    return told.replace(re.escape(facts.date), r"\d{4,8}") if facts.date else told


def numbered(name: str, taken: Container[str]) -> str:
    """A name that nobody has: itself, or with ``-2``, ``-3`` … behind it."""
    tries = (f"{name[:STEM]}-{number}" for number in count(2))
    return name if name not in taken else next(one for one in tries if one not in taken)


def _in_words(pattern: str) -> str:
    return _TOKEN.sub(lambda found: TOKENS[found[1]], pattern)


def _utm(rules: NamingRules, key: str, value: str, platform: str) -> list[Remark]:
    if not value:
        if key not in rules.required:
            return []
        return [Remark(key, "规定要填，现在是空的", _usual(rules, key, platform))]
    better, told = value, []
    if rules.lower and better != better.lower():
        better = better.lower()
        told.append("要用小写")
    if rules.plain and _ODD.search(better):
        better = _ODD.sub("_", better).strip("_")
        told.append("只能用字母、数字和 - _ .")
    allowed = {"utm_source": rules.sources, "utm_medium": rules.mediums}.get(key, ())
    if allowed and better not in allowed:
        told.append(f"不在允许的值里：{'、'.join(allowed[:8])}")
        better = _nearest(better, allowed, _usual(rules, key, platform))
    return [Remark(key, "；".join(told), better)] if told else []


def _usual(rules: NamingRules, key: str, platform: str) -> str:
    usual = UTM_RULES.get(platform)
    value = {"utm_source": usual.source, "utm_medium": usual.medium}.get(key, "") if usual else ""
    allowed = {"utm_source": rules.sources, "utm_medium": rules.mediums}.get(key, ())
    return value if not allowed or value in allowed else ""


def _nearest(value: str, allowed: Sequence[str], usual: str) -> str:
    near = get_close_matches(value, allowed, n=1, cutoff=0.6)
    return near[0] if near else usual
