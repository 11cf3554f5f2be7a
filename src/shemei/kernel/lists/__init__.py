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
from shemei.kernel.lists.listing import Listing
from shemei.kernel.lists.page import ListPage

__all__ = [
    "CREATED",
    "BulkAction",
    "Column",
    "Empty",
    "Filter",
    "ListPage",
    "Listing",
    "State",
    "export_chosen",
    "in_use",
    "states",
]
