"""Numbers as people read them: units, boundaries, and no rounding that lies."""

from __future__ import annotations

import doctest
import json
import shutil
import subprocess
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shemei.portal import charts, drawing, numbers
from shemei.portal.numbers import SHANGHAI, delta, lasting, pct, points, wan, when, yuan


@pytest.mark.parametrize("module", [numbers, drawing, charts])
def test_examples_in_the_docs_hold(module: object) -> None:
    assert doctest.testmod(module).failed == 0  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (9_999, "9,999"),
        (9_999.4, "9,999"),
        (9_999.6, "1.0 万"),
        (10_000, "1.0 万"),
        (86_249, "8.6 万"),
        (86_250, "8.6 万"),
        (86_500, "8.7 万"),
        (99_994_999, "9,999.5 万"),
        (99_999_499, "9,999.9 万"),
        (99_999_500, "1.00 亿"),
        (100_000_000, "1.00 亿"),
        (305_000_000, "3.05 亿"),
        (-9_999, "−9,999"),
        (0, "0"),
    ],
)
def test_counts_change_unit_where_they_read_so(value: float, text: str) -> None:
    assert wan(value) == text


@pytest.mark.parametrize(
    ("fen", "text"),
    [(1, "¥0.01"), (999_999, "¥9,999.99"), (Decimal("999999.6"), "¥1.0 万"), (-32_900, "−¥329.00")],
)
def test_money_keeps_two_digits_below_wan(fen: int, text: str) -> None:
    assert yuan(fen) == text


@pytest.mark.parametrize("n", [10_000, 180_000, 183_000, 10**8, 3 * 10**8, 10**12])
def test_the_unit_alone_says_how_many_digits_there_are(n: int) -> None:
    for text in (wan(n), yuan(100 * n), charts.Chart("t", "bar").show(n)):
        number, unit = text.split()
        assert len(number.partition(".")[2]) == (1 if unit == "万" else 2)


def test_what_rounds_to_nothing_has_no_sign() -> None:
    assert (wan(-0.4), yuan(-0.4), numbers.figure(-0.4)) == ("0", "¥0.00", "0")


NUMBERS_JS = Path(charts.__file__).parent / "static" / "shemei" / "js" / "numbers.js"
SAID = """
import { pct, tick, times, wan, yuan } from "%s";
const all = (n) => [wan(n), yuan(n), pct(n / 1e6), times(n / 1e4), tick(yuan(n))];
console.log(JSON.stringify(%s.map(all)));
"""


def test_charts_write_every_number_as_tables_do() -> None:
    node = shutil.which("node") or pytest.skip("needs node")
    sizes = (
        0, 0.4, 7, 30, 49.5, 9_999, 9_999.5, 10_000, 86_250, 180_000, 999_949, 999_999, 999_999.6, 999_950.5,
        999_970, 1_000_000, 18_000_000, 12_843_000.5, 99_994_999, 99_999_500, 3 * 10**8, 305_000_000, 10**10, 5.5 * 10**13,
    )  # fmt: skip
    values = [sign * size for size in sizes for sign in (1, -1)]
    source = SAID % (NUMBERS_JS.as_uri(), json.dumps(values))
    ran = subprocess.run(
        [node, "--input-type=module", "-e", source], capture_output=True, text=True, check=True
    )
    ours = [
        [wan(n), yuan(n), pct(n / 1e6), numbers.times(n / 1e4), numbers.tick(yuan(n))]
        for n in values
    ]
    assert json.loads(ran.stdout) == ours


@given(st.floats(min_value=-1, max_value=1, exclude_min=True, exclude_max=True))
def test_what_is_not_all_and_not_nothing_is_never_shown_as_either(ratio: float) -> None:
    is_noise = abs(ratio) > 1 - 1e-10
    shown = (pct(ratio), pct(ratio) if is_noise else numbers.exact(ratio, "ratio"))
    for text in shown if ratio else ():
        assert text.strip("−%") not in ("0.00", "100.00"), text
    assert not ratio or numbers.times(ratio).strip("−") != "0.00"


@given(st.integers(min_value=0, max_value=10**12))
def test_a_count_is_never_shown_as_ten_thousand_of_its_unit(value: int) -> None:
    head = wan(value).split()[0].replace(",", "")
    assert Decimal(head) < 10_000


@given(st.floats(min_value=0, max_value=1))
def test_a_ratio_is_never_rounded_to_nothing_or_to_all(ratio: float) -> None:
    shown = pct(ratio)
    assert (shown == "0.00%") == (ratio == 0)
    assert (shown == "100.00%") == (ratio == 1)


def test_changes_say_direction_by_word_and_judge_by_tone() -> None:
    assert delta(-0.02).text == "降 2.0%"
    assert delta(0.031, better="down", unit="money") == numbers.Delta("up", "升 3.1% 变贵", "bad")
    assert delta(-0.01, better="down").text == "降 1.0% 变好"
    assert delta(0.5, better="none").tone == ""
    assert delta(12).text == "升 12.0 倍"
    assert (delta(-1).text, delta(-0.9997).text) == ("降 100.0%", "降 超过 99.9%")
    assert delta(0.00004, kind="points").direction == "flat"
    assert delta(None).text == "不可比"


def test_points_are_of_a_hundred() -> None:
    assert points(0.0031) == "0.31 个百分点"


@given(st.integers(min_value=0, max_value=10**8))
def test_durations_have_at_most_two_steps(seconds: int) -> None:
    assert len(lasting(seconds).split()) in (2, 4)


def test_moments_are_relative_for_an_hour_only() -> None:
    now = datetime(2026, 1, 1, 0, 30, tzinfo=SHANGHAI)
    assert when(now - timedelta(minutes=59), now=now) == "59 分钟前"
    assert when(now - timedelta(minutes=61), now=now) == "2025-12-31 23:29"
    assert when(now + timedelta(hours=2), now=now) == "今天 02:30"
    assert numbers.day_cn(date(2026, 11, 23), on=date(2026, 1, 1), weekday=False) == "11-23"


def test_a_spark_line_leaves_gaps_where_a_day_has_no_value() -> None:
    drawn = drawing.spark([1, None, 3, 4], reference=2)
    assert drawn is not None
    assert drawn.line.count("M") == 2
    assert drawn.reference == 19.0


def test_a_chart_is_its_own_table() -> None:
    chart = charts.Chart("t", "bar", ("一", "二"), (charts.Series("额", (100_00, None)),), "money")
    assert chart.head == ["日期", "额"]
    assert chart.rows == [["一", "¥100.00"], ["二", "—"]]
    assert chart.total_row == ["合计", "¥100.00"]
    assert not chart.is_empty
