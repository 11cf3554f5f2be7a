"""A small log whose right answers are obvious by hand: a few people, one November."""

from __future__ import annotations

import random
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from shemei.warehouse.computed.settling import settle
from shemei.warehouse.log.loader import append_events
from shemei.warehouse.vocabulary import SCHEMA, SHANGHAI, Event, stamp, to_ts

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from shemei.warehouse.home import Home

BRAND = "brand"
RIVAL = "rival"
WALK = "walk"
FIRST, LAST = 20261101, 20261130
HOUR = 3_600_000_000
DAY = 24 * HOUR


def at(text: str) -> int:
    """``"11-05 12:00"`` of 2026 in Shanghai as UTC microseconds."""
    form = "%Y-%m-%d %H:%M:%S" if text.count(":") == 2 else "%Y-%m-%d %H:%M"
    return to_ts(datetime.strptime(f"2026-{text}", form).replace(tzinfo=SHANGHAI))


def event(kind: str, when: str | int, workspace: str = BRAND, **fields: Any) -> Event:
    ts = at(when) if isinstance(when, str) else when
    return stamp(Event(kind=kind, workspace=workspace, ts=ts, **fields))


XHS_LINK = {
    "channel": "xhs", "platform": "xhs", "content": "note-1", "creator": "kol-1",
    "campaign": "double-11", "link": "link-1",
}  # fmt: skip
K2_CODE = {
    "promo_code": "K2", "creator": "kol-2", "campaign": "double-11", "platform": "douyin",
    "channel": "douyin",
}  # fmt: skip


def ali(workspace: str = BRAND) -> list[Event]:
    """阿丽 comes by a note on 小红书, searches, comes back, buys; later buys on another phone."""
    return [
        event("click", "11-01 10:00", workspace, visitor="ali-edge", click_id="c1", **XHS_LINK),
        event("visit", "11-01 10:00:02", workspace, visitor="ali-site", click_id="c1", channel="xhs",
              platform="xhs", source="tag"),
        event("view", "11-01 10:01", workspace, visitor="ali-site", click_id="c1", channel="xhs",
              platform="xhs", source="tag"),
        event("visit", "11-03 20:00", workspace, visitor="ali-site", click_id="c1", channel="search",
              platform="site", source="tag"),
        event("visit", "11-04 08:00", workspace, visitor="ali-site", click_id="c1", channel="direct",
              platform="site", source="tag"),
        event("order", "11-05 12:00", workspace, visitor="ali-site", order_id="NO-1", phone="ph-ali",
              amount=30_000, source="import"),
        event("click", "11-19 09:00", workspace, visitor="ali-phone", click_id="c7", channel="wechat",
              platform="wechat", content="post-7", link="link-7"),
        event("order", "11-20 09:00", workspace, visitor="ali-phone", order_id="NO-7",
              phone="ph-ali", amount=20_000, source="import"),
    ]  # fmt: skip


HANDS = ("a" * 12, "b" * 12, "c" * 12)


def came(when: str, visitor: str, by: str = "", depth: int = 0, **fields: Any) -> Event:
    """A visit that came by itself, or by a page that somebody passed on."""
    given = {"channel": "direct", "source": "tag", **fields}
    return event("visit", when, visitor=visitor, shared_by=by, share_depth=depth, **given)


def passed_on() -> list[Event]:
    """Pages go to two friends; one hands them on to a third, who comes twice and then by another browser."""
    a, b, c = HANDS
    return [
        came("11-02 10:00", "first-hand"),
        came("11-02 11:00", "friend-1", a, 1, page="/quiz"),
        came("11-02 12:00", "friend-2", a, 1, channel="wechat"),
        came("11-03 09:00", "third", b, 2, page="/quiz"),
        came("11-03 21:00", "third", b, 2, page="/"),
        came("11-04 09:00", "third-phone", c, 3, page="/quiz"),
        came("11-04 10:00", "robot", c, 3, suspect="crawler"),
        event("order", "11-05 10:00", visitor="third", order_id="N", phone="p", amount=100),
        event("order", "11-06 10:00", visitor="third-phone", order_id="M", phone="p", amount=100),
    ]


