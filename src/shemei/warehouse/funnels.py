"""Funnels: who did the steps in order, and how long each step took."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa

from shemei.warehouse.tables import DAY_MICROS, quoted, render

if TYPE_CHECKING:
    from collections.abc import Iterable

    from shemei.warehouse.asking import View
    from shemei.warehouse.engine import Engine
    from shemei.warehouse.flows import Funnel

HOUR_MICROS = 3_600_000_000


def answer_funnel(engine: Engine, question: Funnel) -> pa.Table:
    """Return one row per group and step, also for steps nobody reached."""
    rows = engine.read(lambda view: funnel_sql(view, question))
    return _finished(rows.to_pylist(), question)


def funnel_sql(view: View, question: Funnel) -> str:
    """Return the query of people and median waits by group and step."""
    count = len(question.steps)
    by = "".join(f"{name}, " for name in question.by)
    needed = sorted({*question.by, *(name for name, _ in question.where)})
    kinds = sorted({kind for step in question.steps for kind in step.kinds})
    values: dict[str, str | int] = {
        **view.common(question),
        "persons": view.source("persons"),
        "acts": view.source("acts", question.first, question.last),
        "orders": view.source("orders"),
        "kinds": quoted(kinds),
        "a_dims": _more(needed, "a."),
        "o_dims": _more(needed, "o."),
        "by_list": by,
        "then_by": "".join(f", {name}" for name in question.by),
        "marks": ", ".join(_marks(view, question)),
        "levels": "".join(f"{level},\n" for level in _levels(count, question.by)),
        "nearest": "ahead_1" if count > 1 else "marked",
        "times": _times(count, question.within_days),
        "reached": _reached(count),
        "waits": "\n    UNION ALL\n    ".join(_waits(count, by)),
    }
    return render("funnel", values)


def _more(names: Iterable[str], prefix: str) -> str:
    """Return columns after others.

    Examples
    --------
    >>> _more(["channel"], "a.")
    ', a.channel AS channel'
    """
    return "".join(f", {prefix}{name} AS {name}" for name in names)


def _marks(view: View, question: Funnel) -> Iterable[str]:
    """Return for each step whether a row is one of it; only the first step is filtered."""
    where = view.conditions(question.where)
    for number, step in enumerate(question.steps, 1):
        kinds = tuple(("kind", kind) for kind in step.kinds)
        actions = tuple(("action", action) for action in step.actions)
        rule = f"1 = 1{view.conditions((*kinds, *actions))}{where if number == 1 else ''}"
        yield f"CASE WHEN {rule} THEN 1 ELSE 0 END AS is_{number}"


def _levels(count: int, by: Iterable[str]) -> Iterable[str]:
    """Return what each row of a step knows of the steps after it, the last step's first.

    What happened at the same moment happened in the order of the steps.
    """
    marks = [f"is_{n}" for n in range(1, count + 1)]
    order = ", ".join(("ts DESC", *marks, *(f"{name} DESC" for name in by)))
    over = (
        f"OVER (PARTITION BY person ORDER BY {order}"
        " ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)"
    )
    for level in range(count - 1, 0, -1):
        after = level + 1
        told = [(after, "ts"), *((n, f"at_{after}_{n}") for n in range(after + 1, count + 1))]
        found = ", ".join(
            f"MIN(CASE WHEN is_{after} = 1 THEN {time} END) {over} AS at_{level}_{n}"
            for n, time in told
        )
        before = f"ahead_{after}" if after < count else "marked"
        yield f"ahead_{level} AS (SELECT {before}.*, {found} FROM {before})"


def _times(count: int, within_days: int) -> str:
    limit = within_days * DAY_MICROS
    return ", ".join(
        [
            f"CASE WHEN at_1_{n} - ts <= {limit} THEN at_1_{n} END AS t_{n}"
            if limit
            else f"at_1_{n} AS t_{n}"
            for n in range(2, count + 1)
        ]
        or ["1 AS alone"]
    )


def _reached(count: int) -> str:
    tests = (f"CASE WHEN t_{n} IS NULL THEN 0 ELSE 1 END" for n in range(2, count + 1))
    return " + ".join(("1", *tests))


def _waits(count: int, by: str) -> Iterable[str]:
    yield f"SELECT {by}1 AS step, 0 AS waited FROM ranked WHERE place = 1"
    for n in range(2, count + 1):
        yield (
            f"SELECT {by}{n} AS step, t_{n} - t_{n - 1} AS waited FROM ranked"
            f" WHERE place = 1 AND t_{n} IS NOT NULL"
        )


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
