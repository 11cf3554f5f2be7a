"""The Shapley value of the channels of a path, in closed form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from shemei.engines.attribution.heuristics import spread
from shemei.engines.attribution.model import Floats, Ints, PathCounts

if TYPE_CHECKING:
    import numpy.typing as npt

DENSE_NAMES: Final = 48


def shapley(paths: PathCounts) -> Floats:
    r"""Credit each conversion equally to the distinct channels of its path.

    This is the exact Shapley value of the game in which a coalition :math:`S` of channels is worth
    the conversions whose channels all lie in :math:`S`. That game is a sum of unanimity games, one
    for every set of channels seen, and the Shapley value of a unanimity game on :math:`T` gives
    each member :math:`1/|T|`: enumerating :math:`2^n` coalitions is not needed.

    Returns
    -------
    array, shape (names, 2)
        Conversions and value credited to each name; never negative.

    References
    ----------
    L. S. Shapley (1953), A value for n-person games. Contributions to the Theory of Games II.
    Zhao, Mahboobi, Bagheri (2018), Shapley Value Methods for Attribution Modeling in Online
    Advertising. arXiv:1804.05327.

    Examples
    --------
    >>> shapley(PathCounts.of([["a", "b", "a"], ["a"]], [3, 1], [30, 8])).tolist()
    [[2.5, 23.0], [1.5, 15.0]]
    """
    if len(paths.names) <= DENSE_NAMES:
        seen = _seen(paths).astype(np.float64)
        worth = np.stack([paths.conversions, paths.values], axis=1)
        shares: Floats = seen.T @ (worth / seen.sum(axis=1)[:, None])
        return shares
    codes, distinct = distinct_touches(paths)
    return spread(paths, codes, 1.0 / distinct, distinct)


def distinct_touches(paths: PathCounts) -> tuple[Ints, Ints]:
    """Return the codes of each path once, path after path, and how many each path has.

    Examples
    --------
    >>> codes, distinct = distinct_touches(PathCounts.of([["a", "b", "a"], ["b"]], [1, 1]))
    >>> codes.tolist(), distinct.tolist()
    ([0, 1, 1], [2, 1])
    """
    keys, size = np.unique(_keys(paths)), len(paths.names)
    return keys % size, np.bincount(keys // size, minlength=len(paths))


def _seen(paths: PathCounts) -> npt.NDArray[np.bool_]:
    """Return whether each path (rows) has each name (columns)."""
    shape = len(paths), len(paths.names)
    return np.bincount(_keys(paths), minlength=shape[0] * shape[1]).reshape(shape) > 0


def _keys(paths: PathCounts) -> Ints:
    size = len(paths.names)
    return np.repeat(np.arange(len(paths)) * size, paths.lengths) + paths.codes
