"""One page of a list, worked out for its template: no decision is left to the template."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from shemei.kernel.lists import memory
from shemei.kernel.lists.query import ListQuery, PeriodParts, filter_keys, filter_value
from shemei.kernel.lists.rows import Rows, count, key_of
from shemei.kernel.lists.tables import FileLink, file_links
from shemei.kernel.periods import Period, presets, promos, today
from shemei.kernel.permissions import Permission

if TYPE_CHECKING:
    from shemei.kernel.http import BrandRequest
    from shemei.kernel.lists.declared import BulkAction, Choices, Column, Filter
    from shemei.kernel.lists.listing import Listing

SIZES = (25, 50, 100)
PILLS, SEEN_AT_ONCE = 4, 12


@dataclass(frozen=True, slots=True)
class Cell:
    column: Column
    value: Any
    href: str
    note: str
    is_wide: bool


@dataclass(frozen=True, slots=True)
class Row:
    key: str
    label: str
    cells: list[Cell]
    source: Any


@dataclass(frozen=True, slots=True)
class Head:
    """A column's head: where sorting leads and how it stands (``ascending``, ``descending`` or nothing)."""

    column: Column
    href: str
    direction: str
    is_wide: bool


@dataclass(frozen=True, slots=True)
class OptionView:
    label: str
    href: str
    is_on: bool


@dataclass(frozen=True, slots=True)
class FilterView:
    """One filter as a pill with its menu."""

    declared: Filter
    chosen: str
    options: list[OptionView]
    clear_href: str
    first: str = ""
    last: str = ""
    keeps: tuple[tuple[str, str], ...] = ()

    @property
    def is_on(self) -> bool:
        return bool(self.chosen)


@dataclass(frozen=True, slots=True)
class ListPage:
    """Everything the list template reads."""

    listing: Listing
    rows: list[Row]
    heads: list[Head]
    filters: list[FilterView]
    query: ListQuery
    total: int
    number: int
    size: int
    bulk: list[tuple[BulkAction, Choices]]
    views: list[memory.ViewTab]
    layout: list[memory.ColumnChoice]
    density: str
    may_export: bool
    may_start: bool
    error: str
    summary: str
    is_bare: bool

    @property
    def element_id(self) -> str:
        return self.listing.element_id

    @property
    def q(self) -> str:
        return self.query.get("q")

    @property
    def first(self) -> int:
        return (self.number - 1) * self.size + 1 if self.total else 0

    @property
    def last(self) -> int:
        return min(self.total, self.number * self.size)

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.size))

    @property
    def previous_href(self) -> str:
        return self.query.having("page", str(self.number - 1)).href if self.number > 1 else ""

    @property
    def next_href(self) -> str:
        more = self.number < self.pages
        return self.query.having("page", str(self.number + 1)).href if more else ""

    @property
    def size_options(self) -> list[OptionView]:
        base = self.query.without("page")
        return [
            OptionView(
                f"每页 {n} {self.listing.unit}", base.having("size", str(n)).href, n == self.size
            )
            for n in SIZES
        ]

    @property
    def pills(self) -> list[FilterView]:
        """Filters in sight: those in use, then as many unused ones as there is room for."""
        if len(self.filters) <= PILLS:
            return self.filters
        used = [one for one in self.filters if one.is_on]
        spare = [one for one in self.filters if not one.is_on][: max(0, PILLS - 1 - len(used))]
        return [one for one in self.filters if one in used or one in spare]

    @property
    def more_filters(self) -> list[FilterView]:
        shown = self.pills
        return [one for one in self.filters if one not in shown]

    @property
    def more_is_long(self) -> bool:
        """So many values that one types to find one."""
        return sum(len(one.options) for one in self.more_filters) > SEEN_AT_ONCE

    @property
    def used(self) -> int:
        return sum(one.is_on for one in self.filters)

    @property
    def is_narrowed(self) -> bool:
        return bool(self.used or self.q)

    @property
    def clear_href(self) -> str:
        """Without search and conditions; the period is where one looks, not what one looks for: it stays."""
        periods = [k for f in self.listing.filters if f.kind == "period" for k in filter_keys(f)]
        return self.query.only(("sort", "size", *PeriodParts, *periods)).href

    @property
    def refresh_href(self) -> str:
        return self.query.href

    @property
    def files(self) -> list[FileLink]:
        """The export menu; empty for who may not give data away."""
        told = file_links(self.query, note=f"{self.total:,} {self.listing.unit}")
        return told if self.may_export else []

    @property
    def current_view(self) -> memory.ViewTab | None:
        return next((view for view in self.views if view.is_current), None)

    @property
    def keeps(self) -> list[tuple[str, str]]:
        """Hidden fields of the search form: everything but the search itself."""
        return list(self.query.without("q", "page", "export").pairs)

    @property
    def spans(self) -> int:
        return len(self.heads) + bool(self.bulk)


