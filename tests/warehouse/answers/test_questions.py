"""Golden answers on the small log."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from tests.warehouse import cast
from tests.warehouse.cast import BRAND, FIRST, LAST, RIVAL

from shemei.warehouse.catalogue import METRICS
from shemei.warehouse.lake import Lake
from shemei.warehouse.measures import MEASURES, PEOPLE
from shemei.warehouse.questions import (
    Journey,
    Orders,
    PathTable,
    People,
    Question,
    QuestionError,
    RefundParts,
    Refunds,
    Rows,
    Series,
    Totals,
    Visitors,
)
from shemei.warehouse.vocabulary import COLUMNS

if TYPE_CHECKING:
    from shemei.warehouse.home import Home

IN_LOG = tuple(key for key, metric in METRICS.items() if metric.in_log)
NO_PEOPLE = tuple(key for key in IN_LOG if not METRICS[key].people)


def ask(lake: Lake, question: Question) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = lake.ask(question).rows.to_pylist()
    return rows


def totals(lake: Lake, *metrics: str, **fields: Any) -> dict[str, Any]:
    return ask(lake, Totals(BRAND, FIRST, LAST, metrics, **fields))[0]


def test_counts_of_a_month(november: Lake) -> None:
    found = totals(november, "clicks", "visits", "page_views", "impressions", "follows", "redeems")
    assert found == {
        "clicks": 4, "visits": 6, "page_views": 7, "impressions": 10_000, "follows": 20,
        "redeems": 1,
    }  # fmt: skip


def test_an_order_told_twice_is_one_order_as_the_shop_told_it(november: Lake) -> None:
    assert totals(november, "orders", "revenue") == {"orders": 7, "revenue": 102_000}
    on_the_6th = Totals(BRAND, 20261106, 20261106, ("orders",))
    assert ask(november, on_the_6th)[0]["orders"] == 2


def test_money_and_ratios(november: Lake) -> None:
    found = totals(november, "refunds", "net_revenue", "aov", "spend", "roi", "ctr", "cvr")
    assert found["refunds"] == 5_000
    assert found["net_revenue"] == 97_000
    assert found["aov"] == pytest.approx(102_000 / 7)
    assert found["roi"] == pytest.approx(97_000 / 20_000)
    assert found["ctr"] == pytest.approx(4 / 10_000)
    assert found["cvr"] == pytest.approx(7 / 4)


def test_engagement_by_count_leaves_played_to_the_end_apart(november: Lake) -> None:
    found = totals(november, "engagements", "engagement_rate", "share_rate", "finish_rate")
    assert found["engagements"] == 350
    assert found["engagement_rate"] == pytest.approx(0.035)
    assert found["share_rate"] == pytest.approx(0.005)
    assert found["finish_rate"] == pytest.approx(0.4)


def test_new_and_returning_buyers(november: Lake) -> None:
    found = totals(november, "new_customers", "repeat_orders", "cac")
    assert found == {"new_customers": 5, "repeat_orders": 1, "cac": pytest.approx(4_000)}


def test_visits_of_one_page_bounce(november: Lake) -> None:
    found = totals(november, "bounce_rate", "visits")
    assert found["bounce_rate"] == pytest.approx(5 / 6)


def test_figures_by_a_dimension(november: Lake) -> None:
    rows = ask(november, Totals(BRAND, FIRST, LAST, ("clicks", "visits"), by=("channel",)))
    found = {row["channel"]: (row["clicks"], row["visits"]) for row in rows}
    assert found["xhs"] == (1, 1)
    assert found["wechat"] == (2, 0)
    assert found["direct"] == (0, 4)
    assert rows[0]["channel"] == "wechat", "the largest first"


def test_a_filter_named_twice_means_either(november: Lake) -> None:
    either = (("channel", "xhs"), ("channel", "wechat"))
    assert totals(november, "clicks", where=either)["clicks"] == 3
    both = (("channel", "xhs"), ("content", "post-7"))
    assert totals(november, "clicks", where=both)["clicks"] == 0


def test_suspect_clicks_come_back_with_a_switch_and_tell_their_reason(november: Lake) -> None:
    assert totals(november, "clicks", include_suspect=True)["clicks"] == 6
    rows = ask(
        november,
        Totals(BRAND, FIRST, LAST, ("clicks",), by=("suspect",), include_suspect=True),
    )
    assert {row["suspect"]: row["clicks"] for row in rows if row["clicks"]} == {
        "": 4, "preview": 1, "crawler": 1,
    }  # fmt: skip


def test_people_are_counted_once_however_many_browsers(november: Lake) -> None:
    assert totals(november, "visitors")["visitors"] == 3
    assert ask(november, Visitors(BRAND, FIRST, LAST)) == [{"visitors": 3}]
    by_channel = ask(november, Visitors(BRAND, FIRST, LAST, by=("channel",)))
    assert {row["channel"]: row["visitors"] for row in by_channel} == {
        "xhs": 1, "search": 1, "direct": 3, "wechat": 2, "weibo": 1,
    }  # fmt: skip


def test_a_series_has_every_day_even_without_events(november: Lake) -> None:
    rows = ask(november, Series(BRAND, 20261101, 20261107, ("clicks", "revenue", "aov")))
    assert [row["bucket"] for row in rows] == list(range(20261101, 20261108))
    assert [row["clicks"] for row in rows] == [1, 0, 0, 0, 0, 0, 0]
    assert [row["revenue"] for row in rows] == [0, 0, 0, 0, 30_000, 30_000, 10_000]
    assert [row["aov"] for row in rows] == [None] * 4 + [30_000, 15_000, 10_000]


def test_a_week_is_named_by_its_monday(november: Lake) -> None:
    rows = ask(november, Series(BRAND, 20261101, 20261110, ("orders",), grain="week"))
    assert [(row["bucket"], row["orders"]) for row in rows] == [
        (20261026, 0), (20261102, 4), (20261109, 1),
    ]  # fmt: skip


def test_a_series_by_dimension_has_the_days_with_events(november: Lake) -> None:
    rows = ask(november, Series(BRAND, FIRST, LAST, ("clicks",), by=("channel",)))
    found = [(row["bucket"], row["channel"]) for row in rows if row["clicks"]]
    assert found == [
        (20261101, "xhs"), (20261111, "wechat"), (20261113, "weibo"), (20261119, "wechat"),
    ]  # fmt: skip


def test_events_come_newest_first_in_the_columns_of_the_log(november: Lake) -> None:
    rows = ask(november, Rows(BRAND, FIRST, LAST, kinds=("order",), limit=2))
    assert [row["order_id"] for row in rows] == ["NO-7", "NO-6"]
    assert list(rows[0]) == list(COLUMNS)
    assert rows[0]["ts"] == cast.at("11-20 09:00")
    more = ask(november, Rows(BRAND, FIRST, LAST, kinds=("order",), limit=2, offset=2))
    assert [row["order_id"] for row in more] == ["NO-5", "NO-3"]


def test_events_leave_suspect_ones_out_unless_asked(november: Lake) -> None:
    mine = Rows(BRAND, FIRST, LAST, kinds=("click",), where=(("link", "link-1"),))
    assert [row["suspect"] for row in ask(november, mine)] == [""]
    assert len(ask(november, replace(mine, include_suspect=True))) == 3


def test_what_is_nobody_s_is_left_out_before_the_newest_are_taken(november: Lake) -> None:
    """郭郭's order has no person, the platform's report no visitor; both are newer than what is asked for."""
    mine = Orders(BRAND, FIRST, LAST, limit=2)
    assert [row["order_id"] for row in ask(november, mine)] == ["NO-7", "NO-6"]
    people = replace(mine, of_people=True)
    assert [row["order_id"] for row in ask(november, people)] == ["NO-7", "NO-5"]
    seen = Rows(BRAND, FIRST, LAST, kinds=("view", "engage", "follow"), limit=1)
    assert [row["kind"] for row in ask(november, seen)] != ["view"]
    assert [row["kind"] for row in ask(november, replace(seen, of_people=True))] == ["view"]


def test_a_journey_is_everything_the_person_did_with_touches_marked(november: Lake) -> None:
    rows = ask(november, Journey(BRAND, FIRST, LAST, order_id="NO-1"))
    assert [(row["kind"], row["channel"], row["in_path"]) for row in rows] == [
        ("click", "xhs", True), ("visit", "xhs", False), ("view", "xhs", False),
        ("visit", "search", True), ("visit", "direct", False), ("order", "", False),
        ("click", "wechat", False), ("order", "", False),
    ]  # fmt: skip
    same = ask(november, Journey(BRAND, FIRST, LAST, person=rows[0]["person"]))
    assert [row["event_id"] for row in same] == [row["event_id"] for row in rows]
    assert [row["channel"] for row in same if row["in_path"]] == ["xhs", "search", "wechat"]


def test_a_journey_of_an_order_without_a_person_is_the_order(november: Lake) -> None:
    rows = ask(november, Journey(BRAND, FIRST, LAST, order_id="NO-6"))
    assert [(row["kind"], row["person"]) for row in rows] == [("order", "")]


def test_people_with_what_they_did(november: Lake) -> None:
    rows = ask(november, People(BRAND, FIRST, LAST, order="value"))
    assert [(row["orders"], row["value"]) for row in rows] == [
        (2, 50_000), (1, 15_000), (1, 10_000), (1, 10_000), (1, 5_000), (0, 0),
    ]  # fmt: skip
    first = rows[0]
    assert (first["touches"], first["visitors"], first["phone"]) == (2, 3, "ph-ali")
    assert (first["first_channel"], first["last_platform"]) == ("xhs", "wechat")
    assert {row["total"] for row in rows} == {6}
    buyers = ask(november, People(BRAND, FIRST, LAST, bought="yes", limit=1))
    assert buyers[0]["total"] == 5
    found = ask(november, People(BRAND, FIRST, LAST, search="NO-4"))
    assert [row["value"] for row in found] == [15_000]
    assert ask(november, People(BRAND, FIRST, LAST, person=first["person"]))[0] == {
        **first, "total": 1,
    }  # fmt: skip


@pytest.mark.parametrize(
    "question",
    [
        Totals("", FIRST, LAST, ("clicks",)),
        Totals(BRAND, 20261131, LAST, ("clicks",)),
        Totals(BRAND, FIRST, LAST, ("klicks",)),
        Totals(BRAND, FIRST, LAST, ()),
        Totals(BRAND, FIRST, LAST, ("follower_growth",)),
        Totals(BRAND, FIRST, LAST, ("clicks",), by=("visitor",)),
        Totals(BRAND, FIRST, LAST, ("clicks",), where=(("1=1 --", "x"),)),
        Totals(BRAND, FIRST, LAST, ("visitors",), by=("promo_code",)),
        Series(BRAND, FIRST, LAST, ("clicks",), grain="hour"),  # type: ignore[arg-type]
        Rows(BRAND, FIRST, LAST, kinds=("teleport",)),
        Rows(BRAND, FIRST, LAST, where=(("amount", "1"),)),
        Rows(BRAND, FIRST, LAST, limit=-1),
        PathTable(BRAND, FIRST, LAST, lookback_days=91),
        PathTable(BRAND, FIRST, LAST, where=(("suspect", ""),)),
        Journey(BRAND, FIRST, LAST),
        Journey(BRAND, FIRST, LAST, person="1 OR 1=1"),
        People(BRAND, FIRST, LAST, order="name"),  # type: ignore[arg-type]
        Refunds(BRAND, FIRST, LAST, parts=("some",)),
        Refunds(BRAND, FIRST, LAST, limit=-1),
        Question(BRAND, FIRST, LAST),
    ],
)
def test_a_question_that_makes_no_sense_is_refused(november: Lake, question: Question) -> None:
    with pytest.raises(QuestionError):
        november.ask(question)


def test_a_refund_stands_beside_its_order(november: Lake) -> None:
    """丁丁's order of the 6th came back in part on the 8th: told of either day, of no other."""
    [row] = ask(november, Refunds(BRAND, FIRST, LAST))
    assert (row["order_id"], row["day"], row["amount"]) == ("NO-4", 20261108, 5_000)
    assert (row["paid_day"], row["paid"], row["suspect"]) == (20261106, 20_000, "")
    later = row | {"part": "later"}
    assert ask(november, Refunds(BRAND, 20261106, 20261106)) == [later]
    older = row | {"part": "older"}
    assert ask(november, Refunds(BRAND, 20261108, 20261108)) == [older]
    assert ask(november, Refunds(BRAND, 20261107, 20261107)) == []


