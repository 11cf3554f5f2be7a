"""Attribution against published data, brute force and what must always hold."""

from __future__ import annotations

import csv
import itertools
import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shemei.engines.attribution import (
    MODELS,
    Credit,
    PathCounts,
    TooManyStates,
    attribute,
    combine,
    credits,
    removal_effects,
    summarise,
)
from shemei.engines.attribution import shapley as shapley_module
from shemei.engines.attribution.markov import transitions
from shemei.engines.attribution.shapley import shapley

if TYPE_CHECKING:
    from pathlib import Path

Journeys = list[tuple[list[str], int, float, int]]

journey = st.tuples(
    st.lists(st.sampled_from("abcd"), min_size=1, max_size=7),
    st.integers(0, 5),
    st.floats(0, 1_000, allow_nan=False),
    st.integers(0, 5),
).map(lambda row: (row[0], row[1], row[2] if row[1] else 0.0, row[3]))
journeys = st.lists(journey, min_size=1, max_size=25)


def counted(rows: Journeys, *, hours: bool = False) -> PathCounts:
    paths, conversions, values, nulls = zip(*rows, strict=True)
    before = [[24.0 * (len(path) - i) for i in range(len(path))] for path in paths]
    return PathCounts.of(paths, conversions, values, nulls, before if hours else None)


@pytest.fixture
def pathdata(shared_data: Path) -> PathCounts:
    with (shared_data / "attribution/pathdata.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    return PathCounts.of(
        [row["path"].split(" > ") for row in rows],
        [float(row["total_conversions"]) for row in rows],
        [float(row["total_conversion_value"]) for row in rows],
        [float(row["total_null"]) for row in rows],
    )


@pytest.fixture
def reference(shared_data: Path) -> dict[str, Any]:
    return json.loads((shared_data / "attribution/pathdata_reference.json").read_text())


@pytest.mark.shared_data
@pytest.mark.parametrize(
    ("model", "key"),
    [("first", "first"), ("last", "last"), ("linear", "linear"), ("position", "position_40_20_40")],
)
def test_heuristics_equal_the_reference(
    pathdata: PathCounts, reference: dict[str, Any], model: str, key: str
) -> None:
    found = attribute(pathdata, model)
    assert {name: [c.conversions, c.value] for name, c in found.items()} == {
        name: pytest.approx(both, rel=1e-9, abs=1e-6) for name, both in reference[key].items()
    }


@pytest.mark.shared_data
def test_markov_equals_the_reference(pathdata: PathCounts, reference: dict[str, Any]) -> None:
    found = attribute(pathdata, "markov")
    counts = reference["markov1_with_null"]["conversions"]
    values = reference["markov1_with_null_value"]["value"]
    assert {n: c.conversions for n, c in found.items()} == pytest.approx(counts, abs=1e-6)
    assert {n: c.value for n, c in found.items()} == pytest.approx(values, abs=1e-6)


@pytest.mark.shared_data
def test_removal_effects_equal_the_reference(
    pathdata: PathCounts, reference: dict[str, Any]
) -> None:
    found = removal_effects(pathdata)
    by_count, by_value = reference["markov1_with_null"], reference["markov1_with_null_value"]
    assert found.conversion_rate == pytest.approx(by_count["base_p"], abs=1e-12)
    assert found.value_per_path == pytest.approx(by_value["expected_value_per_path"], abs=1e-12)
    assert found.conversions == pytest.approx(by_count["removal_effect"], abs=1e-9)
    assert found.value == pytest.approx(by_value["removal_effect_value"], abs=1e-9)


@pytest.mark.shared_data
def test_shapley_equals_the_reference(pathdata: PathCounts, reference: dict[str, Any]) -> None:
    found = attribute(pathdata, "shapley")
    expected = reference["shapley_subset_sum"]
    assert {n: c.conversions for n, c in found.items()} == pytest.approx(expected, abs=1e-6)


