"""传播: through how many hands pages went, and who opened them. The warehouse counts; here it is laid out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from shemei.apps.insight.queries import DIMENSIONS, Board, Figure
from shemei.apps.insight.reports.files import about, split_columns
from shemei.apps.insight.reports.shared_pages import TravelledPages
from shemei.kernel.figures import ask
from shemei.kernel.lists import Column, Table, Tables
from shemei.kernel.urls import wurl
from shemei.portal.charts import Chart, Series
from shemei.portal.numbers import figure, pct
from shemei.warehouse.flows import ShareDepths

KPIS = ("shared_visits", "shared_rate", "share_depth")
SPLIT_ROWS = 10
NEXT_EACH = "每人再带来 = 下一手的人数 ÷ 这一手的人数，大于 1 才会自己传开"
COUNTED = (
    "人数与转发的人去重，一个人可以在几手里出现，所以各行相加会大于合计。"
    "截图、口述和抄走的原地址看不到，真实的传播只会更远。可疑的访问不算"
)
HANDS = (
    Column("name", "经过", lambda row: row.name),
    Column("visits", "访问", lambda row: row.visits, "num"),
    Column("visitors", "人数", lambda row: row.visitors, "num"),
    Column("sharers", "转发的人", lambda row: row.sharers, "num"),
    Column("each", "每个转发的人带来", lambda row: row.each, "times", unit="人"),
    Column("next_each", "每人再带来", lambda row: row.next_each, "times", unit="人"),
)
PLACES = (
    Column("visits", "转发来的访问", lambda row: row.visits, "num"),
    Column("rate", "占它的访问", lambda row: row.rate, "ratio"),
    Column("depth", "平均几手", lambda row: row.depth, "times"),
)


@dataclass(frozen=True, slots=True)
class HandRow:
    """Everybody a page reached through so many hands, and what came of them.

    ``next_each`` is how many people the next hand reached for each one here: above 1 a page
    spreads by itself. None for the last hand seen.
    """

    depth: int
    visits: int
    visitors: int
    sharers: int
    next_each: float | None
    href: str

    @property
    def name(self) -> str:
        return f"第 {self.depth} 手"

    @property
    def each(self) -> float | None:
        return _each(self.visitors, self.sharers)


@dataclass(frozen=True, slots=True)
class Whole:
    """All who came by pages that were passed on, and who passed them on; each counted once."""

    visits: int
    visitors: int
    sharers: int
    href: str
    name: str = "合计"
    next_each: None = None
    """The whole has no next hand."""

    @property
    def each(self) -> float | None:
        return _each(self.visitors, self.sharers)


@dataclass(frozen=True, slots=True)
class PlaceRow:
    href: str
    name: str
    platform: str
    visits: int
    rate: float | None
    depth: float | None


class Spreading:
    """How far the pages of one brand travelled in a period, whole and split by ``by``."""

    next_each, counted = NEXT_EACH, COUNTED

    def __init__(self, board: Board, by: str) -> None:
        self.board, self.by = board, by

    @cached_property
    def _lines(self) -> list[dict[str, Any]]:
        period = self.board.period
        question = ShareDepths(self.board.workspace.key, period.first_day, period.last_day)
        return ask(question).rows.to_pylist()

    def _href(self, narrowed: dict[str, str]) -> str:
        """The drawer behind a row, which leads to its visits."""
        page = wurl(self.board.workspace, "insight:passed")
        query = (urlencode(narrowed), self.board.period.query)
        return f"{page}?{'&'.join(part for part in query if part)}"

    @cached_property
    def figures(self) -> list[Figure]:
        return self.board.figures(KPIS)

    @cached_property
    def travelled(self) -> TravelledPages:
        """Which pages went how far."""
        return TravelledPages(self.board)

    @property
    def whole(self) -> Whole:
        line = self._lines[0]
        return Whole(line["visits"], line["visitors"], line["sharers"], self._href({}))

    @cached_property
    def hands(self) -> list[HandRow]:
        people = {line["depth"]: line["visitors"] for line in self._lines}
        return [
            HandRow(
                line["depth"], line["visits"], line["visitors"], line["sharers"],
                people.get(line["depth"] + 1, 0) / line["visitors"]
                if line["visitors"] and line is not self._lines[-1] else None,
                self._href({"depth": str(line["depth"])}),
            )
            for line in self._lines[1:]
        ]  # fmt: skip

    @cached_property
    def chart(self) -> Chart:
        return Chart(
            id="spreading",
            kind="bar",
            x=tuple(row.name for row in self.hands),
            x_name="经过几手",
            series=(
                Series("访问", tuple(row.visits for row in self.hands)),
                Series("人数", tuple(row.visitors for row in self.hands)),
            )
            if self.hands
            else (),
            height=240,
            totals=False,
        )

    @property
    def says(self) -> str:
        """What it comes to, in one sentence."""
        if not self.hands:
            return ""
        first, last = self.hands[0], self.hands[-1]
        said = f"{figure(self.whole.sharers)} 个转发的人的页面被打开，来了 {figure(self.whole.visitors)} 人"
        if last.depth == 1:
            return f"{said}，都是第一手，没有再传下去。"
        further = 1 - (first.visits if first.depth == 1 else 0) / self.whole.visits
        return f"{said}；{pct(further, 1)} 的访问经过两手以上，最远到第 {last.depth} 手。"

    @cached_property
    def _places(self) -> list[dict[str, Any]]:
        found = self.board.totals(KPIS, self.board.period, by=(self.by,))
        return [row for row in found if row["shared_visits"]]

    @cached_property
    def places(self) -> list[PlaceRow]:
        """Where, by what and by whom pages were opened that somebody had passed on; the most first."""
        return self._named(self._places[:SPLIT_ROWS])

    def _named(self, lines: list[dict[str, Any]]) -> list[PlaceRow]:
        names = self.board.named(self.by, [row[self.by] for row in lines])
        return [
            PlaceRow(
                self._href({"by": self.by, "key": row[self.by]}), names[row[self.by]].name, names[row[self.by]].platform,
                row["shared_visits"], row["shared_rate"], row["share_depth"],
            )
            for row in lines
        ]  # fmt: skip

    @property
    def split_word(self) -> str:
        return DIMENSIONS[self.by]

    # files -------------------------------------------------------------------------------------------

    @property
    def tables(self) -> Tables:
        """What can be taken along: each hand with the whole, and every row of the split."""
        return Tables("传播报表", self._tables, about(self.board, "精确值"))

    @property
    def _tables(self) -> tuple[Table, ...]:
        every = f"页面只列转发来的访问最多的 {SPLIT_ROWS} 项，这里全列"
        return (
            Table(
                "hands", "每一手", HANDS, lambda: [*self.hands, self.whole], (NEXT_EACH, COUNTED),
                some=bool(self.hands),
            ),
            replace(self.travelled.table, some=bool(self.hands)),
            Table(
                "split", f"按{self.split_word}", (*split_columns(self.by), *PLACES),
                lambda: self._named(self._places), (every,), some=bool(self.hands),
            ),
        )  # fmt: skip


def _each(visitors: int, sharers: int) -> float | None:
    return visitors / sharers if sharers else None
