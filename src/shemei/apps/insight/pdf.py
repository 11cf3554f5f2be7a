"""A board as a PDF, without a browser. The library is imported when a PDF is asked for, not before."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from shemei.apps.insight.pdf_charts import drawing
from shemei.kernel.figures import MODEL_NAMES
from shemei.portal.numbers import delta, stamp
from shemei.portal.pdf_text import base_font, marked

if TYPE_CHECKING:
    from shemei.apps.insight.panels import NumberCell, OwnBoardView, PanelView

MARGIN = 40
MOST_ROWS = 31
"""Rows of the table below a chart: a month; what is longer says so."""


class NoPdf(RuntimeError):
    """The library that writes PDFs is not installed."""


def board_pdf(view: OwnBoardView) -> bytes:
    """Every picture of a board with its numbers, on A4 pages.

    Raises NoPdf where the library is missing.
    """
    try:
        from reportlab.lib.pagesizes import A4
        from reportlab.platypus import SimpleDocTemplate
    except ImportError as error:
        raise NoPdf("这套安装缺少写 PDF 的组件 reportlab。请重新安装依赖。") from error
    out = io.BytesIO()
    document = SimpleDocTemplate(
        out, pagesize=A4, leftMargin=MARGIN, rightMargin=MARGIN, topMargin=MARGIN,
        bottomMargin=MARGIN + 10, title=view.row.title, author=view.row.workspace.name,
        subject=view.period.span, creator="Shemei",
    )  # fmt: skip
    document.build(_story(view), onFirstPage=_foot(view), onLaterPages=_foot(view))
    return out.getvalue()


def _styles() -> dict[str, Any]:
    from reportlab.lib.styles import ParagraphStyle

    ink, quiet = "#1a1d26", "#5a6072"
    base = {"fontName": base_font(), "wordWrap": "CJK"}
    return {
        "title": ParagraphStyle("title", fontSize=18, leading=26, textColor=ink, **base),
        "sub": ParagraphStyle("sub", fontSize=9, leading=14, textColor=quiet, **base),
        "head": ParagraphStyle("head", fontSize=12, leading=18, textColor=ink, spaceBefore=12, **base),
        "cell": ParagraphStyle("cell", fontSize=8.5, leading=12, textColor=ink, **base),
    }  # fmt: skip


def _story(view: OwnBoardView) -> list[Any]:
    from reportlab.platypus import Paragraph, Spacer

    style = _styles()
    model = MODEL_NAMES[view.main.model]
    lines = [f"{view.row.workspace.name}　{view.period.span}　归因用{model}"]
    if view.row.note:
        lines.append(view.row.note)
    story: list[Any] = [Paragraph(marked(view.row.title), style["title"])]
    story += [Paragraph(marked(line), style["sub"]) for line in lines]
    story.append(Spacer(1, 6))
    for one in view.panels:
        story += _panel(one, style)
    return story


def _panel(one: PanelView, style: dict[str, Any]) -> list[Any]:
    from reportlab.platypus import Paragraph, Spacer

    if not one.metrics:
        return []
    story: list[Any] = [
        Paragraph(marked(one.title), style["head"]),
        Paragraph(marked(one.hint), style["sub"]),
        Spacer(1, 4),
    ]
    if one.panel.kind == "number":
        heads = ["指标", "数值", "变化"]
        return [*story, _table(heads, [_number(cell) for cell in one.numbers], style)]
    if one.panel.kind == "table":
        rows = [[row.name, *row.cells] for row in one.rows]
        return [*story, _table([one.split_name, *one.heads], rows, style)]
    return story + _chart(one, style)


def _chart(one: PanelView, style: dict[str, Any]) -> list[Any]:
    from reportlab.platypus import Paragraph

    chart = one.chart
    if chart.is_empty:
        return [Paragraph("这段时间没有数据", style["sub"])]
    rows = chart.rows
    shown = [*rows[-MOST_ROWS:], *([chart.total_row] if chart.total_row else [])]
    parts: list[Any] = [drawing(chart), _table(chart.head, shown, style)]
    if len(rows) > MOST_ROWS:
        parts.append(Paragraph(f"表里是最后 {MOST_ROWS} 行，共 {len(rows)} 行", style["sub"]))
    return parts


def _number(cell: NumberCell) -> list[str]:
    kind = "points" if cell.metric.unit == "ratio" else "ratio"
    better: Any = cell.metric.better
    told = delta(cell.change, kind=kind, better=better, reason=cell.reason)  # type: ignore[arg-type]
    return [cell.metric.name, cell.text if cell.value is not None else "暂无", told.text]


def _table(heads: list[str], rows: list[list[str]], style: dict[str, Any]) -> Any:
    from reportlab.lib import colors
    from reportlab.platypus import Paragraph, Table, TableStyle

    cells = [[Paragraph(marked(text), style["cell"]) for text in row[:1]] + row[1:] for row in rows]
    table = Table([heads, *cells], repeatRows=1, hAlign="LEFT")
    table.setStyle(
        TableStyle(
            [
                ("FONT", (0, 0), (-1, -1), base_font(), 8.5),
                ("TEXTCOLOR", (0, 0), (-1, 0), colors.HexColor(0x5A6072)),
                ("ALIGN", (1, 0), (-1, -1), "RIGHT"),
                ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
                ("LINEBELOW", (0, 0), (-1, -1), 0.4, colors.HexColor(0xDDE0E8)),
                ("TOPPADDING", (0, 0), (-1, -1), 2),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
            ]
        )
    )
    table._argW[0] = 150
    return table


def _foot(view: OwnBoardView) -> Any:
    told = f"数据截至 {stamp(view.as_of)}" if view.as_of else "还没有数据"

    def draw(canvas: Any, document: Any) -> None:
        canvas.saveState()
        canvas.setFont(base_font(), 8)
        canvas.setFillGray(0.4)
        canvas.drawString(MARGIN, MARGIN - 12, f"社媒 Shemei　{told}")
        canvas.drawRightString(document.pagesize[0] - MARGIN, MARGIN - 12, f"第 {document.page} 页")
        canvas.restoreState()

    return draw
