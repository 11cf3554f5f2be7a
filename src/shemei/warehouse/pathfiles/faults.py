"""Says where a file of paths cannot be used, and what to do; run on a file that failed."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Final

from shemei.engines.attribution.model import LARGEST_COUNT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

PATH: Final = "path"
CONVERSIONS: Final = "total_conversions"
VALUE: Final = "total_conversion_value"
NULLS: Final = "total_null"
HOURS: Final = "hours"
SEPARATOR: Final = ">"

SNIFF_BYTES: Final = 1 << 20
Fault = tuple[str, str, str]


class PathFileError(ValueError):
    """A file of paths that cannot be used: where, why and what to do, in Chinese."""

    def __init__(
        self, path: Path, what: str, advice: str, *, line: int | None = None, column: str = ""
    ) -> None:
        where = f"文件 {path}"
        where += f" 第 {line} 行" if line else ""
        where += f"「{column}」列" if column else ""
        super().__init__(f"{where}：{what}。{advice}。")
        self.path, self.line, self.column = path, line, column


def text_encoding(path: Path) -> str:
    """Return the encoding of a CSV: ``utf-8`` where it fits, else ``gb18030`` (Chinese Excel).

    Raises
    ------
    PathFileError
        When the file is UTF-16.
    """
    with path.open("rb") as file:
        head = file.read(SNIFF_BYTES)
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise PathFileError(path, "编码是 UTF-16", "请另存为「CSV UTF-8」")
    whole = head if len(head) < SNIFF_BYTES else head[: head.rfind(b"\n") + 1]
    try:
        whole.decode("utf-8")
    except UnicodeDecodeError:
        return "gb18030"
    return "utf-8"


def find_fault(path: Path, columns: Sequence[str], parquet: bool, reason: str) -> PathFileError:
    """Return the error of the first row that cannot be used.

    Parameters
    ----------
    path : Path
        The file.
    columns : sequence of str
        Known columns that it has.
    parquet : bool
        Whether it is Parquet; its lines are counted from 1 without a header.
    reason : str
        What the reader said, told when no single row is to blame.
    """
    rows = _parquet_rows(path, columns) if parquet else _csv_rows(path)
    for line, row in rows:
        fault = row if isinstance(row, tuple) else row_fault(row)
        if fault:
            column, what, advice = fault
            return PathFileError(path, what, advice, line=line, column=column)
    return PathFileError(path, f"读不下去（{reason}）", "请重新导出这个文件")


def row_fault(row: Mapping[str, object]) -> Fault | None:
    """Return column, fault and advice of a row, or None when it can be used.

    Examples
    --------
    >>> row_fault({"path": "a > b", "total_conversions": "1"})
    >>> row_fault({"path": "a > b", "total_conversions": "-1"})
    ('total_conversions', '「-1」是负数', '请改为 0 或正数')
    """
    fault = _path_fault(row.get(PATH))
    for column in (CONVERSIONS, VALUE, NULLS):
        fault = fault or (_number_fault(column, row[column]) if column in row else None)
    if fault:
        return fault
    if VALUE in row and float(str(row[VALUE])) > 0 and float(str(row[CONVERSIONS])) == 0:
        return VALUE, "有转化价值却没有转化", "请补上转化数，或把价值改为 0"
    return _hours_fault(str(row[PATH]), row[HOURS]) if HOURS in row else None


def _path_fault(path: object) -> Fault | None:
    if path is None or not str(path).strip():
        return PATH, "路径是空的", "请删除这一行或补上触点"
    if "\ufffd" in str(path):
        return PATH, "有无法识别的文字", "请另存为「CSV UTF-8」"
    if not all(touch.strip() for touch in str(path).split(SEPARATOR)):
        return PATH, f"「{path}」里有空的触点", "请检查多出来的 >"
    return None


def _number_fault(column: str, cell: object) -> Fault | None:
    if cell is None or not str(cell).strip():
        return column, "是空白", "没有就填 0"
    try:
        number = float("x" if "_" in str(cell) else str(cell))
    except ValueError:
        return column, f"「{cell}」不是数字", "请只填数字，不要千分位和单位"
    if number < 0:
        return column, f"「{cell}」是负数", "请改为 0 或正数"
    if number != number:
        return column, f"「{cell}」不是数字", "没有就填 0"
    if number > LARGEST_COUNT:
        return column, f"「{cell}」太大，无法精确计数", "请检查单位"
    return None


def _hours_fault(path: str, cell: object) -> Fault | None:
    if cell is None or not str(cell).strip():
        return HOURS, "是空白", "请为每个触点填转化前的小时数，用 > 隔开"
    hours, touches = str(cell).split(SEPARATOR), path.split(SEPARATOR)
    if len(hours) != len(touches):
        return (
            HOURS,
            f"有 {len(hours)} 个时间，路径有 {len(touches)} 个触点",
            "请为每个触点填一个小时数",
        )
    return next(
        (
            (HOURS, fault[1], "请填转化前的小时数（0 或正数）")
            for hour in hours
            if (fault := _number_fault(HOURS, hour))
        ),
        None,
    )


def _csv_rows(path: Path) -> Iterator[tuple[int, Mapping[str, object] | Fault]]:
    encoding = text_encoding(path).replace("utf-8", "utf-8-sig")
    with path.open(encoding=encoding, newline="", errors="replace") as file:
        reader = csv.reader(file)
        header = next(reader, [])
        for row in reader:
            if len(row) == len(header):
                yield reader.line_num, dict(zip(header, row, strict=True))
            elif row:
                what = f"有 {len(row)} 格，表头有 {len(header)} 格"
                yield reader.line_num, ("", what, "请检查逗号和引号")


def _parquet_rows(
    path: Path, columns: Sequence[str]
) -> Iterator[tuple[int, Mapping[str, object] | Fault]]:
    import pyarrow.parquet as pq

    line = 0
    for piece in pq.ParquetFile(path).iter_batches(columns=list(columns)):
        for row in piece.to_pylist():
            line += 1
            yield line, row
