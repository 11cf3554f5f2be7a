"""The drawer behind what a row cost and what came of it: the sums that add up to it, and the ratio worked out again."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from django.http import Http404

from shemei.apps.insight.queries import DIMENSIONS, Board
from shemei.apps.insight.reports.report import NAMED_RATIO, RATIO, Report, ReportRow
from shemei.apps.insight.spending import ADS, Spending
from shemei.portal.numbers import times, yuan

SHOWN = 15


@dataclass(frozen=True, slots=True)
class SumRow:
    """One sum in words; ``platform`` is where it was spent."""

    kind: str
    name: str
    platform: str
    amount: int


class SpentStory:
    """What one row of a report cost."""

    def __init__(self, board: Board, by: str, key: str) -> None:
        self.board, self.by, self.key = board, by, key
        found = next((row for row in Report(board, by).rows if row.key == key), None)
        if found is None:
            raise Http404("这段时间没有这一行。请从报表进入。")
        self.row: ReportRow = found

    @property
    def word(self) -> str:
        return DIMENSIONS[self.by]

    @property
    def ratio(self) -> str:
        return RATIO.get(self.by, NAMED_RATIO)

    @cached_property
    def sums(self) -> list[SumRow]:
        """Creators' fees first, then advertising; they add up to what the row cost."""
        board = self.board
        found = Spending(board.workspace, board.period).behind(self.by, self.key)
        creators = board.named("creator", {row.creator for row in found if row.creator})
        campaigns = board.named("campaign", {row.campaign for row in found if row.campaign})
        return [
            SumRow("广告", campaigns[row.campaign].name if row.campaign else "没有记到活动", row.platform, row.amount)
            if row.is_ads
            else SumRow("达人", creators[row.creator].name if row.creator else "没有写是谁", row.platform, row.amount)
            for row in found
        ]  # fmt: skip

    @property
    def shown(self) -> list[SumRow]:
        return self.sums[:SHOWN]

    @property
    def rest(self) -> list[SumRow]:
        return self.sums[SHOWN:]

    @property
    def rest_amount(self) -> int:
        return sum(row.amount for row in self.rest)

    @property
    def told(self) -> str:
        """The ratio with the numbers that make it; empty where there is none."""
        if self.row.returned is None:
            return ""
        parts = yuan(self.row.value, full=True), yuan(self.row.spend, full=True)
        return f"{times(self.row.returned)} = {' ÷ '.join(parts)}"

    @property
    def without_ads(self) -> str:
        """The ratio to creators' fees alone, which no list is sorted by; empty where there is nothing to leave out."""
        row = self.row
        if self.by != "channel" or row.returned is None or not (row.fees and row.ads):
            return ""
        parts = yuan(row.value, full=True), yuan(row.fees, full=True)
        return f"{times(row.value / row.fees)} = {' ÷ '.join(parts)}"

    @property
    def of_platform(self) -> bool:
        """Whether advertising stands in it that left no touches of its own."""
        return self.by == "channel" and self.key != ADS and bool(self.row.ads)
