"""Visitors of a period: counted where they are few, estimated from one person in sixteen where many."""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING

from shemei.engines.proportions import Z_95
from shemei.warehouse.answers.asking import cells_where, totals_sql
from shemei.warehouse.computed.sample import ONE_IN
from shemei.warehouse.computed.tables import render
from shemei.warehouse.questions import Totals, Visitors

if TYPE_CHECKING:
    import pyarrow as pa

    from shemei.warehouse.answers.asking import View
    from shemei.warehouse.answers.engine import Engine

SAMPLE_FROM = 500_000
"""From so many visitors on an answer is estimated unless it has to be exact."""


def answer_visitors(engine: Engine, question: Visitors) -> tuple[pa.Table, bool, str]:
    """Return rows, whether they are exact, and what to know of them where they are not."""
    if not question.exact:
        whole = engine.read(lambda view: sampled_sql(view, question, ()))["visitors"].to_pylist()
        if sum(whole) >= SAMPLE_FROM:
            rows = engine.read(lambda view: sampled_sql(view, question, question.by))
            return rows, False, _note(rows["visitors"].to_pylist())
    workspace, first, last = question.workspace, question.first, question.last
    totals = Totals(
        workspace, first, last, ("visitors",), question.by, question.where, question.include_suspect
    )
    return engine.read(lambda view: totals_sql(view, totals)), True, ""


def sampled_sql(view: View, question: Visitors, by: tuple[str, ...]) -> str:
    """Return the query of estimated visitors by dimensions."""
    names = ", ".join(by)
    values: dict[str, str | int] = {
        **view.common(question),
        "one_in": ONE_IN,
        "sample": view.source("sample", question.first, question.last),
        "cell_where": cells_where(view, question),
        "by_list": f"{names}," if by else "",
        "by_group": f"GROUP BY {names}" if by else "",
        "order_by": ", ".join(("visitors DESC", *by)),
    }
    return render("sampled_visitors", values)


def relative_error(visitors: int) -> float:
    """Return how far an estimate may be off, as a share of it, in 19 of 20 cases.

    Each person is in the sample with one chance in sixteen, so the estimate of ``n`` has the
    standard error ``sqrt(15 * n)``.

    Examples
    --------
    >>> round(relative_error(1_000_000), 4)
    0.0076
    """
    return Z_95 * sqrt((ONE_IN - 1) / visitors)


def _note(visitors: list[int]) -> str:
    some = [count for count in visitors if count]
    least, most = min(some), max(some)
    parts = dict.fromkeys(f"{n:,} 人的约 ±{relative_error(n):.1%}" for n in (most, least))
    return f"访客数由十六分之一的人估算：{'，'.join(parts)}（95% 把握）"
