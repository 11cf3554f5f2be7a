"""QR codes that a phone can read: quiet zone, whole pixels, the short address inside."""

from __future__ import annotations

import io
import struct
import zlib
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import pytest
import segno
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from shemei.apps.tracking import qr
from shemei.apps.tracking.actions import create_link
from shemei.apps.tracking.posters.actions import create_spot
from shemei.kernel.addresses import BadInput

if TYPE_CHECKING:
    from tests.world import World

    from shemei.warehouse.home import Home

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


def picture(kind: str = "PNG", size: tuple[int, int] = (300, 200)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, (200, 30, 30)).save(out, kind)
    return out.getvalue()


LONG_URL = "https://go.brand-with-a-long-name.example.com.cn/r/double-eleven-2026"


@pytest.mark.parametrize("url", [URL, LONG_URL])
@pytest.mark.parametrize("size", list(qr.SIZES))
def test_a_mark_covers_less_than_level_h_repairs_and_only_the_middle(url: str, size: int) -> None:
    code = segno.make(url, error="h", micro=False, boost_error=False)
    wanted = [list(map(bool, row)) for row in code.matrix_iter(border=4)]
    modules = len(wanted)
    drawn = Image.open(io.BytesIO(qr.png(url, size, qr.tidy_mark(picture())))).convert("L")
    assert drawn.width == drawn.height >= size
    scale = drawn.width // modules
    assert drawn.width == scale * modules
    middle = scale // 2
    wrong = {
        (x, y)
        for y in range(modules)
        for x in range(modules)
        if (drawn.getpixel((x * scale + middle, y * scale + middle)) < 128) != wanted[y][x]
    }
    data = modules - 8
    assert wrong
    assert len(wrong) < 0.05 * data * data
    low, high = 4 + data * 0.38, 4 + data * 0.62
    assert all(low <= x <= high and low <= y <= high for x, y in wrong)


def test_a_drawing_carries_the_mark_in_its_middle_on_white() -> None:
    root = ElementTree.fromstring(qr.svg(URL, qr.tidy_mark(picture())))
    image = next(item for item in root if item.tag.endswith("image"))
    ground = next(item for item in root if item.tag.endswith("rect"))
    whole = float(root.attrib["width"])
    assert 2 * float(image.attrib["x"]) + float(image.attrib["width"]) == whole
    assert float(ground.attrib["width"]) > float(image.attrib["width"])
    assert image.attrib["href"].startswith("data:image/png;base64,")


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_mark_becomes_a_small_square(kind: str) -> None:
    tidied = Image.open(io.BytesIO(qr.tidy_mark(picture(kind))))
    assert (tidied.format, tidied.size, tidied.mode) == ("PNG", (240, 240), "RGBA")
    assert tidied.getpixel((120, 5))[3] == 0
    assert tidied.getpixel((120, 120))[3] == 255


@pytest.mark.parametrize(
    "data",
    [b"", b"<svg/>", b"GIF89a", picture()[:80], b"\x89PNG\r\n\x1a\n" + bytes(50),
     bytes(qr.MOST_BYTES + 1), picture(size=(4097, 4096))],
)  # fmt: skip
def test_what_is_no_picture_is_refused_in_chinese(data: bytes) -> None:
    with pytest.raises(BadInput, match=r"读不出|超过|太多"):
        qr.tidy_mark(data)


def test_a_brands_mark_stands_in_its_codes_until_it_is_taken_away(
    world: World, inside: World, home: Home
) -> None:
    link = create_link(inside.brand, by=inside.owner.actor, url="https://brand.cn/a")
    client, svg = world.client(world.editor), world.url("tracking:qr_svg", link.key)
    file = SimpleUploadedFile("mark.png", picture(), "image/png")
    page = client.post(world.url("tracking:mark", link.key), {"picture": file}, follow=True)
    assert "已放上标志" in page.content.decode()
    assert b"<image" in client.get(svg).content
    png = client.get(world.url("tracking:qr_png", link.key), {"size": "300"}).content
    assert Image.open(io.BytesIO(png)).mode == "RGB"
    bad = SimpleUploadedFile("mark.png", b"nothing", "image/png")
    refused = client.post(world.url("tracking:mark", link.key), {"picture": bad})
    assert "读不出这张图" in refused.content.decode()
    assert b"<image" in client.get(svg).content
    client.post(world.url("tracking:mark", link.key))
    assert b"<image" not in client.get(svg).content
    answer = world.client(world.analyst).post(world.url("tracking:mark", link.key))
    assert answer.status_code == 403


def test_one_place_of_a_link_has_a_picture_of_its_own(inside: World, home: Home) -> None:
    link = create_link(inside.brand, by=inside.owner.actor, url="https://brand.cn/a")
    page = inside.url("tracking:qr_svg", link.key)
    named = inside.client().get(page, {"via": "徐汇店 门口", "download": ""})
    wanted = (
        f"http://localhost:8001/r/{link.code}?via=%E5%BE%90%E6%B1%87%E5%BA%97%20%E9%97%A8%E5%8F%A3"
    )
    assert named.content == qr.svg(wanted)
    assert named["Content-Disposition"].startswith("attachment;")
    assert inside.client().get(page).content == qr.svg(wanted.partition("?")[0])


@pytest.mark.parametrize(
    ("host", "warned"),
    [("", True), ("http://192.168.1.8:8001", True), ("127.0.0.1", True), ("s.brand.cn", False)],
)
def test_a_code_no_customer_could_open_is_told_before_it_is_printed(
    inside: World, home: Home, host: str, warned: bool
) -> None:
    inside.brand.link_host = host
    inside.brand.save()
    spot = create_spot(inside.brand, by=inside.owner.actor, name="徐汇店", url="https://brand.cn/a")
    for page in (
        inside.url("tracking:link", spot.link.key),
        inside.url("posters:spot", spot.key),
        inside.url("posters:new"),
    ):
        shown = inside.client().get(page).content.decode()
        assert ("顾客的手机打不开。先填好短链域名" in shown) is warned
