"""What a landing page brought, asked of the log: visitors and leads of each variant, and whether they differ."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import orjson
from django.utils import timezone

from shemei.apps.tracking.figures import shared
from shemei.apps.tracking.landing import rules
from shemei.apps.tracking.landing.models import LandingPage, Lead
from shemei.apps.tracking.models import Link
from shemei.engines.proportions import wilson
from shemei.kernel.periods import Period

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shemei.kernel.workspace import Workspace

MOST_ROWS = 50_000
READING_DAYS = 7
"""How long before a form was sent its click is looked for: a page may stay open."""


@dataclass(frozen=True, slots=True)
class Result:
    """One variant: people who came, leads they left, and the rate with its 95 % interval."""

    letter: str
    visitors: int
    leads: int
    low: float
    high: float
    against: rules.Against | None = None
    """How it compares with the first variant; ``None`` for the first itself."""

    @property
    def rate(self) -> float | None:
        return self.leads / self.visitors if self.visitors else None


@dataclass(frozen=True, slots=True)
class Board:
    """All variants of a page, and one sentence on what can be said of them."""

    results: list[Result]
    visitors: int
    leads: int
    verdict: str
    capped: bool
    as_of: Any


def board_of(workspace: Workspace, page: LandingPage, period: Period) -> Board:
    """Visitors and leads by variant; suspect events do not count."""
    rows, as_of = shared.rows(
        workspace, period, (("batch", page.key),), kinds=("visit", "view", "lead"), limit=MOST_ROWS
    )
    came: dict[str, set[int]] = defaultdict(set)
    left: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        props = orjson.loads(row["props"])
        letter = str(props.get("variant", ""))[:1]
        if row["kind"] == "lead":
            left[letter].add(str(props.get("lead", row["event_id"])))
        if row["visitor_key"]:
            came[letter].add(row["visitor_key"])
    results = results_of(
        [(one, len(left[one]), len(came[one])) for one in sorted(came.keys() | left.keys()) if one]
    )
    return Board(
        results=results,
        visitors=len(set().union(*came.values())),
        leads=len(set().union(*left.values())),
        verdict=rules.verdict(
            results[0].letter if results else "", [one.against for one in results if one.against]
        ),
        capped=len(rows) == MOST_ROWS,
        as_of=as_of,
    )


def results_of(counted: list[tuple[str, int, int]]) -> list[Result]:
    """Variants (letter, leads, visitors) with their rates, the later ones beside the first."""
    beside = {one.letter: one for one in rules.against(counted)}
    return [
        Result(letter, visitors, leads, *wilson(leads, visitors), beside.get(letter))
        for letter, leads, visitors in counted
    ]


def came_by(workspace: Workspace, leads: Sequence[Lead]) -> dict[str, Link]:
    """The short link each lead came by, under the lead's key, as the log tells of its click."""
    clicks = {lead.click_id for lead in leads if lead.click_id}
    if not clicks:
        return {}
    sent = [timezone.localdate(lead.agreed_at) for lead in leads if lead.click_id]
    rows, _ = shared.rows(
        workspace,
        Period(min(sent) - timedelta(READING_DAYS), max(sent)),
        tuple(("click_id", one) for one in sorted(clicks)),
        kinds=("click",),
        limit=2 * len(clicks),
        include_suspect=True,
    )
    led = {row["click_id"]: row["link"] for row in rows}
    links = {link.key: link for link in Link.objects.filter(key__in=list(led.values()))}
    return {
        lead.key: links[led[lead.click_id]] for lead in leads if led.get(lead.click_id, "") in links
    }
