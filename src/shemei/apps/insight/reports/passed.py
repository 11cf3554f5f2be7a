"""Behind a row of 传播: how its figures are worked out, and where the visits stand one by one."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from urllib.parse import urlencode

from shemei.apps.insight.queries import Board
from shemei.apps.insight.reports import events
from shemei.apps.insight.reports.shared_pages import page_name, paths_of
from shemei.apps.insight.reports.spreading import HandRow, Spreading, Whole
from shemei.kernel.urls import wurl
from shemei.portal.numbers import figure, pct, times

GLIMPSE = 8


class Passed:
    """One hand (``depth``; 0 is all together), or one channel, content, creator or campaign.

    With ``sharer`` only what one browser passed on, by its mark; with ``path`` only of one page.
    """

    def __init__(
        self, board: Board, *, depth: int = 0, by: str = "", key: str = "", sharer: str = "",
        path: str = "",
    ) -> None:  # fmt: skip
        self.board, self.depth, self.by, self.key = board, depth, by, key
        self.sharer, self.path = sharer, path

    @property
    def title(self) -> str:
        if self.by:
            return f"{self.board.named(self.by, [self.key])[self.key].name}：转发来的访问"
        return f"第 {self.depth} 手" if self.depth else "转发来的访问，合计"

    @property
    def narrowed(self) -> str:
        """Which of all visits by pages passed on these are; empty for all."""
        told = [self.title] if self.by or self.depth else []
        told += [page_name(self.path, 1)] if self.path else []
        return "，".join([*told, f"记号 {self.sharer} 转的"] if self.sharer else told)

    @property
    def lines(self) -> list[str]:
        """Its figures with the numbers put in, to be worked out again by hand."""
        return list(self._place() if self.by else self._hand())

    def _hand(self) -> Iterator[str]:
        told = Spreading(self.board, "channel")
        hands = {row.depth: row for row in told.hands}
        row: HandRow | Whole | None = hands.get(self.depth) if self.depth else told.whole
        if row is None:
            return
        yield f"{figure(row.visits)} 次访问，{figure(row.visitors)} 人，由 {figure(row.sharers)} 个人转发"
        if row.each is not None:
            yield f"每个转发的人带来 {times(row.each)} 人 = {figure(row.visitors)} ÷ {figure(row.sharers)}"
        if row.next_each is not None:
            after = hands.get(self.depth + 1)
            people = figure(after.visitors if after else 0)
            yield f"每人再带来 {times(row.next_each)} 人 = 下一手 {people} 人 ÷ 这一手 {figure(row.visitors)} 人"

    def _place(self) -> Iterator[str]:
        keys = ("shared_visits", "visits", "shared_rate", "share_depth")
        rows = self.board.totals(keys, self.board.period, by=(self.by,))
        row = next((row for row in rows if row[self.by] == self.key), None)
        if row is None or not row["shared_visits"]:
            return
        shared = figure(row["shared_visits"])
        yield f"占它的访问 {pct(row['shared_rate'])} = 转发来的 {shared} ÷ 全部 {figure(row['visits'])}"
        steps = figure(round(row["share_depth"] * row["shared_visits"]))
        yield f"平均 {figure(row['share_depth'], 2)} 手 = 各次经过的手数相加 {steps} ÷ {shared}"

    def visits(self, limit: int) -> events.Found:
        """The newest of its visits."""
        where = [(self.by, self.key)] if self.by else []
        where += [("shared_by", self.sharer)] if self.sharer else []
        where += [("page", path) for path in paths_of(self.path)] if self.path else []
        return events.passed_on(self.board, tuple(where), self.depth, limit)

    @property
    def rows(self) -> list[events.EventRow]:
        """A few, to see what they are."""
        return events.event_rows(self.board, self.visits(GLIMPSE).rows)

    @cached_property
    def counted(self) -> events.Found:
        """The visits that the figures of who passed pages on are counted over."""
        return self.visits(events.COUNTED)

    @property
    def sharers(self) -> list[events.SharerRow]:
        def visits_of(sharer: str) -> str:
            return self._page("insight:passed_visits", sharer=sharer)

        return events.sharer_rows(self.counted, visits_of)

    @property
    def visits_href(self) -> str:
        return self._page("insight:passed_visits")

    @property
    def sharers_href(self) -> str:
        return self._page("insight:passed_sharers")

    def _page(self, name: str, **more: str) -> str:
        narrowed = {"by": self.by, "key": self.key} if self.by else {}
        narrowed |= {"depth": str(self.depth)} if self.depth else {}
        narrowed |= {"path": self.path} if self.path else {}
        query = "&".join(filter(None, (urlencode(narrowed | more), self.board.period.query)))
        return f"{wurl(self.board.workspace, name)}?{query}"
