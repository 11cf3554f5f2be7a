"""Chinese text in PDFs. A TrueType font of this machine travels in the file, cut down to what is used.

Without one, STSong-Light is named: PDF readers bring a Chinese font of their own for it, most of them.
"""

from __future__ import annotations

import logging
import unicodedata
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import Any

from django.conf import settings

NAMED = "STSong-Light"
USUAL = (
    "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
    "/usr/share/fonts/wqy-microhei-fonts/wqy-microhei.ttc",
    "/usr/share/fonts/wenquanyi/wqy-microhei/wqy-microhei.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc",
)
"""Where Debian, Fedora and Arch put free Chinese fonts with TrueType outlines; others cannot be embedded."""

PICTURES = {"So", "Sk", "Cf", "Cs", "Co", "Mn", "Me"}
"""Of characters that no font here has, those that go without a trace: emoji and what joins and colours them."""
UNKNOWN = "□"

log = logging.getLogger(__name__)


def readable(text: str) -> str:
    """The text without what no font of a PDF has: emoji go, letters of another script leave one box for all.

    >>> readable("新品🎁✨ 礼盒"), readable("مرحبا 面霜")
    ('新品 礼盒', '□ 面霜')
    """
    found = _embedded()
    kept: list[str] = []
    for letter in text:
        if (found and ord(letter) in found.face.charToGlyph) or _is_named(letter):
            kept.append(letter)
        elif unicodedata.category(letter) not in PICTURES and kept[-1:] != [UNKNOWN]:
            kept.append(UNKNOWN)
    return "".join(kept)


def _is_named(letter: str) -> bool:
    """Whether the named font has it: what GBK has, it has."""
    try:
        letter.encode("gbk")
    except UnicodeEncodeError:
        return False
    return True


def base_font() -> str:
    """The font that text is set in, made known to the library."""
    found = _embedded()
    return found.fontName if found else _named()


def carries_chinese() -> bool:
    """Whether Chinese words travel in the file; else who reads it must have a font for them."""
    found = _embedded()
    return bool(found) and ord("中") in found.face.charToGlyph


def font_of(text: str) -> str:
    """The font for one line that cannot change fonts inside: the embedded one where it has every character."""
    found = _embedded()
    known = found and all(ord(letter) in found.face.charToGlyph for letter in text)
    return base_font() if known else _named()


def marked(text: str) -> str:
    """Text for a paragraph: nothing in it is markup, and what the embedded font lacks is set in the named one."""
    found, text = _embedded(), readable(text)
    if not found:
        return _escaped(text)
    runs = groupby(text, lambda letter: ord(letter) in found.face.charToGlyph)
    return "".join(
        _escaped("".join(run))
        if known
        else f'<font name="{_named()}">{_escaped("".join(run))}</font>'
        for known, run in runs
    )


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _embedded() -> Any:
    """The font of this machine; None where there is none."""
    told = settings.PDF_FONT
    path = told or next((one for one in USUAL if Path(one).exists()), "")
    return _opened(path) if path else None


@lru_cache(maxsize=4)
def _opened(path: str) -> Any:
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFError, TTFont

    name = f"Shemei-{Path(path).stem}"
    try:
        font = TTFont(name, path)
    except (TTFError, OSError) as error:
        log.warning("PDF 的字体 %s 用不上：%s。改用 %s。", path, error, NAMED)
        return None
    pdfmetrics.registerFont(font)
    return font


def _named() -> str:
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont

    if NAMED not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(UnicodeCIDFont(NAMED))
    return NAMED
