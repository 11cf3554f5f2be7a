"""Friction: how many touches orders took, and how long after the first touch they came."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from shemei.warehouse.answers.asking import path_table_sql
from shemei.warehouse.computed.tables import render
from shemei.warehouse.questions import PathTable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from shemei.warehouse.answers.asking import View
    from shemei.warehouse.answers.engine import Engine
    from shemei.warehouse.flows import LagPercents, Lags

MEASURED = {"hours": "hours_before", "touches": "length"}


def answer_lags(engine: Engine, question: Lags) -> pa.Table:
    """Return one row per group and bucket, also for buckets without an order."""
    rows = engine.read(lambda view: lags_sql(view, question)).to_pylist()
    return pa.Table.from_pylist(list(_lines(rows, question)), schema=_schema(question.by))


def lags_sql(view: View, question: Lags) -> str:
    """Return the query of orders by group and number of the bucket."""
    edges = " ".join(
        f"WHEN measured < {edge} THEN {n}" for n, edge in enumerate(question.edges_used)
    )
    values: dict[str, str | int] = {
        "by_list": "".join(f"{name}, " for name in question.by),
        "measured": MEASURED[question.of],
        "paths": _paths(view, question),
        "bucket": f"CASE {edges} ELSE {len(question.edges_used)} END",
    }
    return render("lags", values)


def percents_sql(view: View, question: LagPercents) -> str:
    """Return the query of touches and hours by group and percent."""
    by = ", ".join(question.by)
    partition = f"PARTITION BY {by}" if by else ""
    values: dict[str, str | int] = {
        "by_list": f"{by}, " if by else "",
        "partition": partition,
        "counted": f"COUNT(*) OVER ({partition})",
        "paths": _paths(view, question),
        "percents": " UNION ALL ".join(
            f"SELECT {percent} AS percent" for percent in sorted(set(question.percents))
        ),
    }
    return render("lag_percents", values)


def _paths(view: View, question: Lags | LagPercents) -> str:
    asked = PathTable(
        question.workspace,
        question.first,
        question.last,
        lookback_days=question.lookback_days,
        where=question.where,
    )
    return path_table_sql(view, asked)


def _lines(rows: list[dict[str, Any]], question: Lags) -> Iterable[dict[str, Any]]:
    found = {(*(row[name] for name in question.by), row["bucket"]): row for row in rows}
    counts: dict[tuple[Any, ...], int] = {} if question.by else {(): 0}
    for key, row in found.items():
        counts[key[:-1]] = counts.get(key[:-1], 0) + row["orders"]
    bounds = list(pairwise((0 if question.of == "hours" else 1, *question.edges_used, None)))
    for group, whole in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        for n, (low, high) in enumerate(bounds):
            row = found.get((*group, n), {"orders": 0, "worth": 0})
            yield {
                **dict(zip(question.by, group, strict=True)),
                "low": low,
                "high": high,
                "orders": row["orders"],
                "value": row["worth"],
                "share": row["orders"] / whole if whole else None,
            }


def _schema(by: Iterable[str]) -> pa.Schema:
    return pa.schema(
        [
            *((name, pa.string()) for name in by),
            ("low", pa.int64()),
            ("high", pa.int64()),
            ("orders", pa.int64()),
            ("value", pa.int64()),
            ("share", pa.float64()),
        ]
    )
