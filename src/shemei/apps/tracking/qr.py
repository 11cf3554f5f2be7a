"""QR codes of short links, for screens and for print, with the brand's mark in the middle if it has one."""

from __future__ import annotations

import io
from base64 import b64encode

import segno
from PIL import Image, UnidentifiedImageError

from shemei.kernel.addresses import BadInput

SIZES: dict[int, str] = {300: "屏幕", 600: "海报小图", 1200: "印刷"}
QUIET_ZONE = 4
SVG_SCALE = 8
MARK_SHARE = 0.2
"""Of the code's width: a sixteenth of the modules with its white edge, far below what level H repairs."""
MARK_PIXELS = 240
MOST_BYTES, MOST_PIXELS = 2 << 20, 4096 * 4096


def _code(url: str, mark: bytes) -> segno.QRCode:
    return segno.make(url, error="h" if mark else "q", micro=False, boost_error=not mark)


def _box(modules: int) -> tuple[int, int]:
    """Where the mark begins and how wide it is, in modules with the quiet zone, exactly central."""
    width = max(3, int(modules * MARK_SHARE))
    width -= (modules - width) % 2
    return QUIET_ZONE + (modules - width) // 2, width


def png(url: str, size: int, mark: bytes = b"") -> bytes:
    """A square picture of at least ``size`` pixels; modules are whole pixels: sharp edges."""
    code = _code(url, mark)
    modules = code.symbol_size(border=QUIET_ZONE)[0]
    scale = -(-size // modules)
    out = io.BytesIO()
    code.save(out, kind="png", scale=scale, border=QUIET_ZONE)
    return _stamped(out.getvalue(), mark, scale, modules) if mark else out.getvalue()


def _stamped(picture: bytes, mark: bytes, scale: int, modules: int) -> bytes:
    at, width = _box(modules - 2 * QUIET_ZONE)
    ground = Image.open(io.BytesIO(picture)).convert("RGB")
    ground.paste((255, 255, 255), (at * scale, at * scale, *[(at + width) * scale] * 2))
    edge = scale // 2
    inner = width * scale - 2 * edge
    drawn = Image.open(io.BytesIO(mark)).convert("RGBA").resize((inner, inner))
    ground.paste(drawn, (at * scale + edge, at * scale + edge), drawn)
    out = io.BytesIO()
    ground.save(out, "PNG", optimize=True)
    return out.getvalue()


def svg(url: str, mark: bytes = b"") -> bytes:
    """A drawing that can be printed at any size."""
    code = _code(url, mark)
    out = io.BytesIO()
    code.save(out, kind="svg", border=QUIET_ZONE, scale=SVG_SCALE, light="#fff", xmldecl=True)
    if not mark:
        return out.getvalue()
    at, width = (n * SVG_SCALE for n in _box(code.symbol_size(border=0)[0]))
    edge = SVG_SCALE // 2
    inner = width - 2 * edge
    data = b64encode(mark).decode()
    drawn = (
        f'<rect x="{at}" y="{at}" width="{width}" height="{width}" fill="#fff"/>'
        f'<image x="{at + edge}" y="{at + edge}" width="{inner}" height="{inner}"'
        f' href="data:image/png;base64,{data}"/></svg>'
    )
    return out.getvalue().rstrip().removesuffix(b"</svg>") + drawn.encode() + b"\n"


def tidy_mark(data: bytes) -> bytes:
    """An uploaded picture made a small square PNG: what it was besides pixels stays behind."""
    if len(data) > MOST_BYTES:
        raise BadInput("标志文件超过 2 MB。请缩小后再传。")
    try:
        picture = Image.open(io.BytesIO(data), formats=("PNG", "JPEG", "WEBP"))
        if picture.width * picture.height > MOST_PIXELS:
            raise BadInput("标志的像素太多。请缩到 4096 像素以内。")
        picture = picture.convert("RGBA")
    except (
        UnidentifiedImageError,
        Image.DecompressionBombError,
        OSError,
        ValueError,
        SyntaxError,
    ) as error:
        if isinstance(error, BadInput):
            raise
        raise BadInput("读不出这张图。请用 PNG、JPG 或 WebP。") from None
    picture.thumbnail((MARK_PIXELS, MARK_PIXELS))
    square = Image.new("RGBA", (MARK_PIXELS, MARK_PIXELS))
    square.paste(picture, tuple((MARK_PIXELS - side) // 2 for side in picture.size))  # type: ignore[arg-type]
    out = io.BytesIO()
    square.save(out, "PNG", optimize=True)
    return out.getvalue()