def test_refunds_are_summed_by_their_part_as_they_are_listed(home: Home) -> None:
    old, new = {"order_id": "OLD"}, {"order_id": "NEW"}
    cast.put(
        home,
        [
            cast.event("order", "10-30 10:00", **old, amount=900),
            cast.event("order", "11-05 12:00", **new, amount=100),
            cast.event("refund", "11-01 12:00", **old, amount=5),
            cast.event("refund", "11-06 12:00", **new, amount=60),
            cast.event("refund", "11-07 12:00", **new, amount=30),
            cast.event("refund", "12-02 12:00", **new, amount=17),
            cast.event("refund", "11-09 12:00", amount=1),
        ],
    )
    found = ask(Lake(home), RefundParts(BRAND, FIRST, LAST))
    assert {row["part"]: (row["times"], row["total"]) for row in found} == {
        "own": (2, 90),
        "later": (1, 17),
        "older": (1, 5),
        "unknown": (1, 1),
        "over": (1, 7),
    }
    for part, times in (("own", 2), ("later", 1), ("older", 1), ("unknown", 1), ("newer", 0)):
        rows = ask(Lake(home), Refunds(BRAND, FIRST, LAST, parts=(part,)))
        assert [row["part"] for row in rows] == [part] * times
    [newest] = ask(Lake(home), Refunds(BRAND, FIRST, LAST, parts=("own", "older"), limit=1))
    assert newest["amount"] == 30
    [over] = ask(Lake(home), Orders(BRAND, FIRST, LAST, over=True))
    assert (over["order_id"], over["refunded"]) == ("NEW", 107)


