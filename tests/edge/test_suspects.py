"""Who is not a person, case by case, as the edge stores it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from tests.edge.support import PHONE, EdgeProcess, events, prepare, running

from shemei.edge.networks import read_networks

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from shemei.warehouse.home import Home

SAFARI = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) Version/17.4 Mobile Safari/604.1"
CASES: dict[str, tuple[str, str, dict[str, str], str]] = {
    "a person in WeChat": ("GET", PHONE, {}, ""),
    "a person in Weibo": ("GET", f"{SAFARI} Weibo (iPhone14,5__weibo__13.9.1)", {}, ""),
    "a person in Douyin": ("GET", f"{SAFARI} aweme_28.1.0 BytedanceWebview/d8", {}, ""),
    "a person in Xiaohongshu": ("GET", f"{SAFARI} discover/8.0 XHS/8.0", {}, ""),
    "WeChat's own preview": ("GET", "MicroMessenger Preview", {}, "preview"),
    "WeChat's developer tools": ("GET", f"{PHONE} wechatdevtools/1.06", {}, "script"),
    "QQ looking at a link": ("GET", "QQ-URL-Manager", {}, "preview"),
    "DingTalk": ("GET", "Mozilla/5.0 (compatible; DingTalkBot-LinkService/1.0)", {}, "preview"),
    "Feishu": ("GET", "Mozilla/5.0 LarkUrl2png/1.0", {}, "preview"),
    "Douyin's spider": ("GET", "Mozilla/5.0 (compatible; Bytespider)", {}, "crawler"),
    "Toutiao's spider": ("GET", "Mozilla/5.0 (iPhone) ToutiaoSpider/1.0", {}, "crawler"),
    "Baidu's ads": ("GET", "Mozilla/5.0 BaiduAdsBot", {}, "crawler"),
    "Sogou's spider": ("GET", "Sogou web spider/4.0", {}, "crawler"),
    "a spider of a name to come": ("GET", "Mozilla/5.0 XiaohongshuSpider/1", {}, "crawler"),
    "a look without opening": ("HEAD", PHONE, {}, "head_request"),
    "a prefetch": ("GET", SAFARI, {"Sec-Purpose": "prefetch;prerender"}, "prefetch"),
    "an old Safari's preview": ("GET", SAFARI, {"X-Purpose": "preview"}, "prefetch"),
    "an old Firefox's prefetch": ("GET", SAFARI, {"X-Moz": "prefetch"}, "prefetch"),
    "no purpose of ours": ("GET", SAFARI, {"Sec-Purpose": "other"}, ""),
    "nobody": ("GET", " ", {}, "no_agent"),
}


@pytest.mark.parametrize(("method", "agent", "headers", "reason"), CASES.values(), ids=CASES)
def test_each_gets_its_reason_and_is_sent_on_all_the_same(
    edge: EdgeProcess,
    stored: Callable[[], list[dict[str, Any]]],
    method: str,
    agent: str,
    headers: dict[str, str],
    reason: str,
) -> None:
    assert edge.ask(method, "/r/spring", headers=headers, agent=agent).status == 302
    assert [row["suspect"] for row in stored()] == [reason]


def test_networks_listed_by_the_owner_are_told_apart_at_once(home: Home) -> None:
    prepare(home)
    with running(home) as edge:
        edge.get("/r/spring")
        listed = home.links / "datacentres.txt"
        listed.write_text("# 试\n10.0.0.0/8\n127.0.0.0/8 # 本机\nnot a network\n")
        time.sleep(1)
        edge.get("/r/spring")
        edge.ask("HEAD", "/r/spring")
        edge.post({"site": "SITE", "kind": "view", "url": "https://example.cn/"})
        listed.unlink()
        time.sleep(1)
        edge.get("/r/spring")
    found = [row["suspect"] for row in events(home)]
    assert found == ["", "datacentre", "head_request", "datacentre", ""]


def test_networks_that_touch_become_one_and_nonsense_is_left_out() -> None:
    lines = ["10.0.1.0/24", "10.0.0.0/24", "10.0.0.7", "::1", "1.2.3.4.5", "# 9.9.9.9"]
    whole = read_networks(lines)
    assert whole == [(4, 10 << 24, (10 << 24) + 511), (6, 1, 1)]