def build(
    listing: Listing,
    request: BrandRequest,
    rows: Rows,
    matched: Rows,
    query: ListQuery,
    *,
    error: str,
) -> ListPage:
    """Read one page of ``matched`` and everything around it."""
    total, size = count(matched), _size(listing, query)
    number = min(query.page(), max(1, -(-total // size)))
    shown = listing.annotated(list(matched[(number - 1) * size : number * size]), request)
    hidden = memory.hidden_columns(request, listing)
    columns = [c for i, c in enumerate(listing.columns) if i == 0 or c.name not in hidden]
    wide = _wide(columns)
    narrowed = bool(
        query.get("q") or query.only(k for f in listing.filters for k in filter_keys(f)).pairs
    )
    actor = request.actor
    return ListPage(
        listing=listing,
        rows=[_row(listing, row, columns, wide) for row in shown],
        heads=[_head(listing, column, query, column.name in wide) for column in columns],
        filters=[f for one in listing.filters if (f := _filter(one, request, query)).options],
        query=query,
        total=total,
        number=number,
        size=size,
        bulk=_bulk(listing, request),
        views=memory.tabs(request, listing.name, query),
        layout=memory.column_choices(listing, hidden),
        density=memory.density(request),
        may_export=listing.exports and actor.can(Permission.EXPORT),
        may_start=listing.empty.permission is None or actor.can(listing.empty.permission),
        error=error,
        summary=listing.summary(request, matched) if listing.summary and total else "",
        is_bare=total == 0 and not narrowed and not count(rows),
    )


def _bulk(listing: Listing, request: BrandRequest) -> list[tuple[BulkAction, Choices]]:
    """What this member may do to many rows; an action that needs a choice and has none to offer is not there."""
    may = [one for one in listing.bulk if request.actor.can(one.permission)]
    told = [(one, one.options(request)) for one in may]
    return [(one, options) for one, options in told if options or one.choices is None]


def _size(listing: Listing, query: ListQuery) -> int:
    asked = query.get("size")
    return int(asked) if asked in map(str, SIZES) else listing.page_size


def _wide(columns: list[Column]) -> set[str]:
    """Columns that narrow screens leave out: all but the first, the state and the main figure."""
    main = next((c for c in columns if c.strong), None) or next(
        (c for c in columns if c.is_numeric), None
    )
    kept = {columns[0].name} | {c.name for c in columns if c.kind == "state"}
    kept |= {main.name} if main else set()
    return {c.name for c in columns if not (c.name in kept if c.phone is None else c.phone)}


def _row(listing: Listing, row: Any, columns: list[Column], wide: set[str]) -> Row:
    cells = [
        Cell(
            column=column,
            value=column.value(row),
            href=(column.href(row) or "") if column.href else "",
            note=column.note(row) if column.note else "",
            is_wide=column.name in wide,
        )
        for column in columns
    ]
    return Row(key_of(row), listing.row_label(row), cells, row)


def _head(listing: Listing, column: Column, query: ListQuery, is_wide: bool) -> Head:
    if not column.sort:
        return Head(column, "", "", is_wide)
    now = listing.sort_of(query)
    downward = now == f"-{column.name}" or (now != column.name and not column.is_numeric)
    target = column.name if downward else f"-{column.name}"
    direction = {column.name: "ascending", f"-{column.name}": "descending"}.get(now, "")
    return Head(column, query.without("page").having("sort", target).href, direction, is_wide)


def _filter(one: Filter, request: BrandRequest, query: ListQuery) -> FilterView:
    base = query.without("page")
    clear = base.without(*filter_keys(one)).href
    if one.kind == "period":
        return _period_filter(one, base, clear)
    options, value = one.options(request), query.all(one.name)
    labels = [label for key, label in options if key in value]
    chosen = labels if one.multiple else labels[:1]
    views = [
        OptionView(label, _toggle(one, base, key, key in value), key in value)
        for key, label in options
    ]
    return FilterView(one, _joined(chosen), views, clear)


def _joined(labels: list[str]) -> str:
    return "、".join(labels[:2]) + (f" 等 {len(labels)} 项" if len(labels) > 2 else "")


def _toggle(one: Filter, base: ListQuery, key: str, is_on: bool) -> str:
    if is_on:
        return base.without(one.name, value=key).href
    return base.adding(one.name, key).href if one.multiple else base.having(one.name, key).href


def _period_filter(one: Filter, base: ListQuery, clear: str) -> FilterView:
    value: Period | None = filter_value(one, base, ())
    bare, day = base.without(*filter_keys(one)), today()
    choices = [*presets(day), *(p for p in promos(day.year) if p.first <= day)]
    chosen_key = base.get(f"{one.name}_range")
    views = [
        OptionView(p.label, bare.having(f"{one.name}_range", p.key).href, p.key == chosen_key)
        for p in choices
    ]
    if value is None:
        return FilterView(one, "", views, clear, keeps=bare.pairs)
    words = value.label if value.key else value.span
    return FilterView(one, words, views, clear, str(value.first), str(value.last), keeps=bare.pairs)
