"""What the pages of a board's PDF are made of: styles in the colours of the screen by day, figures and tables that wrap."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shemei.portal import charts
from shemei.portal.drawing import spark
from shemei.portal.numbers import Delta, delta
from shemei.portal.pdf_text import base_font, font_of, marked

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shemei.apps.insight.boards.panels import NumberCell

TOKENS = Path(charts.__file__).parent / "static" / "shemei" / "css" / "tokens.css"
ABREAST = {12: 4, 8: 3, 6: 2, 4: 1}
"""How many figures stand beside each other, by the picture's width on the board."""
LEAST_NAME, MOST_NAME = 0.28, 0.5
"""Of a table's width, what its names keep where figures press, and what they take at most before figures."""
LONG_HEAD = 72
"""A head that is longer wraps; it does not widen its column."""
ARROWS = {"up": "▲ ", "down": "▼ ", "flat": "", "": ""}


@cache
def _tokens() -> dict[str, str]:
    by_day = TOKENS.read_text(encoding="utf-8").partition('[data-bs-theme="dark"]')[0]
    return dict(re.findall(r"--([a-z0-9-]+): (#[0-9A-Fa-f]{6});", by_day))


def ink(token: str) -> Any:
    """A colour of the design, by the name of its token."""
    from reportlab.lib.colors import HexColor

    return HexColor(_tokens()[token])


def styles() -> dict[str, Any]:
    """The paragraphs of a page, by what they are for."""
    from reportlab.lib.styles import ParagraphStyle

    def style(name: str, size: float, leading: float, colour: str, **more: Any) -> Any:
        return ParagraphStyle(
            name, fontName=base_font(), wordWrap="CJK", fontSize=size, leading=leading,
            textColor=ink(colour), **more,
        )  # fmt: skip

    return {
        "brand": style("brand", 9, 13, "brand-text"),
        "title": style("title", 20, 28, "ink", spaceAfter=2),
        "sub": style("sub", 9, 14, "ink-3"),
        "head": style("head", 11.5, 16, "ink"),
        "hint": style("hint", 8, 12, "ink-3", spaceAfter=4),
        "cell": style("cell", 8.5, 11.5, "ink"),
        "figure": style("figure", 8.5, 11.5, "ink", alignment=2),
        "name": style("name", 8.5, 12, "ink-2"),
        "value": style("value", 17, 23, "ink"),
        "none": style("none", 13, 23, "ink-3"),
        "good": style("good", 8, 12, "good"),
        "bad": style("bad", 8, 12, "warn"),
        "plain": style("plain", 8, 12, "ink-3"),
        "top": style("top", 8.5, 12, "ink-3"),
        "top figure": style("top figure", 8.5, 12, "ink-3", alignment=2),
    }


def text(words: str, style: Any) -> Any:
    from reportlab.platypus import Paragraph

    return Paragraph(marked(words), style)


def table(
    heads: Sequence[str], rows: Sequence[Sequence[str]], style: dict[str, Any], width: float
) -> Any:
    """Rows below their heads; every cell wraps inside its column and the heads stand on every page."""
    from reportlab.platypus import Table, TableStyle

    def line(cells: Sequence[str], first: str, others: str) -> list[Any]:
        return [text(cell, style[others if n else first]) for n, cell in enumerate(cells)]

    cells = [line(heads, "top", "top figure"), *(line(row, "cell", "figure") for row in rows)]
    made = Table(cells, colWidths=columns(heads, rows, width), repeatRows=1, hAlign="LEFT")
    made.setStyle(
        TableStyle(
            [
                ("FONTNAME", (0, 0), (-1, -1), base_font()),
                ("VALIGN", (0, 0), (-1, 0), "BOTTOM"),
                ("VALIGN", (0, 1), (-1, -1), "TOP"),
                ("LINEBELOW", (0, 0), (-1, 0), 0.6, ink("line-strong")),
                ("LINEBELOW", (0, 1), (-1, -1), 0.4, ink("line")),
                ("LEFTPADDING", (0, 0), (0, -1), 0),
                ("RIGHTPADDING", (-1, 0), (-1, -1), 0),
                ("LEFTPADDING", (1, 0), (-1, -1), 6),
                ("RIGHTPADDING", (0, 0), (-2, -1), 2),
                ("TOPPADDING", (0, 0), (-1, -1), 1.5),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 2.5),
            ]
        )
    )
    return made