@pytest.mark.shared_data
@pytest.mark.parametrize("order", [1, 2, 3])
def test_real_paths_sum_to_what_was_observed(pathdata: PathCounts, order: int) -> None:
    found = attribute(pathdata, "markov", order)
    assert sum(c.conversions for c in found.values()) == pytest.approx(19785, rel=1e-12)
    assert sum(c.value for c in found.values()) == pytest.approx(74802.97158721076, rel=1e-12)


@settings(max_examples=40, deadline=None)
@given(rows=journeys, order=st.integers(1, 3))
def test_every_model_shares_out_exactly_what_was_observed(rows: Journeys, order: int) -> None:
    paths = counted(rows, hours=True)
    for model in MODELS:
        found = attribute(paths, model, order).values()
        assert sum(c.conversions for c in found) == pytest.approx(paths.totals.conversions)
        assert sum(c.value for c in found) == pytest.approx(paths.totals.value)
        assert all(c.conversions >= 0 and c.value >= 0 for c in found)


@settings(max_examples=40, deadline=None)
@given(rows=journeys, order=st.integers(1, 3))
def test_the_chain_converts_at_the_observed_rate(rows: Journeys, order: int) -> None:
    paths = counted(rows)
    rate, value = explicit_chain(rows, order, removed=None)
    assert removal_effects(paths, order).conversion_rate == pytest.approx(rate, abs=1e-12)
    assert removal_effects(paths, order).value_per_path == pytest.approx(value, rel=1e-9)


@settings(max_examples=40, deadline=None)
@given(rows=journeys, order=st.integers(1, 3))
def test_removal_equals_solving_the_chain_without_the_channel(rows: Journeys, order: int) -> None:
    found = removal_effects(counted(rows), order)
    rate, value = explicit_chain(rows, order, removed=None)
    for name in found.conversions:
        without = explicit_chain(rows, order, removed=name)
        expected = (1 - without[0] / rate if rate else 0, 1 - without[1] / value if value else 0)
        assert (found.conversions[name], found.value[name]) == pytest.approx(expected, abs=1e-9)


def explicit_chain(rows: Journeys, order: int, removed: str | None) -> tuple[float, float]:
    """Probability to convert and expected value, from the full matrix with start and self-loops."""
    steps: dict[tuple[object, object], float] = {}
    worth: dict[object, float] = {}
    for path, conversions, value, nulls in rows:
        states: list[object] = [
            tuple(path[i : i + order]) for i in range(max(1, len(path) - order + 1))
        ]
        for pair in itertools.pairwise(["start", *states]):
            steps[pair] = steps.get(pair, 0) + conversions + nulls
        for end, weight in (("conversion", conversions), ("null", nulls)):
            steps[states[-1], end] = steps.get((states[-1], end), 0) + weight
        worth[states[-1]] = worth.get(states[-1], 0) + value
    states = sorted({state for pair in steps for state in pair} - {"conversion", "null"}, key=str)
    out = {s: sum(w for (a, _), w in steps.items() if a == s) or 1.0 for s in states}
    kept = [s for s in states if removed is None or s == "start" or removed not in s]
    q = np.array([[steps.get((a, b), 0) / out[a] for b in kept] for a in kept])
    absorbed = [[steps.get((s, "conversion"), 0) / out[s], worth.get(s, 0) / out[s]] for s in kept]
    solved = np.linalg.solve(np.eye(len(kept)) - q, np.array(absorbed))
    rate, value = solved[kept.index("start")]
    return rate, value


def test_removal_agrees_with_walking_the_chain() -> None:
    rows: Journeys = [(["a", "b"], 3, 0, 2), (["b", "a", "c"], 2, 0, 3), (["c"], 1, 0, 6)]
    rng, walks = np.random.default_rng(1), 40_000
    follow: dict[str, list[str]] = {}
    for path, conversions, _, nulls in rows:
        for end, times in (("+", conversions), ("-", nulls)):
            for here, there in itertools.pairwise(["^", *path, end]):
                follow.setdefault(here, []).extend([there] * times)
    converted, through = 0, dict.fromkeys("abc", 0)
    for _ in range(walks):
        here, seen = "^", set()
        while here not in "+-":
            here = follow[here][int(rng.random() * len(follow[here]))]
            seen.add(here)
        if here == "+":
            converted += 1
            for name in through:
                through[name] += name in seen
    walked = {name: count / converted for name, count in through.items()}
    assert removal_effects(counted(rows)).conversions == pytest.approx(walked, abs=0.02)


