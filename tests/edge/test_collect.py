"""What pages may report, and what becomes of it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.edge.support import SITES, EdgeProcess

from shemei.edge.collect import MOST_EVENTS, Collector, Recent, TagError
from shemei.edge.sites import Sites, publish_sites
from shemei.edge.stamps import Clock, Ids
from shemei.edge.useragent import Agent
from shemei.edge.visit import Came
from shemei.warehouse.home import Home
from shemei.warehouse.vocabulary import COLUMNS, Event, stamp

if TYPE_CHECKING:
    from collections.abc import Callable

    Stored = Callable[[], list[dict[str, Any]]]

CLICK = "01a20aef-fe9c-7c43-aca8-7a614c9fb4b4"
VIEW = {
    "site": "SITE",
    "kind": "visit",
    "visitor": "0123456789abcdef",
    "url": f"https://shop.example.cn/p/1?utm_source=weibo&utm_campaign=%E6%98%A5&_c={CLICK}&tel=138",
    "referrer": "https://m.weibo.cn/u/1",
    "title": "春天的茶",
}
CAME = Came(Agent("ios", "", ""), "", "")


@pytest.fixture(scope="module")
def collector(tmp_path_factory: pytest.TempPathFactory) -> Collector:
    home = Home(tmp_path_factory.mktemp("collect"))
    publish_sites(home, SITES)
    return Collector(Sites(home), Clock(), Ids())


def read(collector: Collector, came: Came = CAME, cookie: str = "", **fields: Any) -> Event:
    line, _ = collector.line({**VIEW, **fields}, came, cookie)
    return Event(**orjson.loads(line))


def test_a_visit_becomes_a_whole_stamped_event(edge: EdgeProcess, stored: Stored) -> None:
    answer = edge.post(VIEW)
    assert (answer.status, answer.json) == (202, {"accepted": 1})
    assert answer.headers["access-control-allow-origin"] == "*"
    (row,) = stored()
    assert sorted(row) == sorted(COLUMNS)
    event = Event(**row)
    assert stamp(event) == event
    assert (event.kind, event.workspace, event.source) == ("visit", "workspace-one", "tag")
    assert (event.page, event.referrer_host, event.click_id) == ("/p/1", "m.weibo.cn", CLICK)
    assert (event.utm_source, event.utm_campaign) == ("weibo", "春")
    assert (event.platform, event.channel, event.in_app) == ("weibo", "weibo", "wechat")
    assert (event.device, event.visitor, event.suspect) == ("ios", "0123456789abcdef", "")
    assert orjson.loads(event.props) == {"title": "春天的茶"}
    assert "138" not in event.page + event.props


def test_an_order_carries_its_number_amount_and_code(edge: EdgeProcess, stored: Stored) -> None:
    order = {**VIEW, "kind": "order", "order_id": "T100", "amount": 19900, "promo_code": "ALI10"}
    assert edge.post(order).status == 202
    (row,) = stored()
    assert (row["order_id"], row["amount"], row["promo_code"]) == ("T100", 19900, "ALI10")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("lizi１0", ("LIZI10", "other", "offline")),
        ("WELCOME", ("WELCOME", "site", "weibo")),
    ],
)
def test_an_order_stands_on_the_platform_of_its_code_s_owner_alone(
    tmp_path_factory: pytest.TempPathFactory, typed: str, kept: tuple[str, str, str]
) -> None:
    """Where the page stood is no owner: its channel stays, and the code is no touch."""
    codes = {"workspace-one": {"LIZI10": {"platform": "other", "channel": "offline"}}}
    order = {**VIEW, "kind": "order", "order_id": "T1", "promo_code": typed}
    home = Home(tmp_path_factory.mktemp("codes"))
    publish_sites(home, {**SITES, "codes": codes})
    event = read(Collector(Sites(home), Clock(), Ids()), **order)
    assert (event.promo_code, event.platform, event.channel) == kept


def test_a_list_is_stored_whole_or_not_at_all(edge: EdgeProcess, stored: Stored) -> None:
    assert edge.post([VIEW, {**VIEW, "kind": "spend"}]).status == 400
    assert stored() == []
    assert edge.post([VIEW, VIEW]).json == {"accepted": 2}
    assert len(stored()) == 2


def test_an_event_sent_again_is_stored_once(edge: EdgeProcess, stored: Stored) -> None:
    event = {**VIEW, "event_id": "0192F7A0-5B1C-7ABC-9DEF-000000000001"}
    assert edge.post(event).json == {"accepted": 1}
    assert edge.post([event, event]).json == {"accepted": 2}
    assert [row["event_id"] for row in stored()] == [event["event_id"].lower()]


def test_a_pixel_is_enough(edge: EdgeProcess, stored: Stored) -> None:
    query = urlencode({"site": "SITE", "kind": "order", "order_id": "g1", "amount": "500",
                       "url": "https://shop.example.cn/done", "props": '{"a":1}'})  # fmt: skip
    answer = edge.get(f"/e.gif?{query}")
    assert answer.status == 200
    assert answer.headers["content-type"] == "image/gif"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.body[:6] == b"GIF89a"
    (row,) = stored()
    assert (row["kind"], row["amount"], row["page"], row["props"]) == (
        "order", 500, "/done", '{"a":1}',
    )  # fmt: skip


def test_browsers_may_ask_first(edge: EdgeProcess) -> None:
    answer = edge.ask("OPTIONS", "/e", headers={"Origin": "https://shop.example.cn"})
    assert answer.status == 204
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "POST" in answer.headers["access-control-allow-methods"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"site": "NOPE"}, "unknown_site"),
        ({"site": 7}, "wrong_type"),
        ({"kind": "click"}, "unknown_kind"),
        ({"kind": ["view"]}, "unknown_kind"),
        ({"kind": "order"}, "missing"),
        ({"kind": "custom"}, "missing"),
        ({"amount": -1}, "wrong_number"),
        ({"amount": 1.5}, "wrong_number"),
        ({"amount": True}, "wrong_number"),
        ({"age_ms": 8 * 86_400_000}, "wrong_number"),
        ({"url": "https://a.cn/" + "x" * 9000}, "too_long"),
        ({"props": [1]}, "wrong_type"),
        ({"props": {"a": "x" * 5000}}, "too_long"),
        ({"site": "ASKS"}, "consent_required"),
    ],
)
def test_refusals_say_why(edge: EdgeProcess, change: dict[str, Any], code: str) -> None:
    answer = edge.post({**VIEW, **change})
    assert (answer.status, answer.json["error"]) == (400, code)
    assert answer.json["reason"]


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"nonsense", b"[]", b"7", b"[" * 60_000, b'{"a":' * 9_000, b"\xff\xfe", b"[1]",
     orjson.dumps([VIEW] * (MOST_EVENTS + 1))],
)  # fmt: skip
def test_malformed_bodies_are_a_400_with_a_reason(edge: EdgeProcess, body: bytes) -> None:
    answer = edge.ask("POST", "/e", body)
    assert answer.status == 400
    assert answer.json["error"] in ("malformed", "too_many")


def test_deep_props_are_refused_not_a_stack_trace(collector: Collector) -> None:
    deep: Any = 1
    for _ in range(300):
        deep = [deep]
    with pytest.raises(TagError, match="嵌套"):
        read(collector, props={"deep": deep})


def test_a_late_event_gets_the_time_it_happened(collector: Collector) -> None:
    hour = 3_600_000
    event = read(collector, age_ms=hour)
    assert abs(event.ts / 1000 - (time.time() * 1000 - hour)) < 5_000
    assert stamp(event) == event


def test_the_cookie_names_a_visitor_the_page_does_not(collector: Collector) -> None:
    assert read(collector, cookie="cookie-visitor", visitor=None).visitor == "cookie-visitor"
    assert read(collector, cookie="cookie-visitor", visitor="<bad>").visitor == "cookie-visitor"
    assert read(collector, visitor=None).visitor_key == 0


def test_moving_about_on_the_own_site_is_no_referral(collector: Collector) -> None:
    inside = read(collector, url="https://shop.example.cn/2", referrer="https://www.example.cn/1")
    assert (inside.referrer_host, inside.channel, inside.platform) == ("", "direct", "site")
    outside = read(collector, url="https://shop.example.cn/2", referrer="https://news.cn/1")
    assert (outside.referrer_host, outside.channel) == ("news.cn", "referral")


@pytest.mark.parametrize(
    ("query", "kind", "channel"),
    [
        ("_sh=0123456789ab-2", "visit", "share"),
        ("_sh=0123456789ab-2&utm_source=xhs", "visit", "xhs"),
        ("_sh=0123456789ab-51", "visit", "wechat"),
        ("_sh=0123456789ab-2", "view", "wechat"),
        ("", "visit", "wechat"),
    ],
)
def test_a_visit_by_a_page_passed_on_came_by_a_friend(
    collector: Collector, query: str, kind: str, channel: str
) -> None:
    in_wechat = Came(Agent("ios", "wechat", ""), "", "")
    url = f"https://shop.example.cn/quiz?{query}"
    event = read(collector, in_wechat, url=url, referrer="", kind=kind)
    assert (event.channel, event.platform) == (channel, "xhs" if channel == "xhs" else "wechat")
    assert event.share_depth == (2 if channel in ("share", "xhs") else 0)


def test_a_foreign_page_with_our_key_is_kept_and_marked(collector: Collector) -> None:
    assert read(collector, url="https://thief.cn/").suspect == "foreign_host"
    assert read(collector, url="https://deep.shop.example.cn/").suspect == ""
    referred = Came(Agent("ios", "", ""), "thief.cn", "")
    assert read(collector, referred, url="").suspect == "foreign_host"


def test_consent_and_the_workspaces_own_channel_rules(collector: Collector) -> None:
    agreed = read(collector, site="ASKS", consent=1, url="https://x.cn/?utm_source=poster-7")
    assert (agreed.workspace, agreed.channel) == ("workspace-two", "offline")


def test_the_in_app_browser_names_the_platform(collector: Collector) -> None:
    came = Came(Agent("ios", "wechat_miniprogram", ""), "", "")
    event = read(collector, came, url="https://shop.example.cn/", referrer="")
    assert (event.platform, event.channel) == ("wechat", "wechat")


def test_what_identifies_a_person_is_left_out(collector: Collector) -> None:
    event = read(collector, kind="lead", title=None, props={"Phone": "13800000000", "size": "L"})
    assert orjson.loads(event.props) == {"size": "L"}


def test_an_id_that_is_no_uuid_is_replaced(collector: Collector) -> None:
    assert read(collector, event_id="mine").event_id[14] == "7"
    assert read(collector, url="https://shop.example.cn/?_c=mine").click_id == ""


def test_recent_forgets_the_oldest() -> None:
    recent = Recent(most=10)
    for number in range(40):
        recent.add([str(number)])
    assert recent.holds("39")
    assert recent.holds("30")
    assert not recent.holds("1")


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=6,
)
named = st.fixed_dictionaries(
    {"site": st.just("SITE"), "kind": st.sampled_from(["view", "order", "custom", 3])},
    optional=dict.fromkeys(("visitor", "url", "referrer", "title", "action", "click_id", "order_id", "amount", "promo_code", "props", "event_id", "age_ms", "quantity", "consent"), anything),
)  # fmt: skip


@settings(max_examples=300)
@given(named | anything)
def test_any_json_is_stored_whole_or_refused(collector: Collector, body: Any) -> None:
    try:
        data = orjson.dumps(body, option=orjson.OPT_NON_STR_KEYS)
    except TypeError:
        return
    try:
        batch = collector.batch(data, CAME, "")
    except TagError as error:
        assert str(error)
        return
    for line in batch.lines:
        event = Event(**orjson.loads(line))
        assert stamp(event) == event
        assert event.workspace


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300) | st.text(alphabet='{}[]",:0aé\\', max_size=40).map(str.encode))
def test_any_bytes_over_the_wire_are_4xx_or_stored(edge: EdgeProcess, body: bytes) -> None:
    answer = edge.ask("POST", "/e", body)
    assert answer.status == 202 or 400 <= answer.status < 500
    assert answer.json


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=40), st.text(max_size=60))
def test_any_query_is_a_pixel_or_4xx(edge: EdgeProcess, kind: str, props: str) -> None:
    pairs = {"site": "SITE", "kind": kind, "props": props}
    query = urlencode({name: value.encode(errors="replace") for name, value in pairs.items()})
    assert edge.get(f"/e.gif?{query}").status in (200, 400)