def columns(heads: Sequence[str], rows: Sequence[Sequence[str]], width: float) -> list[float]:
    """How wide the columns are: a figure keeps its line, a long name wraps; what is left over is shared out."""
    figure = [
        max([min(_wide(head), LONG_HEAD), *(_wide(row[n]) for row in rows)]) + 10
        for n, head in enumerate(heads[1:], 1)
    ]
    name = min(
        max(_wide(cell) for cell in (heads[0], *(row[0] for row in rows))) + 6, width * MOST_NAME
    )
    over = width - name - sum(figure)
    if over < 0:
        name = max(name + over, width * LEAST_NAME)
        shrunk = min(1.0, (width - name) / sum(figure))
        return [width - sum(figure) * shrunk, *(one * shrunk for one in figure)]
    share = over / len(heads) if len(heads) > 2 else 0.0
    return [width - sum(figure) - share * len(figure), *(one + share for one in figure)]


def _wide(cell: str) -> float:
    from reportlab.pdfbase.pdfmetrics import stringWidth

    return float(stringWidth(cell, font_of(cell), 8.5))


def figures(cells: Sequence[NumberCell], style: dict[str, Any], width: float, wide: int) -> Any:
    """Figures in their cells as on the screen: name, value, change and days, with hairlines between."""
    from reportlab.platypus import Table, TableStyle

    abreast = min(ABREAST.get(wide, 4), len(cells)) or 1
    each = width / abreast
    made = [_figure(cell, style, each - 20) for cell in cells]
    made += [[]] * (-len(made) % abreast)
    rows = [made[at : at + abreast] for at in range(0, len(made), abreast)]
    drawn = Table(rows, colWidths=[each] * abreast, hAlign="LEFT")
    drawn.setStyle(
        TableStyle(
            [
                ("FONTNAME", (0, 0), (-1, -1), base_font()),
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("INNERGRID", (0, 0), (-1, -1), 0.4, ink("line")),
                ("LEFTPADDING", (0, 0), (0, -1), 0),
                ("LEFTPADDING", (1, 0), (-1, -1), 12),
                ("RIGHTPADDING", (0, 0), (-1, -1), 8),
                ("TOPPADDING", (0, 0), (-1, -1), 4),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 6),
            ]
        )
    )
    return drawn


def change_of(cell: NumberCell) -> Delta:
    """How a figure changed; nothing is said of one that is not there."""
    if cell.value is None:
        return Delta("", "")
    kind = "points" if cell.metric.unit == "ratio" else "ratio"
    better: Any = cell.metric.better
    return delta(cell.change, kind=kind, better=better, unit=cell.metric.unit, reason=cell.reason)  # type: ignore[arg-type]


def _figure(cell: NumberCell, style: dict[str, Any], width: float) -> list[Any]:
    told, known = change_of(cell), cell.value is not None
    parts = [text(cell.metric.name, style["name"])]
    parts.append(text(cell.text if known else "暂无", style["value" if known else "none"]))
    if told.text:
        words = f"{ARROWS[told.direction]}{told.text}"
        parts.append(text(words, style[told.tone or "plain"]))
    if drawn := _days(cell.days, width):
        parts.append(drawn)
    return parts


def _days(days: Sequence[float | None], width: float, height: float = 26) -> Any:
    """The days of a figure as a small line; None where there is nothing to draw."""
    from reportlab.graphics.shapes import Drawing, Path

    drawn = spark(days, width=int(width), height=int(height))
    if drawn is None or not any(days):
        return None
    made = Drawing(width, height)
    for path, more in (
        (drawn.area, {"fillColor": ink("brand-tint"), "strokeColor": None}),
        (drawn.line, {"fillColor": None, "strokeColor": ink("brand"), "strokeWidth": 1}),
    ):
        shape = Path(**more)
        for step in re.findall(r"([ML])([\d.-]+) ([\d.-]+)(Z?)", path):
            (shape.moveTo if step[0] == "M" else shape.lineTo)(
                float(step[1]), height - float(step[2])
            )
            if step[3]:
                shape.closePath()
        made.add(shape)
    return made
