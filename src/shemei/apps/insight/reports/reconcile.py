"""对账: what platforms claim beside what can be traced, and the orders that nothing leads to.

Two kinds of figure. They stand side by side, each with its rows, and are never added up.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

import pyarrow as pa
import pyarrow.compute as pc

from shemei.apps.advertising import queries as advertising
from shemei.apps.commerce import queries as commerce
from shemei.apps.insight.queries import Board, day_axis, days_of
from shemei.apps.insight.reports.report import sale_bands
from shemei.kernel.figures import ask
from shemei.kernel.periods import Period
from shemei.kernel.urls import wurl
from shemei.portal.charts import Chart, Series
from shemei.portal.numbers import pct
from shemei.warehouse import questions
from shemei.warehouse.vocabulary import SHANGHAI, from_ts, int_day

COUNTED = ("order_id", "day", "value", "length", "conv_ts", "position")


@dataclass(frozen=True, slots=True)
class ClaimRow:
    """One platform: what it says it sold, what leads from it to an order, what it cost."""

    key: str
    name: str
    claimed_orders: int | None
    claimed_value: int | None
    traced_orders: float
    traced_value: float
    spend: int
    claims_href: str
    traced_href: str

    @property
    def share(self) -> float | None:
        """Traced over claimed; ``None`` where the platform says nothing."""
        return self.traced_value / self.claimed_value if self.claimed_value else None

    @property
    def reading(self) -> str:
        return reading(self.share, self.traced_value)


@dataclass(frozen=True, slots=True)
class Claim:
    """What one platform says it sold for a campaign."""

    platform: str
    value: int
    href: str


@dataclass(frozen=True, slots=True)
class CampaignRow:
    """One campaign; platforms may claim the same order, so their claims stay apart."""

    key: str
    name: str
    claims: tuple[Claim, ...]
    traced_orders: float
    traced_value: float
    spend: int
    traced_href: str


def reading(share: float | None, traced: float) -> str:
    """What the two figures beside each other mean, in a few words.

    >>> reading(None, 500), reading(0.4, 500), reading(0.9, 500), reading(1.6, 500)
    ('没有自报', '自报远多于追到的', '大致对得上', '追到的多于自报')
    """
    if share is None:
        return "没有自报" if traced else "都没有"
    if share < 0.7:
        return "自报远多于追到的"
    return "大致对得上" if share <= 1.3 else "追到的多于自报"


@dataclass(frozen=True, slots=True)
class DayRow:
    """One day's orders: those with a way, those without."""

    day: int
    traced: int
    untracked: int
    traced_value: int
    untracked_value: int

    @property
    def share(self) -> float | None:
        whole = self.traced + self.untracked
        return self.traced / whole if whole else None


@dataclass(frozen=True, slots=True)
class Untracked:
    """One order that nothing leads to, as a row."""

    number: str
    at: Any
    value: int
    state: str
    promo_code: str
    href: str


