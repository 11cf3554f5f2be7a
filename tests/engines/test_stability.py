"""Bands and stretches of shares, held against the slow way: days really drawn, chains really counted anew."""

from __future__ import annotations

from itertools import chain

import numpy as np
import pytest

from shemei.engines.attribution import PathCounts, attribute
from shemei.engines.attribution.markov import transitions
from shemei.engines.attribution.stability import markov_share_bands, rolling_shares, share_bands

RNG = np.random.default_rng(8)
DAYS = 9


def _paths(day: int) -> tuple[list[list[str]], list[int], list[float], list[int]]:
    """Each day has other names, so that days must be matched by name."""
    rng = np.random.default_rng(day)
    names = ["a", "b", "c", "d"][: 2 + day % 3]
    paths = [list(rng.choice(names, rng.integers(1, 5))) for _ in range(12)]
    conversions = rng.integers(0, 4, 12)
    values = np.where(conversions, rng.random(12) * 100, 0.0)
    return paths, conversions.tolist(), values.tolist(), rng.integers(0, 5, 12).tolist()


def _drawn(draws: int, seed: int, days: int = DAYS) -> list[list[int]]:
    """The days of each draw, with repeats, by the documented generator."""
    weights = np.random.default_rng(seed).multinomial(days, np.full(days, 1 / days), draws)
    return [np.repeat(np.arange(days), row).tolist() for row in weights]


def test_bands_of_sums_are_those_of_days_drawn_one_by_one() -> None:
    daily = RNG.random((DAYS, 3))
    shares = [daily[days].sum(axis=0) / daily[days].sum() for days in _drawn(150, 4)]
    low, high = np.percentile(np.array(shares), [2.5, 97.5], axis=0)
    told = share_bands(daily, draws=150, seed=4)
    assert [band.low for band in told] == pytest.approx(low.tolist())
    assert [band.high for band in told] == pytest.approx(high.tolist())


@pytest.mark.parametrize("worth", [0, 1])
def test_the_chain_s_bands_are_those_of_chains_counted_anew(worth: int) -> None:
    rows = [_paths(day) for day in range(DAYS)]
    told = markov_share_bands(
        [transitions(PathCounts.of(*row)) for row in rows], worth=worth, draws=100, seed=7
    )
    shares = []
    for days in _drawn(100, 7):
        every = [list(chain.from_iterable(rows[d][part] for d in days)) for part in range(4)]
        found = attribute(PathCounts.of(*every), "markov")
        given = {name: (c.conversions, c.value)[worth] for name, c in found.items()}
        shares.append([given.get(name, 0.0) / sum(given.values()) for name in "abcd"])
    low, high = np.percentile(np.array(shares), [2.5, 97.5], axis=0)
    assert [told[name].low for name in "abcd"] == pytest.approx(low.tolist())
    assert [told[name].high for name in "abcd"] == pytest.approx(high.tolist())


def test_stretches_are_shares_of_their_days() -> None:
    daily = RNG.random((20, 4))
    told = rolling_shares(daily, 7)
    assert told.shape == (14, 4)
    for n, row in enumerate(told):
        part = daily[n : n + 7]
        assert row == pytest.approx(part.sum(axis=0) / part.sum())
    assert rolling_shares(daily[:6], 7).shape == (0, 4)
    assert np.isnan(rolling_shares(np.zeros((8, 2)), 7)).all()


def test_too_few_days_or_nothing_credited_promise_nothing() -> None:
    assert share_bands(np.ones((6, 2))) == share_bands(np.zeros((9, 2))) == []
    assert markov_share_bands([transitions(PathCounts.of([["a"]], [1]))] * 6) == {}


def test_impossible_wishes_are_refused() -> None:
    for draws in (0, 99):
        with pytest.raises(ValueError, match="draws"):
            share_bands(np.ones((9, 1)), draws=draws)
    with pytest.raises(ValueError, match="shape"):
        share_bands(np.ones(9))
    with pytest.raises(ValueError, match="one day"):
        rolling_shares(np.ones((9, 1)), 0)
