"""What the pictures of an own board show: figures, a chart or a table, asked when they are drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from shemei.apps.insight.boards.rules import CHOICES, RETURN, SPLITS, PanelMetric, unit_of
from shemei.apps.insight.models import BoardPanel, OwnBoard
from shemei.apps.insight.queries import Board, day_axis, days_of
from shemei.apps.insight.reports.report import sale_bands
from shemei.apps.insight.rules import unsplit
from shemei.apps.insight.spending import Spending
from shemei.kernel.figures import MODEL_NAMES, ask
from shemei.kernel.periods import Period, comparison_for, period_from
from shemei.kernel.registry import Named
from shemei.platforms import platform_of
from shemei.portal.charts import Chart, Series
from shemei.portal.numbers import MoneyColumn, change, figure, pct, times, wan, yuan
from shemei.warehouse import questions
from shemei.warehouse.catalogue import METRICS
from shemei.warehouse.measures import REPORTED
from shemei.warehouse.vocabulary import int_day

LINES, BARS, ROWS = 5, 10, 20
FLAT = 20
"""A line whose peak is less than so many times below the largest one's keeps the same axis."""
Days = list[dict[str, float | None]]


@dataclass(frozen=True, slots=True)
class NumberCell:
    """One figure with its change and its days."""

    metric: PanelMetric
    value: float | None
    change: float | None
    reason: str
    days: tuple[float | None, ...]
    instead: str = ""

    @property
    def text(self) -> str:
        return show(self.metric, self.value)


@dataclass(frozen=True, slots=True)
class TableRow:
    name: str
    platform: str
    cells: tuple[str, ...]


