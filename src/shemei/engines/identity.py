"""Who is the same person: connected components of identity edges."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

Ids = npt.NDArray[np.integer[Any]]

MAX_DEGREE: Final = 50


class Components(NamedTuple):
    """People found in a graph of identities.

    Attributes
    ----------
    labels : integer array, shape (n,)
        The person of each node: the smallest node id in its component, so that a label stays the
        same when unrelated edges come or go.
    overloaded : integer array
        Nodes with too many neighbours to identify anybody (a shop's shared phone, a kiosk), sorted.
        Their edges were ignored: each is alone in its component.
    """

    labels: npt.NDArray[np.int64]
    overloaded: npt.NDArray[np.int64]


def components(left: Ids, right: Ids, n: int, max_degree: int = MAX_DEGREE) -> Components:
    """Join nodes that edges connect, directly or through others.

    Parameters
    ----------
    left, right : integer arrays, shape (edges,)
        Ends of each edge, node ids from 0 to ``n - 1``. Order, repeats and loops do not matter.
    n : int
        Number of nodes.
    max_degree : int
        A node with more distinct neighbours than this is not a bridge.

    Returns
    -------
    Components
        Labels and overloaded nodes.

    Raises
    ------
    ValueError
        When the ends do not pair up or an id is outside 0 to ``n - 1``.

    Examples
    --------
    >>> people = components(np.array([0, 1, 4]), np.array([1, 2, 5]), n=6)
    >>> people.labels.tolist()
    [0, 0, 0, 3, 4, 4]
    >>> shared = components(np.array([0, 1, 2]), np.array([3, 3, 3]), n=4, max_degree=2)
    >>> shared.labels.tolist(), shared.overloaded.tolist()
    ([0, 1, 2, 3], [3])
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    low, high = _distinct(left, right, n)
    degree = np.bincount(low, minlength=n) + np.bincount(high, minlength=n)
    trusted = (degree[low] <= max_degree) & (degree[high] <= max_degree)
    low, high = low[trusted], high[trusted]
    graph = coo_array((np.ones(len(low), np.int8), (low, high)), shape=(n, n))
    count, group = connected_components(graph, directed=False)
    smallest = np.full(count, n, np.int64)
    np.minimum.at(smallest, group, np.arange(n))
    return Components(smallest[group], np.flatnonzero(degree > max_degree))


def _distinct(left: Ids, right: Ids, n: int) -> tuple[Ids, Ids]:
    """Return each edge once, smaller end first, without loops."""
    if left.shape != right.shape:
        raise ValueError(f"{len(left)} left ends for {len(right)} right ends")
    low = np.minimum(left, right).astype(np.int64)
    high = np.maximum(left, right).astype(np.int64)
    if len(low) and not (low.min() >= 0 and high.max() < n):
        raise ValueError(f"node ids must be 0 to {n - 1}")
    keys = np.unique((low * n + high)[low != high])
    return keys // n, keys % n
