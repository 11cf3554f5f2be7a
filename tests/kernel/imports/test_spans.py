"""Ranges keep both ends; anything else is refused in a clear sentence."""

from __future__ import annotations

from datetime import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shemei.kernel.imports import cells, spans
from shemei.kernel.imports.errors import CellError

READERS = (spans.count_span, spans.money_span, spans.ratio_span, spans.decimal_span)


@pytest.mark.parametrize(
    ("read", "written", "ends"),
    [
        (spans.count_span, "1w-3w", [10_000, 30_000]),
        (spans.count_span, "7.5w~10w", [75_000, 100_000]),
        (spans.count_span, "1k～2k", [1_000, 2_000]),
        (spans.count_span, "1-3万", [10_000, 30_000]),
        (spans.count_span, "1万至3万", [10_000, 30_000]),
        (spans.count_span, "≥10万", [100_000, None]),
        (spans.count_span, "10w+", [100_000, None]),
        (spans.count_span, "100以下", [None, 100]),
        (spans.count_span, 820, [820, 820]),
        (spans.money_span, "3k~5k", [300_000, 500_000]),
        (spans.money_span, "¥3,000 - ¥5,000", [300_000, 500_000]),
        (spans.ratio_span, "10%~15%", [0.1, 0.15]),
        (spans.ratio_span, "10~15%", [0.1, 0.15]),
    ],
)
def test_both_ends_are_kept(read: Any, written: Any, ends: list[Any]) -> None:
    assert read(written) == ends


@pytest.mark.parametrize("written", ["3w-1w", "面议", "1-2-3", "~", "≥", "9" * 100])
def test_what_is_no_range(written: str) -> None:
    with pytest.raises(CellError) as told:
        spans.count_span(written)
    assert told.value.problem
    assert told.value.fix


@given(st.text(max_size=80) | st.floats() | st.integers() | st.datetimes() | st.booleans())
def test_any_cell_is_a_range_or_refused(value: Any) -> None:
    cleaned = cells.clean(value)
    for read in READERS:
        if cleaned == "":
            continue
        try:
            low, high = read(cleaned)
        except CellError as refused:
            assert refused.problem
            assert refused.fix
        else:
            assert low is not None or high is not None
            assert None in (low, high) or low <= high


@given(st.integers(0, 10**8), st.integers(0, 10**8), st.sampled_from("-~–至"))
def test_a_written_range_is_read_back(one: int, other: int, mark: str) -> None:
    low, high = sorted((one, other))
    assert spans.count_span(f"{low}{mark}{high}") == [low, high]


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("15.20秒", 15.2),
        ("00:01:05", 65),
        ("01:05", 65),
        ("1分05秒", 65),
        (65, 65),
        (time(0, 1, 5), 65),
    ],
)
def test_durations(written: Any, seconds: float) -> None:
    assert cells.seconds(written) == pytest.approx(seconds)
