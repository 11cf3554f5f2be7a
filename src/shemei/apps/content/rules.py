"""How platforms' cumulative figures become daily bookings in the log, and how a post is recognised by its link.

A platform tells, per post and day, totals since publication. The log wants what was added on each day.
``bookings`` turns all snapshots of a post into what the log must say of it; whatever changes (a new day, a
corrected figure, another campaign), ``differences`` between before and after are the events to add. So the
log always sums to the table, and a fall of a total stands in the log as a correction with a negative quantity.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

FIGURES: tuple[str, ...] = (
    "impressions", "plays", "likes", "comments", "shares", "collects", "follows", "finishes", "clicks",
)  # fmt: skip

MORE: dict[str, tuple[str, str]] = {
    "finish_rate": ("完播率", "ratio"),
    "finish_5s_rate": ("5 秒完播率", "ratio"),
    "bounce_2s_rate": ("2 秒跳出率", "ratio"),
    "cover_ctr": ("封面点击率", "ratio"),
    "avg_watch_seconds": ("平均播放时长", "seconds"),
    "read_minutes": ("平均阅读时长", "minutes"),
    "profile_visits": ("主页访问", "count"),
    "hearts": ("推荐（爱心）", "count"),
    "danmaku": ("弹幕", "count"),
    "coins": ("投币", "count"),
    "read_users": ("阅读人数", "count"),
    "delivery_rate": ("送达阅读率", "ratio"),
    "reward": ("赞赏", "money"),
    "forwards": ("转发聊天和朋友圈", "count"),
    "paid_impressions": ("推广曝光", "count"),
    "paid_plays": ("推广阅读", "count"),
    "organic_impressions": ("自然曝光", "count"),
    "organic_plays": ("自然阅读", "count"),
}
"""What back-ends tell beside the figures: name → (label, unit). Kept as told and shown, never added up or logged."""

LOGGED: dict[str, tuple[str, str]] = {
    "exposure": ("impression", ""),
    "likes": ("engage", "like"),
    "comments": ("engage", "comment"),
    "shares": ("engage", "share"),
    "collects": ("engage", "collect"),
    "finishes": ("engage", "finish"),
    "follows": ("follow", ""),
}
"""Figure → (kind, action) in the log. Exposure is 曝光, or 播放/阅读 on platforms that tell no 曝光.
``clicks`` as the platform counts them stay out: the front door counts every click itself."""


@dataclass(frozen=True, slots=True)
class Labels:
    """The dimensions a booking carries; the same names as in ``warehouse.vocabulary.Event``."""

    platform: str
    platform_account: str
    campaign: str
    content: str
    creator: str


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Totals since publication as told for the end of ``day``; figures not told are left out."""

    day: date
    told: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Booking:
    """``quantity`` of one kind on one day under one set of labels."""

    day: date
    kind: str
    action: str
    labels: Labels


def exposure(told: Mapping[str, int]) -> int | None:
    """曝光 where the platform tells it, else 播放/阅读.

    >>> exposure({"plays": 30}), exposure({"plays": 30, "impressions": 90}), exposure({})
    (30, 90, None)
    """
    return told.get("impressions", told.get("plays"))


def bookings(
    snapshots: Iterable[Snapshot], labels: Labels, published_on: date | None
) -> Counter[Booking]:
    """What the log must say of a post. The first totals belong to the day of publication where it is known."""
    booked: Counter[Booking] = Counter()
    last: dict[str, int] = {}
    for snapshot in sorted(snapshots, key=lambda s: s.day):
        for figure, total in _logged(snapshot.told).items():
            added = total - last.get(figure, 0)
            day = _first_day(snapshot.day, published_on) if figure not in last else snapshot.day
            booked[Booking(day, *LOGGED[figure], labels)] += added
            last[figure] = total
    return Counter({booking: quantity for booking, quantity in booked.items() if quantity})


def _logged(told: Mapping[str, int]) -> dict[str, int]:
    shown = exposure(told)
    figures = {name: told[name] for name in LOGGED if name in told}
    return figures if shown is None else {**figures, "exposure": shown}


