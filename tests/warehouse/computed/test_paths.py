"""What is a touch, to which order it leads, and what is a journey without an order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests.warehouse import cast
from tests.warehouse.cast import BRAND, DAY, FIRST, HOUR, LAST, XHS_LINK, at, event

from shemei.warehouse.attribution import attribute
from shemei.warehouse.lake import Lake
from shemei.warehouse.questions import PathTable, Totals

if TYPE_CHECKING:
    from shemei.warehouse.home import Home
    from shemei.warehouse.vocabulary import Event


def paths(lake: Lake, **fields: Any) -> dict[str, list[str]]:
    """Order → channels of its path, oldest first."""
    found: dict[str, list[str]] = {}
    for row in lake.ask(PathTable(BRAND, 20260101, 20261231, **fields)).rows.to_pylist():
        found.setdefault(row["order_id"], []).append(row["channel"])
    return found


def lake_of(home: Home, *events: Event) -> Lake:
    cast.put(home, events)
    return Lake(home)


def order(when: str | int, number: str = "O", visitor: str = "v", **fields: Any) -> Event:
    return event("order", when, visitor=visitor, order_id=number, amount=10_000, **fields)


def test_every_path_of_the_cast(november: Lake) -> None:
    assert paths(november) == {
        "NO-1": ["xhs", "search"],
        "NO-2": ["douyin"],
        "NO-3": ["direct", "direct"],
        "NO-4": ["weibo"],
        "NO-7": ["xhs", "search", "wechat"],
    }


def test_orders_without_a_touch_are_told_apart(november: Lake) -> None:
    rows = november.ask(PathTable(BRAND, FIRST, LAST, untracked=True)).rows.to_pylist()
    assert {row["order_id"] for row in rows if row["length"] == 0} == {"NO-5", "NO-6"}
    assert {row["hours_before"] for row in rows if row["length"] == 0} == {0.0}


def test_a_row_tells_all_of_a_touch(november: Lake) -> None:
    row = november.ask(PathTable(BRAND, FIRST, LAST)).rows.to_pylist()[0]
    assert {name: row[name] for name in XHS_LINK} == XHS_LINK
    assert (row["order_id"], row["position"], row["length"], row["kind"]) == ("NO-1", 1, 2, "click")
    assert (row["conv_ts"], row["ts"]) == (at("11-05 12:00"), at("11-01 10:00"))
    assert (row["hours_before"], row["value"], row["day"]) == (98.0, 30_000, 20261105)


def test_worth_is_net_of_refunds_booked_until_now(home: Home) -> None:
    lake = lake_of(
        home, event("click", "11-01 10:00", visitor="v", channel="xhs"), order("11-02 10:00")
    )
    assert lake.ask(PathTable(BRAND, FIRST, LAST)).rows["value"].to_pylist() == [10_000]
    cast.put(home, [event("refund", "12-24 10:00", order_id="O", amount=4_000)], stream="later")
    assert lake.ask(PathTable(BRAND, FIRST, LAST)).rows["value"].to_pylist() == [6_000]
    cast.put(home, [event("refund", "12-25 10:00", order_id="O", amount=9_000)], stream="more")
    assert lake.ask(PathTable(BRAND, FIRST, LAST)).rows["value"].to_pylist() == [0]


def test_the_look_back_is_inclusive_to_the_microsecond(home: Home) -> None:
    when = at("11-15 12:00")
    lake = lake_of(
        home,
        event("click", when - 7 * DAY - 1, visitor="v", channel="a"),
        event("click", when - 7 * DAY, visitor="v", channel="b"),
        event("click", when, visitor="v", channel="c"),
        event("click", when + 1, visitor="v", channel="d"),
        order(when),
    )
    assert paths(lake, lookback_days=7) == {"O": ["b", "c"]}
    assert paths(lake, lookback_days=8) == {"O": ["a", "b", "c"]}


def test_paths_reach_back_90_days_and_no_further(home: Home) -> None:
    when = at("11-15 12:00")
    lake = lake_of(
        home,
        event("click", when - 90 * DAY - 1, visitor="v", channel="a"),
        event("click", when - 90 * DAY, visitor="v", channel="b"),
        order(when),
    )
    assert paths(lake, lookback_days=90) == {"O": ["b"]}
    assert paths(lake, lookback_days=30) == {}


def test_direct_counts_only_when_alone_within_the_look_back(home: Home) -> None:
    lake = lake_of(
        home,
        event("click", "11-01 10:00", visitor="v", channel="xhs"),
        event("visit", "11-20 10:00", visitor="v", channel="direct"),
        order("11-21 10:00"),
    )
    assert paths(lake, lookback_days=30) == {"O": ["xhs"]}
    assert paths(lake, lookback_days=7) == {"O": ["direct"]}


def test_a_page_passed_on_is_no_direct_visit(home: Home) -> None:
    """It counts beside other touches, and later than the click whose id the browser still carries."""
    lake = lake_of(
        home,
        event("click", "11-01 10:00", visitor="edge", click_id="c1", channel="xhs"),
        event("visit", "11-01 10:01", visitor="v", click_id="c1", channel="xhs"),
        event("visit", "11-10 10:00", visitor="v", click_id="c1", channel="share", share_depth=1),
        event("visit", "11-11 10:00", visitor="v", channel="direct"),
        order("11-21 10:00"),
    )
    assert paths(lake) == {"O": ["xhs", "share"]}


def test_a_click_and_the_visits_that_carry_its_id_are_one_touch(home: Home) -> None:
    def visit(when: str, channel: str, click: str = "c1") -> Event:
        return event("visit", when, visitor="v", click_id=click, channel=channel)

    lake = lake_of(
        home,
        event("click", "11-01 10:00", visitor="edge", click_id="c1", channel="xhs"),
        visit("11-01 10:00:02", "wechat"),
        visit("11-03 10:00", "xhs"),
        visit("11-04 10:00", "direct"),
        visit("11-05 10:00", "search"),
        visit("11-06 10:00", "weibo", click=""),
        order("11-07 10:00"),
    )
    assert paths(lake) == {"O": ["xhs", "search", "weibo"]}


def test_a_suspect_click_leaves_the_visit_it_led_to(home: Home) -> None:
    lake = lake_of(
        home,
        event("click", "11-01 10:00", visitor="v", click_id="c", channel="xhs", suspect="head"),
        event("visit", "11-01 10:01", visitor="v", click_id="c", channel="xhs"),
        order("11-02 10:00"),
    )
    rows = lake.ask(PathTable(BRAND, FIRST, LAST)).rows.to_pylist()
    assert [row["kind"] for row in rows] == ["visit"]


def test_a_suspect_order_is_no_conversion(home: Home) -> None:
    lake = lake_of(
        home,
        event("click", "11-01 10:00", visitor="v", channel="xhs"),
        order("11-02 10:00", suspect="fraud"),
    )
    assert paths(lake, untracked=True) == {}


def test_each_order_looks_back_over_its_whole_window(home: Home) -> None:
    lake = lake_of(
        home,
        event("click", "11-01 10:00", visitor="v", channel="xhs"),
        order("11-02 10:00", "first"),
        event("click", "11-03 10:00", visitor="v", channel="weibo"),
        order("11-04 10:00", "second"),
    )
    assert paths(lake) == {"first": ["xhs"], "second": ["xhs", "weibo"]}


CODE = {"promo_code": "K", "creator": "kol", "channel": "douyin", "platform": "douyin"}


@pytest.mark.parametrize("told_by", ["event", "order", "both"])
def test_a_used_code_is_one_touch_at_order_time(home: Home, told_by: str) -> None:
    code = CODE if told_by != "event" else {}
    events = [
        event("click", "11-01 10:00", visitor="v", channel="xhs"),
        order("11-02 10:00", **code),
    ]
    if told_by != "order":
        events.append(event("redeem", "11-02 10:00", order_id="O", phone="p", **CODE))
    rows = lake_of(home, *events).ask(PathTable(BRAND, FIRST, LAST)).rows.to_pylist()
    assert [(row["kind"], row["channel"], row["creator"]) for row in rows] == [
        ("click", "xhs", ""), ("redeem", "douyin", "kol"),
    ]  # fmt: skip
    assert rows[1]["hours_before"] == 0.0


@pytest.mark.parametrize("confirmed", [False, True])
def test_a_place_s_code_that_a_site_told_is_one_touch(home: Home, confirmed: bool) -> None:
    """Nobody but its platform and channel names whose code it is; the shop's file may tell it again."""
    code = {"promo_code": "SPOT10", "platform": "other", "channel": "offline"}
    events = [order("11-02 10:00", source="tag", **code)]
    if confirmed:
        file = {"source": "import", "customer": "c", "order_id": "O", **code}
        events += [
            event("redeem", "11-02 10:00", **file),
            event("order", "11-02 10:00", amount=9_000, **file),
        ]
    lake = lake_of(home, *events)
    rows = lake.ask(PathTable(BRAND, FIRST, LAST)).rows.to_pylist()
    assert [(row["kind"], row["channel"], row["promo_code"]) for row in rows] == [
        ("redeem", "offline", "SPOT10")
    ]
    used = Totals(BRAND, FIRST, LAST, ("orders",), where=(("promo_code", "SPOT10"),))
    assert lake.ask(used).rows.to_pylist()[0]["orders"] == 1


