"""What a landing page brought, asked of the log: visitors and leads of each variant, and whether they differ."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson

from shemei.apps.tracking.figures import shared
from shemei.apps.tracking.landing import rules
from shemei.apps.tracking.landing.models import LandingPage
from shemei.engines.proportions import newcombe, wilson
from shemei.kernel.periods import Period

if TYPE_CHECKING:
    from shemei.kernel.workspace import Workspace

MOST_ROWS = 50_000


@dataclass(frozen=True, slots=True)
class Result:
    """One variant: people who came, leads they left, and the rate with its 95 % interval."""

    letter: str
    visitors: int
    leads: int
    low: float
    high: float

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
    results = [
        Result(one, len(came[one]), len(left[one]), *wilson(len(left[one]), len(came[one])))
        for one in sorted(came.keys() | left.keys())
        if one
    ]
    return Board(
        results=results,
        visitors=len(set().union(*came.values())),
        leads=len(set().union(*left.values())),
        verdict=verdict(results),
        capped=len(rows) == MOST_ROWS,
        as_of=as_of,
    )


def verdict(results: list[Result]) -> str:
    """What may be said of the best variant against the next one, and no more than that."""
    if len(results) < 2:
        return ""
    if any(one.visitors < rules.LEAST_SEEN for one in results):
        return f"还看不出差别：每个版本至少要有 {rules.LEAST_SEEN} 位访客。"
    best, second = sorted(results, key=lambda one: -(one.rate or 0))[:2]
    low, high = newcombe(
        (second.leads, second.visitors),
        (best.leads, best.visitors),
    )
    if low <= 0:
        return f"还看不出差别：{best.letter} 暂时高一些，也可能只是运气。继续收集，不要急着停。"
    return (
        f"{best.letter} 比 {second.letter} 高 {100 * low:.1f} 至 {100 * high:.1f} 个百分点（95% 区间）。"
        "中途看过几次就停，把握会比写的小。"
    )
