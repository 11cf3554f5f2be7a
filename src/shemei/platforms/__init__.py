"""The social platforms a brand plays on: names, marks and how each is recognised. No Django."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Platform:
    """One social platform as the whole product names it.

    ``key`` stands in events, URLs and CSS (``pf-<key>``); ``mark`` is the one-glyph badge.
    """

    key: str
    name: str
    mark: str


PLATFORMS: tuple[Platform, ...] = (
    Platform("wechat", "微信公众号", "公"),
    Platform("channels", "视频号", "视"),
    Platform("wecom", "企业微信", "企"),
    Platform("weibo", "微博", "博"),
    Platform("douyin", "抖音", "抖"),
    Platform("kuaishou", "快手", "快"),
    Platform("xhs", "小红书", "红"),
    Platform("bilibili", "B站", "B"),
    Platform("site", "官网与商城", "站"),
    Platform("other", "其他", "他"),
)
CHOICES: tuple[tuple[str, str], ...] = tuple((one.key, one.name) for one in PLATFORMS)
"""The platforms as a list to choose from."""
ELSEWHERE: tuple[Platform, ...] = (
    Platform("search", "搜索", "搜"),
    Platform("share", "朋友转发", "友"),
    Platform("direct", "直接访问", "直"),
    Platform("offline", "线下", "线"),
    Platform("ads", "付费广告", "广"),
    Platform("referral", "外部链接", "外"),
    Platform("email", "邮件", "邮"),
    Platform("sms", "短信", "信"),
    Platform("zhihu", "知乎", "知"),
    Platform("toutiao", "今日头条", "头"),
)
"""Channels that are no social platform of ours but stand beside them in paths, with a mark of their own."""
BY_KEY: dict[str, Platform] = {platform.key: platform for platform in (*PLATFORMS, *ELSEWHERE)}


def platform_of(key: str) -> Platform:
    """Return the platform for ``key``; an unknown or empty key is 其他.

    Examples
    --------
    >>> platform_of("xhs").name
    '小红书'
    >>> platform_of("").key
    'other'
    """
    return BY_KEY.get(key, BY_KEY["other"])


_WORDS: dict[str, str] = {
    "wechat": "公众号|wechat|weixin",
    "channels": "视频号",
    "wecom": "企业微信|企微|wecom",
    "weibo": "微博|weibo|粉丝通|weiq",
    "douyin": "抖音|douyin|抖店|巨量|千川|星图",
    "kuaishou": "快手|kuaishou|磁力金牛|磁力引擎|磁力聚星",
    "xhs": "小红书|xhs|xiaohongshu|rednote|聚光",
    "bilibili": "B站|哔哩哔哩|bilibili",
}
"""A platform by its names, and by those of its own tools for sellers, advertisers and creators.

腾讯广告 is not among them: it shows in 公众号, in 视频号, in 朋友圈 and elsewhere.
"""
_NAMED = {
    key: re.compile(rf"(?<![a-z])(?:{words})(?![a-z])", re.IGNORECASE)
    for key, words in _WORDS.items()
}


def named_in(text: str) -> str:
    """Return the one platform that a text names, a file's name for example; "" for none and for several.

    Examples
    --------
    >>> named_in("小红书笔记_11月.csv"), named_in("xhs_notes.csv"), named_in("facebook_posts.csv")
    ('xhs', 'xhs', '')
    >>> named_in("抖音与快手.csv")
    ''
    >>> named_in("腾讯广告_11月.csv"), named_in("腾讯广告_视频号.csv")
    ('', 'channels')
    >>> named_in("千川_11月.csv"), named_in("磁力聚星达人.xlsx")
    ('douyin', 'kuaishou')
    """
    found = [key for key, words in _NAMED.items() if words.search(text)]
    return found[0] if len(found) == 1 else ""
