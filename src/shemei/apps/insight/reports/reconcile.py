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
from shemei.apps.insight.queries import Board, day_axis, days_of
from shemei.apps.insight.reports.bridge import Bridge
from shemei.apps.insight.reports.files import about, credited
from shemei.apps.insight.reports.orders import OrderRow, order_rows
from shemei.apps.insight.reports.report import sale_bands
from shemei.kernel.figures import ask
from shemei.kernel.lists import Column, Table, Tables
from shemei.kernel.periods import Period
from shemei.kernel.urls import wurl
from shemei.portal.charts import Chart, Series
from shemei.portal.numbers import pct
from shemei.warehouse import questions
from shemei.warehouse.vocabulary import date_of, int_day

APART = "可追踪与平台自报是两种数，并排看，不相加；同一单会被几个平台同时认领，所以没有合计"
UNPLANNED = "没有记到活动的广告花费不在这张表里"
ADS = "广告花费是「预算与广告」里记的投放，不含达人费用"
SHARES = (
    "追得到的订单 = 追得到的单数 ÷ 全部单数，按单数算；"
    "追得到的成交额 = 追得到的金额 ÷ 全部金额（都已减退款），按金额算，总览里写的是它"
)
PLATFORMS = (
    Column("name", "平台", lambda row: row.name),
    Column("claimed_orders", "平台自报订单", lambda row: row.claimed_orders, "num"),
    Column("claimed_value", "平台自报成交额", lambda row: row.claimed_value, "money"),
    Column("traced_orders", "可追踪订单", lambda row: row.traced_orders, "num"),
    Column("traced_value", "可追踪成交额", lambda row: row.traced_value, "money"),
    Column("share", "可追踪 ÷ 自报", lambda row: row.share, "ratio"),
    Column("spend", "广告花费", lambda row: row.spend, "money"),
    Column("reading", "判读", lambda row: row.reading),
)
WAYS = (
    Column("name", "来路", lambda row: row.name),
    Column("orders", "订单", lambda row: row.orders, "num"),
    Column("orders_share", "占全部订单", lambda row: row.orders_share, "ratio"),
    Column("value", "至今净额", lambda row: row.value, "money"),
    Column("value_share", "占至今净额", lambda row: row.value_share, "ratio"),
)
DAYS = (
    Column("day", "付款日", lambda row: date_of(row.day), "date"),
    Column("traced", "追得到的订单", lambda row: row.traced, "num"),
    Column("untracked", "追不到的订单", lambda row: row.untracked, "num"),
    Column("share", "追得到的占当日订单", lambda row: row.share, "ratio"),
    Column("traced_value", "追得到的成交额", lambda row: row.traced_value, "money"),
    Column("untracked_value", "追不到的成交额", lambda row: row.untracked_value, "money"),
)
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
    spend_href: str
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
    spend_href: str

    def claimed(self, platform: str) -> int | None:
        """What one platform claims; ``None`` where it says nothing."""
        return next((one.value for one in self.claims if one.platform == platform), None)


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
        return _part(self.traced, self.untracked)


@dataclass(frozen=True, slots=True)
class WayRow:
    """The orders that something leads to, or those that nothing does, with their part of all."""

    name: str
    orders: int
    orders_share: float | None
    value: int
    value_share: float | None
    page: str


