"""Boards of all channels, contents, creators or campaigns: what each was shown, clicked, earned and cost."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from shemei.apps.insight.queries import DIMENSIONS, Board, Figure, day_axis, days_of, other_says
from shemei.apps.insight.reports.files import about, compared, credited
from shemei.apps.insight.spending import ADS, Spending, Spent
from shemei.apps.tracking import queries as tracking
from shemei.engines.attribution import Credit
from shemei.kernel.figures import lake
from shemei.kernel.periods import Period, promos_within
from shemei.kernel.urls import wurl
from shemei.portal.charts import Band, Chart, Series, Unit
from shemei.portal.numbers import change, yuan
from shemei.warehouse import questions
from shemei.warehouse.catalogue import METRICS
from shemei.warehouse.measures import REPORTED
from shemei.warehouse.vocabulary import int_day

FIGURES = ("impressions", "engagement_rate", "clicks", "ctr", "visitors")
WHOLE = ("impressions", "engagement_rate", "clicks", "visitors", "spend")
SHOWN = {
    "value": "成交额",
    "impressions": "曝光",
    "clicks": "点击",
    "visitors": "访客",
    "spend": "总花费",
}
"""What the chart of a board can show."""
VIEWS = {"parts": "分项", "compare": "与对比期"}
LINES, NAMED = 5, 10
NOTHING = Spent()
NO_HOME = "这些广告没有一次触达进了路径，所在的平台也不是一个渠道"
PLACED = (
    "留下了触达的广告（用短链或带 UTM 的地址）记在「付费广告」，没有留下的记在它所在平台的渠道，"
    "和它带来的单站在一起；各行相加就是品牌的总花费"
)
KINDS = (
    "曝光、互动、总花费是平台自报（回传或导入）；点击、访客、订单、成交额是可追踪的数，来自事件日志。"
    "两种数并排看，不相加。访客是去重人数，一个人可能出现在几行里"
)
RATIO = {"channel": "产出比"}
"""What the ratio of value and spend is called; of all but channels it knows only what was spent in a row's name."""
NAMED_RATIO = "名下产出比"


@dataclass(frozen=True, slots=True)
class ReportRow:
    """One channel, content, creator or campaign; money in 分, ``None`` where nobody has told."""

    key: str
    name: str
    note: str
    platform: str
    href: str
    impressions: float | None
    engagement_rate: float | None
    clicks: float | None
    ctr: float | None
    visitors: float | None
    orders: float
    value: float
    change: float | None
    spent: Spent = NOTHING
    spent_href: str = ""
    in_paths: bool = True
    is_named: bool = True
    """Whether it is somebody's or something's: money that stands under no name earned nothing in particular."""

    @property
    def spend(self) -> float | None:
        return self.spent.total or None

    @property
    def fees(self) -> float | None:
        return self.spent.fees or None

    @property
    def ads(self) -> float | None:
        return self.spent.ads or None

    @property
    def made_of(self) -> str:
        """What its spend is made of, where that is both kinds."""
        return f"含广告 {yuan(self.spent.ads)}" if self.fees and self.ads else ""

    @property
    def returned(self) -> float | None:
        """Value over spend; what cost money and stands in no path at all cannot be compared."""
        return None if not self.spend or self.unreturned else self.value / self.spend

    @property
    def unreturned(self) -> str:
        """Why there is no ratio though it cost something."""
        if not self.spend:
            return ""
        if not self.is_named:
            return "没有记到名下的花费，和这些触达对不上"
        if self.in_paths:
            return ""
        return NO_HOME if self.key == ADS else "没有一次触达进了路径"


