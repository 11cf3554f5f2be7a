"""An account's own days: followers, gains and reads of the whole account, as its back-end told them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from shemei.apps.brand.models import PlatformAccount
from shemei.apps.brand.tellings import TYPED

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


@dataclass(frozen=True, slots=True)
class Growth:
    """How many followers 30 days added, and that as a share of what there were before."""

    net: int
    before: int

    @property
    def share(self) -> float | None:
        return self.net / self.before if self.before > 0 else None


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


def of_account(account: PlatformAccount) -> dict[date, dict[str, int]]:
    """Every told day, the earliest first."""
    days: dict[date, dict[str, int]] = {}
    for telling in account.tellings.standing().exclude(day=TYPED).order_by("day", "id"):
        days.setdefault(telling.day, {}).update(telling.told)
    return days


def page(account: PlatformAccount) -> dict[str, Any]:
    """What the page of an account shows: the latest first, only columns that somebody told."""
    days = of_account(account)
    told = [name for name in DAILY if any(name in day for day in days.values())]
    rows = [(day, [days[day].get(name) for name in told]) for day in sorted(days, reverse=True)]
    found = growth(days)
    return {
        "row": account,
        "heads": [DAILY[name] for name in told],
        "rows": rows[:90],
        "count": len(rows),
        "followers": account.followers or None,
        "net": found.net if found else None,
        "growth": found.share if found else None,
        "last": max(days, default=None),
        "charts": _charts(days),
    }


def _charts(days: Mapping[date, Mapping[str, int]]) -> list[tuple[str, Any]]:
    from shemei.portal.charts import Chart, Series

    if len(days) < 2:
        return []
    span = _span(days)
    x = tuple(f"{day:%m-%d}" for day in span)
    drawn = []
    for title, names in (("粉丝", ("followers",)), ("阅读与净增", ("reads", "net"))):
        lines = tuple(
            Series(DAILY[name], tuple(days.get(day, {}).get(name) for day in span))
            for name in names
            if any(name in told for told in days.values())
        )
        if lines:
            drawn.append((title, Chart(id=f"account-{names[0]}", kind="line", x=x, series=lines, height=200)))  # fmt: skip
    return drawn


def _span(days: Mapping[date, Any]) -> list[date]:
    """The last ninety days up to the latest told one, without holes."""
    last = max(days)
    first = max(min(days), last - timedelta(89))
    return [first + timedelta(n) for n in range((last - first).days + 1)]
