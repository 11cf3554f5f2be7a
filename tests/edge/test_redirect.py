"""Where a short link leads, and the click it leaves."""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.edge.support import LINK, EdgeProcess

from shemei.edge.linkbook import LinkRecord
from shemei.edge.redirect import BadTarget, Target, split_target
from shemei.edge.stamps import Day
from shemei.edge.visit import read_request
from shemei.warehouse.channels import DEFAULT_RULES
from shemei.warehouse.vocabulary import COLUMNS, Event, day_of, stamp, week_of

if TYPE_CHECKING:
    from collections.abc import Callable

UUID7 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
PUNYCODE = "商城".encode("punycode").decode()


def click_id_of(location: str) -> str:
    return parse_qs(urlsplit(location).query)["_c"][0]


def test_the_target_keeps_its_query_and_fragment_and_gains_utm_and_click_id(
    edge: EdgeProcess,
) -> None:
    answer = edge.get("/r/spring")
    assert answer.status == 302
    location = urlsplit(answer.headers["location"])
    assert (location.netloc, location.path, location.fragment) == (
        "shop.example.cn", "/p/1", "reviews",
    )  # fmt: skip
    pairs = parse_qsl(location.query)
    assert pairs[:-1] == [
        ("sku", "9"),
        ("b", "中"),
        ("utm_source", "xhs"),
        ("utm_medium", "social"),
        ("utm_campaign", "双十一"),
    ]
    assert pairs[-1][0] == "_c"
    assert UUID7.fullmatch(pairs[-1][1])


def test_the_click_is_a_whole_event_with_every_field_of_the_link(
    edge: EdgeProcess, stored: Callable[[], list[dict[str, Any]]]
) -> None:
    answer = edge.get("/r/spring", Referer="https://mp.weixin.qq.com/s/abc?x=1")
    (row,) = stored()
    assert sorted(row) == sorted(COLUMNS)
    event = Event(**row)
    assert stamp(event) == event
    assert event.event_id == event.click_id == click_id_of(answer.headers["location"])
    assert (event.day, event.week) == (day_of(event.ts), week_of(day_of(event.ts)))
    for name in ("workspace", "link", "platform", "platform_account", "campaign", "content",
                 "creator", "activity", "promo_code"):  # fmt: skip
        assert row[name] == getattr(LINK, name)
    assert (event.kind, event.source, event.device, event.in_app) == (
        "click", "edge", "ios", "wechat",
    )  # fmt: skip
    assert (event.channel, event.referrer_host, event.suspect) == ("xhs", "mp.weixin.qq.com", "")
    assert (event.utm_source, event.utm_campaign) == ("xhs", "双十一")
    assert edge.port and event.visitor in answer.headers["set-cookie"]


def test_via_says_where_the_link_stood_and_goes_no_further(
    edge: EdgeProcess, stored: Callable[[], list[dict[str, Any]]]
) -> None:
    plain = edge.get("/r/spring")
    named = edge.get("/r/spring?utm_source=evil&via=%E9%97%A8%E5%BA%97%22%5C%0a3&phone=1")
    assert "via" not in named.headers["location"] and "evil" not in named.headers["location"]
    assert named.headers["location"].split("_c=")[0] == plain.headers["location"].split("_c=")[0]
    assert [json.loads(row["props"]) for row in stored()] == [{}, {"via": '门店"\\3'}]


@given(st.binary(max_size=80))
def test_any_query_leaves_a_line_that_reads(query: bytes) -> None:
    came = read_request("GET", {}, query=b"via=" + query)
    line = Target(asdict(LINK), DEFAULT_RULES).event(
        "c", 1, Day(0, 1, 20261101, 20261026), "v", came
    )
    assert line.count(b"\n") == 1
    assert json.loads(json.loads(line).get("props", "{}")).get("via", "") == came.via


@pytest.mark.parametrize(
    ("query", "kept"),
    [
        ("via=门店".encode(), "门店"),
        (b"a=1&via=A+1&via=B", "A 1"),
        ("via=张三13800138000".encode(), "张三[手机号]"),
        (b"via=%ff%fe", ""),
        (b"envia=x", ""),
        (b"via=" + b"x" * 99, "x" * 40),
    ],
)
def test_what_is_kept_of_via(query: bytes, kept: str) -> None:
    assert read_request("GET", {}, query=query).via == kept


