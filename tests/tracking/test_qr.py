"""QR codes that a phone can read: quiet zone, whole pixels, the short address inside."""

from __future__ import annotations

import struct
import zlib
from xml.etree import ElementTree

import pytest
import segno

from shemei.apps.tracking import qr

URL = "http://localhost:8001/r/abc2345"


def _pixels(data: bytes) -> list[list[int]]:
    """Rows of a one-bit grey or palette PNG as segno writes it: 1 is light."""
    width, height, depth = struct.unpack(">IIB", data[16:25])
    assert depth == 1
    body, at = b"", 8
    while at < len(data):
        (size,) = struct.unpack(">I", data[at : at + 4])
        if data[at + 4 : at + 8] == b"IDAT":
            body += data[at + 8 : at + 8 + size]
        at += size + 12
    raw, stride = zlib.decompress(body), (width + 7) // 8 + 1
    rows = [raw[y * stride + 1 : (y + 1) * stride] for y in range(height)]
    return [[row[x // 8] >> (7 - x % 8) & 1 for x in range(width)] for row in rows]


@pytest.mark.parametrize("size", list(qr.SIZES))
def test_a_picture_is_as_large_as_asked_with_whole_pixels_and_a_quiet_zone(size: int) -> None:
    pixels = _pixels(qr.png(URL, size))
    code = segno.make(URL, error="q", micro=False)
    modules = code.symbol_size(border=4)[0]
    assert len(pixels) >= size
    assert len(pixels) % modules == 0
    scale = len(pixels) // modules
    seen = [[pixels[y * scale][x * scale] for x in range(modules)] for y in range(modules)]
    wanted = [[0 if dark else 1 for dark in row] for row in code.matrix_iter(border=4)]
    assert seen == wanted
    assert all(value == 1 for row in seen[:4] for value in row)


def test_error_correction_bears_a_logo_or_a_scratch() -> None:
    assert segno.make(URL, error="q", micro=False).error in ("Q", "H")


def test_a_drawing_is_well_formed_and_has_a_white_ground() -> None:
    root = ElementTree.fromstring(qr.svg(URL))
    assert root.tag.endswith("svg")
    assert b"#fff" in qr.svg(URL)
