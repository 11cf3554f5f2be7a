"""Uploaded pictures made light: re-encoded, so that only pixels stay, and small enough for a page on a phone."""

from __future__ import annotations

import io
from dataclasses import dataclass

from PIL import Image, ImageOps, UnidentifiedImageError

from shemei.kernel.addresses import BadInput

MOST_BYTES, MOST_PIXELS = 12 << 20, 40_000_000
AIM_BYTES = 24_000
_STEPS = ((828, 72), (828, 58), (720, 58), (720, 46), (600, 44), (480, 40), (400, 34), (320, 28))
"""Widths and qualities tried in turn until a picture is light enough."""


@dataclass(frozen=True, slots=True)
class Light:
    """A picture as the page carries it (WebP)."""

    data: bytes
    width: int
    height: int


def lighten(data: bytes) -> Light:
    """Make an uploaded picture light; BadInput says what is wrong with it."""
    if len(data) > MOST_BYTES:
        raise BadInput("图片文件超过 12 MB。请缩小后再传。")
    picture = _opened(data)
    for width, quality in _STEPS:
        small = picture
        if picture.width > width:
            small = picture.resize((width, max(1, picture.height * width // picture.width)))
        out = io.BytesIO()
        small.save(out, "WEBP", quality=quality, method=4)
        if out.tell() <= AIM_BYTES:
            break
    return Light(out.getvalue(), small.width, small.height)


def _opened(data: bytes) -> Image.Image:
    try:
        with Image.open(io.BytesIO(data), formats=("PNG", "JPEG", "WEBP")) as found:
            if found.width * found.height > MOST_PIXELS:
                raise BadInput("图片的像素太多，超过 4000 万。请缩小后再传。")
            if found.height > 4 * found.width:
                raise BadInput("图片太长，手机上要划很久。请裁成几张。")
            if found.width > 20 * found.height:
                raise BadInput("图片太扁，手机上只剩一条线。请裁一裁。")
            return _upright(found).convert("RGB")
    except BadInput:
        raise
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError, SyntaxError):
        raise BadInput("读不出这张图。请用 PNG、JPG 或 WebP。") from None


def _upright(found: Image.Image) -> Image.Image:
    """The picture as the camera was held; forged camera notes fail in too many ways to name, and are left out."""
    found.load()
    try:
        return ImageOps.exif_transpose(found)
    except Exception:
        return found
