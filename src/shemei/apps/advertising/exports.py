"""Spend reports as ad systems export them: what a row may say, by which names, and the known reports.

转化数 is left out on purpose: it counts forms and calls as well as orders.
"""

from __future__ import annotations

import re
from typing import Any

from shemei.apps.advertising.models import Spend
from shemei.kernel.imports import cells
from shemei.kernel.imports.errors import CellError
from shemei.kernel.imports.kinds import Field, Preset
from shemei.platforms import CHOICES

SUMS = ("amount", "claimed_orders", "claimed_value", "impressions", "clicks")
_PLATFORMS = {
    "巨量引擎": "douyin", "巨量千川": "douyin", "千川": "douyin", "聚光": "xhs", "磁力金牛": "kuaishou", "磁力引擎": "kuaishou",
    "粉丝通": "weibo", "公众号": "wechat", "哔哩哔哩": "bilibili", "花火": "bilibili",
}  # fmt: skip
_PLACES = {
    "视频号": "channels", "公众号": "wechat", "小程序": "wechat", "朋友圈": "other", "优量汇": "other", "腾讯视频": "other", "腾讯新闻": "other",
    "腾讯音乐": "other", "应用宝": "other", "QQ": "other", "抖音": "douyin", "今日头条": "other", "西瓜视频": "other", "番茄小说": "other", "穿山甲": "other",
    "小红书": "xhs", "快手": "kuaishou",
}  # fmt: skip
"""Where an ad was shown, by what is written of it; what is no platform of ours is 其他."""
_ANYWHERE = ("腾讯广告", "广点通", "自动", "智能", "全部", "不限", "通投")
"""What names no place: an ad system that shows in several, or all that it has."""
_platform = cells.platform_reader(_PLATFORMS)


def place(value: Any) -> str | None:
    """The platform that a cell names, by its own name or by the place of an ad; None where it could be several.

    >>> (
    ...     place("微信视频号"),
    ...     place("微信朋友圈"),
    ...     place("微信公众号与小程序"),
    ...     place("朋友圈、视频号"),
    ...     place("自动版位"),
    ... )
    ('channels', 'other', 'wechat', None, None)
    """
    name = cells.half_width(str(value))
    if any(word in name for word in _ANYWHERE):
        return None
    try:
        return _platform(name)
    except CellError:
        found = {key for word, key in _PLACES.items() if word in name}
        if not found:
            raise
        return found.pop() if len(found) == 1 else None


_KINDS = {value: value for value, _ in Spend.Kind.choices} | {
    "竞价": "信息流", "feed": "信息流", "搜索广告": "搜索", "加热": "DOU+", "dou+": "DOU+", "薯条": "DOU+", "开屏": "开屏贴片",
    "贴片": "开屏贴片", "直播": "直播投流", "KOL": "达人", "达人合作": "达人", "信息流广告": "信息流", "信息流推广": "信息流", "竞价广告": "信息流",
    "视频内流": "信息流", "搜索推广": "搜索", "搜索竞价": "搜索", "直播推广": "直播投流",
}  # fmt: skip
_PLAIN = frozenset(
    {
        "信息流",
        "信息流广告",
        "信息流推广",
        "搜索",
        "搜索广告",
        "搜索推广",
        "开屏",
        "直播投流",
        "DOU+",
        "dou+",
    }
)
"""The words that say a kind and nothing else: a creator in a plan's name may be who is seen in it."""
_PARTS = re.compile(r"[\s_\-—–·.:：|/、，,+【】\[\]()（）]+")
"""What stands between the words of a plan's name."""


def kind(value: Any) -> str:
    name = cells.half_width(str(value))
    if found := _KINDS.get(name) or _KINDS.get(name.lower()):
        return found
    raise CellError(
        "kind", f"「{name[:20]}」不是花费的类型", f"请写成{'、'.join(Spend.Kind.values)}之一"
    )


def kind_in(plan: str) -> str:
    """The kind that the name of a plan says as a word of its own; "" for none and for several.

    >>> kind_in("双旦礼盒-搜索-B"), kind_in("搜索词包研究"), kind_in("信息流_搜索")
    ('搜索', '', '')
    """
    found = {_KINDS[word] for word in _PARTS.split(plan) if word in _PLAIN}
    return found.pop() if len(found) == 1 else ""


