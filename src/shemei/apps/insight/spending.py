"""What a brand spent, each sum under the name whose credit it earned: no ratio leaves out money that was spent for it.

Advertising that left touches of its own (a short link, a tagged page) is credited under 付费广告, and stands there.
Advertising that left none brings orders that are credited to the channel of its platform: its money stands there too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cached_property
from typing import Any

import pyarrow as pa

from shemei.apps.insight.rules import AdTouches, ad_touches
from shemei.kernel.figures import ask
from shemei.kernel.periods import Period
from shemei.kernel.workspace import Workspace
from shemei.warehouse import questions
from shemei.warehouse.channels import channel_of
from shemei.warehouse.vocabulary import int_day

ADS = "ads"
"""The channel of advertising, whichever platform it runs on."""
UNPLACED = ("direct", "other")
"""What a platform comes to that is no channel."""
SPLIT = ("platform", "channel", "campaign")


@dataclass(frozen=True, slots=True)
class Spent:
    """What one name cost, 分: creators' fees (达人费用) and advertising (广告花费)."""

    fees: int = 0
    ads: int = 0

    @property
    def total(self) -> int:
        return self.fees + self.ads

    def plus(self, amount: int, *, is_ads: bool) -> Spent:
        """With one more sum of either kind."""
        if is_ads:
            return replace(self, ads=self.ads + amount)
        return replace(self, fees=self.fees + amount)


@dataclass(frozen=True, slots=True)
class SpentRow:
    """One sum behind what a name cost: an advertisement's platform and campaign, or a creator's fee."""

    is_ads: bool
    platform: str
    campaign: str
    creator: str
    amount: int


class Spending:
    """The spends of one brand's period; where two are compared, ``touched`` is the span of both.

    What advertising left behind in it says where each sum stands, so that the same campaign stands alike in both.
    """

    def __init__(
        self, workspace: Workspace, period: Period, *, touched: Period | None = None
    ) -> None:
        self.workspace, self.period, self.touched = workspace, period, touched or period

    @cached_property
    def touches(self) -> AdTouches:
        """What advertising left behind from the look-back of the first day on."""
        begun = self.touched.first - timedelta(self.workspace.lookback_days)
        question = questions.Totals(
            self.workspace.key, int_day(begun), self.touched.last_day,
            metrics=("clicks", "visits"), by=("platform", "campaign"), where=(("channel", ADS),),
        )  # fmt: skip
        return ad_touches(ask(question).rows.to_pylist())

    def key_of(self, row: Mapping[str, Any], by: str) -> str:
        """The name that a spend stands under."""
        key: str = row[by]
        return (
            self._channel(row["platform"], row["campaign"])
            if (by, key) == ("channel", ADS)
            else key
        )

    def _channel(self, platform: str, campaign: str) -> str:
        """The channel of an advertisement: its own where it left touches, else that of its platform."""
        found = (
            ADS if self.touches.may_come_of(platform, campaign) else channel_of(platform=platform)
        )
        return ADS if found in UNPLACED else found

    def by(self, dimension: str) -> dict[str, Spent]:
        """What each name of a dimension cost; all of them together are the whole of the period."""
        found: dict[str, Spent] = {}
        for row in self._rows(dimension):
            key = self.key_of(row, dimension)
            told = found.get(key, Spent())
            found[key] = told.plus(row["spend"], is_ads=row["channel"] == ADS)
        return found

    def buckets(self, dimension: str, grain: Any) -> dict[int, dict[str, int]]:
        """The same by day (yyyymmdd) or week."""
        question = questions.Series(
            self.workspace.key, self.period.first_day, self.period.last_day,
            metrics=("spend",), grain=grain, by=_dims(dimension),
        )  # fmt: skip
        found: dict[int, dict[str, int]] = {}
        for row in ask(question).rows.to_pylist():
            told, key = found.setdefault(row["bucket"], {}), self.key_of(row, dimension)
            told[key] = told.get(key, 0) + row["spend"]
        return found

    def behind(self, dimension: str, key: str) -> list[SpentRow]:
        """The sums that add up to what one name cost, the largest first."""
        sums: dict[tuple[bool, str, str, str], int] = {}
        for row in self._rows(dimension, "creator"):
            if self.key_of(row, dimension) == key:
                one = (row["channel"] == ADS, row["platform"], row["campaign"], row["creator"])
                sums[one] = sums.get(one, 0) + row["spend"]
        rows = [SpentRow(*one, amount) for one, amount in sums.items() if amount]
        return sorted(rows, key=lambda row: (row.is_ads, -row.amount, row.platform, row.creator))

    def _rows(self, *more: str) -> Iterable[dict[str, Any]]:
        question = questions.Totals(
            self.workspace.key, self.period.first_day, self.period.last_day,
            metrics=("spend",), by=_dims(*more),
        )  # fmt: skip
        rows: list[dict[str, Any]] = ask(question).rows.to_pylist()
        return rows


def _dims(*more: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*SPLIT, *more)))


def placed(rows: pa.Table, told: Mapping[tuple[Any, ...], int], names: tuple[str, ...]) -> pa.Table:
    """Rows by ``names`` whose column ``spend`` is what ``told`` says of each; what has no row yet gets one."""
    found = {tuple(row[name] for name in names): row for row in rows.to_pylist()}
    nothing = {
        name: 0 if pa.types.is_integer(rows.schema.field(name).type) else None
        for name in rows.column_names
    }
    for key in told.keys() - found.keys():
        found[key] = nothing | dict(zip(names, key, strict=True))
    whole = [row | {"spend": told.get(key, 0)} for key, row in found.items()]
    return pa.Table.from_pylist(whole, schema=rows.schema)
