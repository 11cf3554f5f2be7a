"""Ways as a file for spreadsheets."""

from __future__ import annotations

import csv
import io

from shemei.apps.insight.ways import Way, ways_csv


def test_names_that_a_spreadsheet_would_run_stay_text() -> None:
    way = Way(
        order_id="=1+1", person="p", promo_code="", paid_ts=0, value=1_234, hours=(2.0,), channels=("@SUM(A1)",),
        contents=("c1",), creators=("",), campaigns=("",),
    )  # fmt: skip
    rows = list(csv.reader(io.StringIO(ways_csv([way]).removeprefix("\ufeff"))))
    assert rows[1][0] == "'=1+1"
    assert rows[1][6:8] == ["'@SUM(A1)", "c1"]