def travels(seed: int, pages: Sequence[str] = ("",)) -> list[Event]:
    """Three hundred visits of one November at random, most of them by pages that somebody passed on."""
    rng = random.Random(seed)
    return [
        came(
            f"11-{rng.randint(1, 30):02d} {rng.randint(0, 23):02d}:00",
            f"v{rng.randint(1, 40)}",
            rng.choice(HANDS),
            rng.randint(0, 4),
            page=rng.choice(pages),
        )
        for _ in range(300)
    ]


def reached(visits: Sequence[Event]) -> tuple[int, int, int]:
    """Visits, people who came and who had passed the page on, counted one by one."""
    return len(visits), len({one.visitor for one in visits}), len({one.shared_by for one in visits})


def bowen() -> list[Event]:
    """博文 never touches anything the log sees, but uses a creator's code."""
    who = {"order_id": "NO-2", "phone": "ph-bowen", "source": "import"}
    return [
        event("redeem", "11-06 10:00", **who, **K2_CODE),
        event("order", "11-06 10:00", amount=10_000, **who, **K2_CODE),
    ]


def chen() -> list[Event]:
    """陈总 types the address; the order is told by the site's tag and by the shop's file."""
    return [
        event("visit", "11-06 15:00", visitor="chen-site", channel="direct", platform="site"),
        event("visit", "11-06 16:00", visitor="chen-site", channel="direct", platform="site"),
        event("order", "11-06 16:10", visitor="chen-site", order_id="NO-3", amount=9_900,
              source="tag", channel="direct", platform="site"),
        event("order", "11-07 00:10", order_id="NO-3", customer="cu-chen", amount=10_000,
              source="import"),
    ]  # fmt: skip


def dingding() -> list[Event]:
    """丁丁 clicked exactly 30 days before the order, and once a moment earlier; part came back."""
    order = at("11-06 12:00")
    return [
        event("click", order - 30 * DAY - 1, visitor="ding", click_id="d0", channel="bilibili",
              platform="bilibili", link="link-b"),
        event("click", order - 30 * DAY, visitor="ding", click_id="d1", channel="weibo",
              platform="weibo", link="link-w"),
        event("order", order, visitor="ding", order_id="NO-4", amount=20_000, source="import"),
        event("refund", "11-08 12:00", order_id="NO-4", amount=5_000, source="import"),
    ]  # fmt: skip


def ghost() -> list[Event]:
    """A preview robot clicked in this browser; the order that follows has no touch of its own."""
    return [
        event("click", "11-09 10:00", visitor="ghost", click_id="g1", suspect="preview", **XHS_LINK),
        event("click", "11-09 10:00:01", suspect="crawler", **XHS_LINK),
        event("order", "11-10 10:00", visitor="ghost", order_id="NO-5", amount=5_000,
              source="import"),
    ]  # fmt: skip


def fanfan() -> list[Event]:
    """范范 looks and never buys; a direct visit in company is no touch."""
    return [
        event("click", "11-11 10:00", visitor="fan", click_id="f1", channel="wechat",
              platform="wechat", content="post-7", link="link-7"),
        event("click", "11-13 10:00", visitor="fan", click_id="f2", channel="weibo",
              platform="weibo", link="link-w"),
        event("visit", "11-14 10:00", visitor="fan", channel="direct", platform="site"),
    ]  # fmt: skip


def guoguo() -> list[Event]:
    """郭郭 buys in a shop: a number and nothing else."""
    return [event("order", "11-12 10:00", order_id="NO-6", amount=7_000, source="import")]


