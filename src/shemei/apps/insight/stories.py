"""What stands behind one figure: its formula with the numbers put in, its parts, and where its rows are."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from shemei.apps.insight.queries import Board
from shemei.apps.insight.reports.bridge import Bridge
from shemei.apps.insight.spending import Spending
from shemei.kernel.actor import Actor
from shemei.kernel.permissions import Permission
from shemei.portal.numbers import exact
from shemei.warehouse.catalogue import METRICS, Metric
from shemei.warehouse.channels import channel_name

ROWS_OF = {
    "impressions": ("content:posts", "看内容"),
    "engagements": ("content:posts", "看内容"),
    "follows": ("content:posts", "看内容"),
    "clicks": ("tracking:links", "看短链"),
    "orders": ("insight:paths", "看每一单"),
    "new_customers": ("insight:paths", "看每一单"),
    "shared_visits": ("insight:passed_visits", "看每一次访问"),
    "spend": ("advertising:spends", "看广告花费"),
}
"""Where the rows behind a measure are read."""
NEEDED = {"advertising:spends": Permission.SPEND}
"""What a page of rows needs that not everybody has who sees figures."""

NO_PLATFORM = "没有标平台"
LESS = ("revenue", "refunds")
BRIDGED = (*LESS, "net_revenue")
PLACELESS = {
    "direct_share",
    "shared_visits",
    "shared_rate",
    "share_depth",
    "orders",
    "new_customers",
    "repeat_orders",
    "revenue",
    "net_revenue",
    "refunds",
}


@dataclass(frozen=True, slots=True)
class PlatformRow:
    platform: str
    name: str
    value: float | None
    above: float | None
    below: float | None


@dataclass(frozen=True)
class MetricStory:
    """One metric on a board's period."""

    board: Board
    metric: Metric

    @property
    def above(self) -> Metric | None:
        """The metric over the line of a ratio."""
        return METRICS.get(self.metric.numerator) if self.metric.denominator else None

    @property
    def instead(self) -> str:
        """Why the figure is not held against its reference; empty where it is."""
        return self.board.instead(self.metric, self.whole.value)

    @property
    def below(self) -> Metric | None:
        return METRICS.get(self.metric.denominator)

    @cached_property
    def _keys(self) -> tuple[str, ...]:
        parts = [part.key for part in (self.above, self.below) if part]
        return tuple(dict.fromkeys([self.metric.key, *parts]))

    @cached_property
    def whole(self) -> PlatformRow:
        return self._row(self.board.totals(self._keys, self.board.period)[0], "")

    @property
    def told(self) -> str:
        """The figure with the parts that make it, to be worked out again by hand; empty where nothing is known."""
        if self.whole.value is None:
            return self._lacking
        said = exact(self.whole.value, self.metric.unit)
        if self.above and self.below:
            parts = (self.whole.above, self.above.unit), (self.whole.below, self.below.unit)
            return f"{said} = {' ÷ '.join(exact(*part) for part in parts)}"
        if self.metric.key == "net_revenue":
            parts = [self.board.totals(LESS, self.board.period)[0][key] for key in LESS]
            return f"{said} = {' − '.join(exact(part or 0, 'money') for part in parts)}"
        return f"{self.metric.name} {said}"

    @property
    def _lacking(self) -> str:
        """How many orders are of nobody known, or impressions without a link, where that is why."""
        if self.board.baseless(self.metric.key):
            shown, bare = self.board.linkless
            return f"{shown:,} 次曝光里 {bare:,} 次的内容没带短链，点不了"
        orders, unknown = self.board.buyerless if self.metric.needs_buyers else (0, 0)
        return f"{orders:,} 单里 {unknown:,} 单认不出是谁买的" if orders else ""

    @cached_property
    def bridge(self) -> Bridge | None:
        """How the totals of orders and refunds come to one another; with one of them alone."""
        return Bridge(self.board) if self.metric.key in BRIDGED else None

    @property
    def spent(self) -> str:
        """总花费 as fees and advertising; empty of other metrics."""
        if self.metric.key != "spend" or not self.whole.value:
            return ""
        told = Spending(self.board.workspace, self.board.period).by("channel").values()
        fees, ads = (
            exact(sum(part), "money") for part in zip(*((t.fees, t.ads) for t in told), strict=True)
        )
        return f"总花费 {exact(self.whole.value, 'money')} = 达人费用 {fees} + 广告花费 {ads}"

    @cached_property
    def platforms(self) -> list[PlatformRow]:
        """People are not split: one of them may have come by several. Orders carry no platform of their own."""
        if self.metric.people or not PLACELESS.isdisjoint(self._keys):
            return []
        found = self.board.totals(self._keys, self.board.period, by=("platform",))
        rows = [self._row(row, row["platform"]) for row in found]
        some = (row for row in rows if row.value or row.above or row.below)
        return sorted(some, key=lambda row: (-(row.value or 0), -(row.below or 0), row.name))

    def _row(self, row: dict[str, Any], platform: str) -> PlatformRow:
        above, below = (row.get(part.key) if part else None for part in (self.above, self.below))
        name = channel_name(platform) if platform else NO_PLATFORM
        is_rate = self.metric.key == "ctr" and (not above or self.board.baseless("ctr"))
        return PlatformRow(platform, name, None if is_rate else row[self.metric.key], above, below)

    def rows_for(self, actor: Actor) -> list[tuple[str, str]]:
        """Pages of the rows behind the figure that the reader may open, each with what its button says."""
        keys = (self.metric.numerator, self.metric.denominator)
        pages = dict.fromkeys(ROWS_OF[key] for key in keys if key in ROWS_OF)
        return [one for one in pages if one[0] not in NEEDED or actor.can(NEEDED[one[0]])]
