"""What a User-Agent header tells: the device, the app whose browser it is, and if a machine."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from shemei.edge.bots import suspect_agent

CACHED_AGENTS = 20_000

IN_APP_RULES: tuple[tuple[str, str], ...] = (
    ("wecom", r"wxwork/"),
    ("wechat_miniprogram", r"MicroMessenger/.*miniProgram|miniProgram.*MicroMessenger/"),
    ("wechat", r"MicroMessenger/"),
    ("weibo", r"weibo__\d|Weibo \(|WeiboliteiOS|WeiboIntliOS"),
    ("douyin", r"aweme_\d|AppName/aweme|\baweme/"),
    ("tiktok", r"musical_ly|trill_"),
    ("bytedance", r"BytedanceWebview/|TTWebView/|NewsArticle|AppName/"),
    ("kuaishou", r"Kwai(?:_Lite|_Pro)?/|ksNebula/|ksthanos|Yoda/"),
    ("xhs", r"\bdiscover/\d|xhsdiscover|XHS/"),
    ("bilibili", r"BiliApp/|mobi_app/"),
    ("qq", r"\bQQ/\d|V1_AND_SQ|V1_IPH_SQ"),
    ("alipay", r"AlipayClient/|AliApp\(AP/"),
    ("taobao", r"AliApp\(TB/"),
    ("dingtalk", r"DingTalk/|AliApp\(DingTalk/"),
    ("jd", r"jdapp;|jdpingou;"),
    ("zhihu", r"ZhihuHybrid|osee2unifiedRelease"),
    ("feishu", r"Lark/|Feishu/"),
)
"""In order, the first that matches decides: WeCom also says MicroMessenger, and Douyin also says
BytedanceWebview."""

IN_APP_NAMES: dict[str, str] = {
    "": "普通浏览器",
    "wecom": "企业微信",
    "wechat": "微信",
    "wechat_miniprogram": "微信小程序",
    "weibo": "微博",
    "douyin": "抖音",
    "tiktok": "TikTok",
    "bytedance": "字节系应用",
    "kuaishou": "快手",
    "xhs": "小红书",
    "bilibili": "B站",
    "qq": "QQ",
    "alipay": "支付宝",
    "taobao": "淘宝",
    "dingtalk": "钉钉",
    "jd": "京东",
    "zhihu": "知乎",
    "feishu": "飞书",
}
DEVICE_NAMES: dict[str, str] = {
    "ios": "iPhone",
    "android": "安卓手机",
    "tablet": "平板",
    "desktop": "电脑",
    "other": "其他设备",
}
_DEVICE_RULES: tuple[tuple[str, str], ...] = (
    ("ios", r"iPhone|iPod"),
    ("tablet", r"iPad|Tablet|PlayBook|Silk/"),
    ("android", r"Android.*Mobile|Mobile.*Android"),
    ("tablet", r"Android"),
    ("desktop", r"Windows NT|Macintosh|X11|CrOS"),
)
_IN_APP = tuple((key, re.compile(pattern)) for key, pattern in IN_APP_RULES)
_DEVICE = tuple((key, re.compile(pattern)) for key, pattern in _DEVICE_RULES)


@dataclass(frozen=True, slots=True)
class Agent:
    """What was read from one header; ``suspect`` is a key of ``bots.SUSPECT_NAMES`` or ``""``."""

    device: str
    in_app: str
    suspect: str


@lru_cache(CACHED_AGENTS)
def read_agent(header: bytes) -> Agent:
    """Return what a User-Agent header tells; remembered, for a few thousand make most of a day.

    Examples
    --------
    >>> read_agent(b"Mozilla/5.0 (iPhone; CPU iPhone OS 17_0) MicroMessenger/8.0.42")
    Agent(device='ios', in_app='wechat', suspect='')
    >>> read_agent(b"")
    Agent(device='other', in_app='', suspect='no_agent')
    """
    text = header.decode("latin-1")
    return Agent(
        device=_first(_DEVICE, text) or "other",
        in_app=_first(_IN_APP, text),
        suspect=suspect_agent(text),
    )


def _first(rules: tuple[tuple[str, re.Pattern[str]], ...], text: str) -> str:
    return next((key for key, pattern in rules if pattern.search(text)), "")
