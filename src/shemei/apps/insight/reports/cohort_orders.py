"""The orders behind a cell of 留存: the first ones of a cohort, and those of who came back."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pyarrow.compute as pc

from shemei.apps.insight.reports.orders import Listed, listed, people_s_orders
from shemei.warehouse.vocabulary import date_of, int_day

if TYPE_CHECKING:
    import pyarrow as pa

    from shemei.apps.insight.queries import Board


def cohort_orders(board: Board, cohort: int, grain: str, span: int | None) -> Listed:
    """Orders of the people who first bought in the week or month of ``cohort``, the newest first.

    Without ``span`` their first orders; with it those that they placed again in the week or month so many after.
    """
    own = _placed(board, cohort, grain, 0)
    began = own.filter(
        pc.and_(pc.equal(own["number"], 1), pc.greater_equal(own["day"], board.period.first_day))
    )
    if span is None:
        return listed(board.workspace, began)
    then = _placed(board, cohort, grain, span) if span else own
    again = pc.and_(pc.greater(then["number"], 1), pc.is_in(then["person"], began["person"]))
    return listed(board.workspace, then.filter(again))


def _placed(board: Board, cohort: int, grain: str, span: int) -> pa.Table:
    """All orders of one week or month, up to the period's last day."""
    first, last = span_days(date_of(cohort), grain, span)
    return people_s_orders(
        board.workspace, int_day(first), min(int_day(last), board.period.last_day)
    )


def span_days(day: date, grain: str, span: int) -> tuple[date, date]:
    """The first and the last day of the week or month so many after that of ``day``.

    >>> span_days(date(2026, 11, 2), "week", 1)
    (datetime.date(2026, 11, 9), datetime.date(2026, 11, 15))
    >>> span_days(date(2026, 11, 1), "month", 2)
    (datetime.date(2027, 1, 1), datetime.date(2027, 1, 31))
    """
    if grain == "week":
        first = day + timedelta(7 * span - day.weekday())
        return first, first + timedelta(6)
    months = 12 * day.year + day.month - 1 + span
    return _month(months), _month(months + 1) - timedelta(1)


def _month(months: int) -> date:
    return date(months // 12, months % 12 + 1, 1)