class Report:
    """One dimension on a board's period; each part is worked out when it is asked for."""

    def __init__(self, board: Board, by: str, *, shown: str = "value", view: str = "parts") -> None:
        self.board, self.by, self.shown, self.view = board, by, shown, view

    # rows --------------------------------------------------------------------------------------------

    @cached_property
    def _figures(self) -> dict[str, dict[str, Any]]:
        rows = self.board.totals(FIGURES, self.board.period, by=(self.by,))
        return {row[self.by]: row for row in rows}

    @cached_property
    def _credits(self) -> dict[str, Credit]:
        answer = self.board.attribution(self.by, self.board.period, (self.board.model,))
        return dict(answer.models[self.board.model])

    @cached_property
    def _changes(self) -> dict[str, float | None]:
        """Change of credited value by key, over whole days alone."""
        answers = self.board.credited(self.by)
        if answers is None:
            return {}
        now, before = (self.board.values(answer) for answer in answers)
        return {key: change(now.get(key, 0.0), before.get(key)) for key in now.keys() | before}

    @cached_property
    def _touched(self) -> frozenset[str]:
        """What stands in a path of the period; unlike the chain's, these names are of orders alone."""
        answer = self.board.attribution(self.by, self.board.period, ("linear",))
        return frozenset(answer.models["linear"])

    @cached_property
    def _linked(self) -> set[str]:
        """Contents with a link: nobody clicking there is a rate, where there is none to click it is not."""
        return tracking.linked_contents(self.board.workspace) if self.by == "content" else set()

    @cached_property
    def _spending(self) -> Spending:
        return Spending(self.board.workspace, self.board.period)

    @cached_property
    def _spent(self) -> dict[str, Spent]:
        return self._spending.by(self.by)

    @cached_property
    def rows(self) -> list[ReportRow]:
        keys = self._figures.keys() | self._credits.keys() | self._spent.keys()
        names = self.board.named(self.by, keys)
        return [self._row(key, names[key]) for key in sorted(keys)]

    def _row(self, key: str, name: Any) -> ReportRow:
        told, credit = self._figures.get(key, {}), self._credits.get(key)
        known = {metric: _told(metric, told.get(metric)) for metric in FIGURES}
        if not known["clicks"] and key not in self._linked:
            known["ctr"] = None
        return ReportRow(
            key, name.name, name.note, name.platform, self.board.part_href(self.by, key),
            orders=credit.conversions if credit else 0.0,
            value=credit.value if credit else 0.0,
            change=self._changes.get(key), in_paths=key in self._touched, is_named=bool(key) or self.by == "channel",
            spent=self._spent.get(key, NOTHING), spent_href=spent_href(self.board, self.by, key), **known,
        )  # fmt: skip

    # what must be known ------------------------------------------------------------------------------

    @property
    def footnotes(self) -> tuple[str, ...]:
        """What stands below the table."""
        notes = (
            KINDS,
            placed_says(self.by),
            other_says(self.by, (row.key for row in self.rows)),
        )
        return tuple(note for note in notes if note)

    def file_notes(self, rows: Any) -> tuple[str, ...]:
        """What the file of some rows says, what stands in the page's cells among it."""
        shared, other = credited(self.board), other_says(self.by, (row.key for row in rows))
        return about(
            self.board, shared, compared(self.board), KINDS, *ratio_notes(self.by, rows), other
        )

    # the whole ---------------------------------------------------------------------------------------

    @cached_property
    def whole(self) -> list[Figure]:
        """Figures of the whole brand: people counted once, which no sum of rows could tell."""
        return self.board.figures(WHOLE)

    @property
    def as_of(self) -> datetime | None:
        return self.board.as_of

    # chart -------------------------------------------------------------------------------------------

    @property
    def unit(self) -> Unit:
        return "money" if self.shown in ("value", "spend") else "count"

    @cached_property
    def chart(self) -> Chart:
        period = self.board.period
        series = self._compared() if self.view == "compare" else self._parts()
        stacked = self.view == "parts" and self.shown != "visitors"
        return Chart(
            id="report-trend",
            kind="stack" if stacked else "line",
            unit=self.unit,
            x=day_axis(period),
            series=series,
            bands=sale_bands(period),
            totals=self.shown != "visitors",
        )

    def _parts(self) -> tuple[Series, ...]:
        """The largest names each, and the rest together where the figures add up."""
        days = self._days(self.board.period)
        sums: dict[str, float] = {}
        for row in days:
            for key, value in row.items():
                sums[key] = sums.get(key, 0.0) + value
        named = [key for key in sums if sums[key] and (key or self.by == "channel")]
        best = sorted(named, key=lambda key: (-sums[key], key))[:LINES]
        names = self.board.named(self.by, best)
        series = [
            Series(
                names[key].name,
                tuple(row.get(key, 0.0) for row in days),
                platform=key if self.by == "channel" else "",
            )
            for key in best
        ]
        rest = tuple(sum(v for k, v in row.items() if k not in best) for row in days)
        if self.shown != "visitors" and any(rest):
            series.append(Series(f"其余{DIMENSIONS[self.by]}", rest, platform="other"))
        return tuple(series)

    def _compared(self) -> tuple[Series, ...]:
        """The whole of each day beside the same day of the comparison."""
        board = self.board
        now, before = self._whole_days(board.period), self._whole_days(board.comparison.period)
        before = (before + [None] * len(now))[: len(now)]
        return (
            Series(f"所选 {board.period.span}", tuple(now)),
            Series(f"对比 {board.comparison.period.span}", tuple(before), role="compare"),
        )

    def _whole_days(self, period: Period) -> list[float | None]:
        if self.shown == "value":
            return [sum(row.values()) for row in self._days(period)]
        told = self.board.series((self.shown,), period)
        values = [told.get(int_day(day), {}).get(self.shown) for day in days_of(period)]
        return [_told(self.shown, value) for value in values]

    def _days(self, period: Period) -> list[dict[str, float]]:
        if self.shown == "value":
            daily = self.board.daily(period, self.by)
            return [daily.get(int_day(day), {}) for day in days_of(period)]
        if self.shown == "spend":
            spent = Spending(self.board.workspace, period).buckets(self.by, "day")
            return [dict(spent.get(int_day(day), {})) for day in days_of(period)]
        question = questions.Series(
            self.board.workspace.key,
            period.first_day,
            period.last_day,
            metrics=(self.shown,),
            by=(self.by,),
        )
        found: dict[int, dict[str, float]] = {}
        for row in lake().ask(question).rows.to_pylist():
            found.setdefault(row["bucket"], {})[row[self.by]] = row[self.shown] or 0.0
        return [found.get(int_day(day), {}) for day in days_of(period)]

    @property
    def says(self) -> str:
        """One sentence a reader without the picture needs."""
        totals = [
            (day, sum(v or 0.0 for v in values))
            for day, *values in zip(
                self.chart.x,
                *(one.values for one in self.chart.series if one.role != "compare"),
                strict=True,
            )
        ]
        if self.shown == "visitors" and self.view == "parts":
            return "同一个人一天来自两处，各记一次；各线不可相加，也不可按日相加。"
        best = max(totals, key=lambda item: item[1], default=None)
        if best is None or not best[1]:
            return ""
        value = yuan(best[1]) if self.unit == "money" else f"{best[1]:,.0f}"
        return f"图中{SHOWN[self.shown]}最高的一天是 {best[0]}，{value}。"


