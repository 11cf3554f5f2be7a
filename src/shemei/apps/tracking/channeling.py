"""A brand's own channel rules: what holds now, what it says in words, what it would make of an address."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from shemei.apps.tracking.models import ChannelRuleSet, Link, Site
from shemei.edge.address import MOST_DEPTH, SHARE, passed_on, read_page
from shemei.edge.collect import platform_told
from shemei.edge.useragent import IN_APP_NAMES
from shemei.kernel.addresses import BadInput, tidy_url
from shemei.platforms import CHOICES
from shemei.warehouse.channels import (
    CHANNELS,
    DEFAULT_RULES,
    FIELDS,
    ChannelRules,
    Rule,
    RuleError,
    channel_name,
    rules_from,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from shemei.kernel.workspace import Workspace

MOST_RULES = 100
MOST_PATTERN = 300
MOST_CHANNEL = 20
FIELD_NAMES: dict[str, str] = {
    "utm_source": "来源 utm_source",
    "utm_medium": "媒介 utm_medium",
    "share_depth": "经过几手转发",
    "platform": "短链的平台",
    "in_app": "在哪个应用里打开",
    "referrer_host": "来源网站",
}
_KEYS_OF_CHANNELS = {channel.name: channel.key for channel in CHANNELS}
_WORDS: dict[str, dict[str, str]] = {
    "in_app": {key: name for key, name in IN_APP_NAMES.items() if key},
    "platform": dict(CHOICES),
    "share_depth": {"*": "任意几手", **{str(n): f"第 {n} 手" for n in range(1, MOST_DEPTH + 1)}},
}
HANDS = 6
"""So many hands the try-out offers; an address with a mark says more."""
Row = dict[str, str]


def latest(workspace: Workspace) -> ChannelRuleSet | None:
    """The rules that hold now; None where the brand never wrote any."""
    return ChannelRuleSet.objects.filter(workspace=workspace).first()


def rows_of(workspace: Workspace) -> list[Row]:
    found = latest(workspace)
    return list(found.rows) if found else []


def rules_of(workspace: Workspace) -> ChannelRules:
    """The brand's own rules and then the usual ones, as the edge has them."""
    rows = rows_of(workspace)
    return rules_from(rows) if rows else DEFAULT_RULES


def latest_of_all() -> dict[str, list[Row]]:
    """Workspace → its rules, for the edge; brands without rules of their own are left out."""
    found: dict[str, list[Row]] = {}
    for row in ChannelRuleSet.objects.order_by("id").select_related("workspace"):
        found[row.workspace.key] = row.rows
    return {workspace: rows for workspace, rows in found.items() if rows}


def tidy_rows(typed: Sequence[Mapping[str, str]]) -> list[Row]:
    """What was typed, as it is stored; a row left wholly empty is dropped.

    Raises
    ------
    RuleError
        Which rule cannot be used and why.
    """
    rows = [_tidy(row) for row in typed if _is_filled(row)]
    if len(rows) > MOST_RULES:
        raise RuleError(f"规则有 {len(rows)} 条，超过 {MOST_RULES} 条的上限。请合并一些。")
    for number, row in enumerate(rows, start=1):
        _check(number, row)
    rules_from(rows)
    return rows


def _is_filled(row: Mapping[str, str]) -> bool:
    return any(row.get(name, "").strip() for name in ("pattern", "channel", "also_pattern"))


def _tidy(row: Mapping[str, str]) -> Row:
    row = {name: text.replace("\0", "") for name, text in row.items()}
    field = row.get("field", "").strip()
    channel = row.get("channel", "").strip()
    tidied = {
        "field": field,
        "pattern": _pattern(field, row.get("pattern", "")),
        "channel": _KEYS_OF_CHANNELS.get(channel, channel),
    }
    also = row.get("also_field", "").strip()
    if also:
        tidied |= {"also_field": also, "also_pattern": _pattern(also, row.get("also_pattern", ""))}
    return tidied


def _pattern(field: str, text: str) -> str:
    """Words of a pattern; names of apps and platforms become what the log calls them."""
    keys = {_spaceless(name): key for key, name in _WORDS.get(field, {}).items()}
    words = [word.strip() for word in text.replace("｜", "|").split("|")]
    return "|".join(keys.get(_spaceless(word), word) for word in words if word)


def _spaceless(word: str) -> str:
    """A word as it is compared: 第1手 is 第 1 手."""
    return word.lower().replace(" ", "")


def _check(number: int, row: Row) -> None:
    longest = max(len(row["pattern"]), len(row.get("also_pattern", "")))
    if longest > MOST_PATTERN:
        raise RuleError(f"第 {number} 条规则：匹配内容有 {longest} 个字，最多 {MOST_PATTERN} 个。")
    if len(row["channel"]) > MOST_CHANNEL:
        raise RuleError(f"第 {number} 条规则：渠道名最多 {MOST_CHANNEL} 个字。")
    for field, pattern in (("field", "pattern"), ("also_field", "also_pattern")):
        if row.get(field) == "share_depth":
            _check_hands(number, row[pattern].split("|"))


