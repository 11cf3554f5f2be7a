"""Any table people really have is read; anything else is refused in one clear sentence."""

from __future__ import annotations

import codecs
import gzip
import io
import tracemalloc
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import IO

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from shemei.kernel.imports.errors import ImportError_
from shemei.kernel.imports.reader import Table, open_table
from shemei.kernel.imports.sniff import detect_delimiter, detect_encoding

TEXT = "订单号,付款时间,实付金额,商品\nD1,2026-11-03 09:05,329.00,修护霜（换季）\nD2,2026-11-04 10:00,299.00,精华\n"
LATIN = "Página;Año;Gasto\nCafé;2026;12,50\nPiñata;2025;8,00\n"


def written(folder: Path, data: bytes, name: str = "orders.csv") -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def rows_of(table: Table) -> list[list[object]]:
    return [cells for _, cells in table.rows()]


@pytest.mark.parametrize(
    "data",
    [
        TEXT.encode("utf-8"),
        TEXT.encode("utf-8-sig"),
        TEXT.encode("gbk"),
        TEXT.encode("gb18030"),
        codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le"),
        codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"),
    ],
    ids=["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16-le", "utf-16-be"],
)
def test_every_encoding_reads_the_same(tmp_path: Path, data: bytes) -> None:
    table = open_table(written(tmp_path, data))
    assert table.headers == ("订单号", "付款时间", "实付金额", "商品")
    assert rows_of(table)[0] == ["D1", "2026-11-03 09:05", "329.00", "修护霜（换季）"]


def test_latin_1_with_semicolons_is_not_taken_for_chinese(tmp_path: Path) -> None:
    table = open_table(written(tmp_path, LATIN.encode("latin-1")))
    assert table.headers == ("Página", "Año", "Gasto")
    assert rows_of(table)[1] == ["Piñata", "2025", "8,00"]


def test_one_late_chinese_character_still_decides_the_encoding(tmp_path: Path) -> None:
    data = ("a,b\n" + "1,2\n" * 100_000).encode() + "3,修护霜\n".encode("gbk")
    assert detect_encoding(written(tmp_path, data)) == "gb18030"


def test_utf_16_without_a_mark(tmp_path: Path) -> None:
    path = written(tmp_path, "order,amount\n1,2\n".encode("utf-16-le"))
    assert detect_encoding(path) == "utf-16-le"


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_delimiters(mark: str) -> None:
    text = "\n".join(
        mark.join(row) for row in [("a", "b", "c"), ("1", '"x,y;z"', "2"), ("3", "4", "5")]
    )
    assert detect_delimiter(text) == mark


def test_a_decimal_comma_does_not_hide_the_semicolon() -> None:
    assert detect_delimiter("a;b;c\n1,5;2,5;3,5\n2,5;3,5;4,5\n") == ";"


def test_excel_says_its_separator(tmp_path: Path) -> None:
    table = open_table(written(tmp_path, b"sep=;\norder;amount\nD1;1,5\n"))
    assert table.headers == ("order", "amount")
    assert table.header_row == 2


def test_banner_rows_above_the_headers_are_skipped_and_said(tmp_path: Path) -> None:
    data = "最多导出排序后前1000条笔记,,\n,,\n订单号,付款时间,实付金额\nD1,2026-11-03,3\n".encode()
    table = open_table(written(tmp_path, data))
    assert table.header_row == 3
    assert any("最多导出排序后前1000条笔记" in note for note in table.notes)
    assert list(table.rows()) == [(4, ["D1", "2026-11-03", "3"])]


def test_known_names_beat_a_wider_banner(tmp_path: Path) -> None:
    data = "甲,乙,丙,丁\n订单号,实付,,\nD1,3,,\n".encode()
    table = open_table(written(tmp_path, data), known={"订单号", "实付"}.__contains__)
    assert table.header_row == 2


def test_row_numbers_are_those_of_the_sheet(tmp_path: Path) -> None:
    data = b'order,note\nD1,"two\nlines"\n\nD2,x\n'
    assert [number for number, _ in open_table(written(tmp_path, data)).rows()] == [2, 4]


