"""Intervals of shares: against the tables of the papers, and what must always hold."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from scipy.stats import binomtest

from shemei.engines.proportions import newcombe, wilson

counts = st.integers(1, 10_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_as_newcombe_tabled_it(hits: int, n: int, low: float, high: float) -> None:
    """Two-sided confidence intervals for the single proportion (1998), table I."""
    assert wilson(hits, n) == (pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5))


@given(counts)
def test_wilson_as_scipy_has_it(counted: tuple[int, int]) -> None:
    told = binomtest(*counted).proportion_ci(method="wilson")
    assert wilson(*counted) == (
        pytest.approx(told.low, abs=1e-6),
        pytest.approx(told.high, abs=1e-6),
    )


@pytest.mark.parametrize(
    ("first", "second", "low", "high"),
    [
        ((48, 80), (56, 70), 0.0524, 0.3339),
        ((3, 10), (9, 10), 0.1705, 0.8090),
        ((2, 7), (6, 7), 0.0582, 0.8062),
        ((0, 29), (5, 56), -0.0381, 0.1926),
        ((0, 20), (0, 10), -0.1611, 0.2775),
    ],
)
def test_differences_as_newcombe_tabled_them(
    first: tuple[int, int], second: tuple[int, int], low: float, high: float
) -> None:
    """Interval estimation for the difference between independent proportions (1998), method 10."""
    told = newcombe(first, second)
    assert told == (pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5))


@given(counts, counts)
@example((0, 1), (357, 357))
def test_a_difference_turned_round_is_its_negative(
    first: tuple[int, int], second: tuple[int, int]
) -> None:
    low, high = newcombe(first, second)
    assert newcombe(second, first) == (pytest.approx(-high), pytest.approx(-low))
    assert -1 <= low <= high <= 1


def test_more_than_all_count_as_all_and_none_says_nothing() -> None:
    assert wilson(12, 10) == wilson(10, 10)
    assert wilson(0, 0) == (0.0, 1.0)
