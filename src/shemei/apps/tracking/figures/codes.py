"""What promo codes brought."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from shemei.apps.tracking.figures import shared
from shemei.apps.tracking.figures.shared import Figure, Where
from shemei.apps.tracking.models import PromoCode
from shemei.kernel.figures import ask, model_name
from shemei.kernel.periods import Period
from shemei.portal.charts import Chart, Series
from shemei.warehouse import questions

if TYPE_CHECKING:
    from shemei.kernel.workspace import Workspace

EVERY = 1_000_000


@dataclass(frozen=True, slots=True)
class Used:
    """One order paid with the code, as it stands now."""

    at: Any
    order_id: str
    amount: int
    refunded: int = 0

    @property
    def is_lost(self) -> bool:
        """Whether all of it came back: refunded in full, or cancelled."""
        return self.refunded >= self.amount > 0


@dataclass(frozen=True, slots=True)
class CodeReport:
    """Everything a code's page shows of the log."""

    figure: Figure
    lost: int
    average: float | None
    trend: Chart
    latest: list[tuple[Used, str]]
    credited_revenue: float | None
    model: str
    as_of: Any


def of_codes(workspace: Workspace, period: Period) -> dict[str, Figure]:
    """Orders that used each code and what they were worth; counted, not credited."""
    rows = shared.totals(workspace, period, ("orders", "net_revenue"), by=("promo_code",))
    return {
        row["promo_code"]: Figure(orders=row["orders"], revenue=row["net_revenue"])
        for row in rows
        if row["promo_code"] and row["orders"]
    }


def code_report(workspace: Workspace, code: PromoCode, period: Period) -> CodeReport:
    """All figures of one code: counted orders beside what the workspace's model credits to it."""
    where = (("promo_code", code.code),)
    known = shared.totals(workspace, period, ("orders", "net_revenue", "aov"), where=where)
    found = known[0] if known and known[0]["orders"] else {}
    used, as_of = _used(workspace, period, where)
    credit = shared.credits(workspace, period, "promo_code").get(code.code)
    return CodeReport(
        figure=Figure(orders=found.get("orders"), revenue=found.get("net_revenue")),
        lost=sum(one.is_lost for one in used),
        average=found.get("aov"),
        trend=_order_trend(workspace, period, where),
        latest=[
            (one, shared.journey(workspace, one.order_id)) for one in used[: shared.SHOWN_ROWS]
        ],
        credited_revenue=credit.value if credit else None,
        model=model_name(workspace),
        as_of=as_of,
    )


def _used(workspace: Workspace, period: Period, where: Where) -> tuple[list[Used], Any]:
    """Each order once, the newest first: the log keeps every telling and correction of it."""
    asked = questions.Orders(**shared.span(workspace, period), where=where, limit=EVERY)
    answer = ask(asked)
    used = [
        Used(shared.event_time(row), row["order_id"], row["amount"], row["refunded"])
        for row in answer.rows.to_pylist()
    ]
    return used, shared.moment(answer.as_of)


def _order_trend(workspace: Workspace, period: Period, where: Where) -> Chart:
    rows = ask(
        questions.Series(**shared.span(workspace, period), metrics=("orders",), where=where)
    ).rows.to_pylist()
    found = {row["bucket"]: row["orders"] or 0 for row in rows}
    values = tuple(found.get(day, 0) for day in shared.days(period))
    return shared.chart("code-orders", period, [Series("用码订单", values)] if any(values) else [])
