"""The demo company: the same seed gives the same people, and its log is sound."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from shemei.demo.events import Log
from shemei.demo.orders import place_orders
from shemei.demo.people import CHANNELS, PULL, simulate
from shemei.demo.plan import DAYS, Plan, make_plan
from shemei.warehouse.vocabulary import SCHEMA, SHANGHAI, day_of, to_ts, visitor_key, week_of

PEOPLE, SEED = 3_000, 11
UNTIL = (DAYS - 0.4) * 86_400.0


@pytest.fixture(scope="module")
def plan() -> Plan:
    return make_plan(date(2026, 11, 24), SEED)


@pytest.fixture(scope="module")
def log(plan: Plan) -> pa.Table:
    return pa.concat_tables(_log(plan).tables())


def _log(plan: Plan, until: float = UNTIL) -> Log:
    touches = simulate(plan, PEOPLE, SEED)
    orders = place_orders(plan, touches, SEED)
    return Log(plan, touches, orders, PEOPLE, until, orders.phones, SEED)


def test_equal_seeds_give_equal_logs(plan: Plan, log: pa.Table) -> None:
    again = pa.concat_tables(_log(make_plan(date(2026, 11, 24), SEED)).tables())
    assert again.equals(log)


def test_an_earlier_hour_of_the_day_gives_the_same_log_only_shorter(
    plan: Plan, log: pa.Table
) -> None:
    earlier = UNTIL - 5 * 3_600
    told = pa.concat_tables(_log(plan, earlier).tables())
    midnight = datetime.combine(plan.first, time(), SHANGHAI)
    before = pc.less(log["ts"].cast(pa.int64()), to_ts(midnight + timedelta(seconds=earlier)))
    assert 0 < len(told) < len(log)
    assert told.equals(log.filter(before))


def test_orders_until_a_moment_are_those_the_log_tells(plan: Plan, log: pa.Table) -> None:
    orders = place_orders(plan, simulate(plan, PEOPLE, SEED), SEED).until(UNTIL)
    told = log.filter(pc.equal(log["kind"], "order"))
    assert told["order_id"].to_pylist() == orders.number
    assert set(told["customer"].to_pylist()) == set(orders.customer_keys)
    refunds = log.filter(pc.equal(log["kind"], "refund"))
    assert sum(refunds["amount"].to_pylist()) == orders.refund.sum() > 0


def test_the_log_is_in_the_one_shape(log: pa.Table) -> None:
    assert log.schema.equals(SCHEMA)
    assert len(pc.unique(log["event_id"])) == len(log)
    row = log.slice(len(log) // 3, 1).to_pylist()[0]
    assert row["day"] == day_of(to_ts(row["ts"]))
    assert row["week"] == week_of(row["day"])
    assert row["visitor_key"] == visitor_key(row["visitor"])


def test_nobody_meets_a_post_before_it_is_out(plan: Plan) -> None:
    touches = simulate(plan, PEOPLE, SEED)
    some = touches.post >= 0
    out = np.array([post.seconds for post in plan.posts])[touches.post[some]]
    assert (touches.seconds[some] >= out).all()
    assert min(out) == 0, "each platform has a post from the first minute on"


def test_every_refund_belongs_to_an_order_and_is_not_larger(log: pa.Table) -> None:
    rows = {kind: log.filter(pc.equal(log["kind"], kind)) for kind in ("order", "refund")}
    paid = dict(
        zip(rows["order"]["order_id"].to_pylist(), rows["order"]["amount"].to_pylist(), strict=True)
    )
    refunds = zip(
        rows["refund"]["order_id"].to_pylist(), rows["refund"]["amount"].to_pylist(), strict=True
    )
    assert all(0 < amount <= paid[order] for order, amount in refunds)


def test_a_channel_that_pulls_nothing_sells_less(plan: Plan) -> None:
    orders = int(simulate(plan, PEOPLE, SEED).bought.sum())
    without = {
        name: int(simulate(plan, PEOPLE, SEED, without=name).bought.sum()) for name in CHANNELS[:5]
    }
    assert all(count < orders for count in without.values())


def test_what_friends_pass_on_bears_a_mark_and_nothing_else_does(log: pa.Table) -> None:
    visits = log.filter(pc.equal(log["kind"], "visit")).to_pylist()
    friends = [row for row in visits if row["channel"] == "share"]
    assert 0.02 < len(friends) / len(visits) < 0.06
    assert {row["share_depth"] for row in friends} == {1, 2, 3, 4, 5, 6}
    assert all(len(row["shared_by"]) == 12 for row in friends)
    marked = {row["channel"] for row in visits if row["share_depth"] or row["shared_by"]}
    assert marked == {"share"} and {row["click_id"] for row in friends} == {""}
    assert {row["in_app"] for row in friends} == {"wechat", ""}


def test_a_friend_persuades_more_than_a_search_and_less_than_an_adviser() -> None:
    pull = dict(zip(CHANNELS, PULL, strict=True))
    assert pull["search"] < pull["share"] < pull["wecom"]


def test_a_quiz_travels_further_than_the_first_page(log: pa.Table) -> None:
    depth = {
        page: pc.mean(
            log.filter(
                pc.and_(pc.equal(log["channel"], "share"), pc.equal(log["page"], page))
            ).filter(pc.greater(pc.field("share_depth"), 0))["share_depth"]
        ).as_py()
        for page in ("/quiz", "/")
    }
    assert depth["/quiz"] > depth["/"] >= 1


def test_some_buyers_leave_no_trace_but_their_order(log: pa.Table) -> None:
    orders = log.filter(pc.equal(log["kind"], "order"))
    hidden = pc.and_(pc.equal(orders["visitor"], ""), pc.equal(orders["click_id"], ""))
    share = pc.sum(hidden).as_py() / len(orders)
    assert 0.15 < share < 0.3
    people = set(log.filter(pc.equal(log["kind"], "visit"))["visitor"].to_pylist())
    assert "" not in people
