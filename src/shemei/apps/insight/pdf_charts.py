"""Charts drawn for a PDF: bars, stacks and lines with an axis; the same values as on the screen."""

from __future__ import annotations

import json
from functools import cache
from math import ceil, floor, log10
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shemei.portal import charts
from shemei.portal.numbers import tick
from shemei.portal.pdf_text import font_of

if TYPE_CHECKING:
    from shemei.portal.charts import Chart, Series

WIDTH, HEIGHT = 515, 170
LEFT, BOTTOM, TOP = 56, 30, 18
RIGHT = 40
THEME = Path(charts.__file__).parent / "static" / "shemei" / "echarts-theme.json"
QUIET, LINE = 0x5A6072, 0xDDE0E8
TICKS = 4


def drawing(chart: Chart) -> Any:
    """A chart as a picture of the page's width."""
    from reportlab.graphics.shapes import Drawing

    if chart.kind == "hbar":
        return _across(chart)
    made = Drawing(WIDTH, HEIGHT)
    top, step = _ends(chart)
    _axis(made, chart, top, step)
    if chart.kind == "stack":
        _stack(made, chart, top)
    else:
        _lines(made, chart, top)
    _legend(made, chart)
    return made


@cache
def _inks() -> Any:
    """The colours of the screen by day."""
    return json.loads(THEME.read_text(encoding="utf-8"))["light"]


def _colour(at: int, platform: str = "") -> Any:
    from reportlab.lib.colors import HexColor

    inks = _inks()
    if platform:
        return HexColor(inks["platform"].get(platform, inks["platform"]["other"]))
    return HexColor(inks["color"][at % len(inks["color"])])


def step_of(top: float, *, whole: bool) -> float:
    """A round distance between the lines of an axis that ends near ``top``.

    >>> step_of(34_350, whole=True), step_of(0.23, whole=False), step_of(3, whole=True)
    (10000.0, 0.1, 1.0)
    """
    size = 10.0 ** floor(log10(top / TICKS))
    step = next(size * n for n in (1, 2, 5, 10) if size * n * TICKS >= top)
    return max(1.0, step) if whole else step


def _ends(chart: Chart, *, right: bool = False) -> tuple[float, float]:
    """Where an axis ends, on a round figure, and the distance between its lines."""
    top = _top(chart, right=right)
    step = step_of(top, whole=chart.unit in ("count", "money"))
    return step * ceil(top / step - 1e-9), step


def _top(chart: Chart, *, right: bool = False) -> float:
    """The largest value of an axis, or the largest sum of a stack."""
    columns = [one.values for one in chart.series if one.right == right]
    if chart.kind == "stack":
        sums = [sum(v or 0.0 for v in values) for values in zip(*columns, strict=True)]
        return max(sums, default=0.0) or 1.0
    return max((v for values in columns for v in values if v is not None), default=0.0) or 1.0


def _end(chart: Chart) -> float:
    """Where the plot ends; a second axis stands right of it."""
    return WIDTH - (RIGHT if any(one.right for one in chart.series) else 0)


def _x(chart: Chart, at: int) -> float:
    step = (_end(chart) - LEFT) / max(1, len(chart.x))
    return LEFT + step * (at + 0.5)


def _y(value: float, top: float) -> float:
    return BOTTOM + (HEIGHT - BOTTOM - TOP) * value / top


def _text(x: float, y: float, text: str, anchor: str = "start") -> Any:
    from reportlab.graphics.shapes import String
    from reportlab.lib.colors import HexColor

    return String(
        x,
        y,
        text,
        fontName=font_of(text),
        fontSize=7.5,
        textAnchor=anchor,
        fillColor=HexColor(QUIET),
    )


def _tick(chart: Chart, value: float) -> str:
    return tick(chart.show(value)) if value else "0"


def _axis(made: Any, chart: Chart, top: float, step: float) -> None:
    from reportlab.graphics.shapes import Line
    from reportlab.lib.colors import HexColor

    for at in range(round(top / step) + 1):
        y = _y(step * at, top)
        made.add(Line(LEFT, y, _end(chart), y, strokeColor=HexColor(LINE), strokeWidth=0.4))
        made.add(_text(LEFT - 4, y - 2.5, _tick(chart, step * at), "end"))
    if any(one.right for one in chart.series):
        _right_axis(made, chart)
    every = max(1, -(-len(chart.x) // 10))
    for at in range(0, len(chart.x), every):
        made.add(_text(_x(chart, at), BOTTOM - 10, chart.x[at], "middle"))


def _right_axis(made: Any, chart: Chart) -> None:
    top, step = _ends(chart, right=True)
    for at in range(round(top / step) + 1):
        made.add(_text(_end(chart) + 4, _y(step * at, top) - 2.5, _tick(chart, step * at)))


def _stack(made: Any, chart: Chart, top: float) -> None:
    from reportlab.graphics.shapes import Rect

    width = max(1.0, 0.7 * (_end(chart) - LEFT) / max(1, len(chart.x)))
    for at in range(len(chart.x)):
        below = 0.0
        for n, one in enumerate(chart.series):
            value = one.values[at] or 0.0
            y, height = _y(below, top), _y(value, top) - BOTTOM
            made.add(
                Rect(
                    _x(chart, at) - width / 2, y, width, height,
                    fillColor=_colour(n, one.platform), strokeColor=None,
                )
            )  # fmt: skip
            below += value


def _lines(made: Any, chart: Chart, top: float) -> None:
    from reportlab.graphics.shapes import PolyLine

    tops = {False: top, True: _ends(chart, right=True)[0]}
    for n, one in enumerate(chart.series):
        for run in _runs(chart, one, tops[one.right]):
            made.add(PolyLine(run, strokeColor=_colour(n, one.platform), strokeWidth=1.4))


def _runs(chart: Chart, one: Series, top: float) -> list[list[float]]:
    """Points of a line; a day without a value leaves a gap."""
    runs: list[list[float]] = [[]]
    for at, value in enumerate(one.values):
        if value is None:
            runs.append([])
        else:
            runs[-1] += [_x(chart, at), _y(value, top)]
    return [run for run in runs if len(run) >= 4]


def _legend(made: Any, chart: Chart) -> None:
    from reportlab.graphics.shapes import Rect

    x = float(LEFT)
    for n, one in enumerate(chart.series):
        made.add(Rect(x, HEIGHT - 9, 7, 7, fillColor=_colour(n, one.platform), strokeColor=None))
        name = one.name if len(one.name) <= 12 else f"{one.name[:11]}…"
        name += "（右轴）" if one.right else ""
        made.add(_text(x + 10, HEIGHT - 8, name))
        x += 22 + 8 * len(name)


def _across(chart: Chart) -> Any:
    from reportlab.graphics.shapes import Drawing, Rect

    values = chart.series[0].values
    made, top = Drawing(WIDTH, 18 * len(values) + 8), _top(chart)
    for at, (name, value) in enumerate(zip(chart.x, values, strict=True)):
        y = 18 * (len(values) - at) - 10
        short = name if len(name) <= 14 else f"{name[:13]}…"
        made.add(_text(120, y + 2, short, "end"))
        width = (WIDTH - 220) * max(0.0, value or 0.0) / top
        ink = _colour(0, chart.platforms.get(name, ""))
        made.add(Rect(126, y, width, 9, fillColor=ink, strokeColor=None))
        made.add(_text(130 + width, y + 2, chart.show(value)))
    return made
