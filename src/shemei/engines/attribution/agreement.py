"""How far a model's credit lies from a known truth: only simulators and experiments have one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shemei.engines.attribution.model import Floats


@dataclass(frozen=True, slots=True)
class Agreement:
    """A model held against the truth.

    Attributes
    ----------
    distance : float
        Sum over names of the absolute difference of shares, 0 (the same) to 2 (nothing in common).
    rank : float or None
        Spearman's rank correlation; None with fewer than three names or where all are equal.
    """

    distance: float
    rank: float | None

    @property
    def misplaced(self) -> float:
        """Share of the credit that stands with the wrong name: half the distance."""
        return self.distance / 2


def shares(worth: Mapping[str, float]) -> dict[str, float]:
    """Scale figures so that they sum to 1; where they sum to nothing there are no shares.

    Examples
    --------
    >>> shares({"a": 3, "b": 1})
    {'a': 0.75, 'b': 0.25}
    """
    whole = sum(worth.values())
    return {name: value / whole for name, value in worth.items()} if whole > 0 else {}


def agreement(credit: Mapping[str, float], truth: Mapping[str, float]) -> Agreement:
    r"""Hold the shares of a model's credit against the shares of the true effect.

    The distance is :math:`\sum_c |s_c - t_c|` of the shares :math:`s` and :math:`t` over every name
    of either side; a name missing on one side has share 0 there. Totals do not matter: effects of
    single channels need not add up to the conversions observed.

    Parameters
    ----------
    credit : mapping of str to float
        What the model credits to each name.
    truth : mapping of str to float
        The true effect of each name, in any unit; single effects may be negative by chance.

    Returns
    -------
    Agreement
        Distance and rank correlation.

    Raises
    ------
    ValueError
        When either side sums to nothing.

    References
    ----------
    C. Spearman (1904), The proof and measurement of association between two things. American
    Journal of Psychology 15(1).

    Examples
    --------
    >>> told = agreement({"a": 6, "b": 3, "c": 1}, {"a": 50, "b": 40, "c": 10})
    >>> round(told.distance, 9), told.rank
    (0.2, 1.0)
    >>> agreement({"a": 1}, {"b": 1}).misplaced
    1.0
    """
    ours, theirs = shares(credit), shares(truth)
    if not ours or not theirs:
        raise ValueError("credit and truth must each sum to more than 0")
    names = sorted({*ours, *theirs})
    pair = np.array([[side.get(name, 0.0) for name in names] for side in (ours, theirs)])
    return Agreement(float(np.abs(pair[0] - pair[1]).sum()), _rank(pair))


def _rank(pair: Floats) -> float | None:
    """Pearson's correlation of mid-ranks, which is Spearman's also where figures tie."""
    from scipy.stats import rankdata  # heavy, and a small file needs none

    ranks = rankdata(pair, axis=1)
    ranks -= ranks.mean(axis=1, keepdims=True)
    lengths = np.sqrt((ranks**2).sum(axis=1))
    if pair.shape[1] < 3 or not lengths.all():
        return None
    return float(np.clip(ranks[0] @ ranks[1] / lengths.prod(), -1.0, 1.0))