def test_gz_and_zip_of_one(tmp_path: Path) -> None:
    plain = TEXT.encode()
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as zipped:
        zipped.writestr("__MACOSX/._orders.csv", b"x")
        zipped.writestr("导出/orders.csv", plain)
    for name, data in (("o.csv.gz", gzip.compress(plain)), ("o.zip", archive.getvalue())):
        assert len(rows_of(open_table(written(tmp_path, data, name)))) == 2


def test_a_zip_of_two_is_refused_by_name(tmp_path: Path) -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as zipped:
        zipped.writestr("a.csv", TEXT)
        zipped.writestr("b.csv", TEXT)
    with pytest.raises(ImportError_, match=r"2 份文件（a\.csv、b\.csv）"):
        open_table(written(tmp_path, archive.getvalue(), "two.zip"))


def workbook(sheets: dict[str, list[list[object]]]) -> bytes:
    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_xlsx_takes_the_first_sheet_that_holds_anything(tmp_path: Path) -> None:
    moment = datetime(2026, 11, 3, 9, 5)
    data = workbook({"说明": [], "订单": [["订单号", "付款时间"], ["D1", moment]], "备注": [["x"]]})
    table = open_table(written(tmp_path, data, "o.xlsx"))
    assert rows_of(table) == [["D1", moment]]
    assert "读取工作表「订单」" in table.notes


def test_xlsx_inside_a_zip(tmp_path: Path) -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as zipped:
        zipped.writestr("o.xlsx", workbook({"s": [["订单号", "实付"], ["D1", 3.5]]}))
    assert rows_of(open_table(written(tmp_path, archive.getvalue(), "o.zip"))) == [["D1", 3.5]]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "空的"),
        (b"\n\n , \n", "空的"),
        (b"%PDF-1.7 ...", "不是表格"),
        (b"\x89PNG\r\n\x1a\n", "不是表格"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", r"旧版 Excel"),
        (b"\x1f\x8b\x08\x00broken", "压缩包打不开"),
        (b"PK\x03\x04broken", "压缩包打不开"),
        (b"a,b\x00c\x01\x02\n", "二进制"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "一张图片（PNG），不是表格.*XLSX"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "一张图片（JPEG）"),
        (b"%PDF-1.7\n1 0 obj", "一份 PDF"),
        (workbook({"空": []}), "没有内容"),
    ],
)
def test_what_is_no_table_is_refused_with_what_to_do(
    tmp_path: Path, data: bytes, words: str
) -> None:
    with pytest.raises(ImportError_, match=words) as told:
        open_table(written(tmp_path, data, "x.bin"))
    assert "请" in str(told.value) or "空" in str(told.value)


def test_a_quote_that_never_closes_names_its_row(tmp_path: Path) -> None:
    data = b'a,b\n1,2\n3,"' + b"x" * 1_200_000
    with pytest.raises(ImportError_, match=r"第 3 行.*引号"):
        rows_of(open_table(written(tmp_path, data)))


def read_all(path: Path) -> None:
    """Reads, or refuses in our own words; anything else is a defect."""
    try:
        for number, cells in open_table(path).rows():
            assert number > 0
            assert isinstance(cells, list)
    except ImportError_ as refused:
        assert str(refused)


HEADS = st.sampled_from(
    [
        b"",
        b"\x1f\x8b",
        b"PK\x03\x04",
        b"\xff\xfe",
        b"\xfe\xff",
        b"\xef\xbb\xbf",
        b"a,b\n",
        b"\xd0\xcf\x11\xe0",
        b'"',
    ]
)


def test_a_header_that_is_a_novel_is_cut(tmp_path: Path) -> None:
    data = f"订单号,实付,{'x' * 900_000}\nD1,3,4\n".encode()
    assert [len(h) for h in open_table(written(tmp_path, data)).headers] == [3, 2, 120]


