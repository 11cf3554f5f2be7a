"""A poster to print: headline, code with the brand's mark, a few words, the short address."""

from __future__ import annotations

import io
from typing import Any

from PIL import Image
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4, A6
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfgen.canvas import Canvas

from shemei.apps.tracking import qr
from shemei.apps.tracking.posters.models import Spot
from shemei.portal.pdf_text import font_of, readable

SIZES = {"a4": ("A4", A4), "a6": ("A6", A6)}
INK, SOFT, GO = HexColor(0x1A1D26), HexColor(0x5A6072), HexColor(0x4350CB)

ONE_LINE = 14
"""Letters of a headline that stand well on one line."""


def poster(spot: Spot, size: str, url: str, brand: str, mark: bytes = b"") -> bytes:
    """One page of PDF; ``size`` is a key of SIZES."""
    width, height = SIZES[size][1]
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(width, height))
    canvas.setTitle(f"{spot.name} 海报")
    canvas.setAuthor(brand)
    canvas.setCreator("Shemei")
    unit = width / 100
    _line(canvas, brand, width, height - 12 * unit, 4.2 * unit, SOFT)
    for at, size, words in headline(spot.headline):
        _line(canvas, words, width, height - at * unit, size * unit, INK)
    if spot.words:
        _line(canvas, spot.words, width, height - 35 * unit, 4 * unit, SOFT)
    side = 62 * unit
    at = (width - side) / 2, height - 41 * unit - side
    picture = Image.open(io.BytesIO(qr.png(url, 1200, mark)))
    canvas.drawImage(ImageReader(picture), *at, width=side, height=side)
    below = at[1] - 7 * unit
    _line(canvas, url.split("://", 1)[-1], width, below, 4 * unit, GO)
    if spot.promo_code:
        _line(canvas, f"优惠码　{spot.promo_code}", width, below - 9 * unit, 5.5 * unit, INK)
    where = "　".join(part for part in (spot.name, spot.address) if part)
    _line(canvas, where, width, 7 * unit, 3.2 * unit, SOFT)
    canvas.showPage()
    canvas.save()
    return out.getvalue()


def headline(text: str) -> list[tuple[float, float, str]]:
    """The headline's lines: how far from the top, how large, which words; a long one is set on two.

    >>> headline("扫码领小样")
    [(26, 9.5, '扫码领小样')]
    >>> [words for _, _, words in headline("进店扫码领修护霜小样，老顾客带新朋友各得一份")]
    ['进店扫码领修护霜小样，', '老顾客带新朋友各得一份']
    """
    text = readable(text)
    if len(text) <= ONE_LINE:
        return [(26, 9.5, text)]
    middle = len(text) // 2
    ends = [at + 1 for at, letter in enumerate(text) if letter in "，。、；：！？,;:!? "]
    near = min(ends, key=lambda end: abs(end - middle), default=middle)
    split = near if abs(near - middle) <= 4 else middle
    return [(21.5, 6.2, text[:split].strip()), (29.5, 6.2, text[split:].strip())]


def _line(canvas: Any, text: str, width: float, at: float, size: float, colour: Any) -> None:
    """One centred line, set smaller where it would not fit."""
    room, text = 0.88 * width, readable(text)
    font = font_of(text)
    wide = pdfmetrics.stringWidth(text, font, size)
    fitting = size * min(1.0, room / wide) if wide else size
    canvas.setFont(font, fitting)
    canvas.setFillColor(colour)
    canvas.drawCentredString(width / 2, at, text)
