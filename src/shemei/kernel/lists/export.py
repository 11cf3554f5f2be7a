"""Lists as files: UTF-8 CSV that Excel opens rightly, and XLSX. Needs a permission and leaves a trace."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, BinaryIO

from django.http import HttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from shemei.kernel import audit
from shemei.kernel.lists import background
from shemei.kernel.lists.declared import Column, as_iterable
from shemei.kernel.lists.file_numbers import fen, is_number, padded, tidy
from shemei.kernel.lists.rows import Rows, chunks, count
from shemei.kernel.permissions import Permission, require
from shemei.kernel.views import ask_again, is_recent
from shemei.platforms import platform_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shemei.kernel.http import BrandRequest
    from shemei.kernel.lists.listing import Listing

FORMATS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
AT_ONCE = 2_000
"""A list of more rows is written by the worker."""
_XLSX_FORMATS = {"money": "#,##0.00", "ratio": "0.00%", "times": "#,##0.00", "num": "#,##0"}
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def respond(request: BrandRequest, listing: Listing, rows: Rows, kind: str) -> HttpResponse:
    """The whole matching list as a file: a short one at once, a long one in the background."""
    if task := getattr(request, "export_task", None):
        return _write(request, listing, rows, kind, task)
    require(request.actor, Permission.EXPORT)
    if not is_recent(request):
        return ask_again(request)
    total = count(rows)
    if total > AT_ONCE:
        return background.begin(request, listing.noun, total)
    out = io.BytesIO()
    WRITERS[kind](listing, _records(request, listing, rows), out)
    _record(request, listing, total)
    headers = {
        "Content-Disposition": content_disposition_header(True, file_name(listing.noun, kind)) or ""
    }
    return HttpResponse(out.getvalue(), content_type=FORMATS[kind], headers=headers)


def _write(
    request: BrandRequest, listing: Listing, rows: Rows, kind: str, task: background.Export
) -> HttpResponse:
    total = count(rows)
    with task.file(file_name(listing.noun, kind)) as out:
        WRITERS[kind](listing, task.counted(_records(request, listing, rows), total), out)
    _record(request, listing, total)
    return HttpResponse(status=204)


def _record(request: BrandRequest, listing: Listing, total: int) -> None:
    who, owner = request.actor, request.workspace
    audit.record("data.exported", None, by=who, workspace=owner, what=listing.noun, rows=total)


def file_name(noun: str, kind: str) -> str:
    return f"{noun}-{timezone.localdate():%Y%m%d}.{kind}"


def _records(request: BrandRequest, listing: Listing, rows: Rows) -> Iterator[list[Any]]:
    for chunk in chunks(rows, 500):
        for row in listing.annotated(chunk, request):
            yield [plain(column, row) for column in listing.columns]


def plain(column: Column, row: Any) -> Any:
    """A cell as a value for a file: 元 instead of 分, local time, words instead of marks."""
    value = column.export(row) if column.export else column.value(row)
    if value is None or value == "":
        return ""
    if is_number(value):
        return fen(value) if column.file_kind == "money" else tidy(value, column.file_kind)
    if column.export:
        return value
    if column.kind in ("platform", "path"):
        return " > ".join(platform_of(key).name for key in as_iterable(value))
    if column.kind == "who" and isinstance(value, tuple):
        return str(value[0])
    if isinstance(value, datetime):
        return timezone.localtime(value).replace(tzinfo=None)
    if isinstance(value, (list, tuple)):
        return "、".join(map(str, value))
    return value if isinstance(value, date) else str(value)


def harmless(value: Any) -> Any:
    """Text that a spreadsheet would run as a formula gets a leading apostrophe."""
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return value


def _csv(listing: Listing, records: Iterator[list[Any]], out: BinaryIO) -> None:
    text = io.TextIOWrapper(out, "utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text)
    writer.writerow([harmless(head) for head in _heads(listing)])
    for record in records:
        writer.writerow([_csv_text(c, v) for c, v in zip(listing.columns, record, strict=True)])
    text.detach()


def _heads(listing: Listing) -> list[str]:
    return [f"{c.label}（元）" if c.kind == "money" else c.label for c in listing.columns]


def _csv_text(column: Column, value: Any) -> Any:
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S")
    if not is_number(value):
        return harmless(value)
    if column.file_kind == "ratio":
        return f"{padded(value * 100)}%"
    return padded(value) if column.file_kind in ("money", "times") else f"{value:f}"


def _xlsx(listing: Listing, records: Iterator[list[Any]], out: BinaryIO) -> None:
    book = Workbook(write_only=True)
    sheet = book.create_sheet(listing.noun[:31])
    sheet.freeze_panes = "A2"
    sheet.append(_heads(listing))
    for record in records:
        pairs = zip(listing.columns, record, strict=True)
        sheet.append([_styled(sheet, value, column.file_kind) for column, value in pairs])
    book.save(out)


def _styled(sheet: Any, value: Any, kind: str) -> Any:
    """A number stays one, in the format of its kind; a part of a whole shows its first two digits."""
    if not is_number(value):
        return harmless(value)
    cell = WriteOnlyCell(sheet, value=value)
    is_part = value != int(value)
    cell.number_format = (
        "#,##0.00" if kind == "num" and is_part else _XLSX_FORMATS.get(kind, "General")
    )
    return cell


WRITERS = {"csv": _csv, "xlsx": _xlsx}