def _first_day(snapshot_day: date, published_on: date | None) -> date:
    return min(snapshot_day, published_on) if published_on else snapshot_day


def differences(
    before: Mapping[Booking, int], after: Mapping[Booking, int]
) -> list[tuple[Booking, int]]:
    """What to add to the log so that it says ``after`` instead of ``before``; in order of day."""
    keys = sorted({*before, *after}, key=lambda b: (b.day, b.kind, b.action, b.labels.campaign))
    changes = [(key, after.get(key, 0) - before.get(key, 0)) for key in keys]
    return [(key, quantity) for key, quantity in changes if quantity]


def fell(snapshots: Iterable[Snapshot]) -> list[tuple[date, str, int]]:
    """Where a total fell against the snapshot before: (day, figure, by how much). The page says so."""
    falls: list[tuple[date, str, int]] = []
    last: dict[str, int] = {}
    for snapshot in sorted(snapshots, key=lambda s: s.day):
        for figure, total in snapshot.told.items():
            if total < last.get(figure, total):
                falls.append((snapshot.day, figure, last[figure] - total))
        last |= snapshot.told
    return falls


def added(snapshots: Iterable[Snapshot]) -> list[tuple[Snapshot, dict[str, int]]]:
    """Each snapshot beside what it added to the one before; the first adds its totals."""
    rows: list[tuple[Snapshot, dict[str, int]]] = []
    last: dict[str, int] = {}
    for snapshot in sorted(snapshots, key=lambda s: s.day):
        rows.append(
            (snapshot, {name: value - last.get(name, 0) for name, value in snapshot.told.items()})
        )
        last |= snapshot.told
    return rows


_WECHAT_QUERY = ("__biz", "mid", "idx", "sn")
_IDS: tuple[tuple[str, str, re.Pattern[str]], ...] = (
    ("xhs", "xiaohongshu.com", re.compile(r"/(?:explore|discovery/item)/([0-9a-f]{24})")),
    ("douyin", "douyin.com", re.compile(r"/(?:video|note)/(\d{15,21})")),
    ("bilibili", "bilibili.com", re.compile(r"/video/(BV[0-9A-Za-z]{10})")),
    ("kuaishou", "kuaishou.com", re.compile(r"/short-video/([0-9A-Za-z_-]{8,})")),
    ("weibo", "weibo.com", re.compile(r"/\d+/([0-9A-Za-z]{6,})")),
)


def plain_url(url: str) -> str:
    """A link without what only tracks the sharer, so that the same post is recognised again.

    >>> plain_url(" https://www.xiaohongshu.com/explore/0123456789abcdef01234567?xsec_token=x ")
    'https://www.xiaohongshu.com/explore/0123456789abcdef01234567'
    """
    parts = urlsplit(url.strip())
    if not parts.netloc:
        return ""
    host = parts.netloc.lower()
    pairs = parse_qsl(parts.query)
    if host.endswith("mp.weixin.qq.com"):
        kept = [(name, value) for name, value in pairs if name in _WECHAT_QUERY]
    elif any(_on(host, domain) for _, domain, _ in _IDS):
        kept = []
    else:
        kept = [(name, value) for name, value in pairs if not name.startswith("utm_")]
    return urlunsplit((parts.scheme.lower(), host, parts.path.rstrip("/"), urlencode(kept), ""))


def identify(url: str) -> tuple[str, str]:
    """The platform and the post's own id that a link names; empty where it names none.

    >>> identify("https://www.bilibili.com/video/BV1xx411c7mD/?p=1")
    ('bilibili', 'BV1xx411c7mD')
    >>> identify("https://example.com/a")
    ('', '')
    """
    parts = urlsplit(url.strip())
    for platform, domain, pattern in _IDS:
        if _on(parts.netloc.lower(), domain) and (found := pattern.search(parts.path)):
            return platform, found[1]
    return "", ""


def _on(host: str, domain: str) -> bool:
    return host == domain or host.endswith("." + domain)
