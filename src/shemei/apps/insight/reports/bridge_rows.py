"""The rows behind the lines of the bridge: orders with what came back of each, refunds beside their orders."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from shemei.apps.commerce import queries as commerce
from shemei.apps.insight.reports.orders import MOST_LISTED
from shemei.apps.insight.reports.quality import REASONS
from shemei.kernel.lists import Column, Empty, Listing
from shemei.portal.numbers import yuan
from shemei.warehouse.vocabulary import SHANGHAI, from_ts

if TYPE_CHECKING:
    from shemei.kernel.workspace import Workspace


@dataclass(frozen=True, slots=True)
class SettledOrder:
    """One order of the period: what was paid, what came back until now, and what is left of it."""

    number: str
    href: str
    at: datetime
    paid: int
    refunded: int
    left: int

    @property
    def over(self) -> int | None:
        """By how much more came back than was paid."""
        return self.refunded - self.paid + self.left or None


@dataclass(frozen=True, slots=True)
class RefundOfOrder:
    """One refund with the day and the amount of the order it belongs to, or why it belongs to none."""

    number: str
    href: str
    at: datetime
    amount: int
    paid_at: datetime | None
    paid: int | None
    why: str


def settled_orders(workspace: Workspace, found: Sequence[Mapping[str, Any]]) -> list[SettledOrder]:
    """Orders of the log as rows, the newest of them."""
    shown = found[:MOST_LISTED]
    known = commerce.orders_by_number(workspace, [row["order_id"] for row in shown])
    return [
        SettledOrder(
            row["order_id"], known[row["order_id"]].url if row["order_id"] in known else "",
            _at(row["ts"]), row["amount"], row["refunded"], row["value"],
        )
        for row in shown
    ]  # fmt: skip


def refunds_of_orders(
    workspace: Workspace, found: Sequence[Mapping[str, Any]]
) -> list[RefundOfOrder]:
    """Refunds as rows, the newest of them."""
    shown = found[:MOST_LISTED]
    known = commerce.orders_by_number(workspace, {row["order_id"] for row in shown})
    return [
        RefundOfOrder(
            row["order_id"], known[row["order_id"]].url if row["order_id"] in known else "",
            _at(row["ts"]), row["amount"], _at(row["paid_ts"]) if row["paid_ts"] else None,
            row["paid"] if row["paid_ts"] else None, _why(row),
        )
        for row in shown
    ]  # fmt: skip


def _why(row: Mapping[str, Any]) -> str:
    if row["suspect"]:
        return f"这一单不计入：{REASONS.get(row['suspect'], row['suspect'])}"
    if not row["order_id"]:
        return "退款没有写是哪一单"
    return "" if row["paid_ts"] else "没有收到这一单"


def _at(ts: int) -> datetime:
    return from_ts(ts).astimezone(SHANGHAI)


PERIOD_ORDERS = Listing(
    name="insight.period_orders",
    noun="这段时间的订单",
    unit="单",
    columns=(
        Column("number", "订单", lambda r: r.number, "code", href=lambda r: r.href, sort="number"),
        Column("at", "付款时间", lambda r: r.at, "datetime", sort="at"),
        Column("paid", "成交额", lambda r: r.paid, "money", sort="paid", hint="实付"),
        Column("refunded", "至今的退款", lambda r: r.refunded or None, "money", sort="refunded", phone=True),
        Column("left", "至今净额", lambda r: r.left, "money", sort="left", strong=True, hint="实付 − 至今的退款，最少是 0"),
        Column("over", "多退的", lambda r: r.over, "money", sort="over", hidden=True),
    ),
    search=("number",),
    search_hint="订单号",
    default_sort="-at",
    empty=Empty("shopping-cart", "这段时间没有订单", "换一段更长的时间再看。"),
    summary=lambda request, rows: (
        f"成交额 {yuan(sum(r.paid for r in rows), full=True)}，至今净额 {yuan(sum(r.left for r in rows), full=True)}"
    ),
)  # fmt: skip

PERIOD_REFUNDS = Listing(
    name="insight.period_refunds",
    noun="退款",
    unit="笔",
    columns=(
        Column("number", "订单", lambda r: r.number, "code", href=lambda r: r.href, sort="number"),
        Column("at", "退款时间", lambda r: r.at, "datetime", sort="at", phone=True),
        Column("paid_at", "付款时间", lambda r: r.paid_at, "datetime", sort="paid_at"),
        Column("paid", "实付", lambda r: r.paid, "money", sort="paid"),
        Column("amount", "退款额", lambda r: r.amount, "money", sort="amount", strong=True),
        Column("why", "为什么对不上单", lambda r: r.why),
    ),
    search=("number",),
    search_hint="订单号",
    default_sort="-at",
    empty=Empty("circle-check", "这一项没有退款", "这段时间没有这样的退款。"),
    summary=lambda request, rows: yuan(sum(r.amount for r in rows), full=True),
)  # fmt: skip
