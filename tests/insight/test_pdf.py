"""A board as a PDF: with its words and numbers, drawn without a browser."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from tests.insight.browsing import NOVEMBER
from tests.insight.test_boards import made

from shemei.apps.insight.models import OwnBoard
from shemei.apps.insight.panels import OwnBoardView
from shemei.apps.insight.pdf import board_pdf

if TYPE_CHECKING:
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


def test_every_kind_of_picture_is_drawn(told: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from reportlab import rl_config

    monkeypatch.setattr(rl_config, "pageCompression", 0)
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
    assert body.startswith(b"%PDF-") and b"/STSong-Light" in body
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
