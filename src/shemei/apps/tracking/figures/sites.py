"""What the tag of each site has sent: events carry the key of their site as ``batch``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from shemei.apps.tracking.figures import shared
from shemei.apps.tracking.figures.shared import Seen, Where
from shemei.apps.tracking.models import Site
from shemei.kernel.periods import Period, today
from shemei.warehouse.vocabulary import KIND_NAMES

if TYPE_CHECKING:
    from shemei.kernel.workspace import Workspace

LOOKED_BACK = 90
COUNTED_DAYS = 2
MOST_COUNTED = 5_000


@dataclass(frozen=True, slots=True)
class SiteFigure:
    """What a site's tag has sent: yesterday and today, and when last."""

    events: int = 0
    people: int = 0
    orders: int = 0
    suspect: int = 0
    last_at: Any = None
    capped: bool = False
    kinds: Mapping[str, int] = field(default_factory=dict)


def site_figures(workspace: Workspace, sites: Iterable[Site]) -> dict[str, SiteFigure]:
    """What each site's tag sent; its last event is looked for in the last 90 days."""
    return {site.key: _site_figure(workspace, site) for site in sites}


def site_events(workspace: Workspace, site: Site) -> list[Seen]:
    """The latest events of a site, suspect ones too, so that a wrong host shows itself."""
    where = _where(workspace, site)
    found, _ = shared.rows(workspace, _days(LOOKED_BACK), where, include_suspect=True)
    return [shared.seen(row) for row in found]


def _days(count: int) -> Period:
    return Period(today() - timedelta(count - 1), today())


def _where(workspace: Workspace, site: Site) -> Where:
    """A brand's only site owns also what was told before sites were; landing pages name themselves."""
    mine = (("source", "tag"), ("batch", site.key))
    if Site.objects.filter(workspace=workspace).count() == 1:
        return (*mine, ("batch", ""))
    return mine


def _site_figure(workspace: Workspace, site: Site) -> SiteFigure:
    where = _where(workspace, site)
    found, _ = shared.rows(
        workspace, _days(COUNTED_DAYS), where, limit=MOST_COUNTED, include_suspect=True
    )
    last = (
        found or shared.rows(workspace, _days(LOOKED_BACK), where, limit=1, include_suspect=True)[0]
    )
    good = [row for row in found if not row["suspect"]]
    return SiteFigure(
        events=len(good),
        people=len({row["visitor_key"] for row in good if row["visitor_key"]}),
        orders=len({row["order_id"] for row in good if row["kind"] == "order"}),
        suspect=len(found) - len(good),
        last_at=shared.event_time(last[0]) if last else None,
        capped=len(found) == MOST_COUNTED,
        kinds=dict(Counter(KIND_NAMES.get(row["kind"], row["kind"]) for row in good)),
    )
