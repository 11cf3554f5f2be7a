"""How far a share, a net score, or the difference of two of them may lie from what was counted."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import NormalDist

Z_95 = 1.959964
"""Standard errors on either side of a value that hold 95 % of a normal distribution."""


def wilson(successes: float, trials: float, z: float = Z_95) -> tuple[float, float]:
    r"""Return Wilson's score interval of a share: honest near 0 and 1, and of few.

    The interval holds every share :math:`p` that lies within ``z`` standard errors
    :math:`\sqrt{p(1-p)/n}` of the observed one.

    Parameters
    ----------
    successes : float
        How many of ``trials`` had it; more than all count as all, fewer than none as none.
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
    share, squared = min(max(successes, 0.0), trials) / trials, z * z
    middle = (share + squared / (2 * trials)) / (1 + squared / trials)
    spread = share * (1 - share) / trials + squared / (4 * trials * trials)
    half = z / (1 + squared / trials) * math.sqrt(spread)
    low, high = max(0.0, middle - half), min(1.0, middle + half)
    return low if share else 0.0, high if share < 1 else 1.0


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
        Lower and upper bound of ``second - first``, between -1 and 1; ``(-1, 1)`` where one of them
        has no trials.

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
    if min(first[1], second[1]) <= 0:
        return -1.0, 1.0
    low, high = joined(_with_bounds(first, z), _with_bounds(second, z))
    return max(-1.0, low), min(1.0, high)


def joined(
    first: tuple[float, float, float], second: tuple[float, float, float]
) -> tuple[float, float]:
    r"""Return the interval of how much the second of two independent figures lies above the first.

    The method of variance estimates recovery: each bound joins the distances of the two figures from
    the bounds of their own intervals, so it is as honest as these are, and as lopsided.

    Parameters
    ----------
    first, second : tuple of float
        A figure with the lower and the upper bound of its interval.

    Returns
    -------
    tuple of float
        Lower and upper bound of ``second - first``.

    References
    ----------
    G. Y. Zou and A. Donner (2008), Construction of confidence limits about effect measures: a general
    approach. Statistics in Medicine 27(10).

    Examples
    --------
    >>> low, high = joined((0.30, 0.26, 0.34), (0.38, 0.35, 0.41))
    >>> round(low, 4), round(high, 4)
    (0.03, 0.13)
    """
    (value1, low1, high1), (value2, low2, high2) = first, second
    gap = value2 - value1
    return (
        gap - math.hypot(value2 - low2, high1 - value1),
        gap + math.hypot(high2 - value2, value1 - low1),
    )


def net_share(
    promoters: float, detractors: float, asked: float, z: float = Z_95, added: float = 3.0
) -> tuple[float, float]:
    r"""Return the interval of a net score: the share of promoters less the share of detractors.

    With a quarter of ``added`` put to the promoters and to the detractors each, and ``added`` to those
    asked, let :math:`d` be the net share and :math:`s` the share of both together. The interval is
    :math:`d \pm z \sqrt{(s - d^2) / n}`. The adjustment keeps it honest for few people: three is what
    Rocks found best for the Net Promoter Score; two is Agresti and Min's interval of matched pairs, which
    is the same difference; none is the textbook's.

    Parameters
    ----------
    promoters, detractors : float
        How many of those asked were the one and the other.
    asked : float
        How many were asked, those in between included.
    z : float
        Standard errors on either side; 1.96 makes 95 %.
    added : float
        How many imagined answers are added.

    Returns
    -------
    tuple of float
        Lower and upper bound, as shares between -1 and 1; ``(-1, 1)`` where nobody was asked.

    References
    ----------
    B. Rocks (2016), Interval estimation for the Net Promoter Score. The American Statistician 70(4).

    A. Agresti and Y. Min (2005), Simple improved confidence intervals for comparing matched
    proportions. Statistics in Medicine 24(5).

    Examples
    --------
    Of 400 asked 180 are promoters and 60 detractors: a score of 30.

    >>> low, high = net_share(180, 60, 400)
    >>> round(100 * low, 1), round(100 * high, 1)
    (22.8, 36.8)
    """
    if asked <= 0:
        return -1.0, 1.0
    n, part = asked + added, added / 4
    for_it, against = (promoters + part) / n, (detractors + part) / n
    net = for_it - against
    half = z * math.sqrt(max(0.0, for_it + against - net * net) / n)
    return max(-1.0, net - half), min(1.0, net + half)