def test_a_refund_of_an_order_that_the_log_does_not_know_or_count(home: Home) -> None:
    cast.put(
        home,
        [
            cast.event("refund", "11-08 12:00", order_id="NOBODY", amount=1),
            cast.event("refund", "11-08 13:00", amount=2),
            cast.event("refund", "11-08 14:00", order_id="ROBOT", amount=3),
            cast.event("order", "11-07 12:00", order_id="ROBOT", amount=9, suspect="crawler"),
            cast.event("refund", "11-08 15:00", order_id="ROBOT", amount=4, suspect="crawler"),
        ],
    )
    found = ask(Lake(home), Refunds(BRAND, FIRST, LAST))
    assert [(row["amount"], row["paid_day"], row["suspect"]) for row in found] == [
        (3, 20261107, "crawler"),
        (2, 0, ""),
        (1, 0, ""),
    ]
    assert ask(Lake(home), Refunds(BRAND, 20261107, 20261107)) == [], "an order that does not count"


def test_a_refund_that_was_recounted_is_one_refund_at_what_it_is_now(home: Home) -> None:
    """Two refunds of one order, one of no order and one at the same moment as another, each recounted."""
    g3, again = {"order_id": "G3"}, {"action": "recount", "quantity": 0}
    cast.put(
        home,
        [
            cast.event("order", "11-05 12:00", **g3, amount=2_000),
            cast.event("refund", "11-08 12:00", **g3, amount=500),
            cast.event("refund", "11-08 12:00", **g3, amount=40),
            cast.event("refund", "11-08 12:00", **g3, amount=50, **again),
            cast.event("refund", "11-08 12:00", **g3, amount=-80, **again),
            cast.event("refund", "11-09 12:00", **g3, amount=100),
            cast.event("refund", "11-09 12:00", **g3, amount=-10, **again),
            cast.event("refund", "11-10 12:00", amount=30),
            cast.event("refund", "11-10 12:00", amount=3, **again),
        ],
    )
    found = ask(Lake(home), Refunds(BRAND, FIRST, LAST))
    told = [(row["order_id"], row["day"] % 100, row["amount"]) for row in found]
    assert sorted(one for one in told if one[1] != 8) == [("", 10, 33), ("G3", 9, 90)]
    assert [one[0] for one in told if one[1] == 8] == ["G3", "G3"], "two at one moment stay two"
    assert sum(one[2] for one in told if one[1] == 8) == 510
    [order] = ask(Lake(home), Orders(BRAND, FIRST, LAST))
    assert (order["refunded"], order["value"]) == (600, 1_400)
    assert totals(Lake(home), "refunds") == {"refunds": 633}


