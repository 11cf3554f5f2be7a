"""The questions that may be asked of the log. Nobody outside the warehouse writes SQL against it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from shemei.warehouse.catalogue import METRICS, Metric
from shemei.warehouse.computed.tables import DEFAULT_LOOKBACK, STORED_LOOKBACK, TOUCH_DIMS
from shemei.warehouse.measures import DIMENSIONS, MEASURES, PEOPLE
from shemei.warehouse.vocabulary import COLUMNS, SCHEMA, Kind, date_of

Where = tuple[tuple[str, str], ...]
"""Pairs of dimension and value; the same dimension twice means either, different ones mean both."""

NUMBERS = frozenset(("ts", "day", "week", "visitor_key", "amount", "quantity", "share_depth"))
TEXTS: tuple[str, ...] = tuple(name for name in COLUMNS if name not in NUMBERS)

DAILY = ("orders", *(key for key, one in MEASURES.items() if "order" not in one.kinds))
"""Measures that a day has by itself; whether an order is a first one is told by the others."""

REFUND_PARTS = ("own", "later", "early", "older", "newer", "unknown")
"""Where a refund stands between the totals of a period."""


class QuestionError(ValueError):
    """A question cannot be answered; the message says what is wrong with it and what would do."""


@dataclass(frozen=True, slots=True)
class Question:
    """What all questions have: a workspace and the days ``first`` to ``last``, both included."""

    workspace: str
    first: int
    last: int

    def check(self) -> None:
        """Raise QuestionError where the question makes no sense."""
        if not self.workspace:
            raise QuestionError("a question needs the key of its workspace")
        for day in (self.first, self.last):
            try:
                date_of(day)
            except ValueError:
                raise QuestionError(f"there is no day {day}; write yyyymmdd") from None


@dataclass(frozen=True, slots=True)
class Totals(Question):
    """Metrics of a period, in all or by dimensions.

    Without ``by`` there is always one row. A ratio whose denominator is 0 is None.

    Examples
    --------
    >>> Totals("w", 20261101, 20261130, ("clicks", "ctr"), by=("channel",)).check()
    """

    metrics: tuple[str, ...]
    by: tuple[str, ...] = ()
    where: Where = ()
    include_suspect: bool = False

    def check(self) -> None:
        """Know every metric and dimension."""
        Question.check(self)
        check_metrics(self.metrics, self.by, self.where)


@dataclass(frozen=True, slots=True)
class Series(Question):
    """Metrics by day or week, oldest first, in the column ``bucket`` (yyyymmdd, a week's Monday).

    Without ``by`` every day or week has its row, otherwise those where something happened.
    """

    metrics: tuple[str, ...]
    grain: Literal["day", "week"] = "day"
    by: tuple[str, ...] = ()
    where: Where = ()
    include_suspect: bool = False

    def check(self) -> None:
        """Know every metric and dimension, and the grain."""
        Question.check(self)
        check_metrics(self.metrics, self.by, self.where)
        if self.grain not in ("day", "week"):
            raise QuestionError(f"grain {self.grain!r} is neither day nor week")


@dataclass(frozen=True, slots=True)
class Visitors(Question):
    """Distinct people who came (click, visit or view) in the period; column ``visitors``.

    Half a million and more are estimated from one person in sixteen unless ``exact`` is set; the
    answer then says so, and how far off it may be.
    """

    by: tuple[str, ...] = ()
    where: Where = ()
    include_suspect: bool = False
    exact: bool = False

    def check(self) -> None:
        """Know every dimension."""
        Question.check(self)
        check_metrics(("visitors",), self.by, self.where)


@dataclass(frozen=True, slots=True)
class Extent(Question):
    """The first and the last day of the period that anything is told of; reads sums, never the log.

    ``of`` is a measure that must be more than 0 on the day, ``orders`` among them; without it anything
    will do. One row: ``first_day``, ``last_day`` (yyyymmdd), both 0 where there is no such day.

    Examples
    --------
    >>> Extent("w", 20000101, 20991231, of="clicks").check()
    """

    of: str = ""
    where: Where = ()
    include_suspect: bool = False

    def check(self) -> None:
        """Know the measure and every dimension."""
        Question.check(self)
        check_names("measure", (self.of,), ("", *DAILY))
        check_names("dimension", (name for name, _ in self.where), tuple(DIMENSIONS))


@dataclass(frozen=True, slots=True)
class Rows(Question):
    """Events themselves, newest first, in the columns of the log; ``ts`` is UTC microseconds.

    With ``share_depth`` only those by pages that somebody passed on: through so many hands, or
    through any number of them where it is 0. With ``of_people`` only those of somebody whom the log
    can tell apart: exposure that a platform reports as a number is nobody's.
    """

    kinds: tuple[str, ...] = ()
    where: Where = ()
    share_depth: int | None = None
    of_people: bool = False
    limit: int = 100
    offset: int = 0
    include_suspect: bool = False

    def check(self) -> None:
        """Know every kind and every column."""
        Question.check(self)
        check_names("kind", self.kinds, tuple(Kind))
        check_names("column", (name for name, _ in self.where), TEXTS)
        if self.limit < 0 or self.offset < 0 or (self.share_depth or 0) < 0:
            raise QuestionError("limit, offset and share_depth are 0 or more")


@dataclass(frozen=True, slots=True)
class Orders(Question):
    """Orders as they are computed from the log, each once, newest first.

    Columns: order_id ("" where nobody gave a number), event_id, ts (UTC microseconds), day, week,
    person (0 where unknown), number (the person's how many-th, from 1), amount, refunded, value (分;
    net of refunds until now), quantity, and the dimensions of a cell, among them ``suspect``: why an
    order does not count. With ``of_people`` only those whose person is known, with ``over`` only
    those of which more came back than was paid.
    """

    where: Where = ()
    of_people: bool = False
    over: bool = False
    limit: int = 100
    offset: int = 0
    include_suspect: bool = False

    def check(self) -> None:
        """Know every dimension."""
        Question.check(self)
        check_names("dimension", (name for name, _ in self.where), tuple(DIMENSIONS))
        if self.limit < 0 or self.offset < 0:
            raise QuestionError("limit and offset are 0 or more")


@dataclass(frozen=True, slots=True)
class Refunds(Question):
    """Refunds booked on the days of the period, and those of its orders whenever booked, newest first.

    Columns: order_id ("" where the refund names none), event_id, ts (UTC microseconds), day and
    amount (分) of the refund as it stands, recounted; paid_ts, paid_day, paid (分) and ``suspect`` (why it does not count) of
    the order it belongs to, 0 and "" where the log knows no such order. Refunds that do not count are
    left out; of an order that does not count only those of the period's days are told. ``part`` says
    where one stands between the totals, and ``parts`` asks for some of them alone:

    - ``own``: of an order of the period, booked in it; ``later`` and ``early``: of such an order,
      booked after or before it;
    - ``older`` and ``newer``: booked in the period, of an order paid before or after it; ``unknown``:
      booked in it, of no order that counts.

    Examples
    --------
    >>> Refunds("w", 20261101, 20261130, parts=("own", "later")).check()
    """

    parts: tuple[str, ...] = ()
    limit: int = 2**31 - 1

    def check(self) -> None:
        """Know every part."""
        Question.check(self)
        check_names("part", self.parts, REFUND_PARTS)
        if self.limit < 0:
            raise QuestionError("limit is 0 or more")


@dataclass(frozen=True, slots=True)
class RefundParts(Question):
    """What the refunds of each part come to, and by how much those of the period's orders exceed them.

    Columns: part (as ``Refunds`` has them), times (how many refunds) and total (分). The part ``over``
    is of orders: how many there are of which more came back than was paid, and by how much. A part
    that nothing stands in has no row.

    Examples
    --------
    >>> RefundParts("w", 20261101, 20261130).check()
    """


@dataclass(frozen=True, slots=True)
class Journey(Question):
    """All events of a person, oldest first; name the person, or an order to find the person by.

    Columns of the log, ``person``, and ``in_path``: a touch that counts for the order named, or for
    any order of the person.
    """

    order_id: str = ""
    person: str = ""
    lookback_days: int = DEFAULT_LOOKBACK
    include_suspect: bool = True

    def check(self) -> None:
        """Name an order or a person."""
        Question.check(self)
        check_lookback(self.lookback_days)
        if bool(self.order_id) == bool(self.person):
            raise QuestionError("name either an order or a person")
        if self.person and not self.person.isdecimal():
            raise QuestionError(f"a person's key is a number, not {self.person!r}")


@dataclass(frozen=True, slots=True)
class People(Question):
    """People who touched or bought in the period, one page of them; ``total`` is how many in all.

    ``search`` finds an order number, a customer, or a person's key. ``order`` is ``last``,
    ``orders`` or ``value``; ``bought`` is ``yes``, ``no`` or ``""``.
    """

    search: str = ""
    order: Literal["last", "orders", "value"] = "last"
    bought: Literal["", "yes", "no"] = ""
    person: str = ""
    limit: int = 25
    offset: int = 0

    def check(self) -> None:
        """Know the order and the filter."""
        Question.check(self)
        check_names("order", (self.order,), ("last", "orders", "value"))
        check_names("bought", (self.bought,), ("", "yes", "no"))
        if self.limit < 0 or self.offset < 0:
            raise QuestionError("limit and offset are 0 or more")


@dataclass(frozen=True, slots=True)
class PathTable(Question):
    """One row per touch of every order of the period that has one; see ARCHITECTURE, attribution.

    Columns: order_id, person, conv_ts, day, value (net of refunds until now, 分), position (from 1),
    length, ts, hours_before, kind, the dimensions of a touch, event_id. ``where`` leaves touches of
    the whole path out after they are numbered. With ``untracked`` orders without a touch have one
    row of length 0.
    """

    lookback_days: int = DEFAULT_LOOKBACK
    where: Where = ()
    untracked: bool = False

    def check(self) -> None:
        """Know every dimension, and keep to what is stored."""
        Question.check(self)
        check_lookback(self.lookback_days)
        check_names("dimension", (name for name, _ in self.where), (*TOUCH_DIMS, "kind"))


def check_lookback(days: int) -> None:
    """Raise QuestionError where paths are not kept for so long.

    Examples
    --------
    >>> check_lookback(30)
    """
    if not 1 <= days <= STORED_LOOKBACK:
        raise QuestionError(f"a look-back is 1 to {STORED_LOOKBACK} days, not {days}")


def check_names(what: str, names: object, known: tuple[str, ...]) -> None:
    """Raise QuestionError for the first of ``names`` that is not known."""
    for name in names:  # type: ignore[attr-defined]
        if name not in known:
            raise QuestionError(f"{what} {name!r} is unknown; known are {', '.join(known)}")


def check_metrics(metrics: tuple[str, ...], by: tuple[str, ...], where: Where) -> None:
    """Raise QuestionError where metrics or dimensions are unknown or do not go together.

    Examples
    --------
    >>> check_metrics(("visitors",), ("promo_code",), ())
    Traceback (most recent call last):
    ...
    shemei.warehouse.questions.QuestionError: visitors cannot be split by promo_code
    """
    if not metrics:
        raise QuestionError("ask for at least one metric")
    check_names("metric", metrics, tuple(METRICS))
    dimensions = (*by, *(name for name, _ in where))
    check_names("dimension", dimensions, tuple(DIMENSIONS))
    for key in metrics:
        if not METRICS[key].in_log:
            raise QuestionError(f"{key} is not in the log alone: {METRICS[key].formula}")
        if METRICS[key].people and "promo_code" in dimensions:
            raise QuestionError(f"{key} cannot be split by promo_code")


def needed_people(metrics: tuple[str, ...]) -> tuple[str, ...]:
    """Return the counts of people that some metrics are made of.

    Examples
    --------
    >>> needed_people(("visitors", "clicks"))
    ('visitors',)
    """
    parts = {part for key in metrics for part in _parts(METRICS[key])}
    return tuple(name for name in PEOPLE if name in parts)


def _parts(metric: Metric) -> tuple[str, str]:
    return metric.numerator, metric.denominator


assert set(TEXTS) | NUMBERS == set(SCHEMA.names)
