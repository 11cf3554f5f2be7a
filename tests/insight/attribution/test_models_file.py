"""The seven models as a file: every name, in numbers that add up to what can be traced."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING
from urllib.parse import unquote

import pytest
from openpyxl import load_workbook
from tests.insight.browsing import page, table

from shemei.kernel.figures import MODEL_NAMES

if TYPE_CHECKING:
    from tests.world import World

    from shemei.warehouse.home import Home


@pytest.mark.parametrize("by", ["channel", "content", "creator", "campaign"])
def test_every_model_adds_up_to_the_traced(told: World, by: str) -> None:
    made = page(told, "insight:attribution", by=by, export="csv")
    assert "归因模型对比-成交额-" in unquote(made["Content-Disposition"])
    rows, notes = table(made)
    for name in MODEL_NAMES.values():
        assert sum(float(row[f"{name}（元）"]) for row in rows) == pytest.approx(850, abs=0.02)
    assert {row["判读"] for row in rows} <= {
        "只做中间",
        "多做开头",
        "多做收尾",
        "头尾均衡",
        "不在成交路径里",
    }
    assert any("每一列相加都是它，列与列不相加" in note for note in notes)


def test_a_csv_is_of_what_the_page_shows_and_a_workbook_of_all(told: World) -> None:
    orders, _ = table(page(told, "insight:attribution", show="conversions", export="csv"))
    assert sum(float(row["首次触达"]) for row in orders) == pytest.approx(5)
    shares, _ = table(page(told, "insight:attribution", export="csv", table="share"))
    assert sum(float(row["首次触达（%）"]) for row in shares) == pytest.approx(100)
    made = load_workbook(io.BytesIO(page(told, "insight:attribution", export="xlsx").content))
    assert made.sheetnames == ["成交额", "订单数", "占比", "说明"]


def test_the_menu_is_there_for_who_may_and_where_there_is_something(told: World) -> None:
    assert "table=conversions" in page(told, "insight:attribution").content.decode()
    url = told.url("insight:attribution")
    hidden = told.client(told.editor).get(url)
    assert hidden.status_code == 200 and "table=conversions" not in hidden.content.decode()
    assert told.client(told.editor).get(url, {"export": "csv"}).status_code == 403


def test_an_empty_brand_has_no_menu(world: World, home: Home) -> None:
    assert "table=" not in page(world, "insight:attribution").content.decode()
