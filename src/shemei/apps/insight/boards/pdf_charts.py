"""Charts drawn for a PDF: bars, stacks and lines with an axis; the same values as on the screen."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache, cached_property
from math import ceil, floor, log10
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shemei.apps.insight.boards.pdf_parts import ink
from shemei.portal import charts
from shemei.portal.numbers import tick
from shemei.portal.pdf_text import font_of, readable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shemei.portal.charts import Chart, Series

HEIGHT = 132
"""Of the plot alone; the legend above it takes what it needs."""
BOTTOM, LETTER, LINE, BAR = 18, 7.5, 12, 18
THEME = Path(charts.__file__).parent / "static" / "shemei" / "echarts-theme.json"
TICKS = 4


def drawing(chart: Chart, width: float) -> Any:
    """A chart as a picture, as wide as it may be."""
    return _across(chart, width) if chart.kind == "hbar" else _upright(chart, width)


@cache
def _theme() -> Any:
    """The colours of the screen by day."""
    return json.loads(THEME.read_text(encoding="utf-8"))["light"]


def _colour(at: int, platform: str = "") -> Any:
    from reportlab.lib.colors import HexColor

    theme = _theme()
    if platform:
        return HexColor(theme["platform"].get(platform, theme["platform"]["other"]))
    return HexColor(theme["color"][at % len(theme["color"])])


def step_of(top: float, *, whole: bool) -> float:
    """A round distance between the lines of an axis that ends near ``top``.

    >>> step_of(34_350, whole=True), step_of(0.97, whole=False), step_of(3, whole=True)
    (10000.0, 0.25, 1.0)
    """
    size = 10.0 ** floor(log10(top / TICKS))
    halves = () if whole and size < 10 else (2.5,)
    step = next(size * n for n in sorted((1, 2, *halves, 5, 10)) if size * n * TICKS >= top)
    return max(1.0, step) if whole else step


def wide(text: str) -> float:
    """How wide a line of a chart's text is."""
    from reportlab.pdfbase.pdfmetrics import stringWidth

    return float(stringWidth(text, font_of(text), LETTER))


def fitting(text: str, width: float) -> str:
    """As much of a text as fits and can be read, with dots for the rest."""
    text = readable(text)
    if wide(text) <= width:
        return text
    ends = (end for end in range(len(text) - 1, 0, -1) if wide(f"{text[:end]}…") <= width)
    return f"{text[: next(ends, 1)]}…"


@dataclass(frozen=True)
class Plot:
    """Where the values of an upright chart lie on a picture of a width."""

    chart: Chart
    width: float

    def top(self, *, right: bool = False) -> float:
        """The largest value of an axis, or the largest sum of a stack."""
        columns = [one.values for one in self.chart.series if one.right == right]
        if self.chart.kind == "stack":
            sums = [sum(v or 0.0 for v in values) for values in zip(*columns, strict=True)]
            return max(sums, default=0.0) or 1.0
        return max((v for values in columns for v in values if v is not None), default=0.0) or 1.0

    def ticks(self, *, right: bool = False) -> list[float]:
        """The values that an axis names, the last of them at its end."""
        top = self.top(right=right)
        step = step_of(top, whole=self.chart.unit in ("count", "money"))
        return [step * n for n in range(ceil(top / step - 1e-9) + 1)]

    def tick(self, value: float) -> str:
        return tick(self.chart.show(value)) if value else "0"

    @cached_property
    def left(self) -> float:
        return max(wide(self.tick(value)) for value in self.ticks()) + 6

    @cached_property
    def end(self) -> float:
        """Where the plot ends; a second axis stands right of it."""
        if not any(one.right for one in self.chart.series):
            return self.width - 2
        return self.width - max(wide(self.tick(value)) for value in self.ticks(right=True)) - 6

    def x(self, at: float) -> float:
        return self.left + self.step * (at + 0.5)

    @property
    def step(self) -> float:
        return (self.end - self.left) / max(1, len(self.chart.x))

    @staticmethod
    def y(value: float, top: float) -> float:
        return BOTTOM + (HEIGHT - BOTTOM) * max(0.0, value) / top


def _upright(chart: Chart, width: float) -> Any:
    from reportlab.graphics.shapes import Drawing

    plot = Plot(chart, width)
    lines = list(_legend_lines(chart, width))
    made = Drawing(width, HEIGHT + 10 + LINE * len(lines))
    _bands(made, plot)
    _axis(made, plot)
    (_stack if chart.kind == "stack" else _lines)(made, plot)
    _legend(made, lines)
    return made


def _text(x: float, y: float, text: str, anchor: str = "start", colour: str = "ink-3") -> Any:
    from reportlab.graphics.shapes import String

    return String(
        x,
        y,
        text,
        fontName=font_of(text),
        fontSize=LETTER,
        textAnchor=anchor,
        fillColor=ink(colour),
    )


