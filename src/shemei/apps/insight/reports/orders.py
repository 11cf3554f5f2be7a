"""Orders behind a figure, as rows: those that nothing leads to, and those of a cohort."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shemei.apps.commerce import queries as commerce
from shemei.kernel.figures import ask
from shemei.kernel.workspace import Workspace
from shemei.warehouse.questions import Orders
from shemei.warehouse.vocabulary import SHANGHAI, from_ts

MOST_ORDERS = 200_000


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


def order_rows(workspace: Workspace, told: Sequence[tuple[str, int, int, int]]) -> list[OrderRow]:
    """Orders told as number, moment, value and how many-th, with what the shop knows of them."""
    known = commerce.orders_by_number(workspace, [number for number, *_ in told])
    return [_row(*one, known.get(one[0])) for one in told]


def _row(number: str, ts: int, value: int, nth: int, order: Any) -> OrderRow:
    at = from_ts(ts).astimezone(SHANGHAI)
    if order is None:
        return OrderRow(number, at, value, "", "", "", nth)
    return OrderRow(number, at, value, order.state, order.promo_code, order.url, nth)


def orders_between(workspace: Workspace, first: int, last: int) -> list[dict[str, Any]]:
    """Orders that count, of people the log can tell apart, the newest first."""
    question = Orders(workspace.key, first, last, limit=MOST_ORDERS)
    rows: Iterable[dict[str, Any]] = ask(question).rows.to_pylist()
    return [row for row in rows if row["person"]]
