"""What the page of spends shows above its list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from shemei.apps.advertising import queries, rules
from shemei.kernel.figures import totals
from shemei.kernel.periods import Period
from shemei.platforms import platform_of

if TYPE_CHECKING:
    from shemei.kernel.workspace import Workspace


def overview(workspace: Workspace, period: Period) -> dict[str, Any]:
    """The period's advertising by platform, with what platforms claim beside it; creators' fees are the log's rest."""
    kinds = {"kind__in": queries.AD_KINDS}
    told = queries.total(workspace, period.first, period.last, **kinds)
    logged = totals(workspace, ("spend",), first=period.first, last=period.last)["spend"] or 0
    fees = max(0, logged - told.amount)
    return {
        "period": period,
        "total": told,
        "fees": fees,
        "whole": told.amount + fees,
        "platforms": _by_platform(workspace, period, told.amount),
    }


def _by_platform(workspace: Workspace, period: Period, whole: int) -> list[dict[str, Any]]:
    rows = queries.total_by(workspace, period.first, period.last, kind__in=queries.AD_KINDS)
    largest = max((row.amount for row in rows.values()), default=0)
    return [
        {
            "key": key,
            "name": platform_of(key).name,
            "total": row,
            "percent": row.amount * 100 / largest if largest else 0,
            "share": row.amount / whole if whole else None,
            "claimed_roi": rules.claimed_return(row.claimed_value, row.amount),
        }
        for key, row in sorted(rows.items(), key=lambda item: -item[1].amount)
    ]