@pytest.mark.parametrize("shop_s", ["", "OTHER"])
def test_the_shop_s_code_counts_and_not_the_site_s(home: Home, shop_s: str) -> None:
    told = {"promo_code": "SPOT10", "platform": "other", "channel": "offline"}
    file = {"source": "import", "promo_code": shop_s, "order_id": "O"}
    owner = {"creator": "kol", "platform": "xhs", "channel": "xhs"} if shop_s else {}
    events = [
        order("11-02 09:00", source="tag", **told),
        event("order", "11-02 10:00", amount=9_000, **file, **owner),
    ]
    assert paths(lake_of(home, *events)) == ({"O": ["xhs"]} if shop_s else {})


def test_an_unowned_code_told_by_a_site_is_no_touch(home: Home) -> None:
    visit = {"promo_code": "WELCOME", "platform": "site", "channel": "xhs"}
    assert paths(lake_of(home, order("11-02 10:00", source="tag", **visit))) == {}


def test_a_code_nobody_owns_is_no_touch(home: Home) -> None:
    lake = lake_of(
        home,
        order("11-02 10:00", promo_code="WELCOME"),
        event("redeem", "11-02 10:00", order_id="O", promo_code="WELCOME"),
    )
    assert paths(lake) == {}


def test_an_owned_code_without_a_channel_takes_the_owner_s_platform(home: Home) -> None:
    owner = {"promo_code": "K", "creator": "kol"}
    lake = lake_of(
        home,
        order("11-02 10:00", "a", "v1", platform="kuaishou", channel="direct", **owner),
        order("11-02 10:00", "b", "v2", **owner),
    )
    assert paths(lake) == {"a": ["kuaishou"], "b": ["other"]}