class Reconciliation:
    """The page of one brand's period; each part is worked out when it is asked for."""

    def __init__(self, board: Board) -> None:
        self.board = board

    # claimed and traced ------------------------------------------------------------------------------

    @cached_property
    def platforms(self) -> list[ClaimRow]:
        """Platforms that claim something, or that cost something and led to an order."""
        board = self.board
        told = advertising.total_by(board.workspace, board.period.first, board.period.last)
        answer = board.attribution("channel", board.period, (board.model,)).models[board.model]
        keys = {key for key in told if told[key].claimed_value or told[key].claimed_orders}
        keys |= {key for key in told if told[key].amount} & answer.keys()
        names = board.named("channel", keys)
        rows = [self._platform(names[key], told[key], answer.get(key)) for key in keys]
        return sorted(rows, key=lambda row: (-(row.claimed_value or 0), -row.traced_value))

    def _platform(self, name: Any, told: Any, credit: Any) -> ClaimRow:
        return ClaimRow(
            name.key, name.name, told.claimed_orders, told.claimed_value,
            credit.conversions if credit else 0.0, credit.value if credit else 0.0, told.amount,
            self._spends({"platform": name.key}), self._paths("channel", name.key),
        )  # fmt: skip

    @cached_property
    def campaigns(self) -> list[CampaignRow]:
        """Campaigns that money was spent on; each platform's claim stands alone."""
        board = self.board
        told = advertising.total_by(
            board.workspace, board.period.first, board.period.last, by="campaign__key"
        )
        answer = board.attribution("campaign", board.period, (board.model,)).models[board.model]
        names = board.named("campaign", [key for key in told if key])
        rows = [
            self._campaign(name, told[key].amount, answer.get(key)) for key, name in names.items()
        ]
        return sorted(rows, key=lambda row: -row.traced_value)

    def _campaign(self, name: Any, amount: int, credit: Any) -> CampaignRow:
        board = self.board
        told = advertising.total_by(
            board.workspace, board.period.first, board.period.last, campaign__key=name.key
        )
        claims = [
            Claim(key, one.claimed_value, self._spends({"campaign": name.key, "platform": key}))
            for key, one in told.items()
            if one.claimed_value
        ]
        return CampaignRow(
            name.key, name.name, tuple(sorted(claims, key=lambda claim: -claim.value)),
            credit.conversions if credit else 0.0, credit.value if credit else 0.0, amount,
            self._paths("campaign", name.key),
        )  # fmt: skip

    def _spends(self, narrowed: dict[str, str]) -> str:
        page = wurl(self.board.workspace, "advertising:spends")
        return f"{page}?{urlencode(narrowed)}&{self.board.period.query}"

    def _paths(self, by: str, key: str) -> str:
        page = wurl(self.board.workspace, "insight:paths")
        return f"{page}?{urlencode({'by': by, 'key': key})}&{self.board.period.query}"

    # orders with and without a way -------------------------------------------------------------------

    @cached_property
    def days(self) -> list[DayRow]:
        orders = _orders(self.board, self.board.period)
        traced = pc.greater(orders["length"], 0)
        counted: dict[int, list[int]] = {}
        for day, has_way, value in zip(
            orders["day"].to_pylist(), traced.to_pylist(), orders["value"].to_pylist(), strict=True
        ):
            row = counted.setdefault(day, [0, 0, 0, 0])
            row[0 if has_way else 1] += 1
            row[2 if has_way else 3] += value
        days = [int_day(day) for day in days_of(self.board.period)]
        return [DayRow(day, *counted.get(day, (0, 0, 0, 0))) for day in days]

    @property
    def traced(self) -> int:
        return sum(row.traced for row in self.days)

    @property
    def untracked(self) -> int:
        return sum(row.untracked for row in self.days)

    @property
    def traced_value(self) -> int:
        return sum(row.traced_value for row in self.days)

    @property
    def untracked_value(self) -> int:
        return sum(row.untracked_value for row in self.days)

    @property
    def share(self) -> float | None:
        whole = self.traced + self.untracked
        return self.traced / whole if whole else None

    @cached_property
    def chart(self) -> Chart:
        days = self.days
        return Chart(
            id="coverage",
            kind="stack",
            x=day_axis(self.board.period),
            series=(
                Series("追得到", tuple(row.traced for row in days)),
                Series("追不到", tuple(row.untracked for row in days), platform="other"),
            )
            if self.traced + self.untracked
            else (),
            bands=sale_bands(self.board.period),
            suffix="单",
        )

    @property
    def says(self) -> str:
        """The chart in one sentence."""
        known = [row for row in self.days if row.share is not None]
        if not known:
            return ""
        worst = min(known, key=lambda row: row.share or 0.0)
        day = f"{worst.day % 10000 // 100:02d}-{worst.day % 100:02d}"
        return f"{pct(self.share, 1)} 的订单追得到来路；最低的一天是 {day}，{pct(worst.share, 1)}。"


def _orders(board: Board, period: Period) -> pa.Table:
    """One row per order of the period, with the length of its way (0: nothing leads to it)."""
    ws = board.workspace
    question = questions.PathTable(
        ws.key,
        period.first_day,
        period.last_day,
        lookback_days=ws.lookback_days,
        untracked=True,
    )
    rows = ask(question).rows.select(COUNTED)
    first = pc.or_(pc.equal(rows["length"], 0), pc.equal(rows["position"], 1))
    return rows.filter(pc.fill_null(first, True))


def untracked_rows(board: Board) -> list[Untracked]:
    """The orders of the period that no touch leads to, the newest first."""
    orders = _orders(board, board.period)
    lost = orders.filter(pc.equal(orders["length"], 0)).sort_by([("conv_ts", "descending")])
    numbers = lost["order_id"].to_pylist()
    moments = lost["conv_ts"].cast(pa.int64()).to_pylist()
    known = commerce.orders_by_number(board.workspace, numbers)
    return [
        _untracked(number, from_ts(ts).astimezone(SHANGHAI), value, known.get(number))
        for number, ts, value in zip(numbers, moments, lost["value"].to_pylist(), strict=True)
    ]


def _untracked(number: str, at: Any, value: int, order: Any) -> Untracked:
    if order is None:
        return Untracked(number, at, value, "", "", "")
    return Untracked(number, at, value, order.state, order.promo_code, order.url)