def reported() -> list[Event]:
    """What a platform reports of a note, and what was spent on it."""
    note = {"channel": "xhs", "platform": "xhs", "content": "note-1", "source": "import"}
    return [
        event("impression", "11-01 12:00", quantity=10_000, **note),
        event("engage", "11-01 12:00", action="like", quantity=300, **note),
        event("engage", "11-01 12:00", action="share", quantity=50, **note),
        event("engage", "11-01 12:00", action="finish", quantity=4_000, **note),
        event("follow", "11-01 12:00", quantity=20, **note),
        event("spend", "11-01 12:00", amount=20_000, **note),
    ]


def everybody() -> list[Event]:
    parts = (ali(), bowen(), chen(), dingding(), ghost(), fanfan(), guoguo(), reported())
    return [one for part in parts for one in part]


def rivals() -> list[Event]:
    """Another brand in the same lake, with the same browsers, clicks, phones and order numbers."""
    return [
        *ali(RIVAL),
        event("click", "11-02 10:00", RIVAL, visitor="chen-site", click_id="g1", **XHS_LINK),
        event("click", "11-05 10:00", RIVAL, visitor="fan", phone="ph-bowen", **XHS_LINK),
        event("order", "11-14 10:00", RIVAL, visitor="fan", phone="ph-ali", order_id="NO-2",
              amount=99_000, source="import"),
        event("refund", "11-15 10:00", RIVAL, order_id="NO-1", amount=30_000, source="import"),
    ]  # fmt: skip


def walkers() -> list[Event]:
    """A third brand, of people who go different lengths of the way from 触达 to 分享."""

    def did(kind: str, when: str, visitor: str, **fields: Any) -> Event:
        return event(kind, when, WALK, visitor=visitor, **fields)

    return [
        # 甲 goes the whole way, over two browsers that the phone joins; looks again much later.
        did("click", "11-02 10:00", "jia-app", channel="xhs"),
        did("view", "11-02 10:05", "jia-app"),
        did("lead", "11-02 11:05", "jia-app", phone="ph-jia"),
        did("order", "11-03 11:05", "jia-shop", phone="ph-jia", order_id="W-1", amount=10_000),
        did("invite", "11-04 11:05", "jia-shop", phone="ph-jia"),
        did("click", "11-25 10:00", "jia-app", channel="weibo"),
        did("view", "11-25 10:30", "jia-app"),
        # 乙 comes in vain, then again by another channel, and orders eight days after looking.
        did("click", "11-01 09:00", "yi", channel="douyin"),
        did("click", "11-10 09:00", "yi", channel="weibo"),
        did("view", "11-10 09:30", "yi"),
        did("custom", "11-11 09:30", "yi", action="add_to_cart"),
        did("order", "11-19 09:30", "yi", order_id="W-2", amount=5_000),
        # 丙 does it the wrong way round; 丁 looks without having come; 戊 scrolls past something else.
        did("view", "11-05 08:00", "bing"),
        did("visit", "11-05 09:00", "bing", channel="search"),
        did("view", "11-06 08:00", "ding4"),
        did("click", "11-07 08:00", "wu", channel="xhs"),
        did("custom", "11-07 08:05", "wu", action="scroll"),
        # A robot goes the whole way and counts nowhere.
        did("click", "11-08 08:00", "robot", suspect="crawler", channel="xhs"),
        did("view", "11-08 08:01", "robot", suspect="crawler"),
        # 乙 and 甲 buy again: 乙 in the second week after, 甲 in the next month.
        did("order", "12-01 10:00", "yi", order_id="W-3", amount=5_000),
        did("visit", "12-02 10:00", "jia-app", channel="direct"),
        did("order", "12-02 10:00", "jia-shop", phone="ph-jia", order_id="W-4", amount=20_000),
        did("order", "12-02 12:00", "jia-shop", phone="ph-jia", order_id="W-5", amount=20_000),
    ]  # fmt: skip


def put(home: Home, events: Iterable[Event], *, stream: str = "cast", number: int = 1) -> None:
    """Write events into the log and compute everything from them."""
    rows = pa.Table.from_pylist([one.as_dict() for one in events], schema=SCHEMA)
    append_events(home, rows, stream=stream, number=number)
    settle(home)