def test_an_earlier_code_is_a_touch_of_the_next_order(home: Home) -> None:
    lake = lake_of(
        home,
        order("11-02 10:00", "first", **CODE),
        event("redeem", "11-02 10:00", visitor="v", order_id="first", **CODE),
        order("11-09 10:00", "second"),
    )
    assert paths(lake) == {"first": ["douyin"], "second": ["douyin"]}


def test_an_event_stored_twice_counts_once(home: Home) -> None:
    once = event("click", "11-01 10:00", visitor="v", channel="xhs")
    cast.put(home, [once, order("11-02 10:00")])
    cast.put(home, [once], stream="again")
    assert paths(Lake(home)) == {"O": ["xhs"]}


def nulls(lake: Lake, lookback_days: int = 30, by: str = "channel") -> float:
    return attribute(
        lake, BRAND, FIRST, LAST, by, ("markov",), lookback_days=lookback_days
    ).totals.nulls


def test_journeys_without_an_order(november: Lake) -> None:
    """范范 (微信 → 微博), and nobody else: everybody's touches led to an order within 30 days."""
    assert nulls(november) == 1


@pytest.mark.parametrize("lookback_days", [29, 30, 31])
def test_stored_and_computed_journeys_agree(home: Home, lookback_days: int) -> None:
    """30 days are stored, others are computed from the touches."""
    lake = lake_of(
        home,
        event("click", "10-20 10:00", visitor="a", channel="xhs"),
        event("click", "11-02 10:00", visitor="a", channel="weibo"),
        event("click", "11-02 10:00", visitor="b", channel="xhs"),
        order("11-02 11:00", visitor="b"),
        event("click", "11-03 10:00", visitor="b", channel="xhs"),
        event("visit", "11-04 10:00", visitor="c", channel="direct"),
        event("click", "11-29 10:00", visitor="d", channel="xhs"),
        order("12-20 10:00", "later", visitor="d"),
    )
    assert nulls(lake, lookback_days) == 3


