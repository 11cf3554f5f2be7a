"""The orders behind a cell of 留存: the first ones of a cohort, and those of who came back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from shemei.apps.insight.reports.orders import OrderRow, order_rows, orders_between
from shemei.warehouse.vocabulary import date_of

if TYPE_CHECKING:
    from shemei.apps.insight.queries import Board


def cohort_orders(board: Board, cohort: int, grain: str, span: int | None) -> list[OrderRow]:
    """Orders of the people who first bought in the week or month that begins on ``cohort``, the newest first.

    Without ``span`` their first orders; with it those that they placed again in the week or month so many after.
    """
    period = board.period
    rows = orders_between(board.workspace, cohort, period.last_day)
    began = {
        row["person"]
        for row in rows
        if row["number"] == 1 and row["day"] >= period.first_day and _span(row, cohort, grain) == 0
    }
    shown = [
        row
        for row in rows
        if row["person"] in began
        and (
            row["number"] == 1
            if span is None
            else row["number"] > 1 and _span(row, cohort, grain) == span
        )
    ]
    return order_rows(
        board.workspace,
        [(row["order_id"], row["ts"], row["value"], row["number"]) for row in shown],
    )


def _span(row: dict[str, Any], cohort: int, grain: str) -> int:
    """How many weeks or months after its cohort began an order was placed."""
    first, then = date_of(cohort), date_of(row["week"] if grain == "week" else row["day"])
    if grain == "week":
        return (then - first).days // 7
    return (then.year - first.year) * 12 + then.month - first.month