class Reconciliation:
    """The page of one brand's period; each part is worked out when it is asked for."""

    shares, unplanned, ads = SHARES, UNPLANNED, ADS

    def __init__(self, board: Board) -> None:
        self.board = board

    # claimed and traced ------------------------------------------------------------------------------

    @cached_property
    def platforms(self) -> list[ClaimRow]:
        """Platforms that claim something or cost something, so that the rows add up to all advertising."""
        board = self.board
        told = advertising.total_by(board.workspace, board.period.first, board.period.last)
        answer = board.attribution("channel", board.period, (board.model,)).models[board.model]
        keys = {key for key in told if told[key].claimed_value or told[key].claimed_orders}
        keys |= {key for key in told if told[key].ads}
        names = board.named("channel", keys)
        rows = [self._platform(names[key], told[key], answer.get(key)) for key in keys]
        return sorted(
            rows, key=lambda row: (-(row.claimed_value or 0), -row.traced_value, -row.spend)
        )

    @property
    def spent(self) -> int:
        """What all advertising of the period cost, which is what the rows cost together."""
        return sum(row.spend for row in self.platforms)

    @property
    def has_claims(self) -> bool:
        """Whether any platform says what it sold."""
        return any(row.claimed_value or row.claimed_orders for row in self.platforms)

    def _platform(self, name: Any, told: Any, credit: Any) -> ClaimRow:
        return ClaimRow(
            name.key, name.name, told.claimed_orders, told.claimed_value,
            credit.conversions if credit else 0.0, credit.value if credit else 0.0, told.ads,
            self._spends({"platform": name.key}), self._adverts({"platform": name.key}), self._paths("channel", name.key),
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
        rows = [self._campaign(name, told[key].ads, answer.get(key)) for key, name in names.items()]
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
            self._paths("campaign", name.key), self._adverts({"campaign": name.key}),
        )  # fmt: skip

    def _spends(self, narrowed: dict[str, str], kinds: tuple[str, ...] = ()) -> str:
        page = wurl(self.board.workspace, "advertising:spends")
        asked = urlencode([*narrowed.items(), *(("kind", kind) for kind in kinds)])
        return f"{page}?{asked}&{self.board.period.query}"

    def _adverts(self, narrowed: dict[str, str]) -> str:
        """The spends that are advertising, without the fees of creators that were entered among them."""
        return self._spends(narrowed, advertising.AD_KINDS)

    def _paths(self, by: str, key: str) -> str:
        page = wurl(self.board.workspace, "insight:paths")
        asked = urlencode({"by": by, "key": key, "model": self.board.model})
        return f"{page}?{asked}&{self.board.period.query}"

    # orders with and without a way -------------------------------------------------------------------

    @cached_property
    def bridge(self) -> Bridge:
        """From 成交额 to 至今净额, which is what stands here, and to 净成交额."""
        return Bridge(self.board)

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
        """追得到的订单: of all orders."""
        return _part(self.traced, self.untracked)

    @property
    def value_share(self) -> float | None:
        """追得到的成交额: of all money."""
        return _part(self.traced_value, self.untracked_value)

    @property
    def ways(self) -> tuple[WayRow, WayRow]:
        a, b = (self.traced, self.traced_value), (self.untracked, self.untracked_value)
        return (
            WayRow("追得到", a[0], _part(a[0], b[0]), a[1], _part(a[1], b[1]), "insight:paths"),
            WayRow("追不到", b[0], _part(b[0], a[0]), b[1], _part(b[1], a[1]), "insight:untracked"),
        )

    # files -------------------------------------------------------------------------------------------

    @property
    def tables(self) -> Tables:
        """What can be taken along: claims and what is traced side by side, and orders by their way."""
        claims = "平台自报来自花费导入里的「成交订单」「成交金额」"
        notes = about(self.board, credited(self.board), claims, APART, ADS)
        return Tables("对账报表", (*self._claims, *self._orders, self.bridge.table), notes)

    @property
    def _claims(self) -> tuple[Table, ...]:
        return (
            Table(
                "platforms", "分平台", PLATFORMS, lambda: self.platforms, some=bool(self.platforms)
            ),
            Table(
                "campaigns", "分活动", self._campaign_columns, lambda: self.campaigns, (UNPLANNED,),
                some=bool(self.campaigns),
            ),
        )  # fmt: skip

    @property
    def _campaign_columns(self) -> tuple[Column, ...]:
        """Each platform's claim stands in a column of its own, so that nobody adds them up."""
        keys = dict.fromkeys(claim.platform for row in self.campaigns for claim in row.claims)
        return (
            Column("name", "活动", lambda row: row.name),
            *(_claim_column(key, name.name) for key, name in self.board.named("platform", keys).items()),
            *PLATFORMS[3:5],
            Column("spend", "广告花费", lambda row: row.spend, "money"),
        )  # fmt: skip

    @property
    def _orders(self) -> tuple[Table, ...]:
        some = bool(self.traced + self.untracked)
        return (
            Table("ways", "订单来路", WAYS, lambda: self.ways, (SHARES,), some=some),
            Table("days", "每天", DAYS, lambda: self.days, some=some),
        )

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
        return f"追得到的订单占 {pct(self.share, 1)}；最低的一天是 {day}，{pct(worst.share, 1)}。"


def _part(part: int, rest: int) -> float | None:
    return part / (part + rest) if part + rest else None


def _claim_column(platform: str, name: str) -> Column:
    return Column(
        f"claimed_{platform}", f"平台自报成交额·{name}", lambda row: row.claimed(platform), "money"
    )


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


def untracked_rows(board: Board) -> list[OrderRow]:
    """The orders of the period that no touch leads to, the newest first."""
    orders = _orders(board, board.period)
    lost = orders.filter(pc.equal(orders["length"], 0)).sort_by([("conv_ts", "descending")])
    moments = lost["conv_ts"].cast(pa.int64()).to_pylist()
    told = zip(lost["order_id"].to_pylist(), moments, lost["value"].to_pylist(), strict=True)
    return order_rows(board.workspace, [(*one, 0) for one in told])
