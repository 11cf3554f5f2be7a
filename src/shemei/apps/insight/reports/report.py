"""Boards of all channels, contents, creators or campaigns: what each was shown, clicked, earned and cost."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from shemei.apps.insight.queries import DIMENSIONS, Board, Figure, day_axis, days_of, other_says
from shemei.apps.insight.reports.files import about, compared, credited
from shemei.engines.attribution import Credit
from shemei.kernel.figures import lake
from shemei.kernel.periods import Period, promos_within
from shemei.portal.charts import Band, Chart, Series, Unit
from shemei.portal.numbers import change, yuan
from shemei.warehouse import questions
from shemei.warehouse.catalogue import METRICS
from shemei.warehouse.measures import REPORTED
from shemei.warehouse.vocabulary import int_day

FIGURES = ("impressions", "engagement_rate", "clicks", "ctr", "visitors", "spend")
WHOLE = ("impressions", "engagement_rate", "clicks", "visitors", "spend")
SHOWN = {
    "value": "成交额",
    "impressions": "曝光",
    "clicks": "点击",
    "visitors": "访客",
    "spend": "花费",
}
"""What the chart of a board can show."""
VIEWS = {"parts": "分项", "compare": "与对比期"}
LINES, NAMED = 5, 10
KINDS = (
    "曝光、互动、花费是平台自报（回传或导入）；点击、访客、订单、成交额是可追踪的数，来自事件日志。"
    "两种数并排看，不相加。访客是去重人数，一个人可能出现在几行里"
)
ADS = "ads"
"""The channel that spend on advertising stands under, whichever platform it ran on."""


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
    spend: float | None
    change: float | None
    in_paths: bool = True
    ads: float = 0.0
    """What its advertising cost, where that stands under the channel 付费广告 and not in ``spend``."""

    @property
    def returned(self) -> float | None:
        """Value over spend; what cost money and stands in no path at all cannot be compared."""
        return self.value / self.spend if self.spend and self.in_paths else None

    @property
    def unreturned(self) -> str:
        """Why there is no ratio though it cost something."""
        if not self.spend or self.in_paths:
            return ""
        return "这些广告没有用短链，进不了路径" if self.key == ADS else "没有一次触达进了路径"


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
    def _ads(self) -> dict[str, float]:
        """Spend on advertising by the platform it ran on."""
        if self.by != "channel":
            return {}
        rows = self.board.totals(("spend",), self.board.period, by=("platform", "channel"))
        return {row["platform"]: row["spend"] or 0.0 for row in rows if row["channel"] == ADS}

    @cached_property
    def rows(self) -> list[ReportRow]:
        keys = self._figures.keys() | self._credits.keys()
        names = self.board.named(self.by, keys)
        return [self._row(key, names[key]) for key in sorted(keys)]

    def _row(self, key: str, name: Any) -> ReportRow:
        told, credit = self._figures.get(key, {}), self._credits.get(key)
        known = {metric: _told(metric, told.get(metric)) for metric in FIGURES}
        return ReportRow(
            key, name.name, name.note, name.platform, self.board.part_href(self.by, key),
            orders=credit.conversions if credit else 0.0,
            value=credit.value if credit else 0.0,
            change=self._changes.get(key), in_paths=key in self._touched, ads=self._ads.get(key, 0.0), **known,
        )  # fmt: skip

    # what must be known ------------------------------------------------------------------------------

    @property
    def footnotes(self) -> tuple[str, ...]:
        """What stands below the table."""
        notes = (KINDS, other_says(self.by, (row.key for row in self.rows)))
        return tuple(note for note in notes if note)

    def file_notes(self, rows: Any) -> tuple[str, ...]:
        """What the file of some rows says, what stands in the page's cells among it."""
        shared, other = credited(self.board), other_says(self.by, (row.key for row in rows))
        return about(self.board, shared, compared(self.board), KINDS, *ratio_notes(rows), other)

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


def ratio_notes(rows: Iterable[ReportRow]) -> list[str]:
    """Why some rows have no 产出比, and whose spend leaves advertising out."""
    lacking: dict[str, list[str]] = {}
    for row in rows:
        if row.unreturned:
            lacking.setdefault(row.unreturned, []).append(row.name)
    named = {
        why: "、".join(f"「{name}」" for name in names[:NAMED]) for why, names in lacking.items()
    }
    more = {
        why: f"等 {len(names)} 项" if len(names) > NAMED else "" for why, names in lacking.items()
    }
    ads = ((row.name, yuan(row.ads, full=True)) for row in rows if row.ads)
    return [
        "产出比 = 归因成交额 ÷ 花费",
        *(f"产出比空着、比不成率的：{names}{more[why]}，{why}" for why, names in named.items()),
        *(f"「{name}」的花费不含广告费 {cost}，那一份记在付费广告" for name, cost in ads),
    ]


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
