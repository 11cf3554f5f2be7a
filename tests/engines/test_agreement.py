"""How far credit lies from a truth: held against scipy and what must always hold."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import spearmanr

from shemei.engines.attribution import agreement, shares

worths = st.dictionaries(st.sampled_from("abcdef"), st.integers(1, 50), min_size=3, max_size=6)


@given(worths, worths)
def test_the_distance_is_a_distance(one: dict[str, int], other: dict[str, int]) -> None:
    told = agreement(one, other)
    assert 0 <= told.misplaced <= 1 + 1e-12
    assert told.distance == pytest.approx(agreement(other, one).distance)
    assert agreement(one, one).distance == 0
    moved = sum(max(0.0, shares(one).get(k, 0) - shares(other).get(k, 0)) for k in one)
    assert told.misplaced == pytest.approx(moved)


@given(worths, worths)
def test_the_rank_is_spearman_s(one: dict[str, int], other: dict[str, int]) -> None:
    names = sorted({*one, *other})
    told = agreement(one, other).rank
    sides = [[shares(side).get(name, 0.0) for name in names] for side in (one, other)]
    if all(len(set(side)) > 1 for side in sides):
        assert told == pytest.approx(spearmanr(*sides).statistic, abs=1e-9)
    else:
        assert told is None


def test_units_do_not_matter_and_nothing_is_refused() -> None:
    assert agreement({"a": 1, "b": 3}, {"a": 100, "b": 300}).distance == 0
    with pytest.raises(ValueError, match="more than 0"):
        agreement({"a": 0}, {"a": 1})
