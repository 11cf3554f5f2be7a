"""How one event of a person reads as a line of their way."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Mapping, Sequence
from typing import Any

import orjson

from shemei.edge.bots import SUSPECT_NAMES
from shemei.warehouse.channels import channel_name
from shemei.warehouse.vocabulary import CORRECTION, KIND_NAMES, RECOUNT, TOUCH_KINDS

ENGAGEMENTS = {
    "like": "点赞",
    "comment": "评论",
    "share": "分享",
    "collect": "收藏",
    "finish": "看完",
}
CUSTOM = {"add_to_cart": "加入购物车", "checkout": "去结算"}
DEVICES = {"mobile": "手机", "desktop": "电脑", "tablet": "平板"}
IN_APPS = {
    "wechat": "微信",
    "wechat_miniprogram": "微信小程序",
    "wecom": "企业微信",
    "xhs": "小红书",
    "douyin": "抖音",
    "weibo": "微博",
    "kuaishou": "快手",
    "bilibili": "B站",
    "zhihu": "知乎",
}


def verb(event: Mapping[str, Any]) -> str:
    """What happened, in words: 「访问」, 「点赞」, 「加入购物车」.

    >>> verb({"kind": "engage", "action": "like"}), verb({"kind": "visit", "action": ""})
    ('点赞', '访问')
    >>> (
    ...     verb({"kind": "custom", "action": "add_to_cart"}),
    ...     verb({"kind": "custom", "action": "看测评"}),
    ... )
    ('加入购物车', '看测评')
    """
    action = event.get("action") or ""
    if event["kind"] == "engage":
        return ENGAGEMENTS.get(action, "互动")
    if event["kind"] == "custom" and action:
        return CUSTOM.get(action, str(action))
    return KIND_NAMES.get(event["kind"], str(event["kind"]))


def whereabouts(event: Mapping[str, Any]) -> list[str]:
    """Channel, place and device of an event, as short words; what is unknown is left out.

    >>> whereabouts({"kind": "visit", "channel": "share", "share_depth": 2, "in_app": "wechat"})
    ['朋友转发来的，第 2 手', '在微信里']
    >>> whereabouts({"kind": "visit", "channel": "xhs", "share_depth": 1})
    ['经小红书', '朋友转发来的，第 1 手']
    """
    hands, key = event.get("share_depth") or 0, event.get("channel") or ""
    channel = "" if not key or (key == "share" and hands) else channel_name(key)
    inside = IN_APPS.get(event.get("in_app") or "", "")
    device = DEVICES.get(event.get("device") or "", "")
    words = [
        f"经{channel}" if channel and is_touch(event) else "",
        f"朋友转发来的，第 {hands} 手" if hands else "",
        f"在{inside}里" if inside else "",
        device,
    ]
    return [word for word in words if word]


def is_touch(event: Mapping[str, Any]) -> bool:
    return event["kind"] in TOUCH_KINDS


def is_own_touch(event: Mapping[str, Any]) -> bool:
    """A touch by itself: a visit that carries a click's id is one touch with that click.

    >>> (
    ...     is_own_touch({"kind": "visit", "click_id": "c1"}),
    ...     is_own_touch({"kind": "visit", "click_id": ""}),
    ... )
    (False, True)
    """
    return is_touch(event) and not (event["kind"] == "visit" and event.get("click_id"))


def suspicion(event: Mapping[str, Any]) -> str:
    """Why an event is left out of figures; empty where it counts."""
    reason = event.get("suspect") or ""
    return f"不计入：{SUSPECT_NAMES.get(reason, reason)}" if reason else ""


def unproven(event: Mapping[str, Any]) -> str:
    """What an order is worth that nobody but the site's own code has told.

    >>> unproven({"kind": "order", "source": "tag"}), unproven({"kind": "order", "source": "shop"})
    ('未核实，只有网站报过', '')
    """
    told_by_site = event["kind"] == "order" and event.get("source") == "tag"
    return "未核实，只有网站报过" if told_by_site else ""


def told_once(events: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """A way without what is said twice: an order told by the site and by the shop, words of correction.

    Of an order the last correction stands, else what the shop said, else the site's own tag; at one
    moment it comes after the touches that led to it. Amounts are as they stand, corrected.
    """
    best: dict[str, Mapping[str, Any]] = {}
    for event in events:
        number = event.get("order_id") or ""
        if event["kind"] == "order" and number:
            held = best.get(number)
            if held is None or _teller(event) >= _teller(held):
                best[number] = event
    kept = _corrected([e for e in events if _stands(e, best)], events)
    return sorted(kept, key=lambda e: (e["ts"], e["kind"] in ("order", "refund")))


def _teller(event: Mapping[str, Any]) -> tuple[int, str]:
    rank = {"correction": 2, "tag": 0}.get(event.get("source") or "", 1)
    return rank, (event.get("event_id") or "") if rank == 2 else ""


def _stands(event: Mapping[str, Any], best: Mapping[str, Mapping[str, Any]]) -> bool:
    if event["kind"] in ("custom", "refund") and event.get("action") in (CORRECTION, RECOUNT):
        return False
    number = event.get("order_id") or ""
    return event["kind"] != "order" or not number or best[number] is event


def _corrected(
    kept: Sequence[Mapping[str, Any]], events: Sequence[Mapping[str, Any]]
) -> list[Mapping[str, Any]]:
    """Orders and refunds with what corrections have made of their amounts since."""
    corrections = [
        event
        for event in events
        if event["kind"] == "refund" and event.get("action") in (CORRECTION, RECOUNT)
    ]
    if not corrections:
        return list(kept)
    told = [event for event in events if _is_told(event)]
    keys = {_refund_key(event) for event in told} - {""}
    first = {_subject(event, keys): event["amount"] for event in reversed(told)}
    news: dict[tuple[Any, ...], list[Mapping[str, Any]]] = defaultdict(list)
    for event in corrections:
        news[_subject(event, keys)].append(event)
    return [_amended(event, news, first, _subject(event, keys)) for event in kept]


def _is_told(event: Mapping[str, Any]) -> bool:
    """Whether a shop told an order or a refund for the first time, and with which amount."""
    by_shop = event.get("source") not in (CORRECTION, "tag")
    return event["kind"] in ("order", "refund") and not event.get("action") and by_shop


def _subject(event: Mapping[str, Any], keys: Container[str]) -> tuple[Any, ...]:
    """What an amount is of: an order by its number, a refund by its own key.

    A refund told without its key, as all once were, is known by its order and its moment.
    """
    number = event.get("order_id") or ""
    if event["kind"] == "order" or event.get("action") == CORRECTION:
        return "order", number
    key = _refund_key(event)
    return ("refund", key) if key in keys else (event["kind"], number, event["ts"])


def _refund_key(event: Mapping[str, Any]) -> str:
    key: str = props_of(event).get("refund", "") if event["kind"] == "refund" else ""
    return key


def _amended(
    event: Mapping[str, Any],
    news: dict[tuple[Any, ...], list[Mapping[str, Any]]],
    first: Mapping[tuple[Any, ...], int],
    subject: tuple[Any, ...],
) -> Mapping[str, Any]:
    """An order or a refund as it stands; of several at one place the first takes what corrects them all."""
    if event["kind"] not in ("order", "refund") or subject not in news:
        return event
    corrections = news.pop(subject)
    newest = max(corrections, key=lambda one: one.get("event_id") or "")
    change = sum(one["amount"] for one in corrections)
    amount = first.get(subject, event.get("amount", 0))
    amount += change if event["kind"] == "refund" else -change
    as_it_is = {"amount": amount, "currency": newest.get("currency"), "props": newest.get("props")}
    return {**event, **as_it_is}


def props_of(event: Mapping[str, Any]) -> dict[str, Any]:
    """What else an event says.

    >>> props_of({"props": '{"rate":"9.2"}'}), props_of({})
    ({'rate': '9.2'}, {})
    """
    text = event.get("props") or "{}"
    return orjson.loads(text) if text != "{}" else {}


def as_it_was(event: Mapping[str, Any]) -> dict[str, Any]:
    """The amount of an order or a refund before it was converted, and the rate; nothing where it was not."""
    told = props_of(event) if event["kind"] in ("order", "refund") else {}
    names = ("original_amount", "original_currency", "rate")
    return {name: told[name] for name in names if name in told}
