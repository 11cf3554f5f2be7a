"""The door of the warehouse: ask a question, get rows."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from shemei.warehouse.answers import asking
from shemei.warehouse.answers.cohorts import answer_retention
from shemei.warehouse.answers.engine import MOST_ROWS, Engine, engine_of
from shemei.warehouse.answers.funnels import answer_funnel
from shemei.warehouse.answers.journey import answer_journey
from shemei.warehouse.answers.lags import answer_lags, percents_sql
from shemei.warehouse.answers.visitors import answer_visitors
from shemei.warehouse.flows import Funnel, LagPercents, Lags, Retention, ShareDepths, SharedPages
from shemei.warehouse.questions import (
    Extent,
    Journey,
    Orders,
    PathTable,
    People,
    Question,
    QuestionError,
    RefundParts,
    Refunds,
    Rows,
    Series,
    Totals,
    Visitors,
)
from shemei.warehouse.reading.readers import READERS
from shemei.warehouse.vocabulary import date_of, int_day, week_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    from shemei.warehouse.answers.asking import View
    from shemei.warehouse.home import Home

NEWEST_DAYS = 3
"""Days looked through first for the newest events; then twice as many, and so on."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Rows of an answer, and how far to trust them.

    Attributes
    ----------
    rows : pyarrow.Table
        The answer.
    exact : bool
        False where a number was estimated; ``note`` then says how.
    note : str
        What a reader must know, in Chinese; mostly empty.
    as_of : int
        UTC microseconds of the state that was asked.
    """

    rows: pa.Table
    exact: bool = True
    note: str = ""
    as_of: int = 0

    def to_polars(self) -> Any:
        """Return the rows as a polars DataFrame; ModuleNotFoundError without polars."""
        return _library("polars").from_arrow(self.rows)

    def to_pandas(self) -> Any:
        """Return the rows as a pandas DataFrame; ModuleNotFoundError without pandas."""
        _library("pandas")
        return self.rows.to_pandas()


def _library(name: str) -> ModuleType:
    try:
        return import_module(name)
    except ModuleNotFoundError:
        raise ModuleNotFoundError(
            f"这里没有装 {name}：pip install {name}；或者用 .rows（Arrow）"
        ) from None


class Lake:
    """The event log of one installation, open for questions; cheap to make, safe between threads.

    Parameters
    ----------
    home : Home
        The installation.
    engine : str
        What reads: ``duckdb``, or ``clickhouse`` or ``spark`` where installed.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from shemei.warehouse.home import Home
    >>> lake = Lake(Home(Path(tempfile.mkdtemp())))
    >>> lake.ask(Totals("w", 20261101, 20261130, ("orders", "aov"))).rows.to_pylist()
    [{'orders': 0, 'aov': None}]
    """

    def __init__(self, home: Home, engine: str = "duckdb") -> None:
        if engine not in READERS:
            raise QuestionError(f"engine {engine!r} is unknown; known are {', '.join(READERS)}")
        self.home = home
        self._engine = engine

    @property
    def engine(self) -> Engine:
        """What reads for this process."""
        return engine_of(self.home, self._engine)

    def workspaces(self) -> list[str]:
        """Return the keys of the workspaces that anything is computed for."""
        rows = self.engine.read(
            lambda view: " UNION ".join(
                f"SELECT workspace FROM {view.source(table)} AS t" for table in ("cells", "orders")
            )
        )
        return sorted(rows["workspace"].to_pylist())

    def days(self) -> tuple[int, int]:
        """Return the first and the last day that anything is computed for; (0, 0) without any."""
        known = [int(day) for day in self.engine.shelf.current().days]
        return (min(known), max(known)) if known else (0, 0)

    def ask(self, question: Question) -> Answer:
        """Answer a question.

        Parameters
        ----------
        question : Question
            One of :mod:`shemei.warehouse.questions`.

        Returns
        -------
        Answer
            Rows of the question's workspace only.

        Raises
        ------
        QuestionError
            Where it names something unknown or impossible.
        """
        question.check()
        engine = self.engine
        as_of = engine.shelf.current().as_of
        if isinstance(question, Rows):
            return Answer(_newest(engine, question), as_of=as_of)
        if isinstance(question, Journey):
            return Answer(answer_journey(engine, question), as_of=as_of)
        if isinstance(question, Visitors):
            found = engine.remembered(
                question, lambda: answer_visitors(engine, question), lambda made: True
            )
            return Answer(*found, as_of)
        rows = engine.remembered(
            question, lambda: _computed(engine, question), lambda made: made.num_rows < MOST_ROWS
        )
        return Answer(rows, as_of=as_of)


def _computed(engine: Engine, question: Question) -> pa.Table:
    match question:
        case Totals():
            return engine.read(lambda view: asking.totals_sql(view, question))
        case Series():
            return _series(engine, question)
        case Extent():
            return engine.read(lambda view: asking.extent_sql(view, question))
        case Orders():
            return engine.read(lambda view: asking.orders_sql(view, question))
        case Refunds():
            return engine.read(lambda view: asking.refunds_sql(view, question))
        case RefundParts():
            return engine.read(lambda view: asking.refund_parts_sql(view, question))
        case PathTable():
            return engine.read(lambda view: asking.path_table_sql(view, question))
        case Funnel():
            return answer_funnel(engine, question)
        case Retention():
            return answer_retention(engine, question)
        case Lags():
            return answer_lags(engine, question)
        case LagPercents():
            return engine.read(lambda view: percents_sql(view, question))
        case ShareDepths():
            return engine.read(lambda view: asking.share_depths_sql(view, question))
        case SharedPages():
            return engine.read(lambda view: asking.shared_pages_sql(view, question))
        case People():
            return engine.read(lambda view: asking.people_sql(view, question))
    raise QuestionError(f"{type(question).__name__} is not a question of the warehouse")


def _series(engine: Engine, question: Series) -> pa.Table:
    rows = engine.read(lambda view: asking.totals_sql(view, question, question.grain))
    rows = rows.rename_columns(["bucket", *rows.column_names[1:]])
    return rows if question.by else _filled(rows, question)


def _filled(rows: pa.Table, question: Series) -> pa.Table:
    """Add the days or weeks on which nothing happened: plain figures are 0, ratios unknown."""
    found: dict[int, dict[str, Any]] = {row["bucket"]: row for row in rows.to_pylist()}
    empty = {
        name: 0 if pa.types.is_integer(rows.schema.field(name).type) else None
        for name in question.metrics
    }
    whole = [found.get(key, {"bucket": key, **empty}) for key in _buckets(question)]
    return pa.Table.from_pylist(whole, schema=rows.schema)


def _buckets(question: Series) -> list[int]:
    first, last = date_of(question.first).toordinal(), date_of(question.last).toordinal()
    days = (int_day(date_of(question.first).fromordinal(n)) for n in range(first, last + 1))
    return list(dict.fromkeys(days if question.grain == "day" else map(week_of, days)))


def _newest(engine: Engine, question: Rows) -> pa.Table:
    """Look through ever more days from the newest, until there are enough rows; each event stands once."""
    wanted, days = question.limit + question.offset, NEWEST_DAYS
    most = wanted
    while True:
        read = engine.read(_rows_of(engine, question, days, most))
        found = asking.once(read)
        if found.num_rows >= wanted:
            break
        if read.num_rows == most:
            most *= 2
        elif days < len(_days(engine, question)):
            days *= 4
        else:
            break
    return asking.in_micros(found.slice(question.offset, question.limit))


def _rows_of(engine: Engine, question: Rows, count: int, most: int) -> Callable[[View], str]:
    """Return what makes the query over the newest days; a second try looks for their files anew."""

    def build(view: View) -> str:
        chosen = set(_days(engine, question)[-count:])
        live = engine.files(question.first, question.last)
        files = [item for item in live if item.day in chosen]
        return asking.rows_sql(view, question, files, most)

    return build


def _days(engine: Engine, question: Rows) -> list[int]:
    return sorted({item.day for item in engine.files(question.first, question.last)})
