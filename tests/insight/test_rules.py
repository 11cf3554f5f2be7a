"""Goals, drivers and findings decide on values alone."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shemei.apps.insight import rules
from shemei.apps.insight.forms import read_target

START, END = date(2026, 10, 1), date(2026, 12, 31)
REVENUE, ROI, CAC = (rules.GOAL_METRICS[key] for key in ("traceable_revenue", "roi", "cac"))


def test_growing_goal_is_held_against_the_days_gone() -> None:
    at = rules.progress(REVENUE, 600.0, 920.0, START, END, date(2026, 11, 15))
    assert at.state == "ahead"
    assert at.expected == pytest.approx(46 / 92)
    assert at.done == pytest.approx(600 / 920)
    assert at.reached_on == date(2026, 12, 10)


def test_behind_says_how_much_each_day_needs() -> None:
    at = rules.progress(REVENUE, 400.0, 920.0, START, END, date(2026, 11, 15))
    assert at.state == "behind"
    assert at.needed_per_day == pytest.approx(520 / 46)


def test_a_morning_is_not_held_against_a_whole_day() -> None:
    kept_up = 920.0 * 45.1001 / 92
    morning = rules.progress(REVENUE, kept_up, 920.0, START, END, date(2026, 11, 15), 0.1)
    assert (morning.state, morning.expected) == ("ahead", pytest.approx(45.1 / 92))
    assert morning.needed_per_day == pytest.approx(10.0, rel=1e-4)
    evening = rules.progress(REVENUE, kept_up, 920.0, START, END, date(2026, 11, 15), 0.9)
    assert evening.state == "behind"


def test_a_goal_is_reached_on_the_day_that_brings_the_rest() -> None:
    at = rules.progress(REVENUE, 10.0, 23.0, START, END, START)
    assert at.reached_on == date(2026, 10, 3)


def test_after_its_last_day_a_goal_is_met_or_missed() -> None:
    late = date(2027, 1, 3)
    assert rules.progress(REVENUE, 919.0, 920.0, START, END, late).state == "missed"
    assert rules.progress(REVENUE, 920.0, 920.0, START, END, late).state == "met"


def test_a_level_is_held_against_the_target_itself() -> None:
    assert rules.progress(ROI, 3.4, 3.0, START, END, date(2026, 10, 2)).state == "met"
    assert rules.progress(ROI, 2.4, 3.0, START, END, date(2026, 10, 2)).state == "behind"
    assert rules.progress(CAC, 2_500, 2_800, START, END, date(2026, 10, 2)).state == "met"


def test_no_figure_is_not_a_zero() -> None:
    assert rules.progress(REVENUE, None, 920.0, START, END, date(2026, 11, 1)).state == "waiting"


@given(
    now=st.dictionaries(st.sampled_from("abcde"), st.integers(0, 10**9)),
    before=st.dictionaries(st.sampled_from("abcde"), st.integers(0, 10**9)),
)
def test_drivers_add_up_to_the_change(now: dict[str, int], before: dict[str, int]) -> None:
    parts = rules.drivers(now, before)
    assert sum(part.change for part in parts) == sum(now.values()) - sum(before.values())
    assert [part.change for part in parts] == sorted((p.change for p in parts), reverse=True)


def test_a_change_within_noise_is_not_a_finding() -> None:
    assert not rules.moved(rules.Rate(30, 1000, 33, 1000))
    assert rules.moved(rules.Rate(300, 10_000, 400, 10_000))
    assert not rules.moved(rules.Rate(1, 20, 15, 20))
    assert not rules.moved(rules.Rate(900, 300, 250, 300))


def test_what_moved_most_holds_at_least_a_tenth_of_the_move() -> None:
    small = rules.Item("a", "甲", 105, 100, 40)
    assert rules.mover([small], 100) is None
    assert rules.mover([rules.Item("b", "乙", 150, 100, 40), small], 100).key == "b"
    assert rules.mover([], 100) is None


def test_where_the_whole_fell_it_is_what_fell_most() -> None:
    grown, fallen = rules.Item("a", "甲", 150, 100, 40), rules.Item("b", "乙", 10, 100, 40)
    assert rules.mover([grown, fallen], -40).key == "b"
    assert rules.mover([grown], -40) is None


def test_more_money_that_brought_less_than_itself_is_seen() -> None:
    assert rules.saturated(200, 100, 350, 300) == pytest.approx(0.5)
    assert rules.saturated(105, 100, 350, 300) is None


@pytest.mark.parametrize(
    ("first", "last", "word"),
    [(130, 100, "多做开头"), (100, 130, "多做收尾"), (100, 110, "头尾均衡"), (0, 0, "只做中间")],
)
def test_reading(first: float, last: float, word: str) -> None:
    assert rules.reading({"first": first, "last": last}) == word


@pytest.mark.parametrize(
    ("metric", "text", "value"),
    [
        ("traceable_revenue", "950 万", 950_000_000),
        ("engagement_rate", "4.5%", 0.045),
        ("roi", "3", 3),
        ("friends", "3.5万", 35_000),
    ],
)
def test_targets_are_read_as_people_write_them(metric: str, text: str, value: float) -> None:
    assert float(read_target(metric, text)) == pytest.approx(value)


def test_a_target_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="大于 0"):
        read_target("roi", "0")
