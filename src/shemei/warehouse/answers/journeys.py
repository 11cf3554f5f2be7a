"""Journeys without an order, as the Markov chain wants them: read where stored, else computed."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from shemei.engines.attribution import PathCounts
from shemei.warehouse.computed.paths import (
    CLICK_LIFE,
    SEPARATOR,
    add_days,
    counted_journeys,
    journeys_sql,
)
from shemei.warehouse.computed.tables import DEFAULT_LOOKBACK, render

if TYPE_CHECKING:
    from shemei.warehouse.answers.asking import View
    from shemei.warehouse.answers.engine import Engine
    from shemei.warehouse.questions import PathTable


def null_paths(engine: Engine, question: PathTable, by: str) -> PathCounts | None:
    """Return the period's journeys without an order, None where there are none.

    They are stored for the default look-back; another one computes them from the touches.
    """
    stored = question.lookback_days == DEFAULT_LOOKBACK
    rows = _stored(engine, question, by) if stored else _computed(engine, question, by)
    return _encoded(rows) if rows.num_rows else None


def null_days(engine: Engine, question: PathTable, by: str) -> dict[int, PathCounts]:
    """Return the same journeys by the day (yyyymmdd) of their last touch; days without are left out."""
    stored = question.lookback_days == DEFAULT_LOOKBACK
    if stored:
        rows = engine.read(lambda view: _stored_sql(view, question, by, "null_days"))
    else:
        touches = engine.read(lambda view: _journeys(view, question, by))
        counted = counted_journeys(touches, by).group_by(["day", "path"])
        rows = counted.aggregate([("journeys", "sum")]).rename_columns(["day", "path", "times"])
        rows = rows.sort_by([("day", "ascending"), ("path", "ascending")])
    days = rows["day"].to_numpy()
    edges = np.append(np.flatnonzero(np.diff(days, prepend=-1)), len(days)).tolist()
    return {int(days[a]): _encoded(rows.slice(a, b - a)) for a, b in pairwise(edges)}


def _stored(engine: Engine, question: PathTable, by: str) -> pa.Table:
    return engine.read(lambda view: _stored_sql(view, question, by, "null_paths"))


def _stored_sql(view: View, question: PathTable, by: str, template: str) -> str:
    values: dict[str, str | int] = {
        **view.common(question),
        "dimension": view.dialect.literal(by),
        "nulls": view.source("nulls", question.first, question.last),
    }
    return render(template, values)


def _computed(engine: Engine, question: PathTable, by: str) -> pa.Table:
    rows = engine.read(lambda view: _journeys(view, question, by))
    counted = counted_journeys(rows, by).group_by("path").aggregate([("journeys", "sum")])
    return counted.rename_columns(["path", "times"]).sort_by("path")


def _journeys(view: View, question: PathTable, by: str) -> str:
    """Return the query of touches of journeys, its temporary tables written in place."""
    days = question.lookback_days
    before = add_days(question.first, -days - CLICK_LIFE)
    after = add_days(question.last, days)
    mine = f"workspace = {view.dialect.literal(question.workspace)}"
    touches = f"(SELECT * FROM {view.source('touches', before, after)} AS all_t WHERE {mine})"
    persons = f"(SELECT * FROM {view.source('persons')} AS all_p WHERE {mine})"
    orders = f"(SELECT * FROM {view.source('orders')} AS all_o WHERE {mine})"
    names = {
        "people_v": f"SELECT workspace, CAST(value AS BIGINT) AS visitor_key, person FROM {persons}"
        " AS v WHERE kind = 'v'",
        "people_c": f"SELECT workspace, value, person FROM {persons} AS c WHERE kind = 'c'",
        "people_p": f"SELECT workspace, value, person FROM {persons} AS p WHERE kind = 'p'",
        "steps": render("steps", {"touches": touches, "first": before, "last": after}),
    }
    tables = "".join(f"{name} AS ({sql})," for name, sql in names.items())
    return journeys_sql(orders, question.first, question.last, days, (by,), tables)


def _encoded(rows: pa.Table) -> PathCounts:
    steps = pc.split_pattern(rows["path"].combine_chunks(), SEPARATOR)
    coded = steps.flatten().dictionary_encode()
    lengths = pc.list_value_length(steps).to_numpy(zero_copy_only=False)
    zeros = np.zeros(rows.num_rows)
    return PathCounts(
        names=tuple(coded.dictionary.to_pylist()),
        offsets=np.append(0, np.cumsum(lengths)).astype(np.int64),
        codes=coded.indices.to_numpy().astype(np.int32),
        conversions=zeros,
        values=zeros,
        nulls=rows["times"].to_numpy().astype(np.float64),
        hours=np.zeros(len(coded)),
    )
