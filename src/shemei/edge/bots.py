"""Marks hits that no person made, with the reason. Nothing is refused: a mark can be taken back."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

SUSPECT_NAMES: dict[str, str] = {
    "": "正常",
    "crawler": "搜索引擎或其他爬虫",
    "preview": "聊天软件抓取链接预览",
    "script": "脚本或监控程序",
    "headless": "无界面浏览器",
    "no_agent": "没有浏览器标识",
    "head_request": "只探测不打开（HEAD）",
    "prefetch": "浏览器提前加载，人没有打开",
    "datacentre": "来自登记过的机房网段",
    "foreign_host": "代码装在未登记的网站上",
    "guided": "停在「请在浏览器打开」页，还没打开目标",
}

_AGENT_RULES: tuple[tuple[str, str], ...] = (
    (
        "preview",
        r"facebookexternalhit|Twitterbot|Slackbot|TelegramBot|WhatsApp/|Discordbot|LinkedInBot"
        r"|SkypeUriPreview|Iframely|vkShare|redditbot|Embedly|MicroMessenger Preview|WeChatShareExt"
        r"|QQ-URL-Manager|Mozilla/5\.0 \(compatible; DingTalkBot|LarkUrl|Feishu-?Bot|Pinterestbot"
        r"|Applebot-Extended|Google-PageRenderer|Google-Read-Aloud|BingPreview",
    ),
    ("headless", r"HeadlessChrome|PhantomJS|Puppeteer|Playwright|Selenium|Electron/.*Headless"),
    (
        "script",
        r"^(?:curl|Wget|python|Python|aiohttp|Go-http-client|Java/|okhttp/|axios/|node|undici|PHP"
        r"|Ruby|libwww|HTTPie|PostmanRuntime|Apache-HttpClient|Dart/|wrk|ApacheBench|lua-resty|Guzzle)"
        r"|wechatdevtools|UptimeRobot|Pingdom|StatusCake|Zabbix|Nagios|Prometheus|Blackbox|Site24x7|jiankongbao",
    ),
    (
        "crawler",
        r"(?i:spider|crawler|scrapy|\bbots?\b|[a-z]bot\b|bot/|slurp|archiver|transcoder)"
        r"|BaiduAds|GPTBot|ClaudeBot|CCBot|ia_archiver|Mediapartners|Google-InspectionTool|Yahoo!"
        r"|Baiduspider|Sogou (?:web|inst|Pic|News)|360Spider|HaosouSpider|YisouSpider|PetalBot",
    ),
)
_AGENT = tuple((reason, re.compile(pattern)) for reason, pattern in _AGENT_RULES)
_PURPOSE_HEADERS = (b"purpose", b"sec-purpose", b"x-purpose", b"x-moz")
_PURPOSE = re.compile(rb"(?i)prefetch|preview|prerender")


def suspect_agent(text: str) -> str:
    """Return why a User-Agent is not a person's, or ``""``.

    Examples
    --------
    >>> suspect_agent("Mozilla/5.0 (compatible; Baiduspider/2.0)"), suspect_agent("curl/8.5.0")
    ('crawler', 'script')
    >>> suspect_agent("Mozilla/5.0 (iPhone) Weibo (iPhone14,5__weibo__13.9.1)"), suspect_agent(" ")
    ('', 'no_agent')
    """
    if not text.strip():
        return "no_agent"
    return next((reason for reason, pattern in _AGENT if pattern.search(text)), "")


def suspect_request(method: str, headers: Mapping[bytes, bytes], agent: str) -> str:
    """Return why a request is suspect: what its agent says first, then its method and headers.

    Examples
    --------
    >>> suspect_request("HEAD", {}, ""), suspect_request("GET", {b"sec-purpose": b"prefetch"}, "")
    ('head_request', 'prefetch')
    """
    if agent:
        return agent
    if method == "HEAD":
        return "head_request"
    for name in _PURPOSE_HEADERS:
        value = headers.get(name)
        if value is not None and _PURPOSE.search(value):
            return "prefetch"
    return ""
