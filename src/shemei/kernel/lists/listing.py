"""A declared list, and how it answers a request."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from shemei.kernel.lists import export, memory
from shemei.kernel.lists.declared import BulkAction, Column, Empty, Filter
from shemei.kernel.lists.page import ListPage, build
from shemei.kernel.lists.query import ListQuery, filter_value
from shemei.kernel.lists.rows import Rows, chosen, count, ordered, searched
from shemei.kernel.lists.tables import FORMS, Table, Tables
from shemei.kernel.permissions import require
from shemei.kernel.toasts import toast

if TYPE_CHECKING:
    from shemei.kernel.http import BrandRequest

Annotate = Callable[[list[Any], Any], Sequence[Any] | None]
FRAGMENT = "portal/list/list.html"
LONGEST_SEARCH = 100
"""Characters of a search that count: each word is a condition of its own, and databases bear only so many."""


@dataclass(frozen=True, slots=True)
class Listing:
    """``search`` names fields, or is ``search(rows, text)`` where a search is more than that.

    ``annotate(rows, request)`` fills figures for the rows of one page, in one question.

    ``summary(request, rows)`` returns what stands behind the number of results, such as ``¥23.6 万``.
    """

    name: str
    columns: tuple[Column, ...]
    filters: tuple[Filter, ...] = ()
    search: tuple[str, ...] | Callable[[Any, str], Any] = ()
    search_hint: str = "搜索"
    default_sort: str = ""
    page_size: int = 25
    bulk: tuple[BulkAction, ...] = ()
    empty: Empty = field(default_factory=Empty)
    annotate: Annotate | None = None
    noun: str = "记录"
    unit: str = "条"
    summary: Callable[[Any, Any], str] | None = None
    exports: bool = True
    row_label: Callable[[Any], str] = str
    stack: bool = False

    @property
    def element_id(self) -> str:
        return f"list-{self.name.replace('.', '-')}"

    def respond(
        self,
        request: BrandRequest,
        rows: Rows,
        template: str,
        extra_context: dict[str, Any] | None = None,
        *,
        notes: Callable[[Rows], tuple[str, ...]] = lambda rows: (),
    ) -> HttpResponse:
        """Answer with the page, the refreshed list, an export, or the outcome of a POST.

        ``notes`` tells what its file must say of the rows that match.
        """
        query = ListQuery.read(request.META.get("QUERY_STRING", ""))
        error = ""
        if request.method == "POST":
            outcome = self._act(request, rows, query)
            if isinstance(outcome, HttpResponse):
                return outcome
            error = outcome
        matched = self.matching(request, rows, query)
        if request.method == "GET" and query.get("export") in FORMS:
            told = self.as_tables(request, matched, notes(matched))
            return export.respond(request, told, query.get("export"))
        page = self.page(request, rows, matched, query, error=error)
        if request.headers.get("HX-Target") == self.element_id:
            return render(request, FRAGMENT, {"page": page})
        return render(request, template, {"page": page, **(extra_context or {})})

    def as_tables(self, request: BrandRequest, rows: Rows, notes: tuple[str, ...] = ()) -> Tables:
        """The list as the one table of its file."""
        fill = partial(self.annotated, request=request)
        table = Table(self.name, self.noun, self.columns, lambda: rows, fill=fill)
        return Tables(self.noun, (table,), notes)

    def page(
        self, request: BrandRequest, rows: Rows, matched: Rows, query: ListQuery, *, error: str = ""
    ) -> ListPage:
        return build(self, request, rows, matched, query, error=error)

    def matching(self, request: BrandRequest, rows: Rows, query: ListQuery) -> Rows:
        """Rows after search, filters and sort."""
        if self.search and (text := query.get("q").strip()[:LONGEST_SEARCH]):
            if callable(self.search):
                rows = self.search(rows, text)
            else:
                rows = searched(rows, text, self.search)
        for one in self.filters:
            allowed = [value for value, _ in one.options(request)] if one.kind == "choice" else ()
            value = filter_value(one, query, allowed)
            if value is not None:
                rows = one.narrow(rows, value)
        return self._sorted(rows, query)

    def _sorted(self, rows: Rows, query: ListQuery) -> Rows:
        wanted = self.sort_of(query)
        column = next((c for c in self.columns if c.sort and c.name == wanted.lstrip("-")), None)
        if column is None and not self.default_sort:
            return rows
        if column is None:
            wanted = self.default_sort
            column = next((c for c in self.columns if c.sort == wanted.lstrip("-")), None)
        read = column.value if column else None
        key = column.sort if column else wanted.lstrip("-")
        return ordered(rows, key, read, descending=wanted.startswith("-"))

    def sort_of(self, query: ListQuery) -> str:
        """The column name to sort by, with ``-`` for descending; the default where none is asked for."""
        asked = query.get("sort")
        if any(c.sort and c.name == asked.lstrip("-") for c in self.columns):
            return asked
        named = {c.sort: c.name for c in self.columns if c.sort}
        bare = self.default_sort.lstrip("-")
        return self.default_sort.replace(bare, named[bare]) if bare in named else ""

    def annotated(self, rows: list[Any], request: BrandRequest) -> list[Any]:
        filled = self.annotate(rows, request) if self.annotate and rows else None
        return rows if filled is None else list(filled)

    def _act(self, request: BrandRequest, rows: Rows, query: ListQuery) -> HttpResponse | str:
        """Run what was posted; an HttpResponse, or a sentence that says why not (empty: done, show the list)."""
        if request.POST.get("_list"):
            done = memory.handle(request, self.name, query)
        else:
            done = self._run_bulk(request, rows, query)
        if isinstance(done, HttpResponse) or done:
            return done
        if request.headers.get("HX-Request"):
            return ""
        return HttpResponseRedirect(request.get_full_path())

    def _run_bulk(self, request: BrandRequest, rows: Rows, query: ListQuery) -> HttpResponse | str:
        action = next((b for b in self.bulk if b.name == request.POST.get("_action")), None)
        if action is None:
            return "这一步没有认出要做什么。请刷新页面再试。"
        require(request.actor, action.permission)
        picked = self._picked(request, rows, query)
        if not count(picked):
            return f"没有选中任何{self.noun}。请先勾选。"
        told = (action.chosen(request),) if action.choices else ()
        if told == ("",):
            return f"还没有选要{action.label}哪一个。请先在按钮旁选好。"
        try:
            done = action.run(request, picked, *told)
        except ValidationError as error:
            return "；".join(error.messages)
        if isinstance(done, HttpResponse):
            return done
        if done:
            toast(request, done)
        return ""

    def _picked(self, request: BrandRequest, rows: Rows, query: ListQuery) -> Rows:
        if request.POST.get("_all"):
            return self.matching(request, rows, query)
        picked = chosen(rows, request.POST.getlist("keys"))
        return picked.all() if isinstance(picked, QuerySet) else picked
