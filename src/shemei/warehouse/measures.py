"""What is summed from the log, what figures may be split by, and whose people are counted."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

Sum = Literal["events", "quantity", "amount", "share_depth"]

DIMENSIONS: Mapping[str, str] = MappingProxyType(
    {
        "platform": "平台",
        "platform_account": "账号",
        "channel": "渠道",
        "campaign": "营销活动",
        "content": "内容",
        "creator": "达人",
        "activity": "互动玩法",
        "link": "短链",
        "promo_code": "优惠码",
        "suspect": "排除原因",
    }
)
"""What figures may be split and filtered by; ``cells`` keep every combination apart."""


@dataclass(frozen=True, slots=True)
class Measure:
    """Something summed over events: of which kinds (and actions), and what of each is added.

    ``only`` names a mark that the cells' builder puts on rows: ``first`` and ``repeat`` orders of a
    person; visits that ``bounced``, came ``direct``, or by a page somebody passed on (``shared``); money
    that was ``given`` back, not one that corrects what an order cost.
    """

    key: str
    name: str
    kinds: tuple[str, ...]
    sum: Sum = "events"
    actions: tuple[str, ...] = ()
    only: str = ""


ENGAGEMENTS = ("like", "comment", "share", "collect")

MEASURES: Mapping[str, Measure] = MappingProxyType(
    {
        measure.key: measure
        for measure in (
            Measure("impressions", "曝光", ("impression",), "quantity"),
            Measure("engagements", "互动", ("engage",), "quantity", ENGAGEMENTS),
            Measure("likes", "点赞", ("engage",), "quantity", ("like",)),
            Measure("comments", "评论", ("engage",), "quantity", ("comment",)),
            Measure("shares", "分享", ("engage",), "quantity", ("share",)),
            Measure("collects", "收藏", ("engage",), "quantity", ("collect",)),
            Measure("finishes", "完播", ("engage",), "quantity", ("finish",)),
            Measure("follows", "新增关注", ("follow",), "quantity"),
            Measure("clicks", "点击", ("click",)),
            Measure("visits", "访问", ("visit",)),
            Measure("bounces", "单页访问", ("visit",), only="bounced"),
            Measure("direct_visits", "自己找来的访问", ("visit",), only="direct"),
            Measure("shared_visits", "转发来的访问", ("visit",), only="shared"),
            Measure("share_steps", "分享层级之和", ("visit",), "share_depth"),
            Measure("page_views", "浏览量", ("visit", "view")),
            Measure("leads", "留资", ("lead",)),
            Measure("friends", "新增企微好友", ("add_friend",), "quantity"),
            Measure("group_joins", "进群", ("join_group",), "quantity"),
            Measure("invites", "邀请", ("invite",)),
            Measure("claims", "领取", ("claim",)),
            Measure("check_ins", "打卡", ("check_in",)),
            Measure("redeems", "用码", ("redeem",)),
            Measure("orders", "订单", ("order",)),
            Measure("new_customers", "新客", ("order",), only="first"),
            Measure("repeat_orders", "复购订单", ("order",), only="repeat"),
            Measure("revenue", "成交额", ("order",), "amount"),
            Measure("refunds", "退款额", ("refund",), "amount", only="given"),
            Measure("spend", "总花费", ("spend",), "amount"),
        )
    }
)

PEOPLE: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "visitors": ("访客", "came"),
        "reached_people": ("曝光人数", "reached"),
        "engaged_people": ("互动人数", "engaged"),
    }
)
"""Distinct people of a period, by what they did; never a sum of days. Only people the log can tell
apart: exposure that a platform reports as a number has none."""

REPORTED = frozenset(
    [
        "impressions",
        "engagements",
        "likes",
        "comments",
        "shares",
        "collects",
        "finishes",
        "follows",
        "spend",
    ]
)
"""Measures of what happens on platforms, which imports bring: where one is 0, nobody has told yet. A
site's own tag adds what is shared on the site, which belongs to no platform."""

DERIVED: Mapping[str, tuple[str, str]] = MappingProxyType({"net_revenue": ("revenue", "refunds")})
"""Differences of two measures, usable wherever a measure is."""

BUYERS = ("new_customers", "repeat_orders")
"""Together the orders whose buyer is known; all ``orders`` are these and those of nobody."""