def with_part(book: bytes, name: str, write: Callable[[IO[bytes]], None]) -> bytes:
    """A workbook with one of its parts written anew."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(book)) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for item in old.infolist():
            if item.filename != name:
                new.writestr(item, old.read(item.filename))
        with new.open(name, "w", force_zip64=True) as part:
            write(part)
    return out.getvalue()


def test_a_small_workbook_with_a_mountain_of_texts_is_refused_unread(tmp_path: Path) -> None:
    book = workbook({"s": [["订单号", "实付"], ["D1", 3.5]]})
    bomb = with_part(
        book,
        "xl/sharedStrings.xml",
        lambda part: [part.write(b" " * 2**20) for _ in range(201)] and None,
    )
    assert len(bomb) < 1_000_000
    with pytest.raises(ImportError_, match="文字太多"):
        open_table(written(tmp_path, bomb, "o.xlsx"))


def test_a_row_that_stands_at_two_billion_is_not_waited_for(tmp_path: Path) -> None:
    book = workbook({"s": [["订单号", "实付"], ["D1", 3.5]]})
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").replace(b'r="2"', b'r="2000000000"')
    far = with_part(book, "xl/worksheets/sheet1.xml", lambda part: part.write(sheet) and None)
    with pytest.raises(ImportError_, match="1,048,576 行"):
        open_table(written(tmp_path, far, "o.xlsx")).preview(3)


SLOW = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


@settings(max_examples=150, deadline=None, suppress_health_check=SLOW)
@given(HEADS, st.binary(max_size=400))
def test_any_bytes_are_rows_or_one_clear_refusal(tmp_path: Path, head: bytes, data: bytes) -> None:
    read_all(written(tmp_path, head + data, "any"))


@settings(max_examples=40, deadline=None, suppress_health_check=SLOW)
@given(st.integers(0, 5000), st.binary(min_size=1, max_size=6))
def test_a_damaged_workbook_never_shows_a_traceback(
    tmp_path: Path, place: int, junk: bytes
) -> None:
    whole = bytearray(workbook({"s": [["订单号", "实付"], ["D1", 3.5]]}))
    place %= len(whole)
    whole[place : place + len(junk)] = junk
    read_all(written(tmp_path, bytes(whole), "o.xlsx"))


@settings(max_examples=60, deadline=None, suppress_health_check=SLOW)
@given(st.lists(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\r\n\x00"), max_size=12), min_size=2, max_size=4), min_size=1, max_size=6))  # fmt: skip
@example([["|", "\x1e|"]])
def test_what_was_written_as_csv_is_read_back(tmp_path: Path, rows: list[list[str]]) -> None:
    import csv

    out = io.StringIO()
    body = [[f"c{i}" for i in range(4)], *([*row, *[""] * (4 - len(row))] for row in rows)]
    csv.writer(out).writerows(body)
    table = open_table(
        written(tmp_path, out.getvalue().encode("utf-8-sig")), known=lambda h: h.startswith("c")
    )
    assert rows_of(table) == [row for row in body[1:] if any(cell.strip() for cell in row)]


def test_a_big_file_is_read_in_bounded_memory(tmp_path: Path) -> None:
    path = tmp_path / "big.csv"
    with path.open("w") as file:
        file.write("order,paid,amount,name\n")
        file.writelines(f"D{n},2026-11-03 09:05,329.00,item {n}\n" for n in range(60_000))
    tracemalloc.start()
    try:
        count = sum(1 for _ in open_table(path).rows())
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert count == 60_000
    assert peak < 5 * 1024 * 1024, f"{path.stat().st_size:,} bytes took {peak:,} in memory"


@pytest.mark.parametrize("head", ["", "订单号,金额\n"])
@pytest.mark.parametrize("row", ["," * 6_000_000, '"a\n",' * 1_500_000])
def test_a_small_archive_of_one_endless_row_is_refused_without_holding_it(
    tmp_path: Path, head: str, row: str
) -> None:
    path = tmp_path / "bomb.csv.gz"
    path.write_bytes(gzip.compress((head + row).encode()))
    with pytest.raises(ImportError_, match="一行里装了太多内容"):
        list(open_table(path).records())


def test_a_long_honest_row_is_read(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    path.write_text("订单号,备注\n" + 'A1,"' + "很长\n" * 30_000 + '"\nA2,短\n', encoding="utf-8")
    assert [cells[0] for _, cells in open_table(path).records()] == ["订单号", "A1", "A2"]
