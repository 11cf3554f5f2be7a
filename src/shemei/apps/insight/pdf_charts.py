"""Charts drawn for a PDF: bars, stacks and lines with an axis; the same values as on the screen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from shemei.portal.pdf_text import font_of

if TYPE_CHECKING:
    from shemei.portal.charts import Chart, Series

WIDTH, HEIGHT = 515, 170
LEFT, BOTTOM, TOP = 56, 30, 18
INKS = (0x4451D1, 0x17877A, 0xC88A12, 0xB23B7A, 0x3B7DBF, 0x8A8F9E)
QUIET, LINE = 0x5A6072, 0xDDE0E8
TICKS = 4


def drawing(chart: Chart) -> Any:
    """A chart as a picture of the page's width."""
    from reportlab.graphics.shapes import Drawing

    if chart.kind == "hbar":
        return _across(chart)
    made = Drawing(WIDTH, HEIGHT)
    top = _top(chart)
    _axis(made, chart, top)
    if chart.kind == "stack":
        _stack(made, chart, top)
    else:
        _lines(made, chart, top)
    _legend(made, chart)
    return made


def _colour(at: int) -> Any:
    from reportlab.lib.colors import HexColor

    return HexColor(INKS[at % len(INKS)])


def _top(chart: Chart) -> float:
    """The end of the value axis: the largest value, or the largest sum of a stack."""
    columns = [one.values for one in chart.series]
    if chart.kind == "stack":
        sums = [sum(v or 0.0 for v in values) for values in zip(*columns, strict=True)]
        return max(sums, default=0.0) or 1.0
    return max((v for values in columns for v in values if v is not None), default=0.0) or 1.0


def _x(chart: Chart, at: int) -> float:
    step = (WIDTH - LEFT) / max(1, len(chart.x))
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


def _axis(made: Any, chart: Chart, top: float) -> None:
    from reportlab.graphics.shapes import Line
    from reportlab.lib.colors import HexColor

    for tick in range(TICKS + 1):
        value = top * tick / TICKS
        y = _y(value, top)
        made.add(Line(LEFT, y, WIDTH, y, strokeColor=HexColor(LINE), strokeWidth=0.4))
        made.add(_text(LEFT - 4, y - 2.5, chart.show(value) if tick else "0", "end"))
    every = max(1, -(-len(chart.x) // 10))
    for at in range(0, len(chart.x), every):
        made.add(_text(_x(chart, at), BOTTOM - 10, chart.x[at], "middle"))


def _stack(made: Any, chart: Chart, top: float) -> None:
    from reportlab.graphics.shapes import Rect

    width = max(1.0, 0.7 * (WIDTH - LEFT) / max(1, len(chart.x)))
    for at in range(len(chart.x)):
        below = 0.0
        for n, one in enumerate(chart.series):
            value = one.values[at] or 0.0
            y, height = _y(below, top), _y(value, top) - BOTTOM
            made.add(
                Rect(
                    _x(chart, at) - width / 2, y, width, height,
                    fillColor=_colour(n), strokeColor=None,
                )
            )  # fmt: skip
            below += value


def _lines(made: Any, chart: Chart, top: float) -> None:
    from reportlab.graphics.shapes import PolyLine

    for n, one in enumerate(chart.series):
        for run in _runs(chart, one, top):
            made.add(PolyLine(run, strokeColor=_colour(n), strokeWidth=1.4))


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
        made.add(Rect(x, HEIGHT - 9, 7, 7, fillColor=_colour(n), strokeColor=None))
        name = one.name if len(one.name) <= 12 else f"{one.name[:11]}…"
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
        made.add(Rect(126, y, width, 9, fillColor=_colour(0), strokeColor=None))
        made.add(_text(130 + width, y + 2, chart.show(value)))
    return made
