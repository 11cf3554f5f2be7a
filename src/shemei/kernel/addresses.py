"""Web addresses as people paste them, made ready to be stored: without what is private, with a host that is one."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import parse_qsl, quote, urlsplit, urlunsplit

from shemei.edge.redirect import CLICK_ID as CLICK_PARAM

UTM_KEYS: tuple[str, ...] = ("utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term")
URL_LENGTH = 2000

_DROPPED = {CLICK_PARAM, "fbclid", "gclid", "msclkid", "spm", "scm"}
INVISIBLE = dict.fromkeys([0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, 0x00AD])
FULL_WIDTH = {full: full - 0xFEE0 for full in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_STOPS = frozenset("，。；！？、）】》」』…“”‘’（【《「『")
_IN_TEXT = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)
_BARE = re.compile(
    r"(?<![\w.@-])(?:[\w-]+\.)+(?:[a-z]{2,}|xn--[a-z0-9-]+)(?![\w-])(?::\d+)?(?:[/?#]\S*)?",
    re.ASCII | re.IGNORECASE,
)
"""A host whose last label has letters, and what follows it, without a scheme."""
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
    plain = text.encode(errors="ignore").decode().translate(INVISIBLE).strip()
    for candidate in (plain, plain.translate(FULL_WIDTH)):
        if found := _IN_TEXT.search(candidate):
            return found[0] if found[0] == candidate else _until_stop(found[0])
    plain = plain.translate(FULL_WIDTH)
    words = plain.split()
    if not words:
        raise BadInput("还没有填网址。请粘贴要打开的页面地址。")
    if plain.startswith("//"):
        return f"https:{words[0]}"
    if _HAS_SCHEME.match(words[0]):
        raise BadInput("短链只能打开 http 或 https 的网页。请换成网页地址。")
    return f"https://{_likely_address(words)}"


def _likely_address(words: list[str]) -> str:
    """The first word that is one, among what a share text says before and after it: a price, a date."""
    if len(words) == 1:
        return words[0]
    pieces = [found[0] for word in words for found in [_BARE.search(word)] if found]
    return _until_stop(pieces[0]) if pieces else words[0]


def _is_ip(text: str) -> bool:
    try:
        return bool(ip_address(text))
    except ValueError:
        return False


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
    if name.rpartition(".")[2].isdecimal() and not _is_ip(name):
        raise BadInput(f"「{host}」是数字，不是网址。请从浏览器地址栏整条复制。")
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


def tidy_utm(value: str) -> str:
    """UTM values in one spelling: half-width, lower case, no spaces, nothing unseen."""
    plain = unicodedata.normalize("NFKC", value.translate(INVISIBLE)).strip().lower()
    return re.sub(r"[\s\x00-\x1f\x7f&?#=+]+", "-", plain)[:80]
