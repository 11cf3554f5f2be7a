"""哪些页面传得远: the pages that friends passed on, those that reached the most people first."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from shemei.apps.insight.queries import Board
from shemei.kernel.figures import ask
from shemei.kernel.lists import Column, Table
from shemei.portal.numbers import figure
from shemei.warehouse.flows import MOST_PAGES, SharedPages

SHOWN = 10
BY_PATH = (
    "页面按路径分：不看网址里的参数，几个网站上同名的路径算一页。"
    "人数与转发的人各页去重，一个人可以来过几页，所以各行不能相加"
)
COLUMNS = (
    Column("page", "页面", lambda row: row.name),
    Column("visitors", "人数", lambda row: row.visitors, "num"),
    Column("visits", "访问", lambda row: row.visits, "num"),
    Column("sharers", "转发的人", lambda row: row.sharers, "num"),
    Column("each", "每个转发的人带来", lambda row: row.each, "times", unit="人"),
    Column("hands", "平均几手", lambda row: row.hands, "times"),
    Column("furthest", "最远第几手", lambda row: row.furthest, "num"),
)


@dataclass(frozen=True, slots=True)
class PageRow:
    """One page, or the ``pages`` that come after those shown; ``hands`` is the mean of its visits."""

    page: str
    pages: int
    visits: int
    visitors: int
    sharers: int
    hands: float
    furthest: int
    query: str

    @property
    def is_rest(self) -> bool:
        return not self.page

    @property
    def name(self) -> str:
        return page_name(self.page, self.pages)

    @property
    def each(self) -> float | None:
        return self.visitors / self.sharers if self.sharers else None


def page_name(page: str, pages: int) -> str:
    """How a line of pages passed on is called.

    >>> page_name("/", 1), page_name("/quiz", 1), page_name("", 12)
    ('/（首页）', '/quiz', '其余 12 个页面')
    """
    if not page:
        return f"其余 {figure(pages)} 个页面"
    return "/（首页）" if page == "/" else page


def paths_of(page: str) -> tuple[str, ...]:
    """The paths that are one page in the log.

    >>> paths_of("/"), paths_of("/quiz")
    (('/', ''), ('/quiz',))
    """
    return ("/", "") if page == "/" else (page,)


def mean_hands(line: dict[str, Any]) -> float:
    """Hands of one visit of a line, on the average."""
    return float(line["share_steps"] / line["visits"])


class TravelledPages:
    """The pages of one brand that friends passed on in a period."""

    by_path = BY_PATH

    def __init__(self, board: Board) -> None:
        self.board = board

    @cached_property
    def rows(self) -> list[PageRow]:
        return self._first(SHOWN)

    @property
    def table(self) -> Table:
        """What can be taken along: more pages than the page shows."""
        every = f"页面只列人最多的 {SHOWN} 个，这里最多列 {MOST_PAGES} 个，更多的合成一行"
        return Table(
            "pages", "哪些页面传得远", COLUMNS, lambda: self._first(MOST_PAGES), (BY_PATH, every)
        )

    def _first(self, most: int) -> list[PageRow]:
        period = self.board.period
        question = SharedPages(
            self.board.workspace.key, period.first_day, period.last_day, most=most
        )
        return [
            PageRow(
                line["page"], line["pages"], line["visits"], line["visitors"], line["sharers"],
                mean_hands(line), line["furthest"],
                f"{urlencode({'path': line['page']})}&{period.query}",
            )
            for line in ask(question).rows.to_pylist()
        ]  # fmt: skip

    @property
    def says(self) -> str:
        """Which page brought the most people, and which got furthest, in one sentence."""
        named = [row for row in self.rows if not row.is_rest]
        if len(named) < 2:
            return ""
        first, most = named[0], max(row.furthest for row in named)
        said = f"{first.name} 来的人最多，{figure(first.visitors)} 人"
        if first.furthest == most:
            return f"{said}，也传到了最远的第 {most} 手。"
        far = [row.name for row in named if row.furthest == most]
        others = f" 等 {len(far)} 个页面" if len(far) > 1 else ""
        return f"{said}；最远的到第 {most} 手，是 {far[0]}{others}。"