def needed(half_width: float, share: float = 0.5, z: float = Z_95) -> int:
    r"""Return how many must be asked for a share to be known within ``half_width`` on either side.

    :math:`n = z^2 p (1 - p) / e^2`, rounded up; a half is the worst case.

    Parameters
    ----------
    half_width : float
        How far off the share may be, as a share.
    share : float
        The share expected.
    z : float
        Standard errors on either side; 1.96 makes 95 %.

    Returns
    -------
    int
        People to ask, drawn at random from many.

    Raises
    ------
    ValueError
        Where ``half_width`` is not above 0.

    References
    ----------
    W. G. Cochran (1977), Sampling techniques, 3rd edition, 4.4.

    Examples
    --------
    >>> needed(0.05), needed(0.03), needed(0.05, share=0.1)
    (385, 1068, 139)
    """
    if half_width <= 0:
        raise ValueError(f"no sample is large enough for a half-width of {half_width}")
    return math.ceil(z * z * share * (1 - share) / half_width**2)


def shared_z(comparisons: int, alpha: float = 0.05) -> float:
    r"""Return the standard errors of each of several intervals that shall hold together.

    Bonferroni's bound: each interval is allowed :math:`\alpha / m` of the error, so that the chance of
    even one of :math:`m` missing the truth stays below :math:`\alpha`, however they hang together.

    Parameters
    ----------
    comparisons : int
        How many intervals are looked at side by side, at least one.
    alpha : float
        The error allowed to all of them together, between 0 and 1.

    Returns
    -------
    float
        :math:`z_{1 - \alpha / 2m}`, in standard errors.

    Raises
    ------
    ValueError
        Where nothing is compared, or ``alpha`` is no share.

    References
    ----------
    O. J. Dunn (1961), Multiple comparisons among means. Journal of the American Statistical
    Association 56(293).

    Examples
    --------
    >>> [round(shared_z(m), 3) for m in (1, 2, 3)]
    [1.96, 2.241, 2.394]
    """
    if comparisons < 1 or not 0 < alpha < 1:
        raise ValueError(f"{comparisons} comparisons at alpha {alpha} have no interval")
    return NormalDist().inv_cdf(1 - alpha / (2 * comparisons))


def against_first(
    counted: Sequence[tuple[float, float]], alpha: float = 0.05
) -> list[tuple[float, float]]:
    r"""Return how much each later share lies above the first, in intervals that hold together.

    Several variants against one original are several chances to be misled by luck. Each difference
    gets Newcombe's interval, widened by Bonferroni's bound (:func:`shared_z`) for all of them, those
    of variants with nobody included.

    Parameters
    ----------
    counted : sequence of tuple of float
        Successes and trials; the first is what the others are compared with.
    alpha : float
        The chance, at most, that any of the intervals misses its true difference.

    Returns
    -------
    list of tuple of float
        Lower and upper bound of each difference to the first, as shares between -1 and 1; one fewer
        than ``counted``.

    Examples
    --------
    With one variant it is Newcombe's interval; with two each is wider.

    >>> [(low, high)] = against_first([(48, 80), (56, 70)])
    >>> round(low, 4), round(high, 4)
    (0.0524, 0.3339)
    >>> (low, high), _ = against_first([(48, 80), (56, 70), (40, 75)])
    >>> round(low, 4), round(high, 4)
    (0.0309, 0.3515)
    """
    first, *others = counted
    if not others:
        return []
    z = shared_z(len(others), alpha)
    return [newcombe(first, other, z) for other in others]


def _with_bounds(counted: tuple[float, float], z: float) -> tuple[float, float, float]:
    successes, trials = counted
    share = min(successes, trials) / trials if trials > 0 else 0.0
    return share, *wilson(successes, trials, z)