def test_text_is_never_taken_for_sql(november: Lake) -> None:
    nasty = "x' OR '1'='1"
    assert totals(november, "clicks", where=(("channel", nasty),))["clicks"] == 0
    assert ask(november, Rows(nasty, FIRST, LAST)) == []
    assert ask(november, People(BRAND, FIRST, LAST, search=nasty)) == []
    assert ask(november, Journey(BRAND, FIRST, LAST, order_id=nasty)) == []


EVERY_QUESTION: tuple[Question, ...] = (
    Totals(BRAND, FIRST, LAST, IN_LOG),
    Totals(BRAND, FIRST, LAST, NO_PEOPLE, by=("channel", "promo_code"), include_suspect=True),
    Series(BRAND, FIRST, LAST, IN_LOG, by=("content",)),
    Visitors(BRAND, FIRST, LAST, by=("link",), include_suspect=True),
    Rows(BRAND, FIRST, LAST, limit=1000, include_suspect=True),
    Journey(BRAND, FIRST, LAST, order_id="NO-1"),
    People(BRAND, FIRST, LAST, limit=1000),
    PathTable(BRAND, FIRST, LAST, untracked=True),
    Refunds(BRAND, FIRST, LAST),
    RefundParts(BRAND, FIRST, LAST),
)


@pytest.mark.parametrize("question", EVERY_QUESTION, ids=lambda q: type(q).__name__)
def test_no_answer_knows_of_another_workspace(
    november: Lake, brand_alone: Lake, question: Question
) -> None:
    with_rival = sorted((_without_ids(row) for row in ask(november, question)), key=repr)
    alone = sorted((_without_ids(row) for row in ask(brand_alone, question)), key=repr)
    assert with_rival == alone
    assert with_rival


@pytest.fixture(scope="module")
def brand_alone(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    from shemei.warehouse.home import Home

    home = Home(tmp_path_factory.mktemp("alone") / "home").ensure()
    cast.put(home, cast.everybody())
    return Lake(home)


def _without_ids(row: dict[str, Any]) -> dict[str, Any]:
    """Event ids are new in every lake."""
    return {key: value for key, value in row.items() if key != "event_id"}


def test_the_rival_has_answers_of_its_own(november: Lake) -> None:
    found = ask(november, Totals(RIVAL, FIRST, LAST, ("orders", "refunds")))
    assert found == [{"orders": 3, "refunds": 30_000}]


def test_an_empty_house_answers_every_question(home: Home) -> None:
    for question in EVERY_QUESTION:
        assert len(ask(Lake(home), question)) == (1 if question == EVERY_QUESTION[0] else 0)


def test_every_measure_and_every_count_of_people_has_a_metric() -> None:
    parts = {metric.numerator for metric in METRICS.values()}
    parts |= {metric.denominator for metric in METRICS.values()}
    assert set(MEASURES) | set(PEOPLE) <= parts | {"bounces", "refunds"}
