"""How far a share, or the difference of two shares, may lie from what was counted."""

from __future__ import annotations

import math

Z_95 = 1.959964


def wilson(successes: float, trials: float, z: float = Z_95) -> tuple[float, float]:
    r"""Return Wilson's score interval of a share: honest near 0 and 1, and of few.

    The interval holds every share :math:`p` that lies within ``z`` standard errors
    :math:`\sqrt{p(1-p)/n}` of the observed one.

    Parameters
    ----------
    successes : float
        How many of ``trials`` had it; more than all count as all.
    trials : float
        How many were looked at.
    z : float
        Standard errors on either side; 1.96 makes 95 %.

    Returns
    -------
    tuple of float
        Lower and upper bound, between 0 and 1; ``(0, 1)`` where nobody was looked at.

    References
    ----------
    E. B. Wilson (1927), Probable inference, the law of succession, and statistical inference.
    Journal of the American Statistical Association 22(158).

    Examples
    --------
    >>> low, high = wilson(10, 100)
    >>> round(low, 4), round(high, 4)
    (0.0552, 0.1744)
    """
    if trials <= 0:
        return 0.0, 1.0
    share, squared = min(successes, trials) / trials, z * z
    middle = (share + squared / (2 * trials)) / (1 + squared / trials)
    spread = share * (1 - share) / trials + squared / (4 * trials * trials)
    half = z / (1 + squared / trials) * math.sqrt(spread)
    return max(0.0, middle - half), min(1.0, middle + half)


def newcombe(
    first: tuple[float, float], second: tuple[float, float], z: float = Z_95
) -> tuple[float, float]:
    r"""Return the interval of how much the second share lies above the first.

    Each bound joins the distances of the two shares from their Wilson bounds (Newcombe's method
    10), so that it keeps its promise for small counts.

    Parameters
    ----------
    first, second : tuple of float
        Successes and trials of each.
    z : float
        Standard errors on either side; 1.96 makes 95 %.

    Returns
    -------
    tuple of float
        Lower and upper bound of ``second - first``, between -1 and 1.

    References
    ----------
    R. G. Newcombe (1998), Interval estimation for the difference between independent proportions.
    Statistics in Medicine 17(8).

    Examples
    --------
    >>> low, high = newcombe((48, 80), (56, 70))
    >>> round(low, 4), round(high, 4)
    (0.0524, 0.3339)
    """
    share1, low1, high1 = _with_bounds(first, z)
    share2, low2, high2 = _with_bounds(second, z)
    gap = share2 - share1
    below = math.hypot(share2 - low2, high1 - share1)
    above = math.hypot(high2 - share2, share1 - low1)
    return max(-1.0, gap - below), min(1.0, gap + above)


def _with_bounds(counted: tuple[float, float], z: float) -> tuple[float, float, float]:
    successes, trials = counted
    share = min(successes, trials) / trials if trials > 0 else 0.0
    return share, *wilson(successes, trials, z)
