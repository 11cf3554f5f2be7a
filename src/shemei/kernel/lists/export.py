"""Tables as files: UTF-8 CSV that Excel opens rightly, and XLSX. Needs a permission and leaves a trace."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, BinaryIO

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import content_disposition_header
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from shemei.kernel import audit
from shemei.kernel.lists import background
from shemei.kernel.lists.declared import Column, as_iterable
from shemei.kernel.lists.file_numbers import fen, is_number, padded, percent, tidy
from shemei.kernel.lists.query import ListQuery
from shemei.kernel.lists.rows import chunks
from shemei.kernel.lists.tables import BOOK, FORMS, TEXT, Table, Tables
from shemei.kernel.permissions import Permission, require
from shemei.kernel.views import ask_again, is_recent
from shemei.platforms import platform_of

if TYPE_CHECKING:
    from shemei.kernel.http import BrandRequest

AT_ONCE = 2_000
"""Files of more rows are written by the worker."""
NOTES = "说明"
_XLSX_FORMATS = dict.fromkeys(("money", "ratio", "times"), "#,##0.00") | {"num": "#,##0"}
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
Read = Callable[[Table], Iterator[list[Any]]]


def show(
    request: BrandRequest, told: Tables, template: str, context: dict[str, Any]
) -> HttpResponse:
    """A page of tables, with the menu that takes them along; or what that menu asked for."""
    query = ListQuery.read(request.META.get("QUERY_STRING", ""))
    if request.method == "GET" and query.get("export") in FORMS:
        return respond(request, told, query.get("export"))
    links = told.links(query) if request.actor.can(Permission.EXPORT) else []
    return render(request, template, {**context, "files": links})


def respond(request: BrandRequest, whole: Tables, kind: str) -> HttpResponse:
    """The tables that the address names as a file: a short one at once, a long one in the background."""
    told = whole.asked(request.GET.get("table", ""), kind).once()
    name, total = told.name_of(whole), told.total
    if task := getattr(request, "export_task", None):
        with task.file(file_name(name, kind)) as out:
            WRITERS[kind](told, lambda table: task.counted(_records(table), total), out)
        _record(request, name, total)
        return HttpResponse(status=204)
    require(request.actor, Permission.EXPORT)
    if not is_recent(request):
        return ask_again(request)
    if total > AT_ONCE:
        return background.begin(request, name, total)
    made = io.BytesIO()
    WRITERS[kind](told, _records, made)
    _record(request, name, total)
    disposition = content_disposition_header(True, file_name(name, kind)) or ""
    headers = {"Content-Disposition": disposition}
    return HttpResponse(made.getvalue(), content_type=FORMS[kind].content_type, headers=headers)


def _record(request: BrandRequest, name: str, total: int) -> None:
    who, owner = request.actor, request.workspace
    audit.record("data.exported", None, by=who, workspace=owner, what=name, rows=total)


def file_name(noun: str, kind: str) -> str:
    return f"{noun}-{timezone.localdate():%Y%m%d}.{kind}"


def _records(table: Table) -> Iterator[list[Any]]:
    for chunk in chunks(table.rows(), 500):
        for row in table.fill(chunk) if table.fill else chunk:
            yield [plain(column, row) for column in table.columns]


def plain(column: Column, row: Any) -> Any:
    """A cell as a value for a file: 元 instead of 分, percent for ratios, local time, words instead of marks."""
    value = column.export(row) if column.export else column.value(row)
    if value is None or value == "":
        return ""
    if is_number(value):
        return {"money": fen, "ratio": percent}.get(column.file_kind, tidy)(value)
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


def _heads(table: Table) -> list[str]:
    return [harmless(column.file_label) for column in table.columns]


def _csv(told: Tables, read: Read, out: BinaryIO) -> None:
    """One table; what must be known of it stands below, behind an empty line."""
    [table] = told.tables
    text = io.TextIOWrapper(out, "utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text)
    writer.writerow(_heads(table))
    for record in read(table):
        writer.writerow([_csv_text(c, v) for c, v in zip(table.columns, record, strict=True)])
    if told.said:
        writer.writerows([[], [NOTES], *([harmless(note)] for _, note in told.said)])
    text.detach()


def _csv_text(column: Column, value: Any) -> Any:
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S")
    if not is_number(value):
        return harmless(value)
    return padded(value) if column.file_kind in ("money", "ratio", "times") else f"{value:f}"


def _xlsx(told: Tables, read: Read, out: BinaryIO) -> None:
    """A sheet for each table, and one for what must be known of them."""
    book = Workbook(write_only=True)
    for table in told.tables:
        sheet = book.create_sheet(table.title[:31])
        sheet.freeze_panes = "A2"
        sheet.append(_heads(table))
        for record in read(table):
            pairs = zip(table.columns, record, strict=True)
            sheet.append([_styled(sheet, value, column.file_kind) for column, value in pairs])
    if told.said:
        _notes_sheet(book, told.said)
    book.save(out)


def _notes_sheet(book: Workbook, said: Iterable[tuple[str, str]]) -> None:
    sheet = book.create_sheet(NOTES)
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 16, 100
    for title, note in said:
        sheet.append([title, harmless(note)])


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


WRITERS = {TEXT.key: _csv, BOOK.key: _xlsx}

assert WRITERS.keys() == FORMS.keys()