@settings(max_examples=40, deadline=None)
@given(rows=journeys)
def test_shapley_equals_all_coalitions(rows: Journeys) -> None:
    paths = counted(rows)
    names = paths.names
    worth = {
        frozenset(s): sum(c for path, c, _, _ in rows if set(path) <= set(s))
        for r in range(len(names) + 1)
        for s in itertools.combinations(names, r)
    }
    expected = dict.fromkeys(names, 0.0)
    orders = list(itertools.permutations(names))
    for order in orders:
        for i, name in enumerate(order):
            before = frozenset(order[:i])
            expected[name] += (worth[before | {name}] - worth[before]) / len(orders)
    found = attribute(paths, "shapley")
    assert {n: c.conversions for n, c in found.items()} == pytest.approx(expected)


@settings(max_examples=25, deadline=None)
@given(rows=journeys)
def test_shapley_of_many_names_takes_another_way_to_the_same_answer(rows: Journeys) -> None:
    paths = counted(rows)
    dense = shapley(paths)
    limit, shapley_module.DENSE_NAMES = shapley_module.DENSE_NAMES, 0
    try:
        assert shapley(paths) == pytest.approx(dense)
    finally:
        shapley_module.DENSE_NAMES = limit


@settings(max_examples=30, deadline=None)
@given(rows=journeys, cut=st.integers(1, 24), order=st.integers(1, 3))
def test_pieces_give_what_the_whole_gives(rows: Journeys, cut: int, order: int) -> None:
    whole = summarise(counted(rows, hours=True), MODELS, order)
    parts = [part for part in (rows[:cut], rows[cut:]) if part]
    joined = combine([summarise(counted(part, hours=True), MODELS, order) for part in parts])
    for model, expected in credits(whole).items():
        found = credits(joined)[model]
        assert found.keys() == expected.keys()
        for name, credit in expected.items():
            assert found[name].conversions == pytest.approx(credit.conversions, abs=1e-9)
            assert found[name].value == pytest.approx(credit.value, abs=1e-6)


def test_without_null_journeys_the_effect_is_the_share_of_journeys_through_a_channel() -> None:
    paths = PathCounts.of([["a", "b"], ["b"], ["c"]], [2, 1, 1])
    effects = removal_effects(paths)
    assert effects.conversion_rate == 1
    assert effects.conversions == pytest.approx({"a": 0.5, "b": 0.75, "c": 0.25})
    assert attribute(paths, "markov")["a"].conversions == pytest.approx(4 * 0.5 / 1.5)


def test_without_conversions_nothing_is_credited() -> None:
    paths = PathCounts.of([["a", "b"]], [0], nulls=[5])
    for model in ("first", "linear", "position", "markov", "shapley"):
        assert set(attribute(paths, model).values()) == {Credit(0.0, 0.0)}


def test_a_longer_memory_changes_nothing_when_the_past_does_not_matter() -> None:
    first, second = np.meshgrid(range(3), range(3))
    starts = [0.5, 0.3, 0.2]
    converts = [0.1, 0.4, 0.25]
    paths = [["abc"[i], "xyz"[j]] for i, j in zip(first.flat, second.flat, strict=True)]
    weight = [900 * starts[i] / 3 for i in first.flat]
    conversions = [w * converts[j] for w, j in zip(weight, second.flat, strict=True)]
    nulls = [w - c for w, c in zip(weight, conversions, strict=True)]
    counted_paths = PathCounts.of(paths, conversions, nulls=nulls)
    expected = removal_effects(counted_paths, 1).conversions
    assert removal_effects(counted_paths, 2).conversions == pytest.approx(expected)


