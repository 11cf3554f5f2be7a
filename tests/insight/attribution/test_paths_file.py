"""Paths as a file for spreadsheets."""

from __future__ import annotations

import csv
import io

from shemei.apps.insight.attribution.paths import OrderPath
from shemei.apps.insight.attribution.paths_file import COLUMNS, Names, touches
from shemei.kernel.lists import Table, Tables
from shemei.kernel.lists.export import WRITERS, plain


def written(path: OrderPath, names: Names) -> dict[str, str]:
    """The first line of a path's CSV."""
    out = io.BytesIO()
    record = [plain(column, next(touches([path], names))) for column in COLUMNS]
    told = Tables("成交路径", (Table("paths", "成交路径", COLUMNS, list),))
    WRITERS["csv"](told, lambda table: iter([record]), out)
    return next(csv.DictReader(io.StringIO(out.getvalue().decode("utf-8-sig"))))


def test_names_that_a_spreadsheet_would_run_stay_text() -> None:
    path = OrderPath(
        order_id="=1+1", person="p", promo_code="", paid_ts=0, value=1_234, hours=(2.0,), channels=("@SUM(A1)",),
        contents=("c1",), creators=("",), campaigns=("",),
    )  # fmt: skip
    row = written(path, {"channel": {"@SUM(A1)": "+1"}, "content": {"c1": "换季修护"}})
    assert row["订单号"] == "'=1+1" and row["成交额（元，已减退款）"] == "12.34"
    assert (row["渠道编号"], row["渠道"]) == ("'@SUM(A1)", "'+1")
    assert (row["内容编号"], row["内容"], row["达人编号"], row["达人"]) == (
        "c1",
        "换季修护",
        "",
        "",
    )


def test_the_time_is_beijing_s_beside_utc() -> None:
    path = OrderPath(
        order_id="A", person="p", promo_code="", paid_ts=0, value=1_234, hours=(2.0,), channels=("xhs",),
        contents=("",), creators=("",), campaigns=("",),
    )  # fmt: skip
    row = written(path, {})
    assert row["付款时间（北京）"] == "1970-01-01 08:00:00"
    assert row["付款时间（UTC）"] == "1970-01-01 00:00:00"
    assert (row["第几次触达"], row["共几次"], row["距付款小时"]) == ("1", "1", "2")
