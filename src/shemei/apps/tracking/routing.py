"""Rules of a link in the marketer's words: a sentence for each, and who would go where. Without I/O."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from shemei.edge.linkrules import Case, LinkRules, Way, check_scheme, read_rules
from shemei.edge.useragent import DEVICE_NAMES, IN_APP_NAMES
from shemei.portal.numbers import stamp

if TYPE_CHECKING:
    from collections.abc import Mapping

BROWSER = "browser"
"""How forms write the app ``""``, no app at all: an ordinary browser."""
APPS: tuple[str, ...] = (
    "wechat", "wechat_miniprogram", "wecom", "douyin", "xhs", "weibo",
    "kuaishou", "bilibili", "qq", "alipay", "taobao", BROWSER,
)  # fmt: skip
APP_CHOICES = [(key, IN_APP_NAMES.get(key, "手机或电脑浏览器")) for key in APPS]
DEVICE_CHOICES = [(key, DEVICE_NAMES[key]) for key in ("ios", "android", "tablet", "desktop")]
VISITORS: tuple[tuple[str, str, str], ...] = (
    ("微信，iPhone", "wechat", "ios"),
    ("微信，安卓手机", "wechat", "android"),
    ("企业微信", "wecom", "android"),
    ("抖音", "douyin", "android"),
    ("小红书", "xhs", "ios"),
    ("微博", "weibo", "ios"),
    ("手机浏览器，iPhone", "", "ios"),
    ("手机浏览器，安卓", "", "android"),
    ("电脑浏览器", "", "desktop"),
)


@dataclass(frozen=True, slots=True)
class Goes:
    """Where one kind of visitor would go; ``rule`` counts from 1, 0 is the link's own target."""

    who: str
    rule: int
    text: str


def moment(ts: int) -> datetime:
    return datetime.fromtimestamp(ts / 1_000_000, UTC)


def micros(at: datetime | None) -> int:
    return int(at.timestamp()) * 1_000_000 if at else 0


def sentences(rules: LinkRules) -> list[str]:
    """A sentence per rule, in the order they are asked."""
    told = []
    if rules.expires:
        then = f"去 {short(rules.after)}" if rules.after else "只看到「这个链接已经结束」"
        told.append(f"{stamp(moment(rules.expires))} 以后打开，{then}。")
    if rules.limit:
        then = f"去 {short(rules.after)}" if rules.after else "只看到「名额已满」"
        told.append(f"打开约 {rules.limit:,} 次以后，{then}。")
    if rules.password:
        told.append("先输对密码，才往下走。")
    told += [f"{_when(case)}，{_ways(case.ways)}。" for case in rules.cases]
    return told


def who_goes_where(rules: LinkRules, url: str, ts: int) -> list[Goes]:
    """Where each kind of visitor would go at a moment, by the very rules the edge asks."""
    found = []
    for who, in_app, device in VISITORS:
        at = next((n for n, case in enumerate(rules.cases, 1) if case.holds(in_app, device, ts)), 0)
        text = _ways(rules.cases[at - 1].ways, url) if at else f"去 {short(url)}"
        found.append(Goes(who, at, text))
    return found


def blocked_after(rules: LinkRules) -> int:
    """The number of the first case that always holds, if others stand below it: those never hold."""
    for n, case in enumerate(rules.cases[:-1], 1):
        if not (case.in_app or case.device or case.starts or case.ends):
            return n
    return 0


def rules_of(row: Mapping[str, Any]) -> LinkRules:
    """The stored rules; what another version has left unreadable counts as none."""
    try:
        return read_rules(row)
    except ValueError:
        return LinkRules()


def short(url: str) -> str:
    parts = urlsplit(url)
    path = parts.path if len(parts.path) <= 24 else f"{parts.path[:23]}…"
    return f"{parts.netloc}{path.rstrip('/')}" or "短链的目标网址"


def _when(case: Case) -> str:
    parts = []
    if case.in_app:
        names = [name for key, name in APP_CHOICES if _app(key) in case.in_app]
        parts.append(f"在{_or(names)}里打开")
    if case.device:
        parts.append(f"用{_or([name for key, name in DEVICE_CHOICES if key in case.device])}")
    if case.starts and case.ends:
        parts.append(f"{stamp(moment(case.starts))} 至 {stamp(moment(case.ends))} 之间")
    elif case.starts:
        parts.append(f"{stamp(moment(case.starts))} 起")
    elif case.ends:
        parts.append(f"{stamp(moment(case.ends))} 以前")
    return "、".join(parts) or "所有人"


def _app(key: str) -> str:
    return "" if key == BROWSER else key


def _or(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{'、'.join(names[:-1])}或{names[-1]}"


def _ways(ways: tuple[Way, ...], url: str = "") -> str:
    if len(ways) == 1:
        return _way(ways[0], url)
    total = sum(way.weight for way in ways)
    shares = [
        f"{letter} {way.weight * 100 // total}% {_way(way, url)}"
        for letter, way in zip("ABCDEFGH", ways, strict=False)
    ]
    return "，".join(shares)


def _way(way: Way, url: str) -> str:
    if way.kind == "guide":
        return "看到「请在浏览器打开」"
    target = short(way.url or url)
    if way.kind == "app":
        return f"看到打开{check_scheme(way.app)}的按钮，不打开就去 {target}"
    return f"去 {target}"
