"""What other rooms may know of spends. Call inside the workspace's scope."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Q, Sum

from shemei.apps.advertising.models import Spend
from shemei.apps.advertising.rules import CREATOR_KIND

if TYPE_CHECKING:
    from shemei.kernel.workspace import Workspace


AD_KINDS: tuple[str, ...] = tuple(kind for kind in Spend.Kind.values if kind != CREATOR_KIND)
"""The kinds of spends that are advertising (广告花费); the other one is a creator's fee (达人费用)."""


@dataclass(frozen=True, slots=True)
class SpendTotal:
    """Spends of a span with the platforms' own claims, which stand beside traceable figures, never in them.

    ``amount`` is all of them, ``ads`` those that are no creator's fee.
    """

    amount: int
    ads: int
    claimed_orders: int | None
    claimed_value: int | None
    impressions: int | None
    clicks: int | None
    rows: int


def total(workspace: Workspace, first: date, last: date, **where: Any) -> SpendTotal:
    """Totals of a span of days; ``where`` narrows by ``platform``, ``creator_key`` or ``content_key``."""
    rows = Spend.objects.between(first, last).filter(workspace=workspace, **where)
    return _total(rows.aggregate(**_SUMS))


def total_by(
    workspace: Workspace, first: date, last: date, by: str = "platform", **where: Any
) -> dict[str, SpendTotal]:
    """The same, per value of ``platform``, ``kind``, ``creator_key``, ``content_key`` or ``campaign__key``."""
    rows = Spend.objects.between(first, last).filter(workspace=workspace, **where).order_by()
    return {row.pop(by) or "": _total(row) for row in rows.values(by).annotate(**_SUMS)}


_SUMS = {
    "sum_amount": Sum("amount", default=0),
    "sum_ads": Sum("amount", filter=~Q(kind=CREATOR_KIND), default=0),
    "sum_orders": Sum("claimed_orders"),
    "sum_value": Sum("claimed_value"),
    "sum_impressions": Sum("impressions"),
    "sum_clicks": Sum("clicks"),
    "rows": Count("id"),
}


def _total(row: dict[str, Any]) -> SpendTotal:
    return SpendTotal(
        row["sum_amount"],
        row["sum_ads"],
        row["sum_orders"],
        row["sum_value"],
        row["sum_impressions"],
        row["sum_clicks"],
        row["rows"],
    )
