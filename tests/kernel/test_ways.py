"""A way as people read it: each order once, corrections unsaid, the order after what led to it."""

from __future__ import annotations

from typing import Any

import pytest

from shemei.edge.bots import SUSPECT_NAMES
from shemei.kernel.ways.words import as_it_was, suspicion, told_once, whereabouts


def event(kind: str, ts: int, **more: Any) -> dict[str, Any]:
    return {"kind": kind, "ts": ts, "order_id": "", "source": "", "event_id": f"{ts}", **more}


TAG = event("order", 10, order_id="W1", source="tag")
SHOP = event("order", 8, order_id="W1", source="import")
MOVED = event("order", 13, order_id="W1", source="correction", event_id="b")
OLDER = event("order", 11, order_id="W1", source="correction", event_id="a")


def test_the_shop_is_believed_before_the_tag() -> None:
    assert told_once([SHOP, TAG]) == [SHOP]
    assert told_once([TAG]) == [TAG]


def test_the_newest_correction_stands() -> None:
    assert told_once([SHOP, TAG, OLDER, MOVED]) == [MOVED]


def test_words_of_correction_are_not_steps() -> None:
    click = event("click", 5)
    assert told_once([click, event("custom", 6, action="correction")]) == [click]


def test_an_order_and_a_refund_stand_with_their_corrected_amounts() -> None:
    pounds = '{"original_amount":13000,"original_currency":"GBP","rate":"9.2"}'
    mine, key = {"order_id": "W1", "currency": "CNY"}, '{"refund":"r1"}'
    sold = event("order", 1, **mine, amount=117_000, source="import")
    less = event("refund", 1, **mine, amount=-2_600, action="correction", props=pounds)
    back = event("refund", 5, **mine, amount=900, props=key)
    more = event("refund", 5, **mine, amount=20, action="recount", props=key)
    order, refund = told_once([sold, less, back, more])
    assert (order["amount"], refund["amount"]) == (119_600, 920)
    assert as_it_was(order) == {
        "original_amount": 13_000,
        "original_currency": "GBP",
        "rate": "9.2",
    }
    assert as_it_was(event("visit", 1, props=pounds)) == {}


def test_refunds_told_without_their_keys_are_known_by_order_and_moment() -> None:
    mine = {"order_id": "W1", "currency": "CNY", "props": "{}"}
    first, same, other = (
        event("refund", ts, **mine, amount=n) for ts, n in ((5, 9), (5, 7), (6, 4))
    )
    more = event("refund", 5, **mine | {"props": '{"refund":"r1"}'}, amount=80, action="recount")
    assert [one["amount"] for one in told_once([first, same, other, more])] == [89, 7, 4]


def test_a_moved_order_is_corrected_from_what_it_was_sold_for() -> None:
    sold = event("order", 8, order_id="W1", source="import", amount=100)
    less = event("refund", 8, order_id="W1", action="correction", amount=30)
    moved = event("order", 13, order_id="W1", source="correction", event_id="b", amount=70)
    (order,) = told_once([sold, less, moved])
    assert (order["ts"], order["amount"]) == (13, 70)


def test_at_one_moment_the_order_comes_last() -> None:
    code = event("redeem", 8, order_id="W1")
    assert told_once([SHOP, code]) == [code, SHOP]


def test_orders_without_a_number_all_stand() -> None:
    orders = [event("order", 1), event("order", 2)]
    assert told_once(orders) == orders


@pytest.mark.parametrize("reason", [reason for reason in SUSPECT_NAMES if reason])
def test_a_step_that_does_not_count_says_why_in_words(reason: str) -> None:
    assert suspicion(event("visit", 1, suspect=reason)) == f"不计入：{SUSPECT_NAMES[reason]}"


def test_a_step_that_counts_says_nothing() -> None:
    assert suspicion(event("visit", 1, suspect="")) == ""
    assert suspicion(event("visit", 1)) == ""


def test_a_friend_is_named_once_though_the_channel_is_passing_on() -> None:
    came = {"kind": "visit", "channel": "share", "share_depth": 2, "in_app": "wechat"}
    assert whereabouts(came) == ["朋友转发来的，第 2 手", "在微信里"]
    assert whereabouts(came | {"channel": "xhs"})[:2] == ["经小红书", "朋友转发来的，第 2 手"]
    assert whereabouts({"kind": "lead", "channel": "share"}) == ["经朋友转发"]
