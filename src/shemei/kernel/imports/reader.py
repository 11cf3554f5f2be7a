"""Open a table in CSV, TSV or XLSX, also inside .gz or a .zip of one, and stream its rows in bounded memory."""

from __future__ import annotations

import csv
import gzip
import warnings
import weakref
import zipfile
import zlib
from dataclasses import dataclass
from itertools import islice
from typing import IO, TYPE_CHECKING, Any

from openpyxl import load_workbook

from shemei.kernel.imports.errors import ImportError_
from shemei.kernel.imports.mapping import LONGEST
from shemei.kernel.imports.sniff import (
    HEADER_SEARCH_ROWS,
    detect_delimiter,
    detect_encoding,
    find_header,
    lowest_header,
    merged_header,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

MAX_UNPACKED = 2 * 1024**3
MAX_HELD = 200 * 1024**2
STREAMED = ("xl/worksheets/", "xl/media/")
"""Parts of a workbook that are read row by row or not at all; the others are held in memory, shared texts above all."""
MAX_COLUMNS = 400
MAX_ROW = 4 * 1024**2
"""Characters of one row of a text file: a small archive may unpack to one line that no memory holds."""
MAX_SHEET_ROWS = 1_048_576
NO_TABLES = {
    b"\x89PNG": "一张图片（PNG）",
    b"\xff\xd8\xff": "一张图片（JPEG）",
    b"GIF8": "一张图片（GIF）",
    b"%PDF": "一份 PDF",
    b"Rar!": "一个 RAR 压缩包",
    b"7z\xbc\xaf": "一个 7z 压缩包",
}
"""How files begin that are plainly something else, whatever their name says."""
ADVICE = "请传 CSV、TSV、XLSX，或装着一份表格的 .gz、.zip；只有截图时，请把数填进模板再传。"
Record = tuple[int, list[Any]]
csv.field_size_limit(1024 * 1024)


@dataclass(frozen=True, slots=True)
class Table:
    """A readable table; ``rows()`` may be called again and again. Row numbers are those people see."""

    headers: tuple[str, ...]
    header_row: int
    notes: tuple[str, ...]
    records: Callable[[], Iterator[Record]]

    def rows(self) -> Iterator[Record]:
        """The rows below the headers that hold anything, with their numbers."""
        for number, cells in self.records():
            if number > self.header_row and _says_anything(cells):
                yield number, cells

    def preview(self, count: int = 5) -> list[Record]:
        return list(islice(self.rows(), count))


def open_table(
    path: Path,
    *,
    known: Callable[[str], bool] = lambda _: False,
    header_row: int | None = None,
) -> Table:
    """Recognise and open ``path``; raises :class:`ImportError_` where it is no table."""
    plain = unpack(path)
    records, notes = (_workbook if _is_workbook(plain) else _text)(plain)
    return _table(records, notes, known, header_row)


def _says_anything(cells: list[Any]) -> bool:
    return any(not isinstance(cell, str) or cell.strip() for cell in cells)


def _table(
    records: Callable[[], Iterator[Record]],
    notes: list[str],
    known: Callable[[str], bool],
    header_row: int | None,
) -> Table:
    head = list(islice(records(), HEADER_SEARCH_ROWS))
    if not any(_says_anything(cells) for _, cells in head):
        raise ImportError_("这份文件是空的：没有一行内容。请重新导出。")
    if header_row is None:
        index = lowest_header([c for _, c in head], find_header([c for _, c in head], known), known)
    else:
        index = header_row - 1
    if not 0 <= index < len(head):
        raise ImportError_(f"表头行第 {header_row} 行不存在。请在前 {len(head)} 行里选一行。")
    top, cells = merged_header([cells for _, cells in head], index)
    if len(cells) > MAX_COLUMNS:
        raise ImportError_(f"表头有 {len(cells)} 列，超过 {MAX_COLUMNS} 列。请删去不用的列再传。")
    words = (str(c or "").strip()[:LONGEST] for c in cells)
    headers = tuple(word or f"第 {i} 列" for i, word in enumerate(words, 1))
    while headers and headers[-1] == f"第 {len(headers)} 列":
        headers = headers[:-1]
    said = [*notes, *_banner(head[:top])]
    if top < index:
        said.append(f"表头有 {index - top + 1} 行，合成一行读")
    return Table(headers, head[index][0], tuple(said), records)


def _banner(rows: list[Record]) -> list[str]:
    said = [" ".join(str(c) for c in cells if c not in (None, ""))[:60] for _, cells in rows]
    texts = [text for text in said if text and not text.lower().startswith("sep=")]
    return [f"跳过表头上方 {len(rows)} 行：「{'」「'.join(texts)}」"] if texts else []


def unpack(path: Path) -> Path:
    """The plain file inside ``path``: itself, or what a .gz or a .zip of one holds (written beside it)."""
    with path.open("rb") as file:
        magic = file.read(8)
    if magic.startswith(b"\x1f\x8b"):
        return _copied(path, lambda: gzip.open(path, "rb"))
    if magic.startswith(b"PK") and not _is_workbook(path):
        return _only_member(path)
    if magic.startswith(b"\xd0\xcf\x11\xe0"):
        raise ImportError_(
            "这是旧版 Excel（.xls）或加了密码的文件。请用表格软件打开，另存为 .xlsx 再传。"
        )
    for start, what in NO_TABLES.items():
        if magic.startswith(start):
            raise ImportError_(f"这份文件其实是{what}，不是表格，改后缀也没有用。{ADVICE}")
    return path


def _copied(path: Path, opener: Callable[[], IO[bytes]]) -> Path:
    target = path.with_name(path.name + ".plain")
    try:
        with opener() as source, target.open("wb") as sink:
            _copy_bounded(source, sink)
    except (OSError, EOFError, zlib.error, zipfile.BadZipFile, RuntimeError, NotImplementedError):
        target.unlink(missing_ok=True)
        raise ImportError_(
            "压缩包打不开：内容不完整，或加了密码。请重新下载或解压后再传。"
        ) from None
    return unpack(target) if _nested(target) else target


def _copy_bounded(source: IO[bytes], sink: IO[bytes]) -> None:
    left = MAX_UNPACKED
    while chunk := source.read(1 << 20):
        left -= len(chunk)
        if left < 0:
            raise ImportError_("解压后超过 2 GB。请按月份拆成几份再传。")
        sink.write(chunk)


def _nested(path: Path) -> bool:
    with path.open("rb") as file:
        magic = file.read(4)
    return magic.startswith((b"PK", b"\xd0\xcf\x11\xe0")) and not path.name.endswith(".plain.plain")


def _only_member(path: Path) -> Path:
    try:
        with zipfile.ZipFile(path) as archive:
            inside = [i for i in archive.infolist() if _counts(i)]
    except (zipfile.BadZipFile, OSError, ValueError):
        raise ImportError_("压缩包打不开：内容不完整。请重新下载再传。") from None
    if len(inside) != 1:
        names = "、".join(i.filename for i in inside[:3])
        raise ImportError_(
            f"压缩包里有 {len(inside)} 份文件（{names}）。请只留一份表格，或解压后逐份上传。"
        )
    return _copied(path, lambda: zipfile.ZipFile(path).open(inside[0]))


def _counts(item: zipfile.ZipInfo) -> bool:
    leaf = item.filename.rsplit("/", 1)[-1]
    hidden = item.filename.startswith("__MACOSX") or leaf.startswith(".")
    return not (item.is_dir() or hidden)


def _is_workbook(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
            parts = archive.infolist()
            if sum(i.file_size for i in parts) > MAX_UNPACKED:
                raise ImportError_("表格解开后超过 2 GB。请按月份拆成几份再传。")
            held = sum(i.file_size for i in parts if not i.filename.startswith(STREAMED))
            if "xl/workbook.xml" in names and held > MAX_HELD:
                raise ImportError_("表格里的文字太多，一次读不下。请另存为 CSV（UTF-8）再传。")
            return "xl/workbook.xml" in names or "[Content_Types].xml" in names
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return False


def _text(path: Path) -> tuple[Callable[[], Iterator[Record]], list[str]]:
    encoding = detect_encoding(path)
    with path.open("r", encoding=encoding, errors="replace", newline="") as file:
        sample = file.read(65536)
    delimiter = detect_delimiter(sample)
    return lambda: _csv_records(path, encoding, delimiter), _text_notes(encoding, delimiter)


def _text_notes(encoding: str, delimiter: str) -> list[str]:
    names = {"utf-8-sig": "UTF-8", "utf-8": "UTF-8", "gb18030": "GBK", "cp1252": "Latin-1"}
    marks = {",": "逗号", "\t": "制表符", ";": "分号", "|": "竖线"}
    said = (
        f"编码 {names.get(encoding, encoding.upper())}，分隔符为{marks.get(delimiter, delimiter)}"
    )
    return [said]


def _csv_records(path: Path, encoding: str, delimiter: str) -> Iterator[Record]:
    number = 0
    with path.open("r", encoding=encoding, newline="") as file:
        lines = _Lines(file)
        try:
            for number, row in enumerate(csv.reader(lines, delimiter=delimiter), 1):
                yield number, row
                lines.held = 0
        except (csv.Error, UnicodeError) as error:
            raise ImportError_(
                f"第 {number + 1} 行读不下去：{_csv_reason(error)}。请在表格软件里另存为 CSV（UTF-8）再传。"
            ) from None


class _Lines:
    """The lines of a file, as long as those of one row stay below :data:`MAX_ROW`."""

    def __init__(self, file: IO[str]) -> None:
        self._next = file.readline
        self.held = 0

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._next(MAX_ROW)
        if not line:
            raise StopIteration
        self.held += len(line)
        if self.held >= MAX_ROW:
            raise csv.Error("row too long")
        return line


def _csv_reason(error: Exception) -> str:
    if isinstance(error, UnicodeError):
        return "文字编码前后不一"
    if "too long" in str(error):
        return "一行里装了太多内容"
    return "引号没有配对，一格里装了太多内容" if "limit" in str(error) else "格式不合 CSV"


def _workbook(path: Path) -> tuple[Callable[[], Iterator[Record]], list[str]]:
    book = _Book(path)
    sheet, others = _pick_sheet(book)
    notes = [f"读取工作表「{sheet}」"] if others else []
    if others:
        notes.append(f"另有工作表未读：{'、'.join(others[:5])}")
    return lambda: _sheet_records(book, sheet), notes


def _pick_sheet(book: _Book) -> tuple[str, list[str]]:
    """The first visible sheet that holds anything, and the names of the other visible ones."""
    visible = [s.title for s in book.opened.worksheets if s.sheet_state == "visible"]
    for name in visible:
        if any(
            any(c is not None for c in cells) for _, cells in islice(_sheet_records(book, name), 50)
        ):
            return name, [other for other in visible if other != name]
    raise ImportError_("工作簿里没有内容。请确认导出完成，再传一次。")


class _Book:
    """A read-only workbook, its shared texts read once; closed when nobody holds its table any more.

    Whatever is wrong inside a damaged one becomes one clear sentence.
    """

    def __init__(self, path: Path) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            file = path.open("rb")  # by handle: openpyxl judges paths by their suffix
            try:
                self.opened: Any = load_workbook(file, read_only=True, data_only=True)
            except Exception:
                file.close()
                raise ImportError_(_DAMAGED) from None
        weakref.finalize(self, _close, self.opened, file)


def _close(opened: Any, file: IO[bytes]) -> None:
    opened.close()
    file.close()


_DAMAGED = "工作簿打不开：文件已损坏，或加了密码。请用表格软件打开后另存为 .xlsx 再传。"


def _sheet_records(book: _Book, name: str) -> Iterator[Record]:
    sheet = book.opened[name]
    sheet.reset_dimensions()
    rows = sheet.iter_rows(values_only=True)
    number = 0
    while True:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                cells = next(rows)
        except StopIteration:
            return
        except Exception:
            raise ImportError_(f"第 {number + 1} 行读不下去。{_DAMAGED}") from None
        number += 1
        if number > MAX_SHEET_ROWS:
            raise ImportError_(
                f"工作表「{name}」说自己超过 {MAX_SHEET_ROWS:,} 行，没有表格软件存得下。请重新导出。"
            )
        yield number, ["" if c is None else c for c in cells]


def remove_unpacked(folder: Path) -> None:
    """Drop what :func:`unpack` wrote beside the uploads of ``folder``."""
    for file in folder.glob("*.plain"):
        file.unlink(missing_ok=True)