def _check_hands(number: int, words: list[str]) -> None:
    wrong = [word for word in words if word and word not in _WORDS["share_depth"]]
    if wrong:
        raise RuleError(
            f"第 {number} 条规则：经过几手写 1 至 {MOST_DEPTH} 或「第 1 手」，任意几手写 *，不认得「{wrong[0]}」。"
        )


def sentence(rule: Rule) -> str:
    """One rule in words: 来源 utm_source 是「moments」 → 朋友圈."""
    told = _condition(rule.field, rule.pattern)
    if rule.also_field:
        told += f"，并且{_condition(rule.also_field, rule.also_pattern)}"
    return f"{told} → {channel_name(rule.channel)}"


def _condition(field: str, pattern: str) -> str:
    return f"{FIELD_NAMES[field]}是「{shown(field, pattern)}」"


def shown(field: str, pattern: str) -> str:
    """A pattern as people read it."""
    words = pattern.split("|")
    return "、".join(dict.fromkeys(_WORDS.get(field, {}).get(word, word) for word in words))


def sentences(rows: Sequence[Row]) -> list[str]:
    return [sentence(rule) for rule in rules_from(rows).rules[: len(rows)]]


def never_reached(rows: Sequence[Row]) -> list[int]:
    """Numbers of rules that an earlier one with the same words, or with any, always comes before."""
    seen: dict[str, set[str]] = {name: set() for name in FIELDS}
    late = []
    for number, row in enumerate(rows, start=1):
        words = {word.lower() for word in row["pattern"].split("|")}
        if words <= seen[row["field"]] or "*" in seen[row["field"]]:
            late.append(number)
        if not row.get("also_field"):
            seen[row["field"]] |= words
    return late


@dataclass(frozen=True, slots=True)
class Tried:
    """What the rules make of one touch; ``own`` and ``usual`` number the rule that decided."""

    channel: str
    rule: str
    own: int
    usual: int
    told: dict[str, str]
    link: str = ""
    own_site: bool = False


def try_out(
    workspace: Workspace,
    rows: Sequence[Row],
    *,
    address: str,
    referrer: str,
    in_app: str,
    hands: str = "",
    base: str,
) -> Tried:
    """Decide as the edge would for a link or a page with this address, opened like that.

    A click on a short link passes no page on; of a page ``hands``, else the mark in its address, count.

    Raises
    ------
    BadInput
        Where the address is none.
    """
    link, told = _told(workspace, address, base)
    told["in_app"] = in_app if in_app in IN_APP_NAMES else ""
    if link is None:
        told["platform"] = platform_told(told.get("utm_source", ""), told["in_app"])
        told["share_depth"] = hands if hands in _WORDS["share_depth"] else told["share_depth"]
    host = (urlsplit(tidy_url(referrer).url).hostname or "") if referrer.strip() else ""
    own_site = link is None and bool(host) and _is_own(workspace, host, address)
    told["referrer_host"] = "" if own_site else host
    return _tried(rules_from(rows), len(rows), told, link, own_site)


def _tried(
    rules: ChannelRules, own: int, told: dict[str, str], link: Link | None, own_site: bool
) -> Tried:
    number = rules.deciding(**told)
    return Tried(
        channel=channel_name(rules.decide(**told)),
        rule=sentence(rules.rules[number - 1]) if number else "",
        own=number if number <= own else 0,
        usual=number - own if number > own else 0,
        told={FIELD_NAMES[key]: shown(key, value) for key, value in told.items() if value},
        link=link.name if link else "",
        own_site=own_site,
    )


def _told(workspace: Workspace, address: str, base: str) -> tuple[Link | None, dict[str, str]]:
    if not address.strip():
        return None, {"share_depth": ""}
    tidied = tidy_url(address)
    parts = urlsplit(tidied.url)
    if parts.netloc == urlsplit(base).netloc and parts.path.startswith("/r/"):
        code = parts.path.removeprefix("/r/").strip("/")
        link = Link.objects.filter(workspace=workspace, code=code).first()
        if link is None:
            raise BadInput(f"没有短码「{code}」。请检查网址。")
        utm = {"utm_source": link.utm_source, "utm_medium": link.utm_medium}
        return link, {**utm, "platform": link.platform}
    kept = ("utm_source", "utm_medium")
    passed = passed_on(read_page(tidied.url).query.get(SHARE, ""))
    told = {key: value for key, value in tidied.utm.items() if key in kept}
    return None, {**told, "share_depth": str(passed.get("share_depth", ""))}


def _is_own(workspace: Workspace, host: str, address: str) -> bool:
    """Visits from one's own pages have no referrer that counts."""
    rows = Site.objects.filter(workspace=workspace, is_active=True)
    hosts = [own for site in rows for own in site.hosts]
    here = urlsplit(tidy_url(address).url).hostname if address.strip() else ""
    return host == here or any(host == own or host.endswith(f".{own}") for own in hosts)
