"""Cells are read the way people and back-ends write them."""

from __future__ import annotations

from datetime import date, datetime
from time import monotonic
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shemei.kernel.imports import cells
from shemei.kernel.imports.errors import CellError
from shemei.kernel.imports.mapping import without_unit
from shemei.warehouse.vocabulary import SHANGHAI, to_ts


def at(*parts: int) -> int:
    return to_ts(datetime(*parts, tzinfo=SHANGHAI))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "written",
    [
        "",
        " ",
        "-",
        "--",
        "—",
        "——",
        "/",
        "null",
        "NULL",
        "N/A",
        "nan",
        "暂无",
        "\u3000",
        None,
        float("nan"),
        '=""',
    ],
)
def test_ways_of_writing_nothing(written: Any) -> None:
    assert cells.clean(written) == ""


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ('="6921001"', "6921001"),
        ("'00123", "00123"),
        ("\t6921 ", "6921"),
        ("\ufeffD1", "D1"),
        (0, 0),
        (3.5, 3.5),
    ],
)
def test_guards_around_ids_are_dropped(written: Any, kept: Any) -> None:
    assert cells.clean(written) == kept


@pytest.mark.parametrize(
    ("written", "fen"),
    [
        ("329.00", 32900),
        ("¥1,299.00", 129900),
        ("１２元", 1200),
        ("1.2万", 1_200_000),
        ("(35.00)", -3500),
        ("−35", -3500),
        ("£2.55", 255),
        (329, 32900),
        (329.9, 32990),
        (0.1 + 0.2, 30),
    ],
)
def test_money(written: Any, fen: int) -> None:
    assert cells.money(written) == fen


def test_money_with_a_remark_offers_what_it_means() -> None:
    with pytest.raises(CellError) as told:
        cells.money("329.00元（含运）")
    assert told.value.suggestion == "329.00"
    assert "329.00" in told.value.fix


@pytest.mark.parametrize("written", ["免费", "1.2.3", "12-13", True, datetime(2026, 1, 1)])
def test_what_is_no_money(written: Any) -> None:
    with pytest.raises(CellError) as told:
        cells.money(written)
    assert told.value.suggestion == ""


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("1,204", 1204),
        ("3.5万", 35000),
        ("2w", 20000),
        ("1.5k", 1500),
        ("１２", 12),
        (7.0, 7),
        ("1亿", 10**8),
        ("10w+", 100_000),
    ],
)
def test_count(written: Any, number: int) -> None:
    assert cells.count(written) == number


@pytest.mark.parametrize("written", ["三", "1.5", "", "nan", "inf", True, datetime(2026, 1, 1)])
def test_what_is_no_count(written: Any) -> None:
    with pytest.raises(CellError):
        cells.count(written)


@pytest.mark.parametrize(
    ("written", "share"),
    [("12.3%", 0.123), ("0.123", 0.123), ("１２．３％", 0.123), (0.5, 0.5), ("100%", 1.0)],
)
def test_ratio(written: Any, share: float) -> None:
    assert cells.ratio(written) == pytest.approx(share)


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2026-11-03 09:05:07", at(2026, 11, 3, 9, 5, 7)),
        ("2026/11/3 9:05", at(2026, 11, 3, 9, 5)),
        ("2026.11.3", at(2026, 11, 3)),
        ("2026年06月01日12时00分00秒", at(2026, 6, 1, 12)),
        ("2026年6月1日 下午3:20", at(2026, 6, 1, 15, 20)),
        ("2026/11/3 12:05 AM", at(2026, 11, 3, 0, 5)),
        ("２０２６－１１－０３　０９：０５", at(2026, 11, 3, 9, 5)),
        ("2026-11-03T09:05:00+00:00", at(2026, 11, 3, 17, 5)),
        ("20261103", at(2026, 11, 3)),
        ("20261103090500", at(2026, 11, 3, 9, 5)),
        ("12/25/2026 8:00", at(2026, 12, 25, 8)),
        ("25/12/2026", at(2026, 12, 25)),
        ("46346.51", at(2026, 11, 20, 12, 14, 24)),
        (46346.51, at(2026, 11, 20, 12, 14, 24)),
        (46346, at(2026, 11, 20)),
        (1_793_000_000, 1_793_000_000_000_000),
        ("1793000000000", 1_793_000_000_000_000),
        (datetime(2026, 11, 3, 9, 5), at(2026, 11, 3, 9, 5)),
        (date(2026, 11, 3), at(2026, 11, 3)),
    ],
)
def test_moment(written: Any, moment: int) -> None:
    assert cells.moment(written) == moment


