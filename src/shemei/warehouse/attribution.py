"""From the paths of a period to what each model credits, ready for a page."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from shemei.engines.attribution import MODELS, Credit, PathCounts, combine, credits, summarise
from shemei.engines.attribution.markov import Transitions, merged, transitions
from shemei.engines.attribution.summary import ADDITIVE
from shemei.warehouse.answers.engine import MOST_ROWS
from shemei.warehouse.answers.journeys import null_days, null_paths
from shemei.warehouse.answers.pathcodes import Paths, read_paths
from shemei.warehouse.computed.paths import SEPARATOR, add_days
from shemei.warehouse.computed.tables import TOUCH_DIMS, render
from shemei.warehouse.questions import PathTable, QuestionError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from shemei.warehouse.answers.asking import View
    from shemei.warehouse.answers.engine import Engine
    from shemei.warehouse.lake import Lake

TOP_PATHS = 50


@dataclass(frozen=True, slots=True)
class Totals:
    """Orders with at least one touch and their worth; ``nulls`` are journeys without an order."""

    conversions: float
    value: float
    nulls: float = 0.0


@dataclass(frozen=True, slots=True)
class Untracked:
    """Orders of the period that no touch leads to, and their worth in 分."""

    orders: int
    value: int


@dataclass(frozen=True, slots=True)
class PathSum:
    """Orders that went exactly the same way."""

    names: tuple[str, ...]
    conversions: int
    value: int


@dataclass(frozen=True, slots=True)
class Attribution:
    """What the models say of one period and dimension.

    Attributes
    ----------
    models : dict of str to dict of str to Credit
        Model → name → credited conversions and value (分). Every model sums to ``totals``.
    totals : Totals
        The tracked orders, which are what is shared out.
    paths : list of PathSum
        The most frequent paths.
    untracked : Untracked
        The orders that nothing leads to; never shared out.
    """

    models: dict[str, dict[str, Credit]]
    totals: Totals
    paths: list[PathSum] = field(default_factory=list)
    untracked: Untracked = Untracked(0, 0)

    @property
    def coverage(self) -> float | None:
        """Share of the worth of all orders that can be traced; None without orders."""
        whole = self.totals.value + self.untracked.value
        return self.totals.value / whole if whole else None


def attribute(
    lake: Lake,
    workspace: str,
    first: int,
    last: int,
    by: str = "channel",
    models: Sequence[str] = MODELS,
    lookback_days: int = 30,
    order: int = 1,
) -> Attribution:
    """Share out the orders of a period by models.

    Parameters
    ----------
    lake : Lake
        The log.
    workspace : str
        Its key.
    first, last : int
        Days of the orders (yyyymmdd), both included.
    by : str
        A dimension of a touch: channel, content, creator, campaign, link, promo_code …
    models : sequence of str
        Keys of the engine's ``MODELS``.
    lookback_days : int
        How long before an order a touch may lie.
    order : int
        Order of the Markov chain, 1 to 3.

    Returns
    -------
    Attribution
        Also where there is nothing to share out: then without names.

    Raises
    ------
    QuestionError
        Where dimension, model, days or look-back are impossible.
    """
    question = _question(workspace, first, last, by, models, lookback_days)
    key = ("attribute", question, by, tuple(models), order)
    engine = lake.engine
    return engine.remembered(
        key, lambda: _attribute(engine, question, by, tuple(models), order), lambda made: True
    )


def _question(
    workspace: str, first: int, last: int, by: str, models: Sequence[str], lookback_days: int
) -> PathTable:
    if by not in TOUCH_DIMS:
        raise QuestionError(f"paths cannot be split by {by!r}; by {', '.join(TOUCH_DIMS)}")
    for model in models:
        if model not in MODELS:
            raise QuestionError(f"unknown model {model!r}; known are {', '.join(MODELS)}")
    question = PathTable(workspace, first, last, lookback_days=lookback_days)
    question.check()
    return question


def _attribute(
    engine: Engine, question: PathTable, by: str, models: tuple[str, ...], order: int
) -> Attribution:
    paths = read_paths(engine, question, by)
    nulls = null_paths(engine, question, by) if "markov" in models else None
    parts = [summarise(counts, models, order) for counts in (_whole(paths), nulls) if counts]
    found = credits(combine(parts)) if parts else {model: {} for model in models}
    some = Totals(float(len(paths)), float(paths.values.sum()), nulls.totals.nulls if nulls else 0)
    return Attribution(found, some, _top_paths(paths), _untracked(engine, question, some))


def _whole(paths: Paths) -> PathCounts | None:
    return paths.counts() if len(paths) else None


def _top_paths(paths: Paths) -> list[PathSum]:
    if not len(paths):
        return []
    names = pa.array(paths.names, pa.string()).take(pa.array(paths.codes))
    offsets = pa.array(paths.offsets.astype(np.int32))
    texts = pc.binary_join(pa.ListArray.from_arrays(offsets, names), SEPARATOR)
    table = pa.table({"path": texts, "value": pa.array(paths.values.astype(np.int64))})
    sums = table.group_by("path").aggregate([([], "count_all"), ("value", "sum")])
    ranked = sums.sort_by(
        [("count_all", "descending"), ("value_sum", "descending"), ("path", "ascending")]
    )
    return [
        PathSum(tuple(row["path"].split(SEPARATOR)), row["count_all"], row["value_sum"])
        for row in ranked.slice(0, TOP_PATHS).to_pylist()
    ]


def _untracked(engine: Engine, question: PathTable, tracked: Totals) -> Untracked:
    row = engine.read(lambda view: _coverage(view, question)).to_pylist()[0]
    return Untracked(row["orders"] - int(tracked.conversions), row["worth"] - int(tracked.value))


def _coverage(view: View, question: PathTable) -> str:
    return render("coverage", {**view.common(question), "orders": view.source("orders")})


def daily_credits(
    lake: Lake,
    workspace: str,
    first: int,
    last: int,
    by: str = "channel",
    model: str = "linear",
    lookback_days: int = 30,
) -> dict[int, dict[str, float]]:
    """Return the value credited to each name on each day of the orders.

    The models that add up are computed day by day. Markov's credit of the whole period is spread
    over the days as Shapley's is, for the chain has none of its own; what Shapley gives nothing
    goes by the days' orders.

    Returns
    -------
    dict of int to dict of str to float
        Day (yyyymmdd) → name → value in 分; days without orders are left out.
    """
    question = _question(workspace, first, last, by, (model,), lookback_days)
    key = ("daily", question, by, model)
    engine = lake.engine
    return engine.remembered(
        key,
        lambda: _daily(lake, engine, question, by, model),
        lambda made: sum(map(len, made.values())) < MOST_ROWS,
    )


def _daily(
    lake: Lake, engine: Engine, question: PathTable, by: str, model: str
) -> dict[int, dict[str, float]]:
    paths = read_paths(engine, question, by)
    shape = "shapley" if model == "markov" else model
    days = _by_day(paths, shape)
    if model != "markov":
        return days
    span = (question.workspace, question.first, question.last)
    whole = attribute(lake, *span, by, (model,), question.lookback_days).models[model]
    return _spread(days, {name: credit.value for name, credit in whole.items() if credit.value})


def _spread(
    days: dict[int, dict[str, float]], whole: dict[str, float]
) -> dict[int, dict[str, float]]:
    """Give each name's credit of a period to its days, as ``days`` gave the name their own.

    The chain also credits names that stand only in journeys without an order, through what these
    lead on to; such a name has no days of its own and takes those of all orders.
    """
    told: dict[str, float] = {}
    for row in days.values():
        for name, value in row.items():
            told[name] = told.get(name, 0.0) + value
    every = sum(told.values())
    spread: dict[int, dict[str, float]] = {}
    for day, row in days.items():
        of_day = sum(row.values()) / every if every else 0.0
        spread[day] = {
            name: value * (row.get(name, 0.0) / told[name] if name in told else of_day)
            for name, value in whole.items()
            if name in row or name not in told
        }
    return spread


def _by_day(paths: Paths, model: str) -> dict[int, dict[str, float]]:
    """Credit each day's orders alone; orders lie by time, so a day is one stretch."""
    edges = np.flatnonzero(np.diff(paths.days)) + 1
    found: dict[int, dict[str, float]] = {}
    for a, b in pairwise([0, *edges.tolist(), len(paths)] if len(paths) else []):
        shares = summarise(paths.counts(a, b), (model,)).shares[model]
        credited = {
            name: float(value)
            for name, value in zip(paths.names, shares[:, 1].tolist(), strict=True)
            if value
        }
        found[int(paths.days[a])] = credited
    return found


