"""How each question becomes one SQL text in the portable subset."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa

from shemei.warehouse.catalogue import METRICS
from shemei.warehouse.computed.tables import DAY_MICROS, DIMS, SCHEMAS, TOUCH_DIMS, render
from shemei.warehouse.log.putback import counted_again
from shemei.warehouse.measures import BUYERS, DERIVED, MEASURES, PEOPLE
from shemei.warehouse.questions import Where, needed_people
from shemei.warehouse.vocabulary import COLUMNS, SCHEMA

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from shemei.warehouse.computed.shelf import Manifest
    from shemei.warehouse.flows import ShareDepths, SharedPages
    from shemei.warehouse.log.table import LiveFile
    from shemei.warehouse.questions import (
        Extent,
        Orders,
        PathTable,
        People,
        Question,
        RefundParts,
        Refunds,
        Rows,
        Series,
        Totals,
        Visitors,
    )
    from shemei.warehouse.reading.dialects import Dialect

ORDER_SUMS: dict[str, str] = {
    "orders": "COUNT(*)",
    "revenue": "SUM(amount)",
    "new_customers": "SUM(CASE WHEN number = 1 THEN 1 ELSE 0 END)",
    "repeat_orders": "SUM(CASE WHEN number > 1 THEN 1 ELSE 0 END)",
}
"""Measures that come from the table of orders, where each order is once."""

assert {key for key, measure in MEASURES.items() if "order" in measure.kinds} == set(ORDER_SUMS)


@dataclass(frozen=True, slots=True)
class View:
    """One consistent state of the lake, as SQL sources."""

    root: str
    manifest: Manifest
    dialect: Dialect
    without: tuple[str, ...] = ()
    counted: tuple[str, ...] = ()

    def source(self, table: str, first: int = 0, last: int = 99991231) -> str:
        """Return the files of a computed table that may hold days ``first`` to ``last``."""
        names = self.manifest.months(table, first, last)
        return self.dialect.source([f"{self.root}/{name}" for name in names], SCHEMAS[table])

    def events(self, files: Sequence[LiveFile]) -> str:
        """Return files of the log as a table, judged as it is today."""
        log = self.dialect.events([item.path for item in files], SCHEMA, self.without)
        return counted_again(log, SCHEMA.names, self.counted)

    def common(self, question: Question) -> dict[str, str | int]:
        """Return what every template names: the workspace and the days."""
        return {
            "workspace": self.dialect.literal(question.workspace),
            "first": question.first,
            "last": question.last,
        }

    def conditions(self, where: Where, prefix: str = "") -> str:
        """Return ``AND …`` for pairs of column and value; the same column twice means either."""
        allowed: dict[str, list[str]] = {}
        for name, value in where:
            allowed.setdefault(name, []).append(self.dialect.literal(value))
        return "".join(
            f" AND {prefix}{name} IN ({', '.join(values)})" for name, values in allowed.items()
        )


def totals_sql(view: View, question: Totals | Series, bucket: str = "") -> str:
    """Return the query of metrics by dimensions, and by ``bucket`` (day or week) where given."""
    by = (*((bucket,) if bucket else ()), *question.by)
    where = cells_where(view, question)
    values: dict[str, str | int] = {
        **view.common(question),
        **_by(by),
        "cell_where": where,
        "cells": view.source("cells", question.first, question.last),
        "orders": view.source("orders"),
        **_sums(question.metrics),
    }
    values["people_part"] = _people_part(view, question, values)
    values["metrics"] = ", ".join(f"{metric_sql(key)} AS {key}" for key in question.metrics)
    values["having"] = _having(question.metrics) if by else ""
    values["order_by"] = ", ".join(by if bucket else (f"{question.metrics[0]} DESC", *by))
    return render("totals", values)


def cells_where(
    view: View, question: Totals | Series | Visitors | Extent | ShareDepths | SharedPages
) -> str:
    """Return the conditions of a question, suspect events left out unless asked for."""
    where = view.conditions(question.where)
    if not question.include_suspect and "suspect" not in dict(question.where):
        where += " AND suspect = ''"
    return where


def _by(by: tuple[str, ...]) -> dict[str, str]:
    names = ", ".join(by)
    return {
        "by_list": f"{names}," if by else "",
        "by_group": f"GROUP BY {names}" if by else "",
    }


def _sums(metrics: tuple[str, ...]) -> dict[str, str]:
    measures, people = needed_measures(metrics), needed_people(metrics)
    zeros = [f"0 AS m_{k}" for k in people]
    cells = [f"{'0' if k in ORDER_SUMS else f'SUM({k})'} AS m_{k}" for k in measures]
    orders = [f"{ORDER_SUMS.get(k, '0')} AS m_{k}" for k in measures]
    counted = [
        f"COUNT(DISTINCT CASE WHEN {PEOPLE[k][1]} = 1 THEN person END) AS m_{k}" for k in people
    ]
    return {
        "cell_sums": ", ".join(cells + zeros),
        "order_sums": ", ".join(orders + zeros),
        "people_sums": ", ".join([f"0 AS m_{k}" for k in measures] + counted),
    }


def _having(metrics: tuple[str, ...]) -> str:
    """Leave out groups in which nothing asked for happened."""
    parts = (*needed_measures(metrics), *needed_people(metrics))
    return "HAVING " + " OR ".join(f"SUM(m_{part}) <> 0" for part in parts)


def _people_part(view: View, question: Totals | Series, values: dict[str, str | int]) -> str:
    if not needed_people(question.metrics):
        return ""
    pairs = view.source("pairs", question.first, question.last)
    return render("people_counts", {**values, "pairs": pairs, "persons": view.source("persons")})


def needed_measures(metrics: Iterable[str]) -> tuple[str, ...]:
    """Return the measures that some metrics are made of, in the catalogue's order.

    Examples
    --------
    >>> needed_measures(("roi",))
    ('revenue', 'refunds', 'spend')
    """
    parts = {part for key in metrics for part in (METRICS[key].numerator, METRICS[key].denominator)}
    parts |= {part for name in parts & DERIVED.keys() for part in DERIVED[name]}
    if any(METRICS[key].needs_buyers for key in metrics):
        parts |= {"orders", *BUYERS}
    return tuple(key for key in MEASURES if key in parts)


def metric_sql(key: str) -> str:
    """Return a metric over summed measures; a ratio without a denominator is NULL.

    So is one of buyers where more than half of the orders are of nobody known.

    Examples
    --------
    >>> metric_sql("ctr")
    'CASE WHEN SUM(m_impressions) > 0 THEN SUM(m_clicks) * 1e0 / SUM(m_impressions) END'
    """
    metric = METRICS[key]
    above = _amount(metric.numerator)
    if not metric.denominator:
        return f"CAST(COALESCE({above}, 0) AS BIGINT)"
    below = _amount(metric.denominator)
    some = f"{below} > 0"
    if metric.needs_buyers:
        some += f" AND 2 * ({' + '.join(_amount(part) for part in BUYERS)}) >= {_amount('orders')}"
    return f"CASE WHEN {some} THEN {above} * 1e0 / {below} END"


def _amount(part: str) -> str:
    if part in DERIVED:
        plus, minus = DERIVED[part]
        return f"(SUM(m_{plus}) - SUM(m_{minus}))"
    return f"SUM(m_{part})"


def extent_sql(view: View, question: Extent) -> str:
    """Return the query of the first and the last day that anything, or a measure, is told of."""
    where = cells_where(view, question)
    tables = {"cells": where, "orders": where}
    if question.of:
        some = f" AND {question.of} > 0"
        tables = {"orders": where} if question.of in ORDER_SUMS else {"cells": where + some}
    parts = (
        render(
            "extent_part",
            {
                **view.common(question),
                "table": view.source(table, question.first, question.last),
                "cell_where": conditions,
            },
        )
        for table, conditions in tables.items()
    )
    return render("extent", {"parts": "\nUNION ALL\n".join(parts)})


def rows_sql(view: View, question: Rows, files: Sequence[LiveFile], limit: int) -> str:
    """Return the query of events in some files of the log."""
    where = view.conditions(question.where)
    if question.kinds:
        where += view.conditions(tuple(("kind", kind) for kind in question.kinds))
    if question.share_depth is not None:
        where += (
            f" AND share_depth = {question.share_depth}"
            if question.share_depth
            else " AND share_depth > 0"
        )
    if question.of_people:
        where += " AND (visitor_key <> 0 OR customer <> '' OR phone <> '')"
    if not question.include_suspect and "suspect" not in dict(question.where):
        where += " AND suspect = ''"
    values: dict[str, str | int] = {
        **view.common(question),
        "log_columns": ", ".join(COLUMNS),
        "events": view.events(files),
        "event_where": where,
        "limit": limit,
    }
    return render("rows", values)


def once(rows: pa.Table) -> pa.Table:
    """Return rows of the log without those that tell an event which an earlier row tells already.

    Who sends an event may not hear that it arrived and send it again; figures count it once.
    """
    first: dict[str, int] = {}
    for place, event_id in enumerate(rows["event_id"].to_pylist()):
        first.setdefault(event_id, place)
    return rows if len(first) == rows.num_rows else rows.take(pa.array(first.values(), pa.int64()))


def in_micros(rows: pa.Table) -> pa.Table:
    """Return rows of the log with ``ts`` as the number an Event has."""
    place = rows.column_names.index("ts")
    return rows.set_column(place, "ts", rows["ts"].cast(pa.int64()))


def orders_sql(view: View, question: Orders) -> str:
    """Return the query of orders as they stand."""
    where = view.conditions(question.where, "o.")
    if not question.include_suspect and "suspect" not in dict(question.where):
        where += " AND o.suspect = ''"
    if question.of_people:
        where += " AND o.person <> 0"
    if question.over:
        where += " AND o.refunded > o.amount"
    values: dict[str, str | int] = {
        **view.common(question),
        "orders": view.source("orders", question.first, question.last),
        "o_dims": ", ".join(f"o.{name}" for name in DIMS),
        "order_where": where,
        "limit": question.limit,
        "offset": question.offset,
    }
    return render("order_rows", values)


def refunds_sql(view: View, question: Refunds) -> str:
    """Return the query of refunds, each beside its order."""
    values: dict[str, str | int] = {
        "refunds": _refunds(view, question),
        "part_where": view.conditions(tuple(("part", name) for name in question.parts)),
        "limit": question.limit,
    }
    return render("refund_rows", values)


def refund_parts_sql(view: View, question: RefundParts) -> str:
    """Return the query of what refunds come to by their parts."""
    values: dict[str, str | int] = {
        **view.common(question),
        "refunds": _refunds(view, question),
        "period_orders": view.source("orders", question.first, question.last),
    }
    return render("refund_parts", values)


def _refunds(view: View, question: Refunds | RefundParts) -> str:
    sources = {"deals": view.source("deals"), "orders": view.source("orders")}
    return render("refunds", {**view.common(question), **sources})


def path_table_sql(view: View, question: PathTable, orders: Iterable[str] = ()) -> str:
    """Return the query of touches of paths, of all orders or of some."""
    chosen = view.conditions(tuple(("order_id", order) for order in orders))
    values: dict[str, str | int] = {
        **view.common(question),
        "orders": view.source("orders"),
        "paths": view.source("paths", question.first, question.last),
        "lookback_micros": question.lookback_days * DAY_MICROS,
        "join_kind": "LEFT" if question.untracked else "INNER",
        "filled_dims": ", ".join(f"COALESCE(p.{name}, '') AS {name}" for name in TOUCH_DIMS),
        "order_where": chosen,
        "path_where": view.conditions(question.where, "p."),
    }
    return render("path_table", values)


PEOPLE_ORDER = {"last": "last_ts DESC", "orders": "orders DESC", "value": "value DESC"}


def share_depths_sql(view: View, question: ShareDepths) -> str:
    """Return the query of visits by how many hands their page went through."""
    return render("share_depths", _shared(view, question))


def shared_pages_sql(view: View, question: SharedPages) -> str:
    """Return the query of pages that were passed on."""
    return render("shared_pages", {**_shared(view, question), "most": question.most})


def _shared(view: View, question: ShareDepths | SharedPages) -> dict[str, str | int]:
    return {
        **view.common(question),
        "shared": view.source("shared", question.first, question.last),
        "persons": view.source("persons"),
        "cell_where": cells_where(view, question),
    }


def people_sql(view: View, question: People) -> str:
    """Return the query of one page of people."""
    literal = view.dialect.literal
    where = {"yes": " AND orders > 0", "no": " AND orders = 0", "": ""}[question.bought]
    if question.person:
        where += f" AND CAST(person AS VARCHAR(20)) = {literal(question.person)}"
    if question.search:
        text, orders = literal(question.search), view.source("orders")
        where += (
            f" AND (CAST(person AS VARCHAR(20)) = {text}"
            f" OR person IN (SELECT person FROM {orders} AS f WHERE f.order_id = {text}"
            f" AND f.workspace = {literal(question.workspace)})"
            f" OR person IN (SELECT person FROM named WHERE kind IN ('c', 'p') AND value = {text}))"
        )
    order = PEOPLE_ORDER[question.order]
    values: dict[str, str | int] = {
        **view.common(question),
        "persons": view.source("persons"),
        "touches": view.source("touches", question.first, question.last),
        "orders": view.source("orders"),
        "people_where": where,
        "order_by": f"{order}, last_ts DESC, person",
        "w_order_by": f"w.{order}, w.last_ts DESC, w.person",
        "limit": question.limit,
        "offset": question.offset,
    }
    return render("people", values)