def placed_says(by: str) -> str:
    """Whose money stands in a row's spend, and whose does not."""
    if by == "channel":
        return PLACED
    word = DIMENSIONS[by]
    return f"{NAMED_RATIO}只除以记在名下的钱；没有写{word}的广告可能也帮过，不在里面"


def ratio_notes(by: str, rows: Iterable[ReportRow]) -> list[str]:
    """What the ratio is of, why some rows have none, and whose spend has advertising in it."""
    lacking: dict[str, list[str]] = {}
    held, ratio = list(rows), RATIO.get(by, NAMED_RATIO)
    for row in held:
        if row.unreturned:
            lacking.setdefault(row.unreturned, []).append(row.name)
    return [
        f"{ratio} = 归因成交额 ÷ 总花费；总花费 = 达人费用 + 广告花费",
        placed_says(by),
        *(f"{ratio}空着、比不成率的：{_names(names)}，{why}" for why, names in lacking.items()),
        *(
            f"「{row.name}」的总花费是达人费用 {yuan(row.fees, full=True)} + 广告花费 {yuan(row.ads, full=True)}"
            for row in held
            if row.made_of and by == "channel"
        ),
    ]


def _names(names: list[str]) -> str:
    more = f"等 {len(names)} 项" if len(names) > NAMED else ""
    return "、".join(f"「{name}」" for name in names[:NAMED]) + more


def spent_href(board: Board, by: str, key: str) -> str:
    """The drawer of what a row cost."""
    asked = urlencode({"by": by, "key": key})
    return f"{wurl(board.workspace, 'insight:spent')}?{asked}&{board.period.query}"


def _told(metric: str, value: float | None) -> float | None:
    """A figure that only a report can bring: 0 of it means that nobody has told."""
    return None if METRICS[metric].numerator in REPORTED and not value else value


def sale_bands(span: Period) -> tuple[Band, ...]:
    """The big sales within a span, as bands of a chart's axis."""
    found = [
        (sale, max(sale.first, span.first), min(sale.last, span.last))
        for sale in promos_within(span)
    ]
    return tuple(Band(sale.label, f"{first:%m-%d}", f"{last:%m-%d}") for sale, first, last in found)