@dataclass(frozen=True, slots=True)
class DayByDay:
    """What a bootstrap by day needs of a period, every calendar day a row.

    Attributes
    ----------
    names : tuple of str
        Names behind the columns of ``credits``.
    credits : dict of str to array, shape (days, names, 2)
        Conversions and value (分) that each model that adds up credits to each name on each day.
    steps : tuple of Transitions
        Per day the steps of the Markov chain; empty where ``names`` are more than ``most_names``.
    """

    names: tuple[str, ...]
    credits: dict[str, npt.NDArray[np.float64]]
    steps: tuple[Transitions, ...]


def day_by_day(
    lake: Lake,
    workspace: str,
    first: int,
    last: int,
    by: str = "channel",
    lookback_days: int = 30,
    most_names: int = 64,
) -> DayByDay:
    """Return the credits of every model that adds up, and the chain's steps, for each day.

    Parameters
    ----------
    most_names : int
        Above this many names the chain, which is solved again for each draw, is left out.
    """
    question = _question(workspace, first, last, by, (), lookback_days)
    engine = lake.engine
    return engine.remembered(
        ("by day", question, by, most_names),
        lambda: _day_by_day(engine, question, by, most_names),
        lambda made: len(made.names) * len(_calendar(question)) < MOST_ROWS,
    )


def _day_by_day(engine: Engine, question: PathTable, by: str, most_names: int) -> DayByDay:
    paths = read_paths(engine, question, by)
    days = _calendar(question)
    edges = np.searchsorted(paths.days, [*days, days[-1] + 1]).tolist()
    spans = zip(days, pairwise(edges), strict=True)
    sold = {day: paths.counts(a, b) for day, (a, b) in spans if a < b}
    credited = {model: np.zeros((len(days), len(paths.names), 2)) for model in ADDITIVE}
    for row, day in enumerate(days):
        if day in sold:
            for model, shares in summarise(sold[day], tuple(ADDITIVE)).shares.items():
                credited[model][row] = shares
    if not 0 < len(paths.names) <= most_names:
        return DayByDay(paths.names, credited, ())
    lost = null_days(engine, question, by)
    none = PathCounts.of([], [])
    steps = [
        merged([transitions(counts) for counts in (sold.get(day, none), lost.get(day, none))])
        for day in days
    ]
    return DayByDay(paths.names, credited, tuple(steps))


def _calendar(question: PathTable) -> list[int]:
    days = [question.first]
    while days[-1] < question.last:
        days.append(add_days(days[-1], 1))
    return days