class PanelView:
    """One picture of a board, ready for a template; ``board`` has the picture's own period."""

    def __init__(self, board: Board, panel: BoardPanel) -> None:
        self.board, self.panel = board, panel
        self.metrics = [CHOICES[key] for key in panel.metrics if key in CHOICES]

    @property
    def title(self) -> str:
        return str(self.panel)

    @property
    def hint(self) -> str:
        """What was asked: split, period, model."""
        parts = [self.board.period.label or self.board.period.span]
        if self.panel.split:
            parts.insert(0, f"分{SPLITS[self.panel.split]}")
        if any(metric.is_credited for metric in self.metrics):
            parts.append(f"按{MODEL_NAMES[self.board.model]}")
        if any(is_reported(metric.key) for metric in self.metrics):
            parts.append("含平台自报")
        if self.panel.split:
            parts += dict.fromkeys(
                why for one in self.metrics if (why := unsplit(one.key, self.panel.split))
            )
        if self.panel.split and any(one.key == RETURN for one in self.metrics):
            parts.append(f"产出比按{MODEL_NAMES[self.board.model]}的归因成交额")
        return "，".join(parts)

    @property
    def how(self) -> str:
        """The catalogue's key of the first figure; empty for credited ones, which have a page of their own."""
        return "" if not self.metrics or self.metrics[0].is_credited else self.metrics[0].key

    @property
    def width(self) -> int:
        return self.panel.width

    @property
    def element(self) -> str:
        return f"panel-{self.panel.key}"

    # numbers -----------------------------------------------------------------------------------------

    @cached_property
    def numbers(self) -> list[NumberCell]:
        plain = tuple(metric.key for metric in self.metrics if not metric.is_credited)
        told = {one.metric.key: one for one in self.board.figures(plain)} if plain else {}
        return [
            self._credited(metric)
            if metric.is_credited
            else NumberCell(
                metric, told[metric.key].value, told[metric.key].change, told[metric.key].reason,
                told[metric.key].days, told[metric.key].instead,
            )
            for metric in self.metrics
        ]  # fmt: skip

    def _credited(self, metric: PanelMetric) -> NumberCell:
        now = sum(self._credits(metric.key, self.board.period, "channel").values())
        compared, reason = None, "今天还没过完"
        if self.board.fair:
            spans = [
                sum(self._credits(metric.key, span, "channel").values()) for span in self.board.fair
            ]
            compared, reason = change(*spans), "对比期没有数据"
        rows = self._daily(metric.key, "channel") if metric.by_day else []
        days = [sum(v or 0.0 for v in row.values()) for row in rows]
        return NumberCell(
            metric, now, compared, "" if compared is not None else reason, tuple(days)
        )

    def _credits(self, key: str, period: Period, by: str) -> dict[str, float]:
        board = self.board
        credits = board.attribution(by, period, (board.model,)).models[board.model]
        field = "value" if key == "traced_value" else "conversions"
        return {name: getattr(credit, field) for name, credit in credits.items()}

    # chart -------------------------------------------------------------------------------------------

    @cached_property
    def chart(self) -> Chart:
        kind, metric = self.panel.kind, self.metrics[0]
        if kind == "hbar":
            return self._bars(metric)
        series = self._parts(metric) if self.panel.split else self._wholes()
        return Chart(
            id=self.element,
            kind="stack" if kind == "stack" else "line",
            unit=unit_of(metric.key),  # type: ignore[arg-type]
            x=day_axis(self.board.period),
            series=series,
            bands=sale_bands(self.board.period),
            height=240,
            totals=metric.adds_up,
        )

    def _bars(self, metric: PanelMetric) -> Chart:
        values = {key: v for key, v in self._values(metric).items() if v}
        best = sorted(values, key=lambda key: (-(values[key] or 0), key))[:BARS]
        names = self.board.named(self.panel.split, best)
        labels = _labels([names[key] for key in best], self._on)
        return Chart(
            id=self.element,
            kind="hbar",
            unit=unit_of(metric.key),  # type: ignore[arg-type]
            x=labels,
            x_name=SPLITS[self.panel.split],
            series=(Series(metric.name, tuple(values[key] for key in best)),) if best else (),
            platforms={
                label: names[key].platform
                for label, key in zip(labels, best, strict=True)
                if names[key].platform
            },
            height=max(120, 36 * len(best) + 30),
            totals=False,
        )

    @property
    def _on(self) -> bool:
        """Whether names are those of platforms, which have marks and colours of their own."""
        return self.panel.split in ("channel", "platform")

    def _wholes(self) -> tuple[Series, ...]:
        """One line for each figure; what would lie flat beside the largest has the axis on the right."""
        days = [tuple(self._whole_days(metric)) for metric in self.metrics]
        peaks = [max((v for v in values if v is not None), default=0.0) for values in days]
        most = max(peaks, default=0.0)
        told = zip(self.metrics, days, peaks, strict=True)
        return tuple(
            Series(metric.name, values, right=0 < peak * FLAT < most)
            for metric, values, peak in told
        )

    def _whole_days(self, metric: PanelMetric) -> list[float | None]:
        if metric.is_credited:
            days = self._daily(metric.key, "channel")
            return [sum(v or 0.0 for v in row.values()) for row in days]
        told = self.board.series((metric.key,), self.board.period)
        none = _unsaid(metric)
        values = [
            told.get(int_day(day), {}).get(metric.key, none) for day in days_of(self.board.period)
        ]
        return [known(metric.key, value) for value in values]

    def _parts(self, metric: PanelMetric) -> tuple[Series, ...]:
        days, totals = self._daily(metric.key, self.panel.split), self._values(metric)
        named = [key for key in totals if totals[key] and (key or self.panel.split == "channel")]
        best = sorted(named, key=lambda key: (-(totals[key] or 0.0), key))[:LINES]
        names = self.board.named(self.panel.split, best)
        labels, none = _labels([names[key] for key in best], self._on), _unsaid(metric)
        series = [
            Series(
                label,
                tuple(row.get(key, none) for row in days),
                platform=key if self._on else "",
            )
            for label, key in zip(labels, best, strict=True)
        ]
        rest = [sum(v or 0.0 for k, v in row.items() if k not in best) for row in days]
        if metric.adds_up and any(rest):
            series.append(Series(f"其余{SPLITS[self.panel.split]}", tuple(rest), platform="other"))
        return tuple(series)

    def _values(self, metric: PanelMetric) -> dict[str, float | None]:
        """The figure of each name over the period."""
        by, period = self.panel.split, self.board.period
        if metric.is_credited:
            return dict(self._credits(metric.key, period, by))
        if unsplit(metric.key, by):
            return {}
        if metric.key == RETURN:
            return self._returns(by)
        rows = self.board.totals((metric.key,), period, by=(by,))
        values = {row[by]: known(metric.key, row[metric.key]) for row in rows}
        return {key: v or None for key, v in values.items()} if metric.key == "ctr" else values

    def _returns(self, by: str) -> dict[str, float | None]:
        """What each name's credit is of all that was spent for it, as the reports have it."""
        spent = Spending(self.board.workspace, self.board.period).by(by)
        earned = self._credits("traced_value", self.board.period, by)
        return {
            key: value / spent[key].total
            for key, value in earned.items()
            if key in spent and spent[key].total and (key or self._on)
        }

    def _daily(self, key: str, by: str) -> Days:
        if by and (key == RETURN or unsplit(key, by)):
            return [{} for _ in days_of(self.board.period)]
        if (key, by) == ("spend", "channel"):
            spent = Spending(self.board.workspace, self.board.period).buckets(by, "day")
            return [dict(spent.get(int_day(day), {})) for day in days_of(self.board.period)]
        days = [int_day(day) for day in days_of(self.board.period)]
        if key == "traced_value":
            daily = self.board.daily(self.board.period, by)
            return [dict(daily.get(day, {})) for day in days]
        question = questions.Series(
            self.board.workspace.key, days[0], days[-1], metrics=(key,), by=(by,)
        )
        found: dict[int, dict[str, float | None]] = {}
        for row in ask(question).rows.to_pylist():
            found.setdefault(row["bucket"], {})[row[by]] = known(key, row[key])
        return [found.get(day, {}) for day in days]

    # table -------------------------------------------------------------------------------------------

    @cached_property
    def rows(self) -> list[TableRow]:
        """The largest names by the first figure; each money column in one unit."""
        values = [self._values(metric) for metric in self.metrics]
        keys = {key for column in values for key, value in column.items() if value is not None}
        ranked = sorted(keys, key=lambda key: (-(values[0].get(key) or 0.0), key))[:ROWS]
        names = self.board.named(self.panel.split, ranked)
        writers = [
            column_writer(metric, column)
            for metric, column in zip(self.metrics, values, strict=True)
        ]
        return [
            TableRow(
                names[key].name,
                names[key].platform,
                tuple(
                    write(column.get(key)) for write, column in zip(writers, values, strict=True)
                ),
            )
            for key in ranked
        ]

    @cached_property
    def heads(self) -> list[str]:
        values = [self._values(metric) for metric in self.metrics]
        return [
            head_of(metric, column) for metric, column in zip(self.metrics, values, strict=True)
        ]

    @property
    def split_name(self) -> str:
        return SPLITS.get(self.panel.split, "")


