"""The lines under 「发生了什么」 add up, as they are written, to the change written above them."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.insight.browsing import page

from shemei.apps.insight import rules
from shemei.apps.insight.overview.drivers import REST, SHOWN, Drivers

if TYPE_CHECKING:
    from tests.world import World


def made(*changes: float) -> Drivers:
    parts = [rules.Driver(f"c{n}", change) for n, change in enumerate(changes)]
    return Drivers(parts, {part.key: part.key for part in parts})


def written(text: str) -> Decimal:
    """What a reader adds up: a line that is less than the smallest step counts as nothing."""
    if "<" in text or ">" in text:
        return Decimal(0)
    return Decimal(re.sub(r"[^0-9.\u2212]", "", text).replace("\u2212", "-"))


AMOUNTS = st.floats(-3e7, 3e7, allow_nan=False).filter(bool)


@given(st.lists(AMOUNTS, min_size=1, max_size=14))
def test_the_lines_as_written_sum_to_the_change_as_written(changes: list[float]) -> None:
    drivers = made(*changes)
    lines = sum(written(row.text) for row in drivers.rows)
    if sum(drivers.steps):
        assert abs(lines) == written(drivers.total)
        assert (lines > 0) == (drivers.gained > 0)
    else:
        assert lines == 0
    assert sum(row.change for row in drivers.rows) == pytest.approx(sum(changes), abs=1e-3)


@given(st.lists(st.floats(-1e6, 1e6), max_size=12))
def test_no_part_is_off_by_a_whole_step(values: list[float]) -> None:
    told = rules.apportioned(values)
    assert abs(sum(told) - sum(values)) <= 0.5 + 1e-5
    assert all(abs(one - value) < 1 for one, value in zip(told, values, strict=True))


def test_channels_beyond_the_sixth_are_one_line_and_come_last() -> None:
    drivers = made(-700_000, -300_000, 100_000, -9_000, 8_000, -7_000, -6_000, -1_150, 0.4)
    rows = drivers.rows
    assert len(rows) == SHOWN + 1 and rows[-1].name == REST
    assert rows[-1].text == "−71.50"
    assert drivers.total == "¥9,151.50" and drivers.money.unit == "元"


def test_a_single_channel_more_is_told_by_its_name() -> None:
    rows = made(*range(100, 800, 100)).rows
    assert len(rows) == SHOWN + 1 and REST not in {row.name for row in rows}


def test_no_line_where_the_others_cancel_out() -> None:
    rows = made(900, 800, 700, 600, 500, 400, 5, -5).rows
    assert len(rows) == SHOWN and REST not in {row.name for row in rows}


def test_the_change_is_written_in_the_unit_of_its_lines() -> None:
    drivers = made(5_200_000, -6_115_150, -40_000)
    assert [row.text for row in drivers.rows] == ["+5.2", "−0.1", "−6.1"]
    assert (drivers.money.unit, drivers.total) == ("万元", "¥1.0 万")
    assert made(5_200_000, -5_199_000).total == "¥10.00"
    assert [row.text for row in made(5_200_000, 4_000).rows] == ["+5.2", "< 0.1"]


def test_the_overview_shows_lines_that_add_up(told: World) -> None:
    later = {"from": "2026-11-08", "cfrom": "2026-11-01", "cto": "2026-11-07"}
    shown = page(told, "insight:overview", **later).content.decode()
    block = re.split(r"</div>\s*</div>", shown[shown.index('class="s-drivers"') :])[0]
    said = re.search(r'(多|少) <b class="num">([^<]+)</b>', block)
    assert said is not None
    lines = re.findall(r'<span class="num">([^<]+)</span>', block)
    total = sum(written(line.replace("&lt;", "<").replace("&gt;", ">")) for line in lines)
    assert lines and abs(total) == written(said[2]) > 0
    assert (total > 0) == (said[1] == "多")
