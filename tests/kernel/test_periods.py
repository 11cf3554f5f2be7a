"""Spans of days: presets, big sales, and what may be compared with what."""

from __future__ import annotations

from datetime import date, timedelta

from shemei.kernel.periods import (
    Period,
    comparison_for,
    period_from,
    promos_within,
    whole_days,
)

TODAY = date(2026, 11, 25)
WEEK = Period(date(2026, 11, 19), TODAY)
WEEK_BEFORE = Period(date(2026, 11, 12), date(2026, 11, 18))


def test_a_span_that_is_over_is_compared_whole() -> None:
    assert whole_days(WEEK, WEEK_BEFORE, on=date(2026, 11, 26)) == (WEEK, WEEK_BEFORE)


def test_a_day_that_is_running_leaves_both_spans() -> None:
    now, before = whole_days(WEEK, WEEK_BEFORE, on=TODAY)
    assert (now.last, before.last) == (date(2026, 11, 24), date(2026, 11, 17))
    assert now.days == before.days == 6
    assert now.first.weekday() == before.first.weekday()


def test_today_alone_is_not_compared() -> None:
    assert (
        whole_days(Period(TODAY, TODAY), Period(date(2026, 11, 18), date(2026, 11, 18)), on=TODAY)
        is None
    )


def test_a_span_of_ones_own_keeps_its_days() -> None:
    chosen = Period(date(2026, 10, 1), date(2026, 10, 3))
    assert whole_days(WEEK, chosen, on=TODAY)[1] == chosen


def test_after_a_big_sale_one_compares_with_before_it() -> None:
    week = Period(date(2026, 11, 16), date(2026, 11, 22))
    found = comparison_for(week)
    assert found.period == Period(date(2026, 10, 19), date(2026, 10, 25))
    assert "双11" in found.reason
    assert comparison_for(week, straight=True).period == week.shifted(-7)


def test_a_comparison_is_said_to_be_before_a_sale_only_where_it_holds_none() -> None:
    for length in (1, 7, 28, 90):
        for n in range(366):
            span = Period(TODAY + timedelta(n), TODAY + timedelta(n + length - 1))
            found = comparison_for(span)
            assert ("已改" in found.reason) == (
                found.period != comparison_for(span, straight=True).period
            )
            if "已改" in found.reason:
                assert not promos_within(found.period), span
            elif not promos_within(span):
                assert bool(found.reason) == bool(promos_within(found.period)), span


def test_where_no_span_is_without_a_sale_the_one_before_stays_and_says_so() -> None:
    autumn = Period(date(2026, 7, 31), date(2026, 10, 28))
    found = comparison_for(autumn)
    assert found.period == autumn.shifted(-91)
    assert found.reason == "上一段含618，再往前十周也避不开大促，变化里有大促的起落。"


def test_what_cannot_be_read_is_the_default() -> None:
    for query in ({"range": "x"}, {"from": "2026-13-01", "to": "x"}, {}):
        assert period_from(query, default="7d", on=TODAY) == period_from({"range": "7d"}, on=TODAY)
    turned = period_from({"from": "2026-11-07", "to": "2026-11-01"})
    assert (turned.first, turned.last) == (date(2026, 11, 1), date(2026, 11, 7))


def test_no_page_works_through_a_century() -> None:
    on = date(2026, 12, 5)
    told = period_from({"from": "2000-01-01", "to": "2100-01-01"}, on=on)
    assert told.last == date(2027, 12, 31) and told.days == 3653
    for ends in (
        {"from": "2030-01-01", "to": "2031-01-01"},
        {"from": "0001-01-01", "to": "0001-01-02"},
    ):
        assert period_from(ends, on=on).key == "28d"
