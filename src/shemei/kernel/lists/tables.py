"""Tables to take along: what a page or a list declares of its figures once, for every form of file."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any

from django.http import Http404

from shemei.kernel.lists.query import ListQuery
from shemei.kernel.lists.rows import Rows, count

if TYPE_CHECKING:
    from shemei.kernel.lists.declared import Column


@dataclass(frozen=True, slots=True)
class Form:
    """One form of file: how an address, the export menu and a browser call it."""

    key: str
    label: str
    icon: str
    content_type: str


BOOK = Form(
    "xlsx",
    "Excel 表格",
    "file-spreadsheet",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
)
TEXT = Form("csv", "CSV 文本", "file-type-csv", "text/csv; charset=utf-8")
FORMS = {form.key: form for form in (BOOK, TEXT)}
"""In the order of the menu; who writes each stands in ``export.WRITERS``."""


@dataclass(frozen=True, slots=True)
class FileLink:
    """One line of the export menu."""

    label: str
    href: str
    icon: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """Columns, rows and what must be known to read them; rows are asked for when a file is made.

    ``name`` stands in the address of its CSV. ``fill`` completes some rows at a time. What has no
    rows in the period says so by ``some``: no menu leads to it, its address gives a file of heads.
    """

    name: str
    title: str
    columns: tuple[Column, ...]
    rows: Callable[[], Rows]
    notes: tuple[str, ...] = ()
    fill: Callable[[list[Any]], list[Any]] | None = None
    some: bool = True
    counted: Callable[[], Iterable[str]] = tuple
    """Notes that take counting: asked for when a file is made, and not for the page."""


@dataclass(frozen=True, slots=True)
class Tables:
    """All tables of one page: what they are called together, and what holds for each of them."""

    noun: str
    tables: tuple[Table, ...]
    notes: tuple[str, ...] = ()

    @property
    def filled(self) -> tuple[Table, ...]:
        return tuple(one for one in self.tables if one.some)

    @property
    def whole(self) -> tuple[Table, ...]:
        """Those of a workbook: the ones with rows, or all heads where none has any."""
        return self.filled or self.tables

    def asked(self, name: str, kind: str) -> Tables:
        """Those that go into one file: a workbook takes all, a CSV one, the first where none is named."""
        named = tuple(one for one in self.tables if one.name == name)
        found = named if name else self.whole[:1] if kind == TEXT.key else self.whole
        if not found:
            raise Http404("没有这张表。请从页面上的「导出」进入。")
        return replace(self, tables=found)

    def name_of(self, whole: Tables) -> str:
        """What the file is called: the page's noun, and the table's title where the page has several."""
        one_of_many = {one.name for one in self.tables} != {one.name for one in whole.whole}
        return f"{self.noun}-{self.tables[0].title}" if one_of_many else self.noun

    def once(self) -> Tables:
        """The same, with the rows of each table asked for once, however often a file reads them."""
        return replace(
            self, tables=tuple(replace(one, rows=cache(one.rows)) for one in self.tables)
        )

    @property
    def total(self) -> int:
        return sum(count(table.rows()) for table in self.tables)

    @property
    def said(self) -> list[tuple[str, str]]:
        """All notes, each with the title of its table; "" for what holds for all, or where there is one."""
        several = len(self.tables) > 1
        own = [
            (t.title if several else "", note)
            for t in self.tables
            for note in (*t.notes, *t.counted())
        ]
        return [*(("", note) for note in self.notes), *own]

    def links(self, query: ListQuery) -> list[FileLink]:
        """The export menu: one workbook of all, and a CSV for each table."""
        filled = self.filled
        if len(filled) < 2:
            return file_links(query) if filled else []
        files = [file_link(query, BOOK, note=f"{len(filled)} 张表")]
        return files + [file_link(query, TEXT, t.name, t.title) for t in filled]


def file_links(query: ListQuery, note: str = "") -> list[FileLink]:
    """The export menu of one table."""
    return [file_link(query, form, note=note) for form in FORMS.values()]


def file_link(query: ListQuery, form: Form, name: str = "", note: str = "") -> FileLink:
    """The page at ``query`` as a file; of the table ``name`` alone where it is given."""
    base = query.without("page", "table")
    base = base.having("table", name) if name else base
    return FileLink(form.label, base.having("export", form.key).href, form.icon, note)
