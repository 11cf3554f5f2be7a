"""A board as a PDF, without a browser. The library is imported when a PDF is asked for, not before.

The pictures come first, laid out as on the board; their numbers, day by day, stand behind them.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from shemei.apps.insight.boards.pdf_charts import drawing, fitting, wide
from shemei.apps.insight.boards.pdf_parts import figures, ink, styles, table, text
from shemei.kernel.figures import MODEL_NAMES
from shemei.portal.numbers import stamp
from shemei.portal.pdf_text import base_font, font_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from shemei.apps.insight.boards.panels import OwnBoardView, PanelView

MARGIN, GAP = 40, 18
MOST_ROWS = 31
"""Rows of the table behind a chart: a month; what is longer says so."""
SMALL_ROWS, SMALL_NAME, SMALL_COLUMNS = 8, 24, 3
"""A table that is not larger than this may stand beside another picture; others break over pages."""
Style = dict[str, Any]


class NoPdf(RuntimeError):
    """The library that writes PDFs is not installed."""


def board_pdf(view: OwnBoardView) -> bytes:
    """Every picture of a board with its numbers, on A4 pages.

    Raises NoPdf where the library is missing.
    """
    try:
        from reportlab.graphics.shapes import STATE_DEFAULTS
        from reportlab.lib.pagesizes import A4
        from reportlab.platypus import SimpleDocTemplate
    except ImportError as error:
        raise NoPdf("这套安装缺少写 PDF 的组件 reportlab。请重新安装依赖。") from error
    STATE_DEFAULTS["fontName"] = base_font()  # else every picture names a font it does not use
    out = io.BytesIO()
    document = SimpleDocTemplate(
        out, pagesize=A4, leftMargin=MARGIN, rightMargin=MARGIN, topMargin=MARGIN + 10,
        bottomMargin=MARGIN + 10, title=view.row.title, author=view.row.workspace.name,
        subject=view.period.span, creator="Shemei", initialFontName=base_font(),
    )  # fmt: skip
    story = list(_story(view, styles(), document.width - 12))
    document.build(story, canvasmaker=_paged(_edges(view)))
    return out.getvalue()


def _story(view: OwnBoardView, style: Style, width: float) -> Iterator[Any]:
    from reportlab.platypus import HRFlowable, PageBreak

    yield text(view.row.workspace.name, style["brand"])
    yield text(view.row.title, style["title"])
    told = (view.period.span, f"归因用{MODEL_NAMES[view.main.model]}", _as_of(view))
    yield text(" · ".join(told), style["sub"])
    if view.row.note:
        yield text(view.row.note, style["sub"])
    yield HRFlowable(width="100%", thickness=1.2, color=ink("brand"), spaceBefore=8, spaceAfter=2)
    panels = [one for one in view.panels if one.metrics]
    if not panels:
        yield text("这个看板上还没有图。", style["sub"])
    for row in _rows(panels):
        yield from _beside(row, style, width) if len(row) > 1 else _alone(row[0], style, width)
    drawn = [one for one in panels if _is_chart(one) and not one.chart.is_empty]
    if drawn:
        yield PageBreak()
        yield text("图里的数", style["title"])
    for one in drawn:
        yield from _numbers(one, style, width)


def _rows(panels: Sequence[PanelView]) -> Iterator[list[PanelView]]:
    """The pictures as they lie on the board: beside each other while twelve columns hold them."""
    row: list[PanelView] = []
    for one in panels:
        if row and (not _is_small(one) or sum(p.width for p in row) + one.width > 12):
            yield row
            row = []
        row.append(one)
        if not _is_small(one):
            yield row
            row = []
    if row:
        yield row


def _is_chart(one: PanelView) -> bool:
    return one.panel.kind not in ("number", "table")


def _is_small(one: PanelView) -> bool:
    """Whether a picture may have a neighbour: it is no long table."""
    if one.panel.kind != "table":
        return one.width < 12
    return (
        one.width < 12
        and len(one.rows) <= SMALL_ROWS
        and len(one.heads) < SMALL_COLUMNS
        and all(len(row.name) <= SMALL_NAME for row in one.rows)
    )


def _alone(one: PanelView, style: Style, width: float) -> Iterator[Any]:
    from reportlab.platypus import CondPageBreak, KeepTogether, Spacer

    yield Spacer(1, GAP - 4)
    parts = _panel(one, style, width)
    if one.panel.kind == "table":
        yield CondPageBreak(130)
        yield from parts
    else:
        yield KeepTogether(parts)


def _beside(row: Sequence[PanelView], style: Style, width: float) -> Iterator[Any]:
    """Pictures beside each other, each with its share of the width."""
    from reportlab.platypus import Spacer, Table, TableStyle

    free = width - GAP * (len(row) - 1)
    shares = [free * one.width / 12 for one in row]
    stretch = free / sum(shares)
    widths = [share * stretch for share in shares]
    cells: list[Any] = []
    for one, share in zip(row, widths, strict=True):
        cells += [_panel(one, style, share), []]
    columns = [part for share in widths for part in (share, GAP)]
    made = Table([cells[:-1]], colWidths=columns[:-1], hAlign="LEFT")
    made.setStyle(
        TableStyle(
            [
                ("FONTNAME", (0, 0), (-1, -1), base_font()),
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                *((f"{side}PADDING", (0, 0), (-1, -1), 0) for side in SIDES),
            ]
        )
    )
    yield Spacer(1, GAP - 4)
    yield made


SIDES = ("LEFT", "RIGHT", "TOP", "BOTTOM")


def _panel(one: PanelView, style: Style, width: float) -> list[Any]:
    parts = [text(one.title, style["head"]), text(one.hint, style["hint"])]
    if one.panel.kind == "number":
        return [*parts, figures(one.numbers, style, width, one.width)]
    if one.panel.kind == "table":
        rows = [[row.name, *row.cells] for row in one.rows]
        if not rows:
            return [*parts, text("这段时间没有数据", style["sub"])]
        return [*parts, table([one.split_name, *one.heads], rows, style, width)]
    if one.chart.is_empty:
        return [*parts, text("这段时间没有数据", style["sub"])]
    return [*parts, drawing(one.chart, width)]


def _numbers(one: PanelView, style: Style, width: float) -> Iterator[Any]:
    """The numbers of a chart as a table."""
    from reportlab.platypus import CondPageBreak, Spacer

    chart = one.chart
    rows = chart.rows
    shown = [*rows[-MOST_ROWS:], *([chart.total_row] if chart.total_row else [])]
    yield CondPageBreak(130)
    yield Spacer(1, GAP - 4)
    yield text(one.title, style["head"])
    yield text(one.hint, style["hint"])
    yield table(chart.head, shown, style, width)
    if len(rows) > MOST_ROWS:
        yield text(f"表里是最后 {MOST_ROWS} 行，共 {len(rows)} 行", style["sub"])


def _as_of(view: OwnBoardView) -> str:
    return f"数据截至 {stamp(view.as_of)}" if view.as_of else "还没有数据"


def _edges(view: OwnBoardView) -> Callable[[Any, int, int], None]:
    """What stands at the edges of a page: its number, and after the first page whose board it is."""

    def line(canvas: Any, words: str, y: float, *, right: bool = False) -> None:
        canvas.setFont(font_of(words), 7.5)
        x = canvas._pagesize[0] - MARGIN - 6 if right else MARGIN + 6
        (canvas.drawRightString if right else canvas.drawString)(x, y, words)

    def draw(canvas: Any, number: int, count: int) -> None:
        width, height = canvas._pagesize
        canvas.setFillColor(ink("ink-3"))
        canvas.setStrokeColor(ink("line"))
        canvas.setLineWidth(0.5)
        line(canvas, f"社媒 Shemei　{_as_of(view)}", MARGIN - 12)
        line(canvas, f"第 {number} 页，共 {count} 页", MARGIN - 12, right=True)
        if number > 1:
            y = height - MARGIN
            span = view.period.span
            room = width - 2 * MARGIN - wide(span) - 40
            line(canvas, fitting(f"{view.row.workspace.name}　{view.row.title}", room), y)
            line(canvas, span, y, right=True)
            canvas.line(MARGIN + 6, y - 6, width - MARGIN - 6, y - 6)

    return draw


def _paged(edges: Callable[[Any, int, int], None]) -> Any:
    """A canvas that keeps its pages until all are there, for each names how many there are."""
    from reportlab.pdfgen.canvas import Canvas

    class Paged(Canvas):  # type: ignore[misc, unused-ignore]
        def __init__(self, *args: Any, **more: Any) -> None:
            super().__init__(*args, **more)
            self.kept: list[dict[str, Any]] = []

        def showPage(self) -> None:
            self.kept.append(dict(self.__dict__))
            self._startPage()

        def save(self) -> None:
            kept = self.kept
            for number, page in enumerate(kept, 1):
                self.__dict__.update(page)
                edges(self, number, len(kept))
                super().showPage()
            super().save()

    return Paged
