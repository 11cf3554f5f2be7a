"""How much a sum over days would move had the days fallen otherwise: the bootstrap by day."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Band:
    """A 95 % percentile interval of a sum.

    Attributes
    ----------
    low, high : float
        The 2.5th and 97.5th percentile over the draws, in the unit of the input.
    """

    low: float
    high: float


def day_bootstrap(daily: Floats, *, draws: int = 500, seed: int = 0) -> list[Band]:
    r"""Percentile intervals of column sums when whole days are drawn again with replacement.

    Days are the unit because orders of one day share their weather, their sale and their broken
    landing page: drawing single orders would promise too much.

    Parameters
    ----------
    daily : array, shape (days, columns)
        What was credited on each day.
    draws : int
        How many times the days are drawn.
    seed : int
        The same seed gives the same bands.

    Returns
    -------
    list of Band
        One per column; with fewer than seven days the band is the sum itself, for there is nothing
        to draw from.

    Raises
    ------
    ValueError
        When ``daily`` has not two axes or ``draws`` is below 100.

    References
    ----------
    B. Efron (1979), Bootstrap methods: another look at the jackknife. Annals of Statistics 7(1).

    Examples
    --------
    >>> band = day_bootstrap(np.array([[1.0], [3.0]] * 14))[0]
    >>> band.low < 56 < band.high
    True
    """
    if daily.ndim != 2:
        raise ValueError(f"daily needs the shape (days, columns), not {daily.shape}")
    if draws < 100:
        raise ValueError("fewer than 100 draws give no usable percentile")
    days = len(daily)
    if days < 7:
        return [Band(float(total), float(total)) for total in daily.sum(axis=0)]
    rng = np.random.default_rng(seed)
    weights = rng.multinomial(days, np.full(days, 1 / days), draws)
    low, high = np.percentile(weights @ daily, [2.5, 97.5], axis=0)
    return [Band(float(a), float(b)) for a, b in zip(low, high, strict=True)]