def test_the_cookie_lasts_a_year_and_the_visitor_is_known_again(
    edge: EdgeProcess, stored: Callable[[], list[dict[str, Any]]]
) -> None:
    cookie = edge.get("/r/spring").headers["set-cookie"]
    assert cookie.endswith("; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax")
    edge.get("/r/spring", Cookie=f"other=1; {cookie.partition(';')[0]}; last=2")
    first, second = stored()
    assert first["visitor"] == second["visitor"] != ""
    assert first["visitor_key"] == second["visitor_key"]
    assert first["click_id"] != second["click_id"]


def test_head_is_answered_like_get_and_marked(
    edge: EdgeProcess, stored: Callable[[], list[dict[str, Any]]]
) -> None:
    answer = edge.ask("HEAD", "/r/spring")
    assert (answer.status, answer.body) == (302, b"")
    assert [row["suspect"] for row in stored()] == ["head_request"]


@pytest.mark.parametrize(
    ("agent", "headers", "reason"),
    [
        ("Mozilla/5.0 (compatible; Baiduspider/2.0)", {}, "crawler"),
        ("", {}, "no_agent"),
        ("Mozilla/5.0 (iPhone) Mobile", {"Sec-Purpose": "prefetch;prerender"}, "prefetch"),
        ("Mozilla/5.0 (iPhone) Mobile", {"X-Moz": "prefetch"}, "prefetch"),
        ("facebookexternalhit/1.1", {}, "preview"),
    ],
)
def test_what_no_person_made_is_kept_with_its_reason(
    edge: EdgeProcess,
    stored: Callable[[], list[dict[str, Any]]],
    agent: str,
    headers: dict[str, str],
    reason: str,
) -> None:
    assert edge.ask("GET", "/r/spring", headers=headers, agent=agent).status == 302
    assert [row["suspect"] for row in stored()] == [reason]


@pytest.mark.parametrize("path", ["/r/nope", "/r/", "/r/%0d%0aSet-Cookie:x=1", "/", "/r/a/b"])
def test_an_unknown_link_gets_a_small_chinese_page(
    edge: EdgeProcess, stored: Callable[[], list[dict[str, Any]]], path: str
) -> None:
    answer = edge.get(path)
    assert answer.status == 404
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "这个链接打不开" in answer.body.decode()
    assert "set-cookie" not in answer.headers
    assert stored() == []


def test_other_methods_are_refused(edge: EdgeProcess) -> None:
    assert edge.ask("POST", "/r/spring", b"").status == 405
    assert edge.ask("DELETE", "/healthz").status == 405


def test_the_targets_own_utm_wins_and_its_old_click_id_goes() -> None:
    before, after, held = split_target(
        "https://a.cn/?utm_source=mine&_c=old&x", {"utm_source": "xhs", "utm_term": "t"}
    )
    assert (before, after) == ("https://a.cn/?utm_source=mine&x&utm_term=t&_c=", "")
    assert (held["utm_source"], held["utm_term"]) == ("mine", "t")


def test_chinese_hosts_and_paths_become_ascii() -> None:
    before, after, _ = split_target("https://商城.cn:8443/春天?q=茶#顶", {})
    assert before == f"https://xn--{PUNYCODE}.cn:8443/%E6%98%A5%E5%A4%A9?q=%E8%8C%B6&_c="
    assert after == "#%E9%A1%B6"


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "//evil.cn/",
        "ftp://a.cn/",
        "https://",
        "",
        "https://a.cn/\r\nSet-Cookie: x=1",
        "https://a.cn/a b",
        "https://[::1",
        "https://a.cn:port/",
        "data:text/html,x",
        "https:\\\\a.cn",
    ],
)
def test_targets_nobody_should_be_sent_to_are_refused(url: str) -> None:
    with pytest.raises(BadTarget):
        split_target(url, {})


@given(st.text(max_size=60), st.dictionaries(st.just("utm_source"), st.text(max_size=20)))
def test_no_target_can_end_a_header(tail: str, utm: dict[str, str]) -> None:
    try:
        before, after, _ = split_target(f"https://a.cn/{tail}", utm)
    except (BadTarget, UnicodeEncodeError):
        return
    whole = before + after
    assert whole.isascii()
    assert re.fullmatch(r"https://a\.cn[!-~]*", whole)


def test_a_channel_the_link_names_holds_over_the_rules() -> None:
    named = LinkRecord(code="a", url="https://a.cn", workspace="w", link="l", channel="线下门店")
    assert Target(asdict(named), DEFAULT_RULES).channel("wechat", "") == '"线下门店"'
    plain = LinkRecord(code="a", url="https://a.cn", workspace="w", link="l")
    assert Target(asdict(plain), DEFAULT_RULES).channel("wechat", "") == '"wechat"'
    assert Target(asdict(plain), DEFAULT_RULES).channel("", "") == '"direct"'
