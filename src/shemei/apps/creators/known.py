"""What may be known of a creator beside name and followers: quotes, expected results, audience. Pure declarations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

Unit = Literal["count", "money", "ratio", "score", "text"]
QUOTES, RESULTS, AUDIENCE, ABOUT = "报价", "预期与表现", "受众", "其他资料"
GROUPS = (QUOTES, RESULTS, AUDIENCE, ABOUT)


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to know: its key, its name, how it counts, under which head it is shown; and names in files."""

    key: str
    label: str
    unit: Unit
    group: str
    synonyms: tuple[str, ...] = ()


ITEMS = (
    Item("quote", "报价", "money", QUOTES, ("报价区间", "合作报价", "博主报价", "价格", "刊例价")),
    Item("quote_1_20", "1–20 秒视频", "money", QUOTES, ("1-20s报价", "1-20s视频报价", "20s以内报价")),
    Item("quote_21_60", "21–60 秒视频", "money", QUOTES, ("21-60s报价", "21-60s视频报价")),
    Item("quote_60", "60 秒以上视频", "money", QUOTES, ("60s+报价", "60s以上报价", "60s以上视频报价")),
    Item("quote_note", "图文", "money", QUOTES, ("图文报价", "图文笔记报价")),
    Item("quote_video", "视频", "money", QUOTES, ("视频报价", "视频笔记报价")),
    Item("quote_post", "供稿直发", "money", QUOTES, ("直发报价",)),
    Item("quote_repost", "供稿转发", "money", QUOTES, ("转发报价",)),
    Item("cpm", "预期 CPM", "money", RESULTS, ("预期CPM", "预估CPM", "直发CPM", "CPM")),
    Item("cpe", "预期 CPE", "money", RESULTS, ("预期CPE", "预估互动单价", "CPE")),
    Item("cpv", "预估阅读单价", "money", RESULTS),
    Item("expected_plays", "预期播放", "count", RESULTS, ("预期播放量",)),
    Item("impression_median", "曝光中位数", "count", RESULTS),
    Item("read_median", "阅读中位数", "count", RESULTS, ("阅读中位数（日常）",)),
    Item("read_median_post", "直发阅读中位数", "count", RESULTS),
    Item("read_median_repost", "转发阅读中位数", "count", RESULTS),
    Item("interact_median", "互动中位数", "count", RESULTS, ("互动中位数（日常）",)),
    Item("interact_median_post", "直发互动中位数", "count", RESULTS),
    Item("interact_median_repost", "转发互动中位数", "count", RESULTS),
    Item("like_median", "点赞中位数", "count", RESULTS),
    Item("comment_median", "评论中位数", "count", RESULTS),
    Item("share_median", "转发中位数", "count", RESULTS),
    Item("reads_low", "最低阅读", "count", RESULTS, ("最低阅读量",)),
    Item("reads_high", "最高阅读", "count", RESULTS, ("最高阅读量",)),
    Item("reads_mean", "平均阅读", "count", RESULTS, ("阅读量均值",)),
    Item("engagement_rate", "互动率", "ratio", RESULTS),
    Item("finish_rate", "完播率", "ratio", RESULTS),
    Item("hit_share", "千赞笔记比例", "ratio", RESULTS),
    Item("growth_30d", "30 天涨粉", "count", RESULTS, ("30天涨粉",)),
    Item("deals", "合作订单", "count", RESULTS, ("合作订单数",)),
    Item("store_cost", "外溢进店单价", "money", RESULTS),
    Item("spread_index", "传播指数", "score", RESULTS),
    Item("seed_index", "种草指数", "score", RESULTS),
    Item("convert_index", "转化指数", "score", RESULTS),
    Item("reach_users", "连接用户", "count", AUDIENCE, ("连接用户数",)),
    Item("male_share", "男性粉丝", "ratio", AUDIENCE, ("男性粉丝占比", "男性占比")),
    Item("female_share", "女性粉丝", "ratio", AUDIENCE, ("女性粉丝占比", "女性占比")),
    Item("age_18_23", "18–23 岁粉丝", "ratio", AUDIENCE, ("18-23岁粉丝比例",)),
    Item("age_24_30", "24–30 岁粉丝", "ratio", AUDIENCE, ("24-30岁粉丝比例",)),
    Item("age_31_40", "31–40 岁粉丝", "ratio", AUDIENCE, ("31-40岁粉丝比例",)),
    Item("uid", "平台 UID", "text", ABOUT, ("达人UID/抖音UID", "抖音UID", "达人UID")),
    Item("kind", "类型", "text", ABOUT, ("达人类型", "博主身份标签")),
    Item("topic", "内容主题", "text", ABOUT, ("标签", "内容标签")),
    Item("industry", "合作行业", "text", ABOUT),
    Item("gender", "性别", "text", ABOUT),
    Item("verified", "认证等级", "text", ABOUT, ("认证",)),
    Item("posts", "发布博文", "count", ABOUT, ("发布博文数", "作品数")),
    Item("home", "主页", "text", ABOUT, ("主页链接", "达人主页")),
    Item("market", "撮合平台页", "text", ABOUT, ("蒲公英链接", "星图链接")),
)  # fmt: skip
BY_KEY = {item.key: item for item in ITEMS}
ROW = ("name", "external_id", "followers", "city")
"""What a telling may say that stands on the creator's own row."""


def lowest_quote(held: dict[str, Any]) -> int | None:
    """The least that a post of this creator costs, in 分; an open range counts with the end it names.

    >>> lowest_quote({"quote_note": [300000, 500000], "quote_video": [800000, None]})
    300000
    """
    spans = [held[item.key] for item in ITEMS if item.group == QUOTES and item.key in held]
    ends = [end for span in spans if (end := span[0] if span[0] is not None else span[1])]
    return min(ends, default=None)
