"""Components of identity edges."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

if TYPE_CHECKING:
    import random

from shemei.engines.identity import components

pairs = st.lists(st.tuples(st.integers(0, 19), st.integers(0, 19)), max_size=40)


def joined(edges: list[tuple[int, int]], n: int, **options: int) -> tuple[list[int], list[int]]:
    ends = np.array(edges, np.int64).reshape(-1, 2)
    labels, overloaded = components(ends[:, 0], ends[:, 1], n, **options)
    return labels.tolist(), overloaded.tolist()


@settings(max_examples=50, deadline=None)
@given(edges=pairs)
def test_labels_equal_a_plain_union(edges: list[tuple[int, int]]) -> None:
    expected = list(range(20))
    for left, right in edges * 20:
        expected[left] = expected[right] = min(expected[left], expected[right])
    assert joined(edges, 20)[0] == expected


@settings(max_examples=50, deadline=None)
@given(edges=pairs, seed=st.randoms())
def test_order_direction_and_repeats_do_not_matter(
    edges: list[tuple[int, int]], seed: random.Random
) -> None:
    turned = [(b, a) for a, b in edges] + edges[:5]
    seed.shuffle(turned)
    assert joined(turned, 20, max_degree=3) == joined(edges, 20, max_degree=3)


def test_a_shared_phone_joins_nobody_and_is_named() -> None:
    visitors = [(i, 9) for i in range(5)]
    labels, overloaded = joined([*visitors, (0, 1)], 10, max_degree=4)
    assert overloaded == [9]
    assert labels == [0, 0, 2, 3, 4, 5, 6, 7, 8, 9]


def test_at_the_limit_a_node_still_joins() -> None:
    assert joined([(0, 2), (1, 2)], 3, max_degree=2) == ([0, 0, 0], [])


def test_the_same_edge_seen_often_is_one_neighbour() -> None:
    assert joined([(0, 1)] * 100, 2, max_degree=1) == ([0, 0], [])


def test_no_edges_leave_everybody_alone() -> None:
    assert joined([], 3) == ([0, 1, 2], [])


@pytest.mark.parametrize(("left", "right"), [([0], [1, 2]), ([0], [3]), ([-1], [0])])
def test_impossible_edges_are_refused(left: list[int], right: list[int]) -> None:
    with pytest.raises(ValueError, match=r"ends|node ids"):
        components(np.array(left), np.array(right), 3)
