"""Every list of the product: search, filters, sort, paging, saved views, bulk actions, export.

A room declares a :class:`Listing` once and answers with ``LINKS.respond(request, rows, template)``; the
template shows it with ``<c-list :page="page" />``. Rows are a QuerySet or any sequence.
"""

from __future__ import annotations

from shemei.kernel.lists.chosen import export_chosen
from shemei.kernel.lists.declared import (
    CREATED,
    BulkAction,
    Column,
    Empty,
    Filter,
    State,
    in_use,
    states,
)
from shemei.kernel.lists.export import show
from shemei.kernel.lists.listing import Listing
from shemei.kernel.lists.page import ListPage
from shemei.kernel.lists.tables import Table, Tables

__all__ = [
    "CREATED",
    "BulkAction",
    "Column",
    "Empty",
    "Filter",
    "ListPage",
    "Listing",
    "State",
    "Table",
    "Tables",
    "export_chosen",
    "in_use",
    "show",
    "states",
]
