"""What promo codes brought."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from shemei.apps.tracking.figures import shared
from shemei.apps.tracking.figures.shared import Figure, Seen, Where
from shemei.apps.tracking.models import PromoCode
from shemei.kernel.figures import ask, model_name
from shemei.kernel.periods import Period
from shemei.portal.charts import Chart, Series
from shemei.warehouse import questions

if TYPE_CHECKING:
    from shemei.kernel.workspace import Workspace


@dataclass(frozen=True, slots=True)
class CodeReport:
    """Everything a code's page shows of the log."""

    figure: Figure
    average: float | None
    trend: Chart
    latest: list[tuple[Seen, str]]
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
    orders, as_of = shared.rows(workspace, period, where, kinds=("order",))
    credit = shared.credits(workspace, period, "promo_code").get(code.code)
    return CodeReport(
        figure=Figure(orders=found.get("orders"), revenue=found.get("net_revenue")),
        average=found.get("aov"),
        trend=_order_trend(workspace, period, where),
        latest=[(shared.seen(row), shared.journey(workspace, row["order_id"])) for row in orders],
        credited_revenue=credit.value if credit else None,
        model=model_name(workspace),
        as_of=as_of,
    )


def _order_trend(workspace: Workspace, period: Period, where: Where) -> Chart:
    rows = ask(
        questions.Series(**shared.span(workspace, period), metrics=("orders",), where=where)
    ).rows.to_pylist()
    found = {row["bucket"]: row["orders"] or 0 for row in rows}
    values = tuple(found.get(day, 0) for day in shared.days(period))
    return shared.chart("code-orders", period, [Series("用码订单", values)] if any(values) else [])