FIELDS = (
    Field("day", "日期", cells.day, ("时间", "统计日期", "投放日期", "数据日期", "时间-天", "日", "date", "stat date", "day"), required=True, example="2026-11-23"),
    Field("amount", "花费", cells.money, ("消耗", "消费", "总花费", "总消耗", "整体消耗", "账户消耗", "实际消耗", "现金消耗", "花费金额", "消费金额", "费用", "fee", "cost", "spend"), required=True, example="1299.00"),
    Field("platform", "平台", place, ("投放平台", "媒体", "广告平台", "版位", "投放版位", "广告版位", "版位名称", "投放位置", "投放站点", "投放媒体"), example="抖音", words=dict(CHOICES)),
    Field("kind", "类型", kind, ("广告类型", "投放类型", "推广类型"), example="信息流"),
    Field("plan", "投放计划", cells.text, ("计划名称", "广告计划名称", "推广计划名称", "单元名称", "广告名称", "计划", "广告组", "广告计划", "项目名称", "推广计划", "广告组名称", "广告系列", "广告系列名称", "推广单元", "推广单元名称", "创意名称", "note id", "campaign name", "广告计划id", "计划id", "推广计划id", "项目id", "单元id", "广告id"), note="同一天有多条计划时要有它"),
    Field("campaign", "营销计划", cells.text, ("活动", "活动名称", "项目"), note="与系统里的名称相同才会对上"),
    Field("claimed_orders", "平台自报订单", cells.count, ("成交订单数", "成交订单", "整体成交订单数", "直接成交订单数", "7日支付订单量", "7日成单量", "下单量", "下单次数", "订单数", "支付订单量", "成交单量", "支付订单数")),
    Field("claimed_value", "平台自报成交额", cells.money, ("成交金额", "整体成交金额", "成交订单金额", "成交额", "7日支付金额", "7日成交金额", "下单金额", "支付金额", "直接成交金额", "GMV")),
    Field("impressions", "曝光", cells.count, ("展现", "展现量", "展现数", "展示数", "展示次数", "曝光量", "曝光次数", "曝光数", "impression", "impressions")),
    Field("clicks", "点击", cells.count, ("点击量", "点击数", "点击次数", "click", "clicks")),
    Field("note", "备注", cells.text, ("说明",)),
)  # fmt: skip

PRESETS = (
    Preset(
        "qianchuan", "巨量千川「投放报表」",
        frozenset({"日期", "整体消耗", "整体成交金额", "整体成交订单数"}),
        {"day": "日期", "amount": "整体消耗", "claimed_orders": "整体成交订单数", "claimed_value": "整体成交金额",
         "impressions": "整体展示次数", "clicks": "整体点击次数", "plan": "计划名称"},
        {"platform": "douyin"},
    ),
    Preset(
        "oceanengine", "巨量引擎「投放报表」",
        frozenset({"时间-天", "消耗", "展示数", "点击数"}),
        {"day": "时间-天", "amount": "消耗", "impressions": "展示数", "clicks": "点击数", "plan": "项目名称",
         "claimed_orders": "成交订单数", "claimed_value": "成交订单金额"},
        {"platform": "douyin"},
    ),
    Preset(
        "tencent_ads", "腾讯广告「投放报表」",
        frozenset({"日期", "花费", "曝光次数", "点击次数"}),
        {"day": "日期", "amount": "花费", "impressions": "曝光次数", "clicks": "点击次数", "plan": "广告名称",
         "claimed_orders": "下单次数", "claimed_value": "下单金额", "platform": "投放版位"},
    ),
    Preset(
        "juguang", "小红书聚光「投放报表」",
        frozenset({"时间", "消费", "展现量", "点击量"}),
        {"day": "时间", "amount": "消费", "impressions": "展现量", "clicks": "点击量", "plan": "计划名称",
         "claimed_orders": "7日支付订单量", "claimed_value": "7日支付金额"},
        {"platform": "xhs"},
    ),
    Preset(
        "juguang_notes", "小红书聚光「笔记数据（接口）」",
        frozenset({"fee", "impression", "click", "interaction"}),
        {"amount": "fee", "impressions": "impression", "clicks": "click", "plan": "note_id"},
        {"platform": "xhs"},
    ),
)  # fmt: skip
