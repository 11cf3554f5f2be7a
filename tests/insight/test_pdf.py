"""A board as a PDF: with its words and numbers, drawn without a browser."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.insight.boards import made
from tests.insight.browsing import NOVEMBER

from shemei.apps.insight.models import OwnBoard
from shemei.apps.insight.panels import OwnBoardView
from shemei.apps.insight.pdf import board_pdf
from shemei.portal import pdf_text

if TYPE_CHECKING:
    from pytest_django.fixtures import SettingsWrapper
    from tests.world import World

    from shemei.warehouse.home import Home

pytest.importorskip("reportlab", reason="installed with the other dependencies")


def utf16(text: str) -> bytes:
    """As a CID font's text stands in a PDF's page."""
    return text.encode("utf-16-be")


def unescaped(body: bytes) -> bytes:
    """Strings of a PDF as they are meant: ``\\ooo`` and ``\\x`` stand for one byte."""
    octal = re.sub(rb"\\([0-7]{3})", lambda m: bytes([int(m[1], 8)]), body)
    return re.sub(rb"\\([()\\])", rb"\1", octal)


@pytest.fixture(autouse=True)
def plain(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages are not packed, and no font of this machine is used."""
    from reportlab import rl_config

    monkeypatch.setattr(rl_config, "pageCompression", 0)
    monkeypatch.setattr(pdf_text, "USUAL", ())


def test_every_kind_of_picture_is_drawn(told: World) -> None:
    board = made(
        told,
        数={"kind": "number", "metrics": ["traced_value", "engagement_rate"]},
        表={"kind": "table", "metrics": ["traced_value", "clicks"], "split": "channel"},
        叠={"kind": "stack", "metrics": ["traced_value"], "split": "channel"},
        线={"kind": "line", "metrics": ["clicks"]},
        条={"kind": "hbar", "metrics": ["traced_value"], "split": "platform"},
    )
    told.client().get(told.url("insight:board", board.key))
    with told.scope():
        row = OwnBoard.objects.select_related("workspace").get(pk=board.pk)
        body = board_pdf(OwnBoardView(row, NOVEMBER))
    assert body.startswith(b"%PDF-")
    assert b"/STSong-Light" in body and b"/FontFile2" not in body
    plain = unescaped(body)
    for word in ("周一例会", "小红书", "可追踪成交额", "互动率"):
        assert utf16(word) in plain, word
    assert len(body) < 300_000


def test_names_are_not_markup(told: World) -> None:
    board = made(told, **{"<b>&甲": {"kind": "number", "metrics": ["clicks"]}})
    with told.scope():
        row = OwnBoard.objects.select_related("workspace").get(pk=board.pk)
        assert board_pdf(OwnBoardView(row, NOVEMBER)).startswith(b"%PDF-")


def test_an_empty_board_is_a_page_too(world: World, home: Home) -> None:
    board = made(world, 线={"kind": "line", "metrics": ["clicks"]})
    answer = world.client().get(world.url("insight:board_pdf", board.key))
    assert answer.status_code == 200 and answer.content.startswith(b"%PDF-")


def latin() -> str:
    """A small TrueType font that the library brings along; it has no Chinese."""
    import reportlab

    return str(Path(reportlab.__file__).parent / "fonts" / "Vera.ttf")


def drawn_title(world: World, title: str) -> bytes:
    board = made(world, **{title: {"kind": "hbar", "metrics": ["clicks"], "split": "channel"}})
    with world.scope():
        row = OwnBoard.objects.select_related("workspace").get(pk=board.pk)
        return board_pdf(OwnBoardView(row, NOVEMBER))


def test_a_font_of_the_machine_travels_in_the_file(told: World, settings: SettingsWrapper) -> None:
    settings.PDF_FONT = latin()
    body = drawn_title(told, "Review 复盘")
    assert b"/FontFile2" in body and b"BitstreamVera" in body
    assert b"/STSong-Light" in body, "what the font lacks is still shown"
    assert utf16("复盘") in unescaped(body) and utf16("Review") not in unescaped(body)


def test_each_text_is_set_in_a_font_that_has_it(settings: SettingsWrapper) -> None:
    settings.PDF_FONT = latin()
    assert pdf_text.font_of("Review") == "Shemei-Vera"
    assert pdf_text.font_of("Review 复盘") == pdf_text.NAMED
    assert pdf_text.marked("A&B 复<盘>") == (
        'A&amp;B <font name="STSong-Light">复</font>&lt;<font name="STSong-Light">盘</font>&gt;'
    )


def test_a_font_that_cannot_be_used_is_told_and_done_without(
    told: World, settings: SettingsWrapper, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    wrong = tmp_path / "Han.otf"
    wrong.write_bytes(b"OTTO" + bytes(200))
    for path in (str(wrong), str(tmp_path / "nowhere.ttf")):
        settings.PDF_FONT = path
        body = drawn_title(told, "Review 复盘")
        assert b"/STSong-Light" in body and b"/FontFile2" not in body
        assert path in caplog.text
