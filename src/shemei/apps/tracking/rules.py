"""Decisions about links and codes without I/O: addresses, UTM defaults, aliases, promo codes."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from shemei.edge.redirect import CLICK_ID as CLICK_PARAM
from shemei.edge.redirect import split_target
from shemei.kernel.addresses import FULL_WIDTH, INVISIBLE, BadInput, tidy_url, tidy_utm
from shemei.platforms import BY_KEY, platform_of

if TYPE_CHECKING:
    from collections.abc import Mapping

UTM_NAMES: dict[str, str] = {
    "utm_source": "来源",
    "utm_medium": "媒介",
    "utm_campaign": "活动",
    "utm_content": "内容",
    "utm_term": "关键词",
}


def is_own_link(url: str, link_base: str) -> bool:
    """Whether an address is itself one of our short links: that would go round in circles."""
    here, own = urlsplit(url), urlsplit(link_base)
    return here.netloc == own.netloc and here.path.startswith("/r/")


def final_url(url: str, utm: Mapping[str, str]) -> str:
    """Where the edge sends a customer, without the click id that differs each time."""
    before, after, _ = split_target(url, dict(utm))
    return before.removesuffix(f"{CLICK_PARAM}=").rstrip("?&") + after


@dataclass(frozen=True, slots=True)
class UtmRule:
    """How links of one platform are marked; ``creator_medium`` where a creator posts them."""

    source: str
    medium: str = "social"
    creator_medium: str = "kol"


UTM_RULES: dict[str, UtmRule] = {
    "wechat": UtmRule("wechat", "social"),
    "channels": UtmRule("channels", "video"),
    "wecom": UtmRule("wecom", "private", "private"),
    "weibo": UtmRule("weibo", "social"),
    "douyin": UtmRule("douyin", "video"),
    "kuaishou": UtmRule("kuaishou", "video"),
    "xhs": UtmRule("xhs", "social"),
    "bilibili": UtmRule("bilibili", "video"),
    "site": UtmRule("site", "referral", "referral"),
    "other": UtmRule("other", "link"),
}
"""Platform → utm_source and utm_medium; one table, so that nobody has to remember the spelling."""


FILLED: dict[str, str] = {
    "utm_source": "按平台填",
    "utm_medium": "按平台填，达人发的、放在线下的各有写法",
    "utm_campaign": "取营销计划的「链接标记」；没有选计划就空着",
    "utm_content": "",
    "utm_term": "",
}
"""What a new link gets where its UTM is left empty; "" where only a person knows."""


def utm_defaults(
    platform: str, *, campaign: str = "", has_creator: bool = False, at_a_place: bool = False
) -> dict[str, str]:
    """The UTM a new link gets from its platform, campaign and owner; a place on no platform is offline."""
    rule = UTM_RULES[platform if platform in UTM_RULES else "other"]
    medium = rule.creator_medium if has_creator else rule.medium
    if rule.source == "other" and at_a_place and not has_creator:
        medium = "offline"
    return {"utm_source": rule.source, "utm_medium": medium, "utm_campaign": tidy_utm(campaign)}


_PLATFORM_HOSTS: dict[str, tuple[str, ...]] = {
    "wechat": ("mp.weixin.qq.com",),
    "channels": ("channels.weixin.qq.com",),
    "wecom": ("work.weixin.qq.com",),
    "weibo": ("weibo.com", "weibo.cn"),
    "douyin": ("douyin.com", "iesdouyin.com"),
    "kuaishou": ("kuaishou.com", "gifshow.com"),
    "xhs": ("xiaohongshu.com", "xhslink.com"),
    "bilibili": ("bilibili.com", "b23.tv"),
}


_PLATFORM_OF_SOURCE = {
    rule.source: platform
    for platform, rule in UTM_RULES.items()
    if platform not in ("site", "other")
}


def platform_of_source(source: str) -> str:
    """The platform that a utm_source names in our own spelling; ``""`` for any other.

    >>> platform_of_source("XHS"), platform_of_source("newsletter")
    ('xhs', '')
    """
    return _PLATFORM_OF_SOURCE.get(source.strip().lower(), "")


def platform_of_url(url: str) -> str:
    """The platform whose page an address opens; ``""`` for any other page."""
    host = urlsplit(url).hostname or ""
    for platform, names in _PLATFORM_HOSTS.items():
        if any(host == name or host.endswith(f".{name}") for name in names):
            return platform
    return ""


def suggest_name(
    *, platform: str, url: str, owner: str = "", campaign: str = "", spot: str = ""
) -> str:
    """A name that tells where the link stands and for what: ``小红书 · 阿栀 · 双11``."""
    where = platform_of(platform).name if platform in BY_KEY and platform != "other" else ""
    target = owner or spot or (urlsplit(url).hostname or "").removeprefix("www.")
    return " · ".join(part for part in (where, target, campaign) if part)[:80]


_ALIAS = re.compile(r"^[a-z0-9](?:[a-z0-9_-]{1,38}[a-z0-9])$")


def tidy_alias(text: str) -> str:
    """A chosen short code, 3 to 40 letters, digits, ``-`` or ``_``; always lower case."""
    alias = text.translate(INVISIBLE).translate(FULL_WIDTH).strip().strip("/").lower()
    if not _ALIAS.match(alias):
        raise BadInput("短码要 3 至 40 位，只能用字母、数字、- 和 _，开头结尾用字母或数字。")
    return alias


_PROMO = re.compile(r"^[A-Z0-9\u4e00-\u9fff][A-Z0-9\u4e00-\u9fff_-]{1,23}$")


def tidy_promo_code(text: str) -> str:
    """A promo code as it is compared: half-width, upper case, no spaces, 2 to 24 characters."""
    code = fold_promo_code(text)
    if not _PROMO.match(code):
        raise BadInput("优惠码要 2 至 24 位，用字母、数字、汉字、- 或 _，开头不用符号。")
    return code


def fold_promo_code(text: str) -> str:
    """How an order's code is looked up: never refuses, only folds."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text.translate(INVISIBLE))).upper()


def tidy_hosts(text: str) -> list[str]:
    """The hosts of a site, one per line or comma; addresses are cut down to their host.

    Hosts below one that is named belong to it, so ``*.brand.cn`` is ``brand.cn``.
    """
    words = re.split(r"[\s,，;；、]+", text.translate(INVISIBLE).strip())
    hosts = [_host_of(word) for word in words if word]
    if not hosts:
        raise BadInput("还没有填域名。请写网站的域名，例如 shop.brand.cn。")
    return list(dict.fromkeys(hosts))


def _host_of(word: str) -> str:
    return urlsplit(tidy_url(word.removeprefix("*.")).url).hostname or ""
