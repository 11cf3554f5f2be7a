"""Rules of thumb: each converting path is shared out by a fixed rule over its touches.

Every function takes :class:`~shemei.engines.attribution.model.PathCounts` and returns an array of
shape (names, 2): conversions and value credited to each name. Repeated touches count repeatedly.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from shemei.engines.attribution.model import Floats, Ints, PathCounts, total_by

HALF_LIFE_HOURS: Final = 168.0
ENDS: Final = 0.4
MIDDLE: Final = 0.2


def first(paths: PathCounts) -> Floats:
    """Credit the first touch of each path with the whole conversion.

    Examples
    --------
    >>> first(PathCounts.of([["a", "b", "b"]], [4], [10])).tolist()
    [[4.0, 10.0], [0.0, 0.0]]
    """
    return share(paths, paths.codes[paths.offsets[:-1]], paths.conversions, paths.values)


def last(paths: PathCounts) -> Floats:
    """Credit the last touch of each path with the whole conversion.

    Examples
    --------
    >>> last(PathCounts.of([["a", "b", "b"]], [4], [10])).tolist()
    [[0.0, 0.0], [4.0, 10.0]]
    """
    return share(paths, paths.codes[paths.offsets[1:] - 1], paths.conversions, paths.values)


def linear(paths: PathCounts) -> Floats:
    """Credit each of the n touches of a path with 1/n.

    Examples
    --------
    >>> linear(PathCounts.of([["a", "b", "b", "b"]], [4], [10])).tolist()
    [[1.0, 2.5], [3.0, 7.5]]
    """
    lengths = paths.lengths
    return spread(paths, paths.codes, 1.0 / lengths, lengths)


def position(paths: PathCounts) -> Floats:
    """Credit 40 % to the first touch, 40 % to the last and 20 % to those between, equally.

    One touch takes all, two take half each.

    Examples
    --------
    >>> position(PathCounts.of([["a", "b", "b", "a"]], [10], [0])).round(12).tolist()
    [[8.0, 0.0], [2.0, 0.0]]
    >>> position(PathCounts.of([["a", "b"]], [10], [0])).tolist()
    [[5.0, 0.0], [5.0, 0.0]]
    """
    lengths = paths.lengths
    ends = np.where(lengths > 2, ENDS, 0.5)
    between = np.where(lengths > 2, MIDDLE / np.maximum(lengths - 2, 1), 0.0)
    inner = spread(paths, paths.codes, between, lengths)
    for edge in (paths.offsets[:-1], paths.offsets[1:] - 1):
        weight = ends - between
        inner += share(paths, paths.codes[edge], weight * paths.conversions, weight * paths.values)
    return np.maximum(inner, 0.0)


def time_decay(paths: PathCounts, half_life: float = HALF_LIFE_HOURS) -> Floats:
    r"""Credit touches by how near they are to the conversion: weight :math:`2^{-h / T}`.

    :math:`h` are the hours before the conversion and :math:`T` the half-life; weights of one path
    are scaled to sum to 1. Continuous: no steps of a day or a week.

    Parameters
    ----------
    paths : PathCounts
        With ``hours``.
    half_life : float
        Hours after which a touch counts half, by default seven days.

    Raises
    ------
    ValueError
        When ``paths`` has no hours.

    Examples
    --------
    >>> week = PathCounts.of([["a", "b"]], [3], [30], hours=[[168, 0]])
    >>> time_decay(week).round(12).tolist()
    [[1.0, 10.0], [2.0, 20.0]]
    """
    if paths.hours is None:
        raise ValueError("time decay needs the hours before conversion of every touch")
    if not len(paths):
        return np.zeros((len(paths.names), 2))
    lengths, starts = paths.lengths, paths.offsets[:-1]
    nearest = np.repeat(np.minimum.reduceat(paths.hours, starts), lengths)
    weight = np.exp2((nearest - paths.hours) / half_life)
    weight /= np.repeat(np.add.reduceat(weight, starts), lengths)
    of_touch = (np.repeat(worth, lengths) * weight for worth in (paths.conversions, paths.values))
    return share(paths, paths.codes, *of_touch)


def share(paths: PathCounts, codes: Ints, conversions: Floats, values: Floats) -> Floats:
    """Add up conversions and values by code.

    Examples
    --------
    >>> ab = PathCounts.of([["a"], ["b"]], [1, 1])
    >>> share(ab, ab.codes, ab.conversions, ab.values).tolist()
    [[1.0, 0.0], [1.0, 0.0]]
    """
    size = len(paths.names)
    return np.stack([total_by(codes, worth, size) for worth in (conversions, values)], axis=1)


def spread(paths: PathCounts, codes: Ints, weight: Floats, lengths: Ints) -> Floats:
    """Credit ``lengths[i]`` consecutive entries of ``codes`` with ``weight[i]`` of path i's worth.

    Examples
    --------
    >>> ab = PathCounts.of([["a", "b"]], [3])
    >>> spread(ab, ab.codes, np.array([0.5]), ab.lengths).tolist()
    [[1.5, 0.0], [1.5, 0.0]]
    """
    return share(
        paths,
        codes,
        np.repeat(paths.conversions * weight, lengths),
        np.repeat(paths.values * weight, lengths),
    )
