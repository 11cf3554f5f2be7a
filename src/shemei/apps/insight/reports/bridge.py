"""The bridge from 成交额 to 净成交额: which refunds stand between the totals, and whose they are.

成交额 counts orders on the day they were paid. 至今净额 takes off what came back of these very orders, whenever it
did. 净成交额 takes off what came back on the days of the period, of whichever orders. Each line has its rows.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from shemei.apps.insight.reports.orders import MOST_LISTED
from shemei.kernel.figures import ask
from shemei.kernel.lists import Column, Table
from shemei.kernel.urls import wurl
from shemei.portal.numbers import yuan
from shemei.warehouse.questions import REFUND_PARTS, Orders, RefundParts, Refunds

if TYPE_CHECKING:
    from shemei.apps.insight.queries import Board

OVER, BOOKED = "over", "booked"
IN_PERIOD = ("own", "older", "newer", "unknown")
PARTS = (*REFUND_PARTS, BOOKED)
SAYS: dict[str, str] = {
    "revenue": "付款日在这段时间的单，实付相加",
    "own": "这些单的，也退在这段时间",
    "later": "这些单的，退在这段时间以后、到今天为止",
    "early": "这些单的，却记在这段时间以前：多半是付款时间更正过",
    "older": "退在这段时间，付款在这段时间以前",
    "newer": "退在这段时间，付款却在这段时间以后：多半是付款时间更正过",
    "unknown": "退在这段时间，系统没有收到这一单，或这一单不计入",
    BOOKED: "退在这段时间，不管是哪天的单",
    OVER: "退得比实付还多的单，净额最少是 0，多退的部分不再减",
}
"""What each line is, in a sentence."""
NAMES: dict[str, str] = {
    "own": "这些单的退款，退在这段时间",
    "later": "这些单的退款，后来退的",
    "early": "这些单的退款，更早记的",
    "older": "更早的单，退在这段时间",
    "newer": "更晚的单，退在这段时间",
    "unknown": "对不上单的退款",
    BOOKED: "这段时间的退款",
    OVER: "多退的部分",
}
ALWAYS = ("own", "later", "older")
"""Lines that stand there also where they are nothing; the others only where they are something."""


@dataclass(frozen=True, slots=True)
class Part:
    """How many rows a line is of, and what they come to."""

    count: int
    amount: int


def _parts(name: str) -> tuple[str, ...]:
    return IN_PERIOD if name == BOOKED else (name,)


@dataclass(frozen=True, slots=True)
class Line:
    """One line: a total (``sign`` 0), or what is added to it or taken off, with its sign; ``count`` is of its rows."""

    key: str
    name: str
    says: str
    sign: int
    amount: int
    count: int
    unit: str
    href: str

    @property
    def is_total(self) -> bool:
        return self.sign == 0

    @property
    def does(self) -> str:
        """What it does to the total above it."""
        return ("合计", "加", "减")[self.sign]

    @property
    def shown(self) -> str:
        """Its amount with the sign in front, as one reads it aloud."""
        text = yuan(self.amount, full=True)
        return f"+{text}" if self.sign > 0 and self.amount >= 0 else text


COLUMNS = (
    Column("name", "项", lambda line: line.name),
    Column("does", "加减", lambda line: line.does),
    Column("amount", "金额", lambda line: line.amount, "money"),
    Column("count", "行数", lambda line: line.count, "num"),
    Column("unit", "单位", lambda line: line.unit),
    Column("says", "是什么", lambda line: line.says),
)


class Bridge:
    """The bridge of one board's period; every line is the sum of its rows, and the totals come out of them."""

    title = "三个成交额怎么对上"

    def __init__(self, board: Board) -> None:
        self.board = board

    @cached_property
    def totals(self) -> dict[str, int]:
        """成交额, 退款额 and 净成交额 as every other page counts them, and how many orders there are."""
        keys = ("revenue", "refunds", "net_revenue", "orders")
        found = self.board.totals(keys, self.board.period)[0]
        return {key: found[key] or 0 for key in keys}

    @cached_property
    def parts(self) -> dict[str, Part]:
        """How many refunds each part has and what they come to; of ``over`` how many orders."""
        period = self.board.period
        question = RefundParts(self.board.workspace.key, period.first_day, period.last_day)
        rows = ask(question).rows.to_pylist()
        return {row["part"]: Part(row["times"], row["total"]) for row in rows}

    def part(self, name: str) -> Part:
        """What one line comes to, or all that were booked in the period."""
        found = [self.parts[one] for one in _parts(name) if one in self.parts]
        return Part(sum(one.count for one in found), sum(one.amount for one in found))

    def _sum(self, *names: str) -> int:
        return sum(self.part(name).amount for name in names)

    @property
    def settled(self) -> int:
        """至今净额: what is left today of the orders of the period."""
        return self.totals["revenue"] - self._sum("own", "later", "early") + self._sum(OVER)

    @property
    def net(self) -> int:
        """净成交额, worked out from the lines."""
        back, other = self._sum("later", "early"), self._sum("older", "newer", "unknown")
        return self.settled + back - self._sum(OVER) - other

    # lines -------------------------------------------------------------------------------------------

    @cached_property
    def lines(self) -> list[Line]:
        """From 成交额 down to 至今净额, and on to 净成交额."""
        minus = [self._line(name, -1) for name in ("own", "later", "early")]
        plus = [self._line(name, 1) for name in ("later", "early")]
        other = [self._line(name, -1) for name in ("older", "newer", "unknown")]
        lines = [
            self._total("revenue", "成交额", SAYS["revenue"], self.totals["revenue"]),
            *minus,
            self._over(1),
            self._total("settled", "至今净额", "这些单到今天还留下的；对账、归因、可追踪成交额都按它算", self.settled),
            *(self._back(line) for line in plus),
            self._over(-1),
            *other,
            self._net(),
        ]  # fmt: skip
        return [
            one
            for one in lines
            if one.sign == 0 or one.amount or (one.sign < 0 and one.key in ALWAYS)
        ]

    def _total(self, key: str, name: str, says: str, amount: int) -> Line:
        count, href = self.totals["orders"], self._href("insight:period_orders")
        return Line(key, name, says, 0, amount, count, "单", href)

    def _net(self) -> Line:
        """净成交额 with the refunds that make it of 成交额: all that were booked in the period."""
        booked = self.part(BOOKED)
        back, sold = (yuan(amount, full=True) for amount in (booked.amount, self.totals["revenue"]))
        says = f"成交额 {sold} − 退在这段时间的退款 {back}，不管是哪天的单；总览、看板里的净成交额"
        href = self._href("insight:period_refunds", part=BOOKED)
        return Line("net", "净成交额", says, 0, self.net, booked.count, "笔退款", href)

    def _line(self, name: str, sign: int) -> Line:
        part, href = self.part(name), self._href("insight:period_refunds", part=name)
        return Line(name, NAMES[name], SAYS[name], sign, sign * part.amount, part.count, "笔", href)

    def _back(self, line: Line) -> Line:
        says = "上面减过的；净成交额把它记在退款的那天，不在这段时间，所以加回来"
        return replace(line, name=f"加回：{line.name}", says=says)

    def _over(self, sign: int) -> Line:
        part, href = self.part(OVER), self._href("insight:period_orders", part=OVER)
        return Line(OVER, NAMES[OVER], SAYS[OVER], sign, sign * part.amount, part.count, "单", href)

    def _href(self, page: str, **narrowed: str) -> str:
        asked = f"{urlencode(narrowed)}&" if narrowed else ""
        return f"{wurl(self.board.workspace, page)}?{asked}{self.board.period.query}"

    @property
    def says(self) -> str:
        """The bridge in one sentence."""
        told = {line.key: yuan(line.amount, full=True) for line in self.lines if line.is_total}
        return f"成交额 {told['revenue']}，至今净额 {told['settled']}，净成交额 {told['net']}：都对，差在退款记给谁、记在哪天。"

    @property
    def some(self) -> bool:
        return bool(self.totals["orders"] or self.parts)

    @property
    def table(self) -> Table:
        """The lines as a file has them; from one total to the next they add up."""
        return Table(
            "bridge", self.title, COLUMNS, lambda: self.lines, (self.says,), some=self.some
        )

    # rows --------------------------------------------------------------------------------------------

    def orders(self, *, over: bool = False) -> list[dict[str, Any]]:
        """The orders of the period, or those of which more came back than was paid; as many as are listed and one more."""
        period = self.board.period
        question = Orders(
            self.board.workspace.key, period.first_day, period.last_day, over=over, limit=MOST_LISTED + 1
        )  # fmt: skip
        rows: list[dict[str, Any]] = ask(question).rows.to_pylist()
        return rows

    def refunds(self, name: str) -> list[dict[str, Any]]:
        """The refunds of one line, the newest first; as many as are listed and one more."""
        period = self.board.period
        question = Refunds(
            self.board.workspace.key, period.first_day, period.last_day, _parts(name), MOST_LISTED + 1
        )  # fmt: skip
        rows: list[dict[str, Any]] = ask(question).rows.to_pylist()
        return rows
