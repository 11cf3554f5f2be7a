"""Intervals of shares: against the tables of the papers, and what must always hold."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from scipy.stats import binomtest, norm

from shemei.engines.proportions import (
    Z_95,
    against_first,
    joined,
    needed,
    net_share,
    newcombe,
    shared_z,
    wilson,
)

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


@pytest.mark.parametrize(
    ("comparisons", "z"), [(1, 1.960), (2, 2.241), (3, 2.394), (4, 2.498), (5, 2.576), (10, 2.807)]
)
def test_shared_standard_errors_as_dunn_tabled_them(comparisons: int, z: float) -> None:
    """Multiple comparisons among means (1961), two-sided, 5 %, the row of endless degrees of freedom."""
    assert shared_z(comparisons) == pytest.approx(z, abs=1e-3)
    assert shared_z(comparisons) == pytest.approx(norm.isf(0.025 / comparisons), abs=1e-9)


def test_the_95_percent_is_one_number() -> None:
    assert shared_z(1) == pytest.approx(Z_95, abs=1e-6)


@pytest.mark.parametrize(("comparisons", "alpha"), [(0, 0.05), (2, 0.0), (2, 1.0)])
def test_nothing_compared_and_no_share_of_error_are_refused(comparisons: int, alpha: float) -> None:
    with pytest.raises(ValueError, match="no interval"):
        shared_z(comparisons, alpha)


def score_bounds(hits: float, n: float, z: float) -> tuple[float, float]:
    """Wilson's bounds another way: the roots of (hits/n - p)² = z² p (1 - p) / n."""
    share, part = hits / n, z * z / n
    low, high = sorted(np.roots([1 + part, -(2 * share + part), share * share]).real)
    return float(low), float(high)


@given(st.lists(counts, min_size=2, max_size=5))
def test_each_is_held_against_the_first_with_the_error_shared(
    counted: list[tuple[int, int]],
) -> None:
    told = against_first(counted)
    z = float(norm.isf(0.025 / (len(counted) - 1)))
    (a, n), *others = counted
    low_a, high_a = score_bounds(a, n, z)
    for (b, m), (low, high) in zip(others, told, strict=True):
        low_b, high_b = score_bounds(b, m, z)
        gap = b / m - a / n
        assert low == pytest.approx(gap - np.hypot(b / m - low_b, high_a - a / n), abs=1e-5)
        assert high == pytest.approx(gap + np.hypot(high_b - b / m, a / n - low_a), abs=1e-5)


def test_one_alone_has_nothing_to_be_held_against() -> None:
    assert against_first([(3, 10)]) == []


def test_of_equal_variants_one_run_in_twenty_misleads_at_most() -> None:
    """Four variants at 8 %: uncorrected intervals would cry wolf in about one run in nine."""
    drawn = np.random.default_rng(11).binomial(800, 0.08, size=(2_000, 4)).tolist()
    runs = [[(hits, 800) for hits in row] for row in drawn]
    together = sum(any(low > 0 or high < 0 for low, high in against_first(run)) for run in runs)
    alone = sum(
        any(low > 0 or high < 0 for low, high in (newcombe(run[0], one) for one in run[1:]))
        for run in runs
    )
    assert together / 2_000 <= 0.05 < 0.08 < alone / 2_000


@pytest.mark.parametrize(
    ("more", "fewer", "n", "added", "low", "high"),
    [
        (20, 40, 160, 2.0, -0.21601726, -0.03089632),
        (9, 3, 32, 0.0, -0.01448204, 0.38948204),
    ],
)
def test_net_shares_as_the_package_of_agresti_and_min_prints_them(
    more: int, fewer: int, n: int, added: float, low: float, high: float
) -> None:
    """PropCIs: the examples of ``diffpropci.mp`` (2 added) and of ``diffpropci.Wald.mp`` (none)."""
    assert net_share(more, fewer, n, added=added) == (
        pytest.approx(low, abs=5e-8),
        pytest.approx(high, abs=5e-8),
    )


def test_a_net_share_as_agresti_printed_it() -> None:
    """Categorical data analysis, table of approval ratings: 150 and 86 of 1,600 changed their minds."""
    low, high = net_share(150, 86, 1_600, added=0)
    assert ((high + low) / 2, (high - low) / 2 / Z_95) == (
        pytest.approx(0.04),
        pytest.approx(0.0095, abs=5e-5),
    )


@given(st.integers(0, 500), st.integers(0, 500), st.integers(0, 500))
def test_a_net_share_turned_round_is_its_negative(p: int, d: int, between: int) -> None:
    low, high = net_share(p, d, p + d + between)
    assert net_share(d, p, p + d + between) == (pytest.approx(-high), pytest.approx(-low))
    assert -1 <= low <= high <= 1


def test_a_net_score_of_few_people_holds_its_95_percent() -> None:
    """Sixty asked, 45 % promoters and 20 % detractors: the truth lies inside in 19 runs of 20."""
    drawn = np.random.default_rng(5).multinomial(60, [0.45, 0.2, 0.35], size=4_000).tolist()
    spans = [net_share(p, d, 60) for p, d, _ in drawn]
    inside = sum(low <= 0.25 <= high for low, high in spans)
    assert 0.94 <= inside / 4_000 <= 0.965


@given(counts, counts)
def test_newcombe_joins_two_of_wilsons(first: tuple[int, int], second: tuple[int, int]) -> None:
    told = joined(*((hits / n, *wilson(hits, n)) for hits, n in (first, second)))
    assert newcombe(first, second) == pytest.approx(told)


@pytest.mark.parametrize(
    ("half", "n"), [(0.01, 9_604), (0.02, 2_401), (0.03, 1_068), (0.05, 385), (0.10, 97)]
)
def test_how_many_to_ask_as_it_is_tabled(half: float, n: int) -> None:
    """The usual table of sample sizes at 95 %, worst case (Cochran 1977, 4.4)."""
    assert needed(half) == n
    low, high = wilson(n / 2, n)
    assert (high - low) / 2 == pytest.approx(half, rel=0.03)


def test_no_sample_is_large_enough_for_certainty() -> None:
    with pytest.raises(ValueError, match="half-width"):
        needed(0)


def test_nothing_looked_at_leaves_everything_possible() -> None:
    assert newcombe((10, 10), (0, 0)) == newcombe((0, 0), (3, 10)) == (-1.0, 1.0)
    assert wilson(0, 3)[0] == 0.0
    assert wilson(3, 3)[1] == 1.0
    assert wilson(-1, 10) == wilson(0, 10)
