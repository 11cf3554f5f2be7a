"""Orders behind a figure, as rows: those that nothing leads to, those of a step, those of a cohort."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from shemei.apps.commerce import queries as commerce
from shemei.kernel.figures import ask
from shemei.kernel.workspace import Workspace
from shemei.warehouse.questions import Orders
from shemei.warehouse.vocabulary import SHANGHAI, from_ts

if TYPE_CHECKING:
    import pyarrow as pa

    from shemei.apps.insight.queries import Board

MOST_LISTED = 20_000
"""So many of the newest orders are listed."""
EVERY = 2**31 - 1
TOLD = ("order_id", "ts", "value", "number")


@dataclass(frozen=True, slots=True)
class OrderRow:
    """One order as a row; ``nth`` is the how many-th of its person, 0 where that is not told."""

    number: str
    at: datetime
    value: int
    state: str
    promo_code: str
    href: str
    nth: int = 0


@dataclass(frozen=True, slots=True)
class Listed:
    """The newest orders of what was asked for, and whether there are more of them."""

    rows: list[OrderRow]
    cut: bool

    @property
    def note(self) -> str:
        """What a reader must know of a list that is not whole."""
        return f"只列最近 {len(self.rows):,} 单" if self.cut else ""


def order_rows(workspace: Workspace, told: Sequence[tuple[str, int, int, int]]) -> list[OrderRow]:
    """Orders told as number, moment, value and how many-th, with what the shop knows of them."""
    known = commerce.orders_by_number(workspace, [number for number, *_ in told])
    return [_row(*one, known.get(one[0])) for one in told]


def _row(number: str, ts: int, value: int, nth: int, order: Any) -> OrderRow:
    at = from_ts(ts).astimezone(SHANGHAI)
    if order is None:
        return OrderRow(number, at, value, "", "", "", nth)
    return OrderRow(number, at, value, order.state, order.promo_code, order.url, nth)


def people_s_orders(workspace: Workspace, first: int, last: int, *, limit: int = EVERY) -> pa.Table:
    """Orders that count, of people the log can tell apart, the newest first."""
    return ask(Orders(workspace.key, first, last, limit=limit, of_people=True)).rows


def listed(workspace: Workspace, found: pa.Table) -> Listed:
    """Orders of the log as rows."""
    newest = found.select(TOLD).slice(0, MOST_LISTED).to_pylist()
    told = [(row["order_id"], row["ts"], row["value"], row["number"]) for row in newest]
    return Listed(order_rows(workspace, told), found.num_rows > MOST_LISTED)


def step_orders(board: Board) -> Listed:
    """The orders that a step of the funnel counts people by."""
    period = board.period
    found = people_s_orders(
        board.workspace, period.first_day, period.last_day, limit=MOST_LISTED + 1
    )
    return listed(board.workspace, found)
