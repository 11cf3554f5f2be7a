"""Who came back, and how long orders took: by hand, and in step with the other questions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests.warehouse.cast import BRAND, FIRST, LAST, WALK

from shemei.warehouse.flows import LagPercents, Lags, Retention
from shemei.warehouse.questions import PathTable, Question, QuestionError, Totals

if TYPE_CHECKING:
    from shemei.warehouse.home import Home
    from shemei.warehouse.lake import Lake

DECEMBER = 20261231


def ask(lake: Lake, question: Question) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = lake.ask(question).rows.to_pylist()
    return rows


def returned(lake: Lake, **fields: Any) -> dict[int, tuple[int, dict[int, int]]]:
    """Return cohort → size, and people by week or month where there are any."""
    found: dict[int, tuple[int, dict[int, int]]] = {}
    for row in ask(lake, Retention(WALK, FIRST, DECEMBER, **fields)):
        people = found.setdefault(row["cohort"], (row["size"], {}))[1]
        if row["people"]:
            people[row["n"]] = row["people"]
        assert row["share"] == row["people"] / row["size"]
    return found


def test_buyers_who_ordered_again_by_week_and_by_month(november: Lake) -> None:
    assert returned(november) == {20261102: (1, {4: 1}), 20261116: (1, {2: 1})}
    assert returned(november, grain="month") == {20261101: (2, {1: 2})}


def test_visitors_who_came_again_on_another_day(november: Lake) -> None:
    found = returned(november, start="visit", back="visit")
    assert found == {20261026: (1, {2: 1}), 20261102: (4, {3: 1, 4: 1})}


def test_visitors_who_ordered_and_buyers_who_came(november: Lake) -> None:
    assert returned(november, start="visit", grain="month") == {20261101: (5, {0: 2, 1: 2})}
    assert returned(november, back="visit", grain="month") == {20261101: (2, {0: 1, 1: 1})}


def test_a_week_that_is_not_over_says_so(november: Lake) -> None:
    rows = ask(november, Retention(WALK, FIRST, 20261201))
    last = [row for row in rows if row["cohort"] == 20261102][-1]
    assert (last["n"], last["complete"]) == (4, False)
    assert all(row["complete"] for row in ask(november, Retention(WALK, FIRST, 20261206)))
    whole = ask(november, Retention(WALK, FIRST, 20261130, grain="month"))
    assert [(row["n"], row["complete"]) for row in whole] == [(0, True)]


@pytest.mark.parametrize("grain", ["week", "month"])
@pytest.mark.parametrize("workspace", [BRAND, WALK])
def test_cohorts_are_the_new_customers(november: Lake, workspace: str, grain: Any) -> None:
    rows = ask(november, Retention(workspace, FIRST, LAST, grain=grain))
    sizes = {row["cohort"]: row["size"] for row in rows}
    totals = ask(november, Totals(workspace, FIRST, LAST, ("new_customers",)))
    assert sum(sizes.values()) == totals[0]["new_customers"] > 0


def test_who_was_there_before_is_no_new_cohort(november: Lake) -> None:
    assert ask(november, Retention(WALK, 20261201, DECEMBER)) == []
    assert ask(november, Retention(WALK, 20261201, DECEMBER, start="visit")) == []


def buckets(lake: Lake, **fields: Any) -> list[tuple[Any, ...]]:
    rows = ask(lake, Lags(BRAND, FIRST, LAST, **fields))
    return [(r["low"], r["high"], r["orders"], r["value"]) for r in rows]


def test_orders_by_the_time_since_their_first_touch(november: Lake) -> None:
    paths = ask(november, PathTable(BRAND, FIRST, LAST))
    first = {row["order_id"]: row["hours_before"] for row in paths if row["position"] == 1}
    assert first == {"NO-1": 98, "NO-2": 0, "NO-3": pytest.approx(55 / 6), "NO-4": 720, "NO-7": 455}
    assert buckets(november) == [
        (0, 1, 1, 10_000), (1, 24, 1, 10_000), (24, 72, 0, 0), (72, 168, 1, 30_000),
        (168, 336, 0, 0), (336, None, 2, 35_000),
    ]  # fmt: skip


def test_orders_by_their_touches_and_by_the_first_touch(november: Lake) -> None:
    assert [row[2] for row in buckets(november, of="touches", edges=(2, 3))] == [2, 2, 1]
    rows = ask(november, Lags(BRAND, FIRST, LAST, of="touches", by=("channel",), edges=(2,)))
    assert {(r["channel"], r["low"]): r["orders"] for r in rows if r["orders"]} == {
        ("xhs", 2): 2, ("douyin", 1): 1, ("weibo", 1): 1, ("direct", 2): 1,
    }  # fmt: skip
    only = buckets(november, edges=(1,), where=(("channel", "weibo"),))
    assert only == [(0, 1, 0, 0), (1, None, 1, 15_000)]


def test_percents_are_the_least_that_hold(november: Lake) -> None:
    rows = ask(november, LagPercents(BRAND, FIRST, LAST, percents=(20, 50, 80, 100)))
    assert [(r["percent"], r["orders"], r["touches"], r["hours"]) for r in rows] == [
        (20, 5, 1, 0), (50, 5, 2, 98), (80, 5, 2, 455), (100, 5, 3, 720),
    ]  # fmt: skip
    by = ask(november, LagPercents(BRAND, FIRST, LAST, percents=(50,), by=("channel",)))
    assert [(r["channel"], r["hours"]) for r in by if r["channel"] == "xhs"] == [("xhs", 98)]


def test_an_empty_house_answers_with_nobody(home: Home) -> None:
    from shemei.warehouse.lake import Lake

    lake = Lake(home)
    assert ask(lake, Retention(WALK, FIRST, LAST)) == []
    assert ask(lake, LagPercents(WALK, FIRST, LAST)) == []
    assert {row["orders"] for row in ask(lake, Lags(WALK, FIRST, LAST))} == {0}


@pytest.mark.parametrize(
    "question",
    [
        Retention(WALK, FIRST, LAST, start="click"),  # type: ignore[arg-type]
        Retention(WALK, FIRST, LAST, back=""),  # type: ignore[arg-type]
        Retention(WALK, FIRST, LAST, grain="day"),  # type: ignore[arg-type]
        Lags(WALK, FIRST, LAST, of="steps"),  # type: ignore[arg-type]
        Lags(WALK, FIRST, LAST, edges=(3, 2)),
        Lags(WALK, FIRST, LAST, edges=(0,)),
        Lags(WALK, FIRST, LAST, by=("suspect",)),
        Lags(WALK, FIRST, LAST, lookback_days=91),
        LagPercents(WALK, FIRST, LAST, percents=(0,)),
        LagPercents(WALK, FIRST, LAST, percents=()),
        LagPercents(WALK, FIRST, LAST, where=(("kind", "click"),)),
    ],
)
def test_what_makes_no_sense_is_refused(november: Lake, question: Question) -> None:
    with pytest.raises(QuestionError):
        november.ask(question)
