"""Devices, in-app browsers and machines, told by their headers."""

from __future__ import annotations

import pytest

from shemei.edge.bots import SUSPECT_NAMES, suspect_agent, suspect_request
from shemei.edge.useragent import DEVICE_NAMES, IN_APP_NAMES, IN_APP_RULES, read_agent
from shemei.edge.visit import host_of, visitor_of

IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148"
ANDROID = "Mozilla/5.0 (Linux; Android 14; V2307A) AppleWebKit/537.36 Chrome/116.0 Mobile"


@pytest.mark.parametrize(
    ("agent", "device", "in_app"),
    [
        (f"{IPHONE} Safari/604.1", "ios", ""),
        (f"{IPHONE} MicroMessenger/8.0.49(0x18) NetType/WIFI", "ios", "wechat"),
        (f"{IPHONE} wxwork/4.1.22 MicroMessenger/7.0.1", "ios", "wecom"),
        (f"{ANDROID} MicroMessenger/8.0.49 miniProgram/wx12", "android", "wechat_miniprogram"),
        (f"{IPHONE} Weibo (iPhone14,5__weibo__14.3.0__iphone__os17)", "ios", "weibo"),
        (f"{ANDROID} aweme_290600 BytedanceWebview/d8a21c6", "android", "douyin"),
        (f"{ANDROID} NewsArticle/9.9 BytedanceWebview/d8a", "android", "bytedance"),
        (f"{ANDROID} Kwai/12.3.20", "android", "kuaishou"),
        (f"{IPHONE} discover/8.0 XHS/8.0", "ios", "xhs"),
        (f"{IPHONE} BiliApp/77900100 mobi_app/iphone", "ios", "bilibili"),
        (f"{IPHONE} QQ/9.0.30", "ios", "qq"),
        (f"{ANDROID} MQQBrowser/6.2 Safari/537.36", "android", ""),
        (f"{IPHONE} AliApp(AP/10.5.9) AlipayClient/10.5.9", "ios", "alipay"),
        (f"{IPHONE} AliApp(TB/10.30)", "ios", "taobao"),
        ("Mozilla/5.0 (iPad; CPU OS 17_4 like Mac OS X) Safari", "tablet", ""),
        ("Mozilla/5.0 (Linux; Android 13; SM-X700) Chrome/116.0 Safari", "tablet", ""),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/126.0 Safari", "desktop", ""),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Safari", "desktop", ""),
        ("something new", "other", ""),
    ],
)
def test_device_and_app(agent: str, device: str, in_app: str) -> None:
    found = read_agent(agent.encode())
    assert (found.device, found.in_app, found.suspect) == (device, in_app, "")


@pytest.mark.parametrize(
    ("agent", "reason"),
    [
        ("Mozilla/5.0 (compatible; Baiduspider/2.0; +http://www.baidu.com/search/spider.html)",
         "crawler"),
        ("Sogou web spider/4.0", "crawler"),
        ("Mozilla/5.0 (compatible; YisouSpider/5.0)", "crawler"),
        ("Mozilla/5.0 (Linux; Android 5.0) Mobile Safari (compatible; Bytespider; https://z.cn)",
         "crawler"),
        ("Mozilla/5.0 (compatible; Googlebot/2.1)", "crawler"),
        ("Mozilla/5.0 (compatible; PetalBot;+https://webmaster.petalsearch.com)", "crawler"),
        ("GPTBot/1.0", "crawler"),
        ("Slackbot-LinkExpanding 1.0", "preview"),
        ("python-requests/2.32", "script"),
        ("Go-http-client/2.0", "script"),
        ("Mozilla/5.0 (X11; Linux x86_64) HeadlessChrome/126.0", "headless"),
        ("   ", "no_agent"),
    ],
)  # fmt: skip
def test_machines_are_named(agent: str, reason: str) -> None:
    assert suspect_agent(agent) == reason
    assert reason in SUSPECT_NAMES


@pytest.mark.parametrize(
    "agent",
    [
        f"{IPHONE} Safari/604.1",
        f"{ANDROID} CUBOT_X30 Build/QP1A",
        "Mozilla/5.0 (Linux; U; Android 13; zh-cn; M2012K11AC) MiuiBrowser/17.8",
    ],
)
def test_people_are_not(agent: str) -> None:
    assert suspect_agent(agent) == ""


def test_an_agent_reason_comes_before_the_method() -> None:
    assert suspect_request("HEAD", {}, "crawler") == "crawler"
    assert suspect_request("GET", {b"purpose": b"preview"}, "") == "prefetch"
    assert suspect_request("GET", {b"sec-purpose": b""}, "") == ""


def test_every_key_has_a_name() -> None:
    assert {key for key, _ in IN_APP_RULES} | {""} == set(IN_APP_NAMES)
    assert set(DEVICE_NAMES) == {"ios", "android", "tablet", "desktop", "other"}


@pytest.mark.parametrize(
    ("address", "host"),
    [
        (b"https://user:pass@A.cn:8080/x", "a.cn"),
        (b"android-app://com.tencent.mm/", "com.tencent.mm"),
        (b'https://evil".cn/', ""),
        (b"https://\xe4\xb8\xad.cn/", ""),
        (b"//a.cn/", ""),
        (b"https://a.cn", "a.cn"),
    ],
)
def test_referrer_hosts_are_plain_or_nothing(address: bytes, host: str) -> None:
    assert host_of(address) == host


@pytest.mark.parametrize(
    "cookie", [b"_sv=short", b'_sv=0123456789"', b"x_sv=0123456789abcdef", b"", b"_sv=" + b"a" * 65]
)
def test_a_visitor_cookie_not_ours_is_ignored(cookie: bytes) -> None:
    assert visitor_of({b"cookie": cookie}) == ""
