"""Paths as a file for spreadsheets."""

from __future__ import annotations

import csv
import io

from shemei.apps.insight.attribution.paths import OrderPath
from shemei.apps.insight.attribution.paths_file import csv_of


def test_names_that_a_spreadsheet_would_run_stay_text() -> None:
    path = OrderPath(
        order_id="=1+1", person="p", promo_code="", paid_ts=0, value=1_234, hours=(2.0,), channels=("@SUM(A1)",),
        contents=("c1",), creators=("",), campaigns=("",),
    )  # fmt: skip
    names = {"channel": {"@SUM(A1)": "+1"}, "content": {"c1": "换季修护"}}
    row = next(csv.DictReader(io.StringIO(csv_of([path], names).removeprefix("\ufeff"))))
    assert row["订单号"] == "'=1+1"
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
    row = next(csv.DictReader(io.StringIO(csv_of([path], {}).removeprefix("\ufeff"))))
    assert row["付款时间（北京）"] == "1970-01-01 08:00:00"
    assert row["付款时间（UTC）"] == "1970-01-01 00:00:00"
