"""Decisions about links and codes without I/O: addresses, UTM defaults, aliases, promo codes."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, quote, urlsplit, urlunsplit

from shemei.edge.redirect import CLICK_ID as CLICK_PARAM
from shemei.edge.redirect import split_target
from shemei.platforms import BY_KEY, platform_of

if TYPE_CHECKING:
    from collections.abc import Mapping

UTM_KEYS: tuple[str, ...] = ("utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term")
UTM_NAMES: dict[str, str] = {
    "utm_source": "来源",
    "utm_medium": "媒介",
    "utm_campaign": "活动",
    "utm_content": "内容",
    "utm_term": "关键词",
}
URL_LENGTH = 2000

_DROPPED = {CLICK_PARAM, "fbclid", "gclid", "msclkid", "spm", "scm"}
_INVISIBLE = dict.fromkeys([0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, 0x00AD])
_FULL_WIDTH = {full: full - 0xFEE0 for full in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_STOPS = frozenset("，。；！？、）】》」』…“”‘’（【《「『")
_IN_TEXT = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)
_HAS_SCHEME = re.compile(r"^[a-z][a-z0-9+.-]*:(?!\d)", re.IGNORECASE)
_HOST = re.compile(r"^(?!-)[a-z0-9_-]{1,63}(?<!-)(\.(?!-)[a-z0-9_-]{1,63}(?<!-))*$")


class BadInput(ValueError):
    """What was typed cannot be used; the message is Chinese and says what to do."""


@dataclass(frozen=True, slots=True)
class Tidied:
    """An address ready to be stored, the UTM it carried, and what was left out of it."""

    url: str
    utm: dict[str, str]
    dropped: tuple[str, ...] = ()


def tidy_url(text: str) -> Tidied:
    """Read an address as people paste it: in a share text, without scheme, full-width, with UTM."""
    scheme, host, path, query, fragment = _parts(_find_url(text))
    pairs = parse_qsl(query, keep_blank_values=True)
    utm = {key.lower(): tidy_utm(value) for key, value in pairs if key.lower() in UTM_KEYS}
    kept, dropped = [], []
    for piece in query.split("&"):
        key = piece.partition("=")[0].lower()
        if key in _DROPPED:
            dropped.append(key)
        elif piece and key not in UTM_KEYS:
            kept.append(piece)
    url = urlunsplit((scheme, host, _ascii(path) or "/", _ascii("&".join(kept)), _ascii(fragment)))
    if len(url) > URL_LENGTH:
        raise BadInput(f"网址有 {len(url)} 个字符，超过 {URL_LENGTH} 的上限。请去掉多余的参数。")
    found = {key: value for key, value in utm.items() if value}
    return Tidied(url, found, tuple(dict.fromkeys(dropped)))


def _find_url(text: str) -> str:
    plain = text.encode(errors="ignore").decode().translate(_INVISIBLE).strip()
    for candidate in (plain, plain.translate(_FULL_WIDTH)):
        if found := _IN_TEXT.search(candidate):
            return found[0] if found[0] == candidate else _until_stop(found[0])
    plain = plain.translate(_FULL_WIDTH)
    words = plain.split()
    if not words:
        raise BadInput("还没有填网址。请粘贴要打开的页面地址。")
    if plain.startswith("//"):
        return f"https:{words[0]}"
    if _HAS_SCHEME.match(words[0]):
        raise BadInput("短链只能打开 http 或 https 的网页。请换成网页地址。")
    return f"https://{words[0]}"


def _until_stop(url: str) -> str:
    end = next((at for at, letter in enumerate(url) if letter in _STOPS), len(url))
    return url[:end].rstrip(".,;!'\")")


def _parts(url: str) -> tuple[str, str, str, str, str]:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise BadInput(f"「{url[:60]}」不是完整的网址。请从浏览器地址栏整条复制。") from None
    if "@" in parts.netloc:
        raise BadInput("网址里带着账号或密码，公开后谁都能看到。请去掉 @ 前面的部分。")
    scheme = parts.scheme.lower()
    default = {"http": 80, "https": 443}[scheme]
    host = _host(parts.hostname or "", url)
    netloc = host if port in (None, default) else f"{host}:{port}"
    return scheme, netloc, parts.path, parts.query, parts.fragment


def _host(host: str, url: str) -> str:
    if ":" in host:
        return f"[{host}]"
    try:
        name = host.rstrip(".").encode("idna").decode().lower()
    except UnicodeError:
        name = ""
    if not _HOST.match(name) or len(name) > 253:
        raise BadInput(f"「{url[:60]}」里没有可用的域名。请从浏览器地址栏整条复制。")
    if "." not in name and name != "localhost":
        raise BadInput(f"「{host}」不像域名，缺少「.com」「.cn」这样的后缀。请补全。")
    return name


def _ascii(part: str) -> str:
    return quote(part, safe="%/:?#[]@!$&'()*+,;=-._~")


_INSIDE = (".local", ".lan", ".internal", ".corp", ".localhost", ".test")


def address_warning(url: str) -> str:
    """A word where the phone of a customer could not reach the address; ``""`` where it can."""
    host = urlsplit(url).hostname or ""
    try:
        inside = not ip_address(host).is_global
    except ValueError:
        inside = host == "localhost" or host.endswith(_INSIDE)
    return "这是内网地址，顾客的手机打不开。确认只给内部用再保存。" if inside else ""


def is_own_link(url: str, link_base: str) -> bool:
    """Whether an address is itself one of our short links: that would go round in circles."""
    here, own = urlsplit(url), urlsplit(link_base)
    return here.netloc == own.netloc and here.path.startswith("/r/")


def tidy_utm(value: str) -> str:
    """UTM values in one spelling: half-width, lower case, no spaces."""
    plain = unicodedata.normalize("NFKC", value.translate(_INVISIBLE)).strip().lower()
    return re.sub(r"[\s&?#=+]+", "-", plain)[:80]


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
    alias = text.translate(_INVISIBLE).translate(_FULL_WIDTH).strip().strip("/").lower()
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
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text.translate(_INVISIBLE))).upper()


def tidy_hosts(text: str) -> list[str]:
    """The hosts of a site, one per line or comma; addresses are cut down to their host.

    Hosts below one that is named belong to it, so ``*.brand.cn`` is ``brand.cn``.
    """
    words = re.split(r"[\s,，;；、]+", text.translate(_INVISIBLE).strip())
    hosts = [_host_of(word) for word in words if word]
    if not hosts:
        raise BadInput("还没有填域名。请写网站的域名，例如 shop.brand.cn。")
    return list(dict.fromkeys(hosts))


def _host_of(word: str) -> str:
    return urlsplit(tidy_url(word.removeprefix("*.")).url).hostname or ""
