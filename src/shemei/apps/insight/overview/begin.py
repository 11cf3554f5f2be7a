"""「从这里开始」: what a brand does first, and which of it is done."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from shemei.apps.insight.models import Goal
from shemei.apps.insight.queries import Board
from shemei.apps.tracking import queries as tracking
from shemei.kernel.elsewhere import ever
from shemei.kernel.periods import Period


@dataclass(frozen=True, slots=True)
class BeginStep:
    """One thing to do, where it is done, and whether it is."""

    icon: str
    title: str
    text: str
    page: str
    link: str
    done: bool
    query: str = ""


class Begin:
    """The panel stands until all of it is done, or until somebody puts it away."""

    def __init__(self, board: Board, *, put_away: bool) -> None:
        self.board, self.put_away = board, put_away

    @cached_property
    def ever(self) -> Period | None:
        """From the first order of all to the last, whatever is shown; None before there is one."""
        return ever(self.board.workspace, "orders")

    @cached_property
    def orders(self) -> int:
        return int(self.board.totals(("orders",), self.ever)[0]["orders"]) if self.ever else 0

    @cached_property
    def has_path(self) -> bool:
        """Some order has a path; the shown period is asked first, for its answer is at hand."""
        if self.board.channels_now.totals.conversions:
            return True
        if self.ever is None:
            return False
        return bool(self.board.attribution("channel", self.ever, ("last",)).totals.conversions)

    @property
    def is_shown(self) -> bool:
        return not self.put_away and self.next is not None

    @cached_property
    def steps(self) -> list[BeginStep]:
        linked, sited = tracking.begun(self.board.workspace)
        sold = "每一单自动接回它之前的触达。"
        if self.orders and not self.has_path:
            sold = f"已有 {self.orders:,} 单，还没有一单接得回之前的触达：先有点击，或订单里带着优惠码、手机号。"
        return [
            BeginStep("link", "1. 建一条短链，放到内容里。", "有人点，几秒后就看得见他从哪来。", "tracking:new", "新建短链", linked),
            BeginStep("database-import", "2. 导入店铺订单。", sold, "imports:upload", "导入订单", bool(self.orders), "?kind=orders"),
            BeginStep("world-www", "3. 在网站上装一行代码。", "点了短链的人看了什么、买没买，接得上。", "tracking:sites", "网站代码", sited),
            BeginStep("target-arrow", "4. 定一个目标。", "这一页每天告诉你领先还是落后。", "insight:goal_new", "定目标", Goal.objects.exists()),
        ]  # fmt: skip

    @property
    def next(self) -> BeginStep | None:
        """What to do now: the one step whose button stands out."""
        return next((step for step in self.steps if not step.done), None)

    @property
    def done(self) -> int:
        return sum(step.done for step in self.steps)
