"""The bootstrap by day, held against what theory says of sums of independent days."""

from __future__ import annotations

import numpy as np
import pytest

from shemei.engines.resampling import day_bootstrap


def test_band_is_as_wide_as_the_normal_theory_says() -> None:
    daily = np.random.default_rng(5).normal(100, 20, (400, 1))
    band = day_bootstrap(daily, draws=4_000)[0]
    half = 1.96 * daily.std() * 20
    assert band.low == pytest.approx(daily.sum() - half, abs=0.1 * half)
    assert band.high == pytest.approx(daily.sum() + half, abs=0.1 * half)


def test_same_seed_same_band_and_equal_days_no_band() -> None:
    daily = np.random.default_rng(1).random((30, 3))
    assert day_bootstrap(daily) == day_bootstrap(daily)
    flat = day_bootstrap(np.full((30, 1), 2.0))[0]
    assert (flat.low, flat.high) == (60.0, 60.0)


def test_too_few_days_promise_nothing() -> None:
    band = day_bootstrap(np.ones((6, 1)))[0]
    assert (band.low, band.high) == (6.0, 6.0)


def test_bad_shapes_are_refused() -> None:
    with pytest.raises(ValueError, match="shape"):
        day_bootstrap(np.ones(9))
    with pytest.raises(ValueError, match="draws"):
        day_bootstrap(np.ones((9, 1)), draws=10)
