"""Questions of how people move: through a funnel, back again, and up to an order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from shemei.warehouse.catalogue import DEFAULT_FUNNEL, Step
from shemei.warehouse.computed.tables import DEFAULT_LOOKBACK, TOUCH_DIMS
from shemei.warehouse.measures import DIMENSIONS
from shemei.warehouse.questions import (
    Question,
    QuestionError,
    Where,
    check_lookback,
    check_names,
)
from shemei.warehouse.vocabulary import Kind

MOST_PAGES = 500
MOST_STEPS = 8
"""Of a funnel; each step more is another pass over everybody who started."""


@dataclass(frozen=True, slots=True)
class Funnel(Question):
    """People who did the steps in order (期内依次), each within so many days of the first.

    Every event of the first step is tried as a start; a person counts by the start that leads
    furthest, the earliest of these, and is split and filtered by its dimensions. One event serves
    one step; what happened at the same moment happened in the order of the steps, each event being of
    the first step that it can be. ``within_days`` 0 is the whole period. Only people the log can tell apart, suspect events left out.

    Columns: ``by``, ``step`` (from 1), ``name``, ``people``, ``of_first`` and ``of_before`` (shares
    of the first step and of the step before), ``median_hours``: the least time that half of those
    who took the step needed at most since the step before.

    Examples
    --------
    >>> Funnel("w", 20261101, 20261130, by=("channel",), within_days=7).check()
    """

    steps: tuple[Step, ...] = DEFAULT_FUNNEL
    by: tuple[str, ...] = ()
    where: Where = ()
    within_days: int = 0

    def check(self) -> None:
        """Know every kind and dimension, and have a step to count."""
        Question.check(self)
        if not 1 <= len(self.steps) <= MOST_STEPS:
            raise QuestionError(f"a funnel has 1 to {MOST_STEPS} steps, not {len(self.steps)}")
        for step in self.steps:
            check_step(step)
        check_names("dimension", (*self.by, *(name for name, _ in self.where)), TOUCH_DIMS)
        if self.within_days < 0:
            raise QuestionError("within_days is 0, for the whole period, or more")


@dataclass(frozen=True, slots=True)
class Retention(Question):
    """Cohorts by the week or month of people's first order or visit, and who came back when.

    A cohort is the people whose first order (or visit: click, visit or view) of all lies in the
    period. Coming back is another order, or a visit on a later day; it is followed until ``last``.
    Exact.

    Columns: ``cohort`` (its Monday or first of the month), ``size``, ``n`` (weeks or months since,
    from 0), ``people`` who came back in it, ``share`` of the size, ``complete``: false where week or
    month ``n`` was not over by ``last``.

    Examples
    --------
    >>> Retention("w", 20260901, 20261130, start="visit", back="order", grain="month").check()
    """

    start: Literal["order", "visit"] = "order"
    back: Literal["order", "visit"] = "order"
    grain: Literal["week", "month"] = "week"

    def check(self) -> None:
        """Know the start, the return and the grain."""
        Question.check(self)
        check_names("start", (self.start,), ("order", "visit"))
        check_names("back", (self.back,), ("order", "visit"))
        check_names("grain", (self.grain,), ("week", "month"))


LAG_EDGES = {"hours": (1, 24, 72, 168, 336), "touches": (2, 3, 4, 5, 6, 11)}


@dataclass(frozen=True, slots=True)
class Lags(Question):
    """Orders that something leads to, by the hours since their first touch, or by their touches.

    A bucket holds ``low`` ≤ x < ``high``; the last has no ``high``. ``by`` and ``where`` are of the
    path's first touch. Columns: ``by``, ``low``, ``high``, ``orders``, ``value`` (分), ``share``.

    Examples
    --------
    >>> Lags("w", 20261101, 20261130, of="touches").edges_used
    (2, 3, 4, 5, 6, 11)
    """

    of: Literal["hours", "touches"] = "hours"
    by: tuple[str, ...] = ()
    where: Where = ()
    lookback_days: int = DEFAULT_LOOKBACK
    edges: tuple[int, ...] = ()

    @property
    def edges_used(self) -> tuple[int, ...]:
        """The bounds between buckets: those asked for, or the usual ones."""
        return self.edges or LAG_EDGES[self.of]

    def check(self) -> None:
        """Know what is measured, and have rising bounds."""
        Question.check(self)
        check_lookback(self.lookback_days)
        check_names("measure", (self.of,), tuple(LAG_EDGES))
        check_names("dimension", (*self.by, *(name for name, _ in self.where)), TOUCH_DIMS)
        lowest = 1 if self.of == "hours" else 2
        if self.edges_used[0] < lowest or list(self.edges_used) != sorted(set(self.edges_used)):
            raise QuestionError(f"bounds of buckets rise from {lowest}, not {self.edges_used}")


@dataclass(frozen=True, slots=True)
class LagPercents(Question):
    """How many touches and hours so many percent of orders needed at most, of those with a path.

    Columns: ``by`` (of the first touch), ``percent``, ``orders`` (how many in all), ``touches``,
    ``hours``: each the least number that holds for so many percent.

    Examples
    --------
    >>> LagPercents("w", 20261101, 20261130, by=("channel",)).check()
    """

    percents: tuple[int, ...] = (25, 50, 75, 90)
    by: tuple[str, ...] = ()
    where: Where = ()
    lookback_days: int = DEFAULT_LOOKBACK

    def check(self) -> None:
        """Know every dimension, and keep to percents there are."""
        Question.check(self)
        check_lookback(self.lookback_days)
        check_names("dimension", (*self.by, *(name for name, _ in self.where)), TOUCH_DIMS)
        if not self.percents or not all(1 <= percent <= 100 for percent in self.percents):
            raise QuestionError(f"percents are 1 to 100, not {self.percents}")


@dataclass(frozen=True, slots=True)
class ShareDepths(Question):
    """How far pages travelled: visits by the number of hands the page went through before.

    Only visits whose page carried the mark of who passed it on; a page passed on by a picture or a
    bare copy of its address cannot be told. Exact.

    Columns: ``depth`` (from 1; 0 is all of them together, and always there), ``visits``,
    ``visitors`` (distinct people), ``sharers`` (distinct browsers whose pages were opened).

    Examples
    --------
    >>> ShareDepths("w", 20261101, 20261130, where=(("channel", "wechat"),)).check()
    """

    where: Where = ()
    include_suspect: bool = False

    def check(self) -> None:
        """Know every dimension."""
        Question.check(self)
        check_names("dimension", (name for name, _ in self.where), tuple(DIMENSIONS))


@dataclass(frozen=True, slots=True)
class SharedPages(Question):
    """Which pages travelled: visits by pages that somebody passed on, by the page they landed on.

    A page is its path: an empty one is ``/``, and the same path on two hosts is one page, for the
    log keeps no host. Those that reached the most people come first; pages after ``most`` of them
    are one line more, the last, whose ``page`` is ``""``. Exact; people and sharers of several
    pages are not to be summed.

    Columns: ``page``, ``pages`` (1; of the last line, how many it stands for), ``visits``,
    ``visitors`` (distinct people), ``sharers`` (distinct browsers whose pages were opened),
    ``share_steps`` (hands of all visits, added up), ``furthest`` (the most hands of any visit).

    Examples
    --------
    >>> SharedPages("w", 20261101, 20261130, most=10).check()
    """

    where: Where = ()
    most: int = MOST_PAGES
    include_suspect: bool = False

    def check(self) -> None:
        """Know every dimension, and keep to a number of pages that can be read."""
        Question.check(self)
        check_names("dimension", (name for name, _ in self.where), tuple(DIMENSIONS))
        if not 1 <= self.most <= MOST_PAGES:
            raise QuestionError(f"most is 1 to {MOST_PAGES} pages, not {self.most}")


def check_step(step: Step) -> None:
    """Raise QuestionError where nobody could do a step.

    Examples
    --------
    >>> check_step(Step("花费", ("spend",)))
    Traceback (most recent call last):
    ...
    shemei.warehouse.questions.QuestionError: step '花费': nobody does 'spend'
    """
    if not step.kinds:
        raise QuestionError(f"step {step.name!r} needs at least one kind of event")
    check_names("kind", step.kinds, tuple(Kind))
    if Kind.SPEND in step.kinds:
        raise QuestionError(f"step {step.name!r}: nobody does 'spend'")
