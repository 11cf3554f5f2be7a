"""When a campaign runs, how far it is, how its utm word is made; what an account's day may say, and its growth."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

PLANNED, RUNNING, ENDED = "planned", "running", "ended"

PILLAR_COLOURS = ((1, "靛"), (2, "青"), (3, "赭"), (4, "玫"), (5, "钢"), (6, "灰"))
DAILY = {
    "followers": "粉丝",
    "gained": "新关注",
    "lost": "取消关注",
    "net": "净增",
    "read_users": "阅读人数",
    "reads": "阅读次数",
    "source_read_users": "原文页阅读人数",
    "source_reads": "原文页阅读次数",
    "share_users": "分享人数",
    "shares": "分享次数",
    "collect_users": "收藏人数",
    "collects": "收藏次数",
    "read_users_chat": "会话阅读人数",
    "reads_chat": "会话阅读次数",
    "read_users_friend": "好友转发阅读人数",
    "reads_friend": "好友转发阅读次数",
    "read_users_moments": "朋友圈阅读人数",
    "reads_moments": "朋友圈阅读次数",
    "read_users_history": "历史消息页阅读人数",
    "reads_history": "历史消息页阅读次数",
    "read_users_other": "其他渠道阅读人数",
    "reads_other": "其他渠道阅读次数",
}
"""What a day may say. Totals of an account stand beside its posts' figures and are never added to them."""
MONTH = timedelta(30)
_UTM = re.compile(r"[^0-9a-z一-鿿]+")


def state_on(day: date, starts_on: date, ends_on: date, ended_early: bool = False) -> str:
    """The state of a campaign on ``day``; one that was ended by hand stays ended."""
    if ended_early or day > ends_on:
        return ENDED
    return RUNNING if day >= starts_on else PLANNED


def progress_sentence(day: date, starts_on: date, ends_on: date) -> str:
    """How far a campaign is on ``day``: 「第 3 天，共 10 天」, 「5 天后开始」 or 「已结束 2 天」."""
    total = (ends_on - starts_on).days + 1
    if day < starts_on:
        return f"{(starts_on - day).days} 天后开始，共 {total} 天"
    if day > ends_on:
        return f"已结束 {(day - ends_on).days} 天，共 {total} 天"
    return f"第 {(day - starts_on).days + 1} 天，共 {total} 天"


def share_of_time(day: date, starts_on: date, ends_on: date) -> int:
    """The share of a campaign's days that are over at the end of ``day``, in per cent."""
    total = (ends_on - starts_on).days + 1
    return max(0, min(100, ((day - starts_on) + timedelta(1)).days * 100 // total))


def utm_word(text: str) -> str:
    """A campaign's word for ``utm_campaign``: lower case, words joined by hyphens, at most 60 characters."""
    return _UTM.sub("-", text.strip().lower()).strip("-")[:60]


@dataclass(frozen=True, slots=True)
class Growth:
    """How many followers 30 days added, and that as a share of what there were before."""

    net: int
    before: int

    @property
    def share(self) -> float | None:
        return self.net / self.before if self.before > 0 else None


def activity(engagements: int | None, followers: int) -> float | None:
    """粉丝活跃度（按次）: engagements of thirty days per follower; None where either is not known."""
    return engagements / followers if engagements is not None and followers > 0 else None


def growth(days: Mapping[date, Mapping[str, int]]) -> Growth | None:
    """粉丝月增 of the last 30 days that are told; None where neither totals nor gains cover them.

    Totals count where a day at least 30 days earlier has one; else the gains of thirty told days.
    """
    totals = {day: told["followers"] for day, told in days.items() if "followers" in told}
    if not totals:
        return None
    last = max(totals)
    earlier = [day for day in totals if day <= last - MONTH]
    if earlier:
        before = totals[max(earlier)]
        return Growth(totals[last] - before, before)
    span = [last - timedelta(n) for n in range(MONTH.days)]
    if not all("net" in days.get(day, {}) for day in span):
        return None
    net = sum(days[day]["net"] for day in span)
    return Growth(net, totals[last] - net)
