"""QR codes of short links, for screens and for print."""

from __future__ import annotations

import io

import segno

SIZES: dict[int, str] = {300: "屏幕", 600: "海报小图", 1200: "印刷"}
QUIET_ZONE = 4


def _code(url: str) -> segno.QRCode:
    return segno.make(url, error="q", micro=False)


def png(url: str, size: int) -> bytes:
    """A square picture of at least ``size`` pixels; modules are whole pixels: sharp edges."""
    code = _code(url)
    modules = code.symbol_size(border=QUIET_ZONE)[0]
    out = io.BytesIO()
    code.save(out, kind="png", scale=-(-size // modules), border=QUIET_ZONE)
    return out.getvalue()


def svg(url: str) -> bytes:
    """A drawing that can be printed at any size."""
    out = io.BytesIO()
    _code(url).save(out, kind="svg", border=QUIET_ZONE, scale=8, light="#fff", xmldecl=True)
    return out.getvalue()
