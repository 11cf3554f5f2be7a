"""The absorbing Markov chain of journeys, solved exactly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from shemei.engines.attribution.model import Floats, Ints, PathCounts, Totals, total_by

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_ORDER: Final = 3
MAX_STATES: Final = 5_000
DENSE_BINS: Final = 1 << 18


class TooManyStates(ValueError):
    """The chain has more states than are solved exactly."""

    def __init__(self, states: int, limit: int = MAX_STATES) -> None:
        super().__init__(
            f"the chain has {states} states, the limit is {limit}: "
            "use a lower order or group rare names"
        )
        self.states, self.limit = states, limit


@dataclass(frozen=True, slots=True, eq=False)
class Transitions:
    """Counted steps between states; what paths of any number shrink to.

    A state is the last ``order`` touches (all touches of a shorter path), written as a number whose
    digits in base ``len(names) + 1`` are codes + 1, newest touch last, 0 where there is none.

    Attributes
    ----------
    grams, passing : arrays, shape (steps,)
        ``order + 1`` consecutive touches as a number, and the journeys that made this step.
    tails, leaving : arrays, shapes (ends,) and (ends, 3)
        Last state of paths, and the conversions, value and nulls that left there.
    """

    names: tuple[str, ...]
    order: int
    grams: Ints
    passing: Floats
    tails: Ints
    leaving: Floats

    @property
    def base(self) -> int:
        """One more than the number of names."""
        return len(self.names) + 1

    @property
    def totals(self) -> Totals:
        """What was observed."""
        return Totals(*(float(part) for part in self.leaving.sum(axis=0)))


@dataclass(frozen=True, slots=True)
class RemovalEffects:
    """What would be lost without each channel.

    Attributes
    ----------
    conversion_rate : float
        Probability that a journey converts: the observed rate.
    value_per_path : float
        Expected value of a journey: the observed mean.
    conversions, value : dict of str to float
        Share of the conversions, and of the value, that passes through the channel, 0 to 1.
    """

    conversion_rate: float
    value_per_path: float
    conversions: dict[str, float]
    value: dict[str, float]


def transitions(paths: PathCounts, order: int = 1) -> Transitions:
    """Count the steps of all paths, weighted by journeys (conversions and nulls).

    Parameters
    ----------
    paths : PathCounts
        Counted paths.
    order : int
        Touches remembered, 1 to 3.

    Raises
    ------
    ValueError
        When the order is not 1, 2 or 3.
    TooManyStates
        When there are too many names to tell states apart.

    Examples
    --------
    >>> steps = transitions(PathCounts.of([["a", "b"], ["b"]], [2, 1], nulls=[1, 0]))
    >>> steps.grams.tolist(), steps.passing.tolist()
    ([5], [3.0])
    >>> steps.tails.tolist(), steps.leaving.tolist()
    ([2], [[3.0, 0.0, 1.0]])
    """
    base = _base(len(paths.names), order)
    starts, lengths = paths.offsets[:-1], paths.lengths
    weight = paths.conversions + paths.nulls
    rolled = _rolled(paths, order, base)
    tails, leaving = _totalled(
        rolled[paths.offsets[1:] - 1] % base**order,
        np.stack([paths.conversions, paths.values, paths.nulls], axis=1),
        base**order,
    )
    for place in range(order):
        rolled[starts + np.minimum(place, lengths - 1)] = 0
    grams, passing = _totalled(rolled, np.repeat(weight, lengths)[:, None], base ** (order + 1))
    real = (grams > 0) & (passing[:, 0] > 0)
    gone = leaving.any(axis=1)
    return Transitions(
        paths.names, order, grams[real], passing[real, 0], tails[gone], leaving[gone]
    )


def merged(parts: Iterable[Transitions]) -> Transitions:
    """Add up transitions counted apart; names are matched by name and sorted.

    Examples
    --------
    >>> ab = transitions(PathCounts.of([["a", "b"]], [1]))
    >>> ba = transitions(PathCounts.of([["b", "a"]], [1]))
    >>> both = merged([ab, ba])
    >>> both.names, both.grams.tolist(), both.tails.tolist()
    (('a', 'b'), [5, 7], [1, 2])
    """
    every = list(parts)
    order = every[0].order
    names = tuple(sorted({name for part in every for name in part.names}))
    base, code = _base(len(names), order), {name: i + 1 for i, name in enumerate(names)}
    grams, tails = [], []
    for part in every:
        lookup = np.array([0, *(code[name] for name in part.names)])
        grams.append(_recoded(part.grams, order + 1, part.base, lookup, base))
        tails.append(_recoded(part.tails, order, part.base, lookup, base))
    steps, passing = _totalled(
        np.concatenate(grams), np.concatenate([part.passing for part in every])[:, None]
    )
    ends, leaving = _totalled(np.concatenate(tails), np.concatenate([p.leaving for p in every]))
    return Transitions(names, order, steps, passing[:, 0], ends, leaving)


def removal_effects(paths: PathCounts | Transitions, order: int = 1) -> RemovalEffects:
    r"""Solve the chain with and without each channel.

    Journeys start, walk from state to state and end in conversion or null, with the transition
    probabilities observed. Without channel :math:`c` every journey that reaches it is lost, so its
    removal effect is the share of conversions that pass through it,

    .. math:: RE(c) = 1 - \frac{P_{-c}}{P}
        = \frac{n_S^\top \, (G_{SS})^{-1} \, h_S}{P}, \qquad G = (I - Q)^{-1},

    where :math:`S` are the states that contain :math:`c`, :math:`n` the expected visits of a
    journey, :math:`h` the probability to convert from a state and :math:`Q` the transitions between
    states. One inverse serves all channels; at order 1 the formula is
    :math:`n_c h_c / (G_{cc} P)`: probability to visit times probability to convert from there. The
    value is solved the same way with the expected value from a state in place of :math:`h`.

    Steps from a state to itself change no probability of absorption and are left out. Without any
    null journey :math:`P = 1` and the effect is the share of journeys that pass through the
    channel. Without conversions all effects are 0.

    Parameters
    ----------
    paths : PathCounts or Transitions
        Counted paths, or steps already counted (then ``order`` is theirs).
    order : int
        Touches remembered, 1 to 3.

    Raises
    ------
    TooManyStates
        When the chain has more than 5,000 states (order 1: names; order k: k-tuples that occur).

    References
    ----------
    Anderl, Becker, von Wangenheim, Schumann (2016), Mapping the customer journey: Lessons learned
    from graph-based online attribution modeling. Int. Journal of Research in Marketing 33(3).
    Kemeny, Snell (1960), Finite Markov Chains, chapter III.

    Examples
    --------
    >>> effects = removal_effects(PathCounts.of([["a", "b"], ["b"]], [1, 1], nulls=[1, 1]))
    >>> effects.conversion_rate
    0.5
    >>> {name: round(effect, 9) for name, effect in effects.conversions.items()}
    {'a': 0.5, 'b': 1.0}
    """
    steps = paths if isinstance(paths, Transitions) else transitions(paths, order)
    totals = steps.totals
    lost: Floats = np.zeros((len(steps.names), 2))
    if totals.conversions:
        lost = _through(steps, totals.journeys)
    rate = totals.conversion_rate
    mean = totals.value / totals.journeys if totals.journeys else 0.0
    effect = [
        dict(zip(steps.names, (part / whole if whole else part).tolist(), strict=True))
        for part, whole in zip(lost.T, (rate, mean), strict=True)
    ]
    return RemovalEffects(rate, mean, *effect)


def markov(steps: Transitions) -> Floats:
    """Share out conversions and value in proportion to the removal effects.

    Returns
    -------
    array, shape (names, 2)
        Conversions and value credited to each name.

    Examples
    --------
    >>> markov(transitions(PathCounts.of([["a", "b"], ["b"]], [1, 1], nulls=[1, 1]))).round(9)
    array([[0.66666667, 0.        ],
           [1.33333333, 0.        ]])
    """
    effects = removal_effects(steps)
    totals = (steps.totals.conversions, steps.totals.value)
    shared = []
    for effect, total in zip((effects.conversions, effects.value), totals, strict=True):
        weight = np.fromiter(effect.values(), np.float64, len(effect))
        whole = weight.sum()
        shared.append(weight / whole * total if whole > 0 else np.zeros_like(weight))
    return np.stack(shared, axis=1)


def _base(names: int, order: int) -> int:
    if order not in range(1, MAX_ORDER + 1):
        raise ValueError(f"order must be 1 to {MAX_ORDER}, not {order}")
    base = names + 1
    if base ** (order + 1) >= 2**63:
        raise TooManyStates(names**order)
    return base


def _rolled(paths: PathCounts, order: int, base: int) -> Ints:
    """Return for each touch the number made of it and the ``order`` touches of its path before."""
    starts, last = paths.offsets[:-1], paths.lengths - 1
    digits = paths.codes.astype(np.int64) + 1
    rolled = digits.copy()
    for back in range(1, order + 1):
        before = np.zeros_like(digits)
        before[back:] = digits[:-back] * base**back
        for place in range(back):
            before[starts + np.minimum(place, last)] = 0
        rolled += before
    return rolled


def _totalled(keys: Ints, weights: Floats, bins: int | None = None) -> tuple[Ints, Floats]:
    """Add up the rows of ``weights`` by key; keys come back sorted, each once."""
    if bins is not None and bins <= DENSE_BINS:
        columns = [total_by(keys, column, bins) for column in weights.T]
        sums = np.stack(columns, axis=1)
        found = np.flatnonzero(sums.any(axis=1))
        return found, sums[found]
    unique, where = np.unique(keys, return_inverse=True)
    columns = [total_by(where, column, len(unique)) for column in weights.T]
    return unique, np.stack(columns, axis=1)


def _recoded(keys: Ints, digits: int, old: int, lookup: Ints, new: int) -> Ints:
    recoded = np.zeros(len(keys), np.int64)
    for place in range(digits):
        recoded += lookup[keys // old**place % old] * new**place
    return recoded


def _through(steps: Transitions, journeys: float) -> Floats:
    """Probability, and expected value, of a journey that passes through each name and converts."""
    base, order = steps.base, steps.order
    came, went = steps.grams // base, steps.grams % base**order
    moved = came != went
    came, went, passing = came[moved], went[moved], steps.passing[moved]
    states = np.unique(np.concatenate([came, went, steps.tails]))
    if len(states) > MAX_STATES:
        raise TooManyStates(len(states))
    row, column = np.searchsorted(states, came), np.searchsorted(states, went)
    end = np.searchsorted(states, steps.tails)
    out = total_by(row, passing, len(states))
    np.add.at(out, end, steps.leaving[:, 0] + steps.leaving[:, 2])
    chain = np.eye(len(states))
    chain[row, column] -= passing / out[row]
    worth = np.zeros((len(states), 2))
    worth[end] = steps.leaving[:, :2]
    fundamental = np.linalg.inv(chain).astype(np.float64, copy=False)
    reward = fundamental @ (worth / out[:, None])
    return _lost(states, base, order, fundamental, out / journeys, reward)


def _lost(
    states: Ints, base: int, order: int, fundamental: Floats, visits: Floats, reward: Floats
) -> Floats:
    """Sum first visits times reward over the states that contain each name."""
    lost = np.zeros((base - 1, 2))
    if order == 1:
        reached = visits / fundamental.diagonal()
        lost[states - 1] = reached[:, None] * reward
        return np.maximum(lost, 0.0)
    digits = [states // base**place % base for place in range(order)]
    for name in range(1, base):
        members = np.flatnonzero(np.any([digit == name for digit in digits], axis=0))
        block = fundamental[np.ix_(members, members)]
        lost[name - 1] = np.linalg.solve(block.T, visits[members]) @ reward[members]
    return np.maximum(lost, 0.0)
