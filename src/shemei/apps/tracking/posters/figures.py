"""What each spot brought: scans, people, and the orders its link is credited with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from shemei.apps.tracking.figures import shared
from shemei.kernel.periods import Period

if TYPE_CHECKING:
    from shemei.kernel.workspace import Workspace


@dataclass(frozen=True, slots=True)
class SpotFigure:
    """None is "nothing in the log" or, of people, "more scans than are read": never 0, never a part."""

    scans: int | None = None
    people: int | None = None
    orders: float | None = None
    revenue: float | None = None


NOTHING = SpotFigure()
MOST_ROWS = 50_000


def of_spots(workspace: Workspace, period: Period, links: set[str]) -> dict[str, SpotFigure]:
    """Figures by the key of a spot's link; suspect scans do not count."""
    if not links:
        return {}
    where = tuple(("link", key) for key in sorted(links))
    counted = {
        row["link"]: row["check_ins"]
        for row in shared.totals(workspace, period, ("check_ins",), by=("link",), where=where)
    }
    rows, _ = shared.rows(workspace, period, where, kinds=("check_in",), limit=MOST_ROWS)
    people: dict[str, set[int]] = {}
    for row in rows if len(rows) < MOST_ROWS else ():
        if row["visitor_key"]:
            people.setdefault(row["link"], set()).add(row["visitor_key"])
    credits = shared.credits(workspace, period, "link")
    return {
        key: SpotFigure(
            scans=counted.get(key) or None,
            people=len(people.get(key, ())) or None,
            orders=credits[key].conversions if key in credits else None,
            revenue=credits[key].value if key in credits else None,
        )
        for key in links
        if counted.get(key) or key in credits
    }