def _labels(names: Sequence[Named], on: bool) -> tuple[str, ...]:
    """Names as a chart writes them: with the platform's mark, and told apart where they are alike."""
    marked = [
        one.name if on or not one.platform else f"{platform_of(one.platform).mark} · {one.name}"
        for one in names
    ]
    return tuple(
        f"{label}（{marked[: n + 1].count(label)}）" if marked.count(label) > 1 else label
        for n, label in enumerate(marked)
    )


def _unsaid(metric: PanelMetric) -> float | None:
    """What a day without a row counts for: nothing, or unknown where others report it."""
    return 0.0 if metric.adds_up and not _is_told_by_others(metric.key) else None


def _is_told_by_others(key: str) -> bool:
    return key in METRICS and METRICS[key].numerator in REPORTED


def is_reported(key: str) -> bool:
    return key in METRICS and METRICS[key].reported


def known(key: str, value: float | None) -> float | None:
    """A reported figure of 0 is one that nobody has told."""
    return None if _is_told_by_others(key) and not value else value


def show(metric: PanelMetric, value: float | None) -> str:
    """One figure as text, in its unit."""
    write = {"money": yuan, "ratio": pct, "times": times}.get(metric.unit, wan)
    return write(value)  # type: ignore[operator]


def _amounts(column: dict[str, float | None]) -> list[float]:
    return [value for value in column.values() if value is not None]


def column_writer(metric: PanelMetric, column: dict[str, float | None]) -> Any:
    """How the cells of one column are written: money all in one unit."""
    if metric.unit == "money":
        return MoneyColumn.of(_amounts(column)).show
    if metric.unit in ("count", "people"):
        return figure
    return lambda value: show(metric, value)


def head_of(metric: PanelMetric, column: dict[str, float | None]) -> str:
    if metric.unit == "money":
        return f"{metric.name}（{MoneyColumn.of(_amounts(column)).unit}）"
    return metric.name


class OwnBoardView:
    """A board with its pictures; ``query`` may name another period than the board's own."""

    def __init__(self, row: OwnBoard, query: Any) -> None:
        self.row = row
        self.period = period_from(query, default=row.period)

    def board(self, period: Period) -> Board:
        return Board(self.row.workspace, period, comparison_for(period))

    @cached_property
    def main(self) -> Board:
        return self.board(self.period)

    @cached_property
    def panels(self) -> list[PanelView]:
        rows: Sequence[BoardPanel] = list(self.row.panels.kept())
        return [PanelView(self._board_of(panel), panel) for panel in rows]

    def _board_of(self, panel: BoardPanel) -> Board:
        if not panel.period:
            return self.main
        return self.board(period_from({}, default=panel.period))

    @property
    def as_of(self) -> datetime | None:
        return self.main.as_of

    @property
    def has_charts(self) -> bool:
        return any(view.panel.kind in ("line", "stack", "hbar") for view in self.panels)