@pytest.mark.parametrize(
    ("written", "problem", "fix"),
    [
        ("2026/13/04", "13 月不存在", "疑为 2026-04-13"),
        ("2026-02-30", "没有这一天", "核对"),
        ("2026-11-32", "32 日不存在", "核对"),
        ("3/11/2026", "分不清月和日", "年在前"),
        ("昨天", "不是日期", "2026-11-03"),
        ("1066-10-14", "1066 年", "核对"),
        (12, "不是日期", "2026-11-03"),
        (True, "不是日期", "2026-11-03"),
    ],
)
def test_wrong_dates_say_what_and_what_to_do(written: Any, problem: str, fix: str) -> None:
    with pytest.raises(CellError) as told:
        cells.moment(written)
    assert problem in told.value.problem
    assert fix in told.value.fix


def test_a_day_is_of_shanghai() -> None:
    assert cells.day("2026-11-03T20:00:00+00:00") == 20261104
    assert cells.day("2026/11/3") == 20261103


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("D1123-5120", "D1123-5120"),
        (5120.0, "5120"),
        ("17850.0", "17850"),
        (6921, "6921"),
        ("Ｄ１", "D1"),
    ],
)
def test_identifiers(written: Any, kept: str) -> None:
    assert cells.identifier(written) == kept


@pytest.mark.parametrize("written", ["6.92112E+17", "6.92112e17", 6.92112e17])
def test_ids_that_a_spreadsheet_rounded_are_refused(written: Any) -> None:
    with pytest.raises(CellError, match="科学计数"):
        cells.identifier(written)


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("13800003391", "13800003391"),
        ("+86 138-0000-3391", "13800003391"),
        (13800003391.0, "13800003391"),
        ("138****3391", "*3391"),
    ],
)
def test_phones(written: Any, kept: str) -> None:
    assert cells.phone(written) == kept


@given(
    st.text(max_size=40)
    | st.floats()
    | st.integers()
    | st.booleans()
    | st.datetimes()
    | st.dates()
    | st.none()
)
def test_every_reader_reads_or_refuses(value: Any) -> None:
    cleaned = cells.clean(value)
    for read in (
        cells.text,
        cells.identifier,
        cells.money,
        cells.count,
        cells.decimal,
        cells.ratio,
        cells.moment,
        cells.day,
        cells.phone,
    ):
        if cleaned == "":
            continue
        try:
            read(cleaned)
        except CellError as refused:
            assert refused.problem
            assert refused.fix


@pytest.mark.parametrize(
    ("read", "written"),
    [
        (cells.moment, "2026-1-1" + " " * 600 + "x"),
        (cells.moment, "2026-1-1" + " x" * 300),
        (cells.money, "(" * 50_000),
        (cells.money, "12.34" + " " * 100 + "x"),
        (cells.count, "9" * 5_000),
    ],
)
def test_a_cell_made_to_keep_a_pattern_busy_is_refused_at_once(read: Any, written: str) -> None:
    begun = monotonic()
    with pytest.raises(CellError):
        read(written)
    assert monotonic() - begun < 0.5


@pytest.mark.parametrize(
    ("read", "value"),
    [
        (cells.money, "1e999999"),
        (cells.money, "1e999998万"),
        (cells.count, "1e999999万"),
        (cells.decimal, "1e999999"),
        (cells.ratio, "1e999999%"),
        (cells.day, "9999-12-31T23:59:59+00:00"),
        (cells.day, "0001-01-01T00:00:00+14:00"),
        (cells.moment, 10**400),
    ],
)
def test_absurd_numbers_and_days_are_refused(read: Any, value: Any) -> None:
    with pytest.raises(CellError):
        read(value)


def test_a_header_of_brackets_is_compared_at_once() -> None:
    begun = monotonic()
    assert without_unit("(" * 50_000)
    assert monotonic() - begun < 0.5