def test_repeats_of_one_channel_do_not_change_first_order_credit() -> None:
    once = PathCounts.of([["a", "b"], ["b", "a"]], [3, 2], [30, 10], [5, 1])
    often = PathCounts.of([["a", "a", "a", "b"], ["b", "b", "a"]], [3, 2], [30, 10], [5, 1])
    expected = removal_effects(once)
    found = removal_effects(often)
    assert found.conversions == pytest.approx(expected.conversions)
    assert found.value == pytest.approx(expected.value)


def test_time_decay_stays_exact_for_touches_long_ago() -> None:
    paths = PathCounts.of([["a", "b"]], [3], hours=[[1_000_168, 1_000_000]])
    found = attribute(paths, "time_decay")
    assert found["b"].conversions == pytest.approx(2)


def test_two_thousand_contents_are_solved_at_order_one() -> None:
    rng = np.random.default_rng(3)
    lengths = rng.integers(1, 8, 6_000)
    paths = PathCounts(
        names=tuple(f"content-{i}" for i in range(1_200)),
        offsets=np.concatenate([[0], np.cumsum(lengths)]),
        codes=rng.integers(0, 1_200, lengths.sum()),
        conversions=rng.integers(0, 3, 6_000).astype(float),
        values=np.zeros(6_000),
        nulls=rng.integers(0, 5, 6_000).astype(float),
    )
    found = attribute(paths, "markov")
    assert sum(c.conversions for c in found.values()) == pytest.approx(paths.conversions.sum())


def test_too_many_states_are_refused_with_a_way_out() -> None:
    names = [f"n{i}" for i in range(5_001)]
    with pytest.raises(TooManyStates, match="lower order"):
        attribute(PathCounts.of([[name] for name in names], [1] * 5_001), "markov")


def test_too_many_names_for_the_order_are_refused() -> None:
    paths = PathCounts(
        names=tuple(map(str, range(60_000))),
        offsets=np.array([0, 1]),
        codes=np.array([0]),
        conversions=np.ones(1),
        values=np.zeros(1),
        nulls=np.zeros(1),
    )
    with pytest.raises(TooManyStates):
        transitions(paths, 3)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"conversions": np.array([-1.0])}, "conversions must be"),
        ({"nulls": np.array([np.nan])}, "nulls must be"),
        ({"conversions": np.array([1e300])}, "conversions must be"),
        ({"values": np.array([1.0, 2.0])}, "2 entries for 1 paths"),
        ({"conversions": np.array([0.0]), "values": np.array([5.0])}, "value but no conversion"),
        ({"offsets": np.array([0, 1])}, "end with the number of touches"),
        ({"offsets": np.array([0, 0, 2])}, "has no touch"),
        ({"codes": np.array([0, 7])}, "has no name"),
        ({"hours": np.array([1.0])}, "1 entries for 2 touches"),
        ({"hours": np.array([1.0, -2.0])}, "hours before conversion"),
    ],
)
def test_unusable_paths_are_refused(change: dict[str, Any], message: str) -> None:
    good: dict[str, Any] = {
        "names": ("a", "b"),
        "offsets": np.array([0, 2]),
        "codes": np.array([0, 1]),
        "conversions": np.array([1.0]),
        "values": np.array([2.0]),
        "nulls": np.array([0.0]),
    }
    with pytest.raises(ValueError, match=message):
        PathCounts(**{**good, **change})


def test_unknown_models_orders_and_missing_hours_are_refused() -> None:
    paths = PathCounts.of([["a"]], [1])
    with pytest.raises(ValueError, match="unknown model 'lastish'"):
        attribute(paths, "lastish")
    with pytest.raises(ValueError, match="order must be 1 to 3"):
        attribute(paths, "markov", 4)
    with pytest.raises(ValueError, match="needs the hours"):
        attribute(paths, "time_decay")
    with pytest.raises(ValueError, match="no paths"):
        combine([])
