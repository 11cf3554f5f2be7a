"""Funnels: who did the steps in order, and how long each step took."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa

from shemei.warehouse.answers import walks
from shemei.warehouse.computed.tables import render

if TYPE_CHECKING:
    from collections.abc import Iterable

    from shemei.warehouse.answers.asking import View
    from shemei.warehouse.answers.engine import Engine
    from shemei.warehouse.flows import Funnel

HOUR_MICROS = 3_600_000_000


def answer_funnel(engine: Engine, question: Funnel) -> pa.Table:
    """Return one row per group and step, also for steps nobody reached."""
    rows = engine.read(lambda view: funnel_sql(view, question))
    return _finished(rows.to_pylist(), question)


def funnel_sql(view: View, question: Funnel) -> str:
    """Return the query of people and median waits by group and step."""
    quick = walks.may_follow(question.steps)
    limited = quick and question.within_days > 0
    parts: list[str] = []
    if quick:
        parts += walks.followed(view, question)
    if limited or not quick:
        parts.append(walks.tried(view, question, limited=limited))
    names = ", ".join(question.by)
    values: dict[str, str | int] = {
        **view.common(question),
        "persons": view.source("persons"),
        "parts": ",\n".join(parts),
        "best": walks.best(question, quick=quick, limited=limited),
        "waits": walks.waits(question),
        "places": walks.PLACES,
        "by_list": f"{names}, " if names else "",
        "by_group": f"GROUP BY {names}" if names else "",
    }
    return render("funnel", values)


def _finished(rows: list[dict[str, Any]], question: Funnel) -> pa.Table:
    """Name the steps, add those that nobody reached, and say what share went on."""
    found = {(*(row[name] for name in question.by), row["step"]): row for row in rows}
    groups = list(dict.fromkeys(key[:-1] for key in found)) or ([()] if not question.by else [])
    groups.sort(key=lambda group: (-found[(*group, 1)]["people"] if found else 0, group))
    return pa.Table.from_pylist(
        [line for group in groups for line in _group(group, found, question)],
        schema=funnel_schema(question.by),
    )


def _group(
    group: tuple[Any, ...], found: dict[tuple[Any, ...], dict[str, Any]], question: Funnel
) -> Iterable[dict[str, Any]]:
    started = before = 0
    for number, step in enumerate(question.steps, 1):
        row = found.get((*group, number), {"people": 0, "median": None})
        people = row["people"]
        started = people if number == 1 else started
        yield {
            **dict(zip(question.by, group, strict=True)),
            "step": number,
            "name": step.name,
            "people": people,
            "of_first": people / started if started else None,
            "of_before": people / before if before else None,
            "median_hours": row["median"] / HOUR_MICROS if number > 1 and people else None,
        }
        before = people


def funnel_schema(by: Iterable[str]) -> pa.Schema:
    """Return the columns of a funnel's answer."""
    return pa.schema(
        [
            *((name, pa.string()) for name in by),
            ("step", pa.int32()),
            ("name", pa.string()),
            ("people", pa.int64()),
            ("of_first", pa.float64()),
            ("of_before", pa.float64()),
            ("median_hours", pa.float64()),
        ]
    )
