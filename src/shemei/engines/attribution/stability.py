"""How much the shares of a model would move had the days fallen otherwise, and how they move in time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from shemei.engines.attribution.markov import Transitions, markov, merged
from shemei.engines.resampling import Band

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shemei.engines.attribution.model import Floats

LEAST_DAYS: Final = 7
LEAST_DRAWS: Final = 100


def share_bands(daily: Floats, *, draws: int = 500, seed: int = 0) -> list[Band]:
    r"""95 % percentile intervals of shares when whole days are drawn again with replacement.

    The share of column :math:`c` in one draw is :math:`\sum_d w_d x_{dc} / \sum_{d,c} w_d x_{dc}`,
    where :math:`w_d` says how often day :math:`d` was drawn. Numerator and denominator move
    together, so a band of shares is narrower than that of sums. Draws in which nothing was credited
    are left out.

    Parameters
    ----------
    daily : array, shape (days, names)
        What was credited on each day.
    draws : int
        How many times the days are drawn, at least 100.
    seed : int
        The same seed gives the same bands.

    Returns
    -------
    list of Band
        One per name, shares 0 to 1; empty with fewer than seven days or without any credit.

    Raises
    ------
    ValueError
        When ``daily`` has not two axes or ``draws`` is below 100.

    Examples
    --------
    >>> even = share_bands(np.array([[1.0, 3.0]] * 7))
    >>> [(band.low, band.high) for band in even]
    [(0.25, 0.25), (0.75, 0.75)]
    """
    if daily.ndim != 2:
        raise ValueError(f"daily needs the shape (days, names), not {daily.shape}")
    if not _enough(len(daily), draws) or not daily.any():
        return []
    return _bands(_weights(len(daily), draws, seed) @ daily)


def markov_share_bands(
    days: Sequence[Transitions], *, worth: int = 1, draws: int = 200, seed: int = 0
) -> dict[str, Band]:
    """Bands of the Markov chain's shares: the chain is solved again for every draw of days.

    The chain has no credit of single days that could be added up, but its counted steps add up, so
    a draw weighs the steps of its days.

    Parameters
    ----------
    days : sequence of Transitions
        Steps of each day alone, of one order.
    worth : int
        0 for the shares of conversions, 1 for those of value.
    draws, seed : int
        As for :func:`share_bands`.

    Returns
    -------
    dict of str to Band
        Name → band, shares 0 to 1; empty with fewer than seven days or without any conversion.

    Raises
    ------
    ValueError
        When ``draws`` is below 100.

    Examples
    --------
    >>> from shemei.engines.attribution.markov import transitions
    >>> from shemei.engines.attribution.model import PathCounts
    >>> day = transitions(PathCounts.of([["a", "b"], ["b"]], [1, 1], [2, 2], nulls=[1, 1]))
    >>> band = markov_share_bands([day] * 7)["a"]
    >>> round(band.low, 6), round(band.high, 6)
    (0.333333, 0.333333)
    """
    if not _enough(len(days), draws):
        return {}
    whole = merged(days)
    passing = np.zeros((len(days), len(whole.grams)))
    leaving = np.zeros((len(days), *whole.leaving.shape))
    for number, day in enumerate(days):
        steps = merged([_bare(whole), day])
        passing[number, np.searchsorted(whole.grams, steps.grams)] = steps.passing
        leaving[number, np.searchsorted(whole.tails, steps.tails)] = steps.leaving
    weights = _weights(len(days), draws, seed)
    drawn = zip(weights @ passing, np.tensordot(weights, leaving, 1), strict=True)
    credited = np.array([markov(_steps(whole, *some))[:, worth] for some in drawn])
    return dict(zip(whole.names, _bands(credited), strict=True)) if credited.any() else {}


def rolling_shares(daily: Floats, window: int = LEAST_DAYS) -> Floats:
    """Shares over every stretch of ``window`` days, the earliest first.

    Parameters
    ----------
    daily : array, shape (days, names)
        What was credited on each day.
    window : int
        Days of a stretch.

    Returns
    -------
    array, shape (days - window + 1, names)
        Rows sum to 1; a stretch without credit has no shares and is NaN. No rows where days are
        too few.

    Raises
    ------
    ValueError
        When ``window`` is below 1.

    Examples
    --------
    >>> rolling_shares(np.array([[1.0, 1.0], [3.0, 1.0], [0.0, 4.0]]), 2).round(3).tolist()
    [[0.667, 0.333], [0.375, 0.625]]
    """
    if window < 1:
        raise ValueError("a window has at least one day")
    if len(daily) < window:
        return np.zeros((0, daily.shape[1]))
    stretches = np.lib.stride_tricks.sliding_window_view(daily, window, axis=0)
    sums: Floats = stretches.sum(axis=-1)
    return np.where(sums.any(axis=1, keepdims=True), _shares(sums), np.nan)


def _enough(days: int, draws: int) -> bool:
    if draws < LEAST_DRAWS:
        raise ValueError(f"fewer than {LEAST_DRAWS} draws give no usable percentile")
    return days >= LEAST_DAYS


def _weights(days: int, draws: int, seed: int) -> Floats:
    drawn = np.random.default_rng(seed).multinomial(days, np.full(days, 1 / days), draws)
    return drawn.astype(np.float64)


def _shares(sums: Floats) -> Floats:
    whole = sums.sum(axis=1, keepdims=True)
    shares = np.zeros_like(sums)
    np.divide(sums, whole, out=shares, where=whole > 0)
    return shares


def _bands(sums: Floats) -> list[Band]:
    shares = _shares(sums[sums.any(axis=1)])
    low, high = np.percentile(shares, [2.5, 97.5], axis=0)
    return [Band(float(a), float(b)) for a, b in zip(low, high, strict=True)]


def _bare(whole: Transitions) -> Transitions:
    """Only the names, so that a day's steps are written in the digits of all days."""
    none = np.zeros(0, np.int64)
    return Transitions(whole.names, whole.order, none, np.zeros(0), none, np.zeros((0, 3)))


def _steps(whole: Transitions, passing: Floats, leaving: Floats) -> Transitions:
    """The steps of one draw; what it holds none of is left out, for the chain divides by it."""
    came, gone = passing > 0, leaving.any(axis=1)
    return Transitions(
        whole.names, whole.order,
        whole.grams[came], passing[came], whole.tails[gone], leaving[gone],
    )  # fmt: skip
