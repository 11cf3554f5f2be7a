"""Retention: of the people who came or bought for the first time, who did again, and when."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from shemei.warehouse.computed.tables import render
from shemei.warehouse.vocabulary import date_of, int_day, week_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from shemei.warehouse.answers.asking import View
    from shemei.warehouse.answers.engine import Engine
    from shemei.warehouse.flows import Retention

STARTS = {
    "order": "SELECT person, day AS first_day, week AS first_week FROM bought WHERE number = 1",
    "visit": "SELECT person, MIN(day) AS first_day, MIN(week) AS first_week FROM seen GROUP BY person",
}
AGAIN = {
    ("order", "order"): "b.number > 1",
    ("order", "visit"): "b.day > c.first_day",
    ("visit", "order"): "b.day >= c.first_day",
    ("visit", "visit"): "b.day > c.first_day",
}
"""What is coming back, by how it began. Visits are known by day: the day of the start is the start."""

SCHEMA = pa.schema(
    [
        ("cohort", pa.int32()),
        ("size", pa.int64()),
        ("n", pa.int32()),
        ("people", pa.int64()),
        ("share", pa.float64()),
        ("complete", pa.bool_()),
    ]
)


def answer_retention(engine: Engine, question: Retention) -> pa.Table:
    """Return one row per cohort and week or month since, oldest cohort first."""
    rows = engine.read(lambda view: retention_sql(view, question)).to_pylist()
    return pa.Table.from_pylist(list(_lines(rows, question)), schema=SCHEMA)


def retention_sql(view: View, question: Retention) -> str:
    """Return the query of sizes of cohorts and of who came back in which week or month."""
    since = question.first if (question.start, question.back) == ("order", "visit") else 0
    visits = "visit" in (question.start, question.back)
    values: dict[str, str | int] = {
        **view.common(question),
        "persons": view.source("persons"),
        "pairs": view.source("pairs", since, question.last if visits else -1),
        "orders": view.source("orders"),
        "starts": STARTS[question.start],
        "cohort": _span(question, "first_week", "first_day"),
        "span": _span(question, "b.week", "b.day"),
        "back": {"order": "bought", "visit": "seen"}[question.back],
        "again": AGAIN[question.start, question.back],
    }
    return render("retention", values)


def _span(question: Retention, week: str, day: str) -> str:
    """Return the expression of a week's Monday or a month's first day."""
    return week if question.grain == "week" else f"CAST(FLOOR({day} / 1e2) AS INTEGER) * 100 + 1"


def _lines(rows: Iterable[Mapping[str, Any]], question: Retention) -> Iterable[dict[str, Any]]:
    sizes: dict[int, int] = {}
    returned: dict[int, dict[int, int]] = defaultdict(dict)
    for row in rows:
        if row["span"]:
            n = spans_between(row["cohort"], row["span"], question.grain)
            returned[row["cohort"]][n] = row["people"]
        else:
            sizes[row["cohort"]] = row["people"]
    for cohort, size in sorted(sizes.items()):
        whole = spans_between(cohort, _last_span(question), question.grain)
        for n in range(whole + 1):
            people = returned[cohort].get(n, 0)
            yield {
                "cohort": cohort,
                "size": size,
                "n": n,
                "people": people,
                "share": people / size,
                "complete": n < whole or _ends(question),
            }


def _last_span(question: Retention) -> int:
    return week_of(question.last) if question.grain == "week" else question.last // 100 * 100 + 1


def _ends(question: Retention) -> bool:
    """Whether the last day asked for is the last of its week or month."""
    after = int_day(date_of(question.last).fromordinal(date_of(question.last).toordinal() + 1))
    if question.grain == "week":
        return week_of(after) == after
    return after % 100 == 1


def spans_between(first: int, then: int, grain: str) -> int:
    """Return how many weeks or months lie between the first days of two of them.

    Examples
    --------
    >>> spans_between(20261228, 20270104, "week"), spans_between(20261201, 20270201, "month")
    (1, 2)
    """
    a, b = date_of(first), date_of(then)
    if grain == "week":
        return (b - a).days // 7
    return (b.year - a.year) * 12 + b.month - a.month
