"""留存: whether people come back. The warehouse counts; here it is laid out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from shemei.apps.insight.queries import Board
from shemei.apps.insight.reports.files import about
from shemei.kernel.figures import ask
from shemei.kernel.lists import Column, Table, Tables
from shemei.kernel.urls import wurl
from shemei.portal.numbers import pct
from shemei.warehouse.flows import Retention
from shemei.warehouse.vocabulary import date_of

GRAINS = {"week": "周", "month": "月"}
STARTS = {"order": "首次下单", "visit": "首次到访"}
BACKS = {"order": "再下单", "visit": "再到访"}
LONG_ENOUGH = 56
"""Days of 留存: with fewer than eight weeks hardly anybody can be seen to come back."""
LEVELS = 5


def cohort_label(day: date, grain: str) -> str:
    """How people call the cohort that began on ``day``.

    >>> cohort_label(date(2026, 11, 2), "week"), cohort_label(date(2026, 11, 1), "month")
    ('11-02 起一周', '2026-11')
    """
    return f"{day:%Y-%m}" if grain == "month" else f"{day:%m-%d} 起一周"


@dataclass(frozen=True, slots=True)
class RetentionCell:
    people: int
    share: float
    level: int
    complete: bool
    href: str = ""

    @property
    def text(self) -> str:
        return pct(self.share, 1)


@dataclass(frozen=True, slots=True)
class CohortRow:
    """People who began in one week or month, and how many came back in each one after."""

    day: int
    label: str
    size: int
    cells: tuple[RetentionCell, ...]
    href: str
    blanks: range = range(0)
    """Weeks or months that are still to come for it, so that its line ends where all end."""

    @property
    def over(self) -> int:
        """How many of its weeks or months are over."""
        return sum(cell.complete for cell in self.cells)


class RetentionPage:
    """Cohorts of one brand's period."""

    def __init__(self, board: Board, start: str, back: str, grain: str) -> None:
        self.board, self.start, self.back, self.grain = board, start, back, grain

    @cached_property
    def _lines(self) -> list[dict[str, Any]]:
        period = self.board.period
        question = Retention(
            self.board.workspace.key, period.first_day, period.last_day,
            start=self.start, back=self.back, grain=self.grain,  # type: ignore[arg-type]
        )  # fmt: skip
        return ask(question).rows.to_pylist()

    @cached_property
    def rows(self) -> list[CohortRow]:
        most = max((row["share"] or 0.0 for row in self._lines if row["n"]), default=0.0) or 1.0
        cohorts: dict[int, list[dict[str, Any]]] = {}
        for row in self._lines:
            cohorts.setdefault(row["cohort"], []).append(row)
        longest = max((len(rows) for rows in cohorts.values()), default=0)
        return [
            CohortRow(
                cohort, cohort_label(date_of(cohort), self.grain), rows[0]["size"], tuple(_cell(row, most, self._href(cohort, row)) for row in rows),
                self._href(cohort),
                range(longest - len(rows)),
            )
            for cohort, rows in cohorts.items()
        ]  # fmt: skip

    def _href(self, cohort: int, line: dict[str, Any] | None = None) -> str:
        """Where the orders behind a cell are; empty where what is behind it are visits, or nothing."""
        if self.start != "order" or (line and (self.back != "order" or not line["people"])):
            return ""
        n = f"&n={line['n']}" if line else ""
        page = wurl(self.board.workspace, "insight:cohort")
        return f"{page}?cohort={cohort}&grain={self.grain}{n}&{self.board.period.query}"

    @property
    def columns(self) -> list[str]:
        longest = max((len(row.cells) for row in self.rows), default=0)
        word = GRAINS[self.grain]
        return ["当" + word, *(f"第 {n} {word}" for n in range(1, longest))]

    @property
    def rule(self) -> str:
        word = GRAINS[self.grain]
        again = "另一单" if self.back == "order" else "另一天的到访"
        return f"规则：一批是那一{word}里{STARTS[self.start]}的人；回来指之后的{again}，跟到所选时段最后一天"

    @property
    def tables(self) -> Tables:
        """What can be taken along: how many came back, and which part of their cohort that is."""
        word = GRAINS[self.grain]
        still = f"「已过完」数每一批过完了几{word}；之后的那一格还没过完，会再高一些"
        notes = about(self.board, self.rule, still, "人数去重，精确值")
        return Tables("留存报表", self._tables, notes)

    @property
    def _tables(self) -> tuple[Table, ...]:
        first = (
            Column("day", "哪一批，起始日", lambda row: date_of(row.day), "date"),
            Column("size", "人数", lambda row: row.size, "num"),
            Column("over", "已过完", lambda row: row.over, "num", unit=GRAINS[self.grain]),
        )
        heads = list(enumerate(self.columns))
        people = tuple(_span_column(n, head, "people") for n, head in heads)
        shares = tuple(_span_column(n, head, "share") for n, head in heads)
        back, rows = BACKS[self.back], lambda: self.rows
        return (
            Table("people", f"{back}的人数", (*first, *people), rows, some=bool(self.rows)),
            Table(
                "share", f"{back}的占比", (*first, *shares), rows, ("占那一批人数的百分之几",),
                some=bool(self.rows),
            ),
        )  # fmt: skip

    @property
    def says(self) -> str:
        """How many came back in the first week or month after, over all cohorts whose is over."""
        whole = [row for row in self._lines if row["n"] == 1 and row["complete"]]
        size = sum(row["size"] for row in whole)
        if not size:
            return ""
        share = sum(row["people"] for row in whole) / size
        return f"{STARTS[self.start]}的人里，第 1 {GRAINS[self.grain]}{BACKS[self.back]}的有 {pct(share, 1)}（已满的 {len(whole)} 批，{size:,} 人）。"


def _cell(row: dict[str, Any], most: float, href: str) -> RetentionCell:
    share = row["share"] or 0.0
    level = min(LEVELS, max(1 if row["people"] else 0, round(LEVELS * share / most)))
    return RetentionCell(row["people"], share, level, row["complete"], href)


def _span_column(number: int, head: str, field: str) -> Column:
    """What one week or month after says of each cohort; empty where it is still to come."""

    def told(row: CohortRow) -> Any:
        return getattr(row.cells[number], field) if number < len(row.cells) else None

    return Column(f"n{number}", head, told, "num" if field == "people" else "ratio")
