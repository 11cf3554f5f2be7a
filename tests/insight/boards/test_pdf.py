"""A board as a PDF: with its words and numbers, drawn without a browser."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest
from tests.insight.browsing import NOVEMBER
from tests.insight.own_boards import made

from shemei.apps.insight.boards import pdf, pdf_charts, pdf_parts
from shemei.apps.insight.boards.panels import OwnBoardView
from shemei.apps.insight.boards.pdf import board_pdf
from shemei.apps.insight.models import OwnBoard
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


def test_the_button_says_so_where_no_chinese_font_travels(
    told: World, settings: SettingsWrapper, monkeypatch: pytest.MonkeyPatch
) -> None:
    board = made(told, 线={"kind": "line", "metrics": ["clicks"]})
    client, url, said = told.client(), told.url("insight:board", board.key), "PDF 不带中文字体"
    for font in ("", latin()):
        settings.PDF_FONT = font
        assert client.get(url).text.count(said) == 1
    found = SimpleNamespace(face=SimpleNamespace(charToGlyph={ord("中"): 1}))
    monkeypatch.setattr(pdf_text, "_embedded", lambda: found)
    assert said not in client.get(url).text


def pages(body: bytes) -> int:
    return len(re.findall(rb"/Type /Page\b", body))


def test_pictures_come_first_and_their_numbers_behind(told: World) -> None:
    board = made(
        told,
        叠={"kind": "stack", "metrics": ["traced_value"], "split": "channel", "width": 8},
        条={"kind": "hbar", "metrics": ["traced_value"], "split": "platform", "width": 4},
    )
    with told.scope():
        row = OwnBoard.objects.select_related("workspace").get(pk=board.pk)
        body = board_pdf(OwnBoardView(row, NOVEMBER))
    plain = unescaped(body)
    behind = plain.index(utf16("图里的数"))
    assert plain.index(utf16("叠")) < behind < plain.index(utf16("合计"))
    assert utf16(f"第 1 页，共 {pages(body)} 页") in plain and pages(body) >= 2
    assert utf16("周一例会") in plain[plain.index(utf16("第 1 页，共")) :], (
        "each page says whose it is"
    )


def test_no_font_but_those_that_were_chosen_is_named(
    told: World, settings: SettingsWrapper
) -> None:
    settings.PDF_FONT = latin()
    board = made(told, A={"kind": "number", "metrics": ["clicks", "visits", "orders"]})
    with told.scope():
        row = OwnBoard.objects.select_related("workspace").get(pk=board.pk)
        body = board_pdf(OwnBoardView(row, NOVEMBER))
    assert b"/Helvetica" not in body, "a font that is not in the file"


def test_pictures_lie_beside_each_other_as_on_the_board(told: World) -> None:
    line = {"kind": "line", "metrics": ["clicks"]}
    board = made(
        told,
        一=line | {"width": 6},
        二=line | {"width": 6},
        三=line | {"width": 8},
        四={"kind": "table", "metrics": ["clicks", "visits", "orders"], "split": "channel", "width": 4},
        五=line | {"width": 12},
        六=line | {"width": 4},
    )  # fmt: skip
    with told.scope():
        row = OwnBoard.objects.select_related("workspace").get(pk=board.pk)
        rows = [[one.title for one in row] for row in pdf._rows(OwnBoardView(row, NOVEMBER).panels)]
    assert rows == [["一", "二"], ["三"], ["四"], ["五"], ["六"]]


def test_a_long_name_wraps_and_leaves_the_figures_their_line() -> None:
    name, amount = "面霜" * 40, "¥12,345,678,901.23"
    heads = ["内容", "可追踪成交额（万元）", "归因订单", "点击率 CTR"]
    rows = [[name, amount, "8", "0.01%"], ["短", "¥0.01", "0", "—"]]
    table = pdf_parts.table(heads, rows, pdf_parts.styles(), 500)
    cells = [cell for row in table._cellvalues for cell in row]
    wide, high = table.wrap(500, 700)
    assert wide == pytest.approx(500) and high > 60
    assert all(type(cell).__name__ == "Paragraph" for cell in cells)
    lines = [len(cell.blPara.lines) for cell in cells[4:]]
    assert lines[0] >= 3 and lines[1:] == [1] * 7


@pytest.mark.parametrize("count", [1, 2, 7])
def test_columns_fill_the_width_however_much_is_in_them(count: int) -> None:
    heads = ["甲" * 40] * count
    for cell in ("1", "¥12,345,678,901.23"):
        columns = pdf_parts.columns(heads, [[cell] * count], 300)
        assert sum(columns) == pytest.approx(300) and min(columns) > 20


def test_colours_are_those_of_the_screen() -> None:
    assert pdf_parts.ink("brand").hexval() == "0x4350cb"
    assert pdf_parts.ink("good").hexval() == "0x0b6e62", "by day"


def test_what_no_font_has_leaves_no_hole() -> None:
    assert pdf_text.marked("🎁新品👩‍🔬") == "新品"
    assert pdf_charts.fitting("مرحبا 面霜" + "霜" * 30, 60).startswith("□ 面霜")
    assert pdf_charts.wide(pdf_charts.fitting("霜" * 30, 60)) <= 60