def test_a_journey_ends_where_nothing_follows_for_the_look_back(home: Home) -> None:
    lake = lake_of(
        home,
        event("click", "11-01 10:00", visitor="v", channel="xhs"),
        event("click", at("11-01 10:00") + 7 * DAY, visitor="v", channel="weibo"),
        event("click", at("11-01 10:00") + 14 * DAY + HOUR, visitor="v", channel="wechat"),
    )
    assert nulls(lake, 30) == 1
    assert nulls(lake, 7) == 2
    assert nulls(lake, 6) == 3


def test_a_journey_goes_on_past_the_whole_of_february(home: Home) -> None:
    """Months are computed six in one pass: the sixth here is January, and February is shorter than 30 days."""
    last = at("01-31 20:00")
    lake = lake_of(
        home,
        *(event("click", last - 30 * DAY * n, visitor=f"month-{n}") for n in range(1, 7)),
        event("click", last, visitor="v", channel="xhs"),
        event("click", last + 29 * DAY, visitor="v", channel="weibo"),
    )
    told = attribute(lake, BRAND, 20260101, 20260331, models=("markov",)).totals
    assert told.nulls == 2, "that of 1 January, and one that ends in March"


def test_a_late_click_takes_the_visit_it_led_to_out_of_later_paths(home: Home) -> None:
    """A visit carries its click's id for a month, and paths look back from there."""
    who = {"visitor": "v", "channel": "xhs", "click_id": "c"}
    cast.put(
        home,
        [
            event("visit", "05-30 10:00", **who),
            event("click", "06-28 10:00", visitor="v", channel="weibo"),
            event("visit", "05-30 10:00", **who | {"visitor": "buyer", "click_id": "d"}),
            order("08-20 10:00", visitor="buyer"),
        ],
    )
    june = (BRAND, 20260601, 20260630, "channel", ("markov",))
    assert set(attribute(Lake(home), *june).models["markov"]) == {"xhs", "weibo"}
    assert paths(Lake(home), lookback_days=90) == {"O": ["xhs"]}
    late = [
        event("click", "05-01 10:00", **who),
        event("click", "05-01 10:00", **who | {"visitor": "buyer", "click_id": "d"}),
    ]
    cast.put(home, late, stream="late")
    assert set(attribute(Lake(home), *june).models["markov"]) == {"weibo"}
    assert paths(Lake(home), lookback_days=90) == {}


def test_a_touch_bought_on_too_late_is_lost(home: Home) -> None:
    lake = lake_of(
        home,
        event("click", "10-05 10:00", visitor="v", channel="xhs"),
        order("11-20 10:00"),
    )
    assert attribute(lake, BRAND, 20261001, 20261031, models=("markov",)).totals.nulls == 1
    assert nulls(lake) == 0
    assert paths(lake) == {}
