"""One front door to all models, and a summary that lets paths be read in pieces."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from shemei.engines.attribution import heuristics
from shemei.engines.attribution.markov import Transitions, markov, merged, transitions
from shemei.engines.attribution.model import MODELS, Credit, Floats, PathCounts, Totals
from shemei.engines.attribution.shapley import shapley

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

ADDITIVE: Final[dict[str, Callable[[PathCounts], Floats]]] = {
    "first": heuristics.first,
    "last": heuristics.last,
    "linear": heuristics.linear,
    "time_decay": heuristics.time_decay,
    "position": heuristics.position,
    "shapley": shapley,
}


@dataclass(frozen=True, slots=True, eq=False)
class Summary:
    """All that the models need from some paths, small however many paths there were.

    Attributes
    ----------
    names : tuple of str
        Names of the rows of ``shares``.
    shares : dict of str to array, shape (names, 2)
        Conversions and value credited so far, for each model that simply adds up.
    steps : Transitions or None
        Counted steps, when the Markov chain was asked for.
    totals : Totals
        What was observed.
    """

    names: tuple[str, ...]
    models: tuple[str, ...]
    shares: dict[str, Floats]
    steps: Transitions | None
    totals: Totals


def summarise(paths: PathCounts, models: Sequence[str], order: int = 1) -> Summary:
    """Reduce paths to what ``models`` need.

    Parameters
    ----------
    paths : PathCounts
        Counted paths.
    models : sequence of str
        Keys out of ``MODELS``.
    order : int
        Order of the Markov chain, 1 to 3; the other models have none.

    Raises
    ------
    ValueError
        When a model is unknown or time decay is asked for without hours.

    Examples
    --------
    >>> part = summarise(PathCounts.of([["a", "b"]], [1]), ["linear"])
    >>> part.shares["linear"].tolist()
    [[0.5, 0.0], [0.5, 0.0]]
    """
    for model in models:
        if model not in MODELS:
            raise ValueError(f"unknown model {model!r}: one of {', '.join(MODELS)}")
    additive = [model for model in models if model in ADDITIVE]
    credited = paths.converting() if additive else paths
    return Summary(
        names=paths.names,
        models=tuple(models),
        shares={model: ADDITIVE[model](credited) for model in additive},
        steps=transitions(paths, order) if "markov" in models else None,
        totals=paths.totals,
    )


def combine(parts: Iterable[Summary]) -> Summary:
    """Add up summaries of pieces of one set of paths; names are sorted.

    The result depends only on the pieces and their order, to the last digit.

    Raises
    ------
    ValueError
        When there is no piece.

    Examples
    --------
    >>> pieces = [summarise(PathCounts.of([[name]], [1]), ["last"]) for name in ("b", "a", "b")]
    >>> credits(combine(pieces))["last"]
    {'a': Credit(conversions=1.0, value=0.0), 'b': Credit(conversions=2.0, value=0.0)}
    """
    pieces = list(parts)
    if not pieces:
        raise ValueError("there are no paths to attribute")
    names = tuple(sorted({name for piece in pieces for name in piece.names}))
    place = {name: i for i, name in enumerate(names)}
    shares: dict[str, Floats] = {model: np.zeros((len(names), 2)) for model in pieces[0].shares}
    for piece in pieces:
        rows = [place[name] for name in piece.names]
        for model, share in piece.shares.items():
            shares[model][rows] += share
    steps = [piece.steps for piece in pieces if piece.steps is not None]
    totals = [(p.totals.conversions, p.totals.value, p.totals.nulls) for p in pieces]
    return Summary(
        names=names,
        models=pieces[0].models,
        shares=shares,
        steps=merged(steps) if steps else None,
        totals=Totals(*(float(sum(column)) for column in zip(*totals, strict=True))),
    )


def credits(summary: Summary) -> dict[str, dict[str, Credit]]:
    """Return what each model credits to each name.

    Raises
    ------
    TooManyStates
        When the Markov chain is too large to be solved exactly.

    Examples
    --------
    >>> credits(summarise(PathCounts.of([["a", "b"]], [1], [8]), ["first"]))
    {'first': {'a': Credit(conversions=1.0, value=8.0), 'b': Credit(conversions=0.0, value=0.0)}}
    """
    found: dict[str, dict[str, Credit]] = {}
    for model in summary.models:
        if model == "markov" and summary.steps is not None:
            found[model] = _named(summary.steps.names, markov(summary.steps))
        else:
            found[model] = _named(summary.names, summary.shares[model])
    return found


def attribute(paths: PathCounts, model: str, order: int = 1) -> dict[str, Credit]:
    """Share out the conversions and the value of ``paths`` by one model.

    Parameters
    ----------
    paths : PathCounts
        Counted paths.
    model : str
        ``first``, ``last``, ``linear``, ``time_decay``, ``position``, ``markov`` or ``shapley``.
    order : int
        Order of the Markov chain, 1 to 3.

    Returns
    -------
    dict of str to Credit
        One entry per name; they sum to the conversions and the value observed.

    Examples
    --------
    >>> paths = PathCounts.of([["weibo", "wechat"], ["wechat"]], [3, 1], [300, 90], [5, 9])
    >>> attribute(paths, "shapley")["wechat"]
    Credit(conversions=2.5, value=240.0)
    >>> round(attribute(paths, "markov")["weibo"].conversions, 6)
    1.230769
    """
    return credits(summarise(paths, [model], order))[model]


def _named(names: tuple[str, ...], share: Floats) -> dict[str, Credit]:
    return {name: Credit(*row) for name, row in zip(names, share.tolist(), strict=True)}