def _bands(made: Any, plot: Plot) -> None:
    """Named stretches of days, behind everything."""
    from reportlab.graphics.shapes import Rect

    for band in plot.chart.bands:
        days = [at for at, x in enumerate(plot.chart.x) if x in (band.first, band.last)]
        if days:
            left, right = plot.x(days[0] - 0.5), plot.x(days[-1] + 0.5)
            made.add(
                Rect(
                    left, BOTTOM, right - left, HEIGHT - BOTTOM + 8,
                    fillColor=ink("event-band"), strokeColor=None,
                )
            )  # fmt: skip
            name = fitting(band.name, right - left)
            made.add(_text((left + right) / 2, HEIGHT + 1, name, "middle", "event-ink"))


def _axis(made: Any, plot: Plot) -> None:
    from reportlab.graphics.shapes import Line

    ticks = plot.ticks()
    for value in ticks:
        y = plot.y(value, ticks[-1])
        colour = ink("axis" if not value else "grid")
        made.add(Line(plot.left, y, plot.end, y, strokeColor=colour, strokeWidth=0.5))
        made.add(_text(plot.left - 4, y - 2.5, plot.tick(value), "end"))
    if any(one.right for one in plot.chart.series):
        right = plot.ticks(right=True)
        for value in right:
            made.add(_text(plot.end + 4, plot.y(value, right[-1]) - 2.5, plot.tick(value)))
    names = plot.chart.x
    room = max((wide(name) for name in names), default=0.0) + 8
    every = max(1, ceil(room / plot.step))
    for at in range(0, len(names), every):
        made.add(_text(plot.x(at), BOTTOM - 11, names[at], "middle"))


def _stack(made: Any, plot: Plot) -> None:
    from reportlab.graphics.shapes import Rect

    top, width = plot.ticks()[-1], max(1.0, 0.7 * plot.step)
    for at in range(len(plot.chart.x)):
        below = 0.0
        for n, one in enumerate(plot.chart.series):
            value = max(0.0, one.values[at] or 0.0)
            made.add(
                Rect(
                    plot.x(at) - width / 2, plot.y(below, top), width, plot.y(value, top) - BOTTOM,
                    fillColor=_colour(n, one.platform), strokeColor=None,
                )
            )  # fmt: skip
            below += value


def _lines(made: Any, plot: Plot) -> None:
    from reportlab.graphics.shapes import Circle, PolyLine

    tops = {right: plot.ticks(right=right)[-1] for right in (False, True)}
    for n, one in enumerate(plot.chart.series):
        colour = _colour(n, one.platform)
        for run in _runs(plot, one, tops[one.right]):
            if len(run) == 2:
                made.add(Circle(run[0], run[1], 1.2, fillColor=colour, strokeColor=None))
            else:
                made.add(PolyLine(run, strokeColor=colour, strokeWidth=1.3, strokeLineJoin=1))


def _runs(plot: Plot, one: Series, top: float) -> list[list[float]]:
    """Points of a line; a day without a value leaves a gap, a day alone is a dot."""
    runs: list[list[float]] = [[]]
    for at, value in enumerate(one.values):
        if value is None:
            runs.append([])
        else:
            runs[-1] += [plot.x(at), plot.y(value, top)]
    return [run for run in runs if run]


def _legend_lines(chart: Chart, width: float) -> Iterator[list[tuple[float, Any, str]]]:
    """The names of the series, as many beside each other as fit: where, in which colour, what."""
    line: list[tuple[float, Any, str]] = []
    x = 0.0
    for n, one in enumerate(chart.series):
        axis = "（右轴）" if one.right else ""
        name = fitting(one.name, min(150.0, width - 14 - wide(axis))) + axis
        if line and x + 10 + wide(name) > width:
            yield line
            line, x = [], 0.0
        line.append((x, _colour(n, one.platform), name))
        x += 24 + wide(name)
    if line:
        yield line


def _legend(made: Any, lines: list[list[tuple[float, Any, str]]]) -> None:
    from reportlab.graphics.shapes import Rect

    for n, line in enumerate(lines):
        y = made.height - LINE * (n + 1) + 3
        for x, colour, name in line:
            made.add(Rect(x, y, 6.5, 6.5, fillColor=colour, strokeColor=None))
            made.add(_text(x + 10, y + 0.5, name, colour="ink-2"))


def _across(chart: Chart, width: float) -> Any:
    from reportlab.graphics.shapes import Drawing, Rect

    values = chart.series[0].values
    top = max((v or 0.0 for v in values), default=0.0) or 1.0
    names = [fitting(name, width * 0.36) for name in chart.x]
    left = max((wide(name) for name in names), default=0.0) + 6
    room = width - left - max(wide(chart.show(value)) for value in values) - 6
    made = Drawing(width, BAR * len(values) + 4)
    for at, (name, value) in enumerate(zip(chart.x, values, strict=True)):
        y = BAR * (len(values) - at) - 12
        long = room * max(0.0, value or 0.0) / top
        colour = _colour(0, chart.platforms.get(name, ""))
        made.add(_text(left - 6, y + 2, names[at], "end", "ink-2"))
        made.add(Rect(left, y, max(0.8, long), 9, fillColor=colour, strokeColor=None))
        made.add(_text(left + long + 4, y + 2, chart.show(value), colour="ink"))
    return made
