"""Bulk actions that any list can have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpResponse, HttpResponseRedirect

from shemei.kernel.lists import export
from shemei.kernel.lists.declared import BulkAction
from shemei.kernel.lists.query import ListQuery
from shemei.kernel.permissions import Permission

if TYPE_CHECKING:
    from collections.abc import Callable

    from shemei.kernel.http import BrandRequest
    from shemei.kernel.lists.listing import Listing


def export_chosen(listing: Callable[[], Listing]) -> BulkAction:
    """「导出所选」: the chosen rows as a workbook; all that match go the way of the list's own export."""

    def run(request: BrandRequest, rows: Any) -> HttpResponse:
        if request.POST.get("_all"):
            query = ListQuery.read(request.META.get("QUERY_STRING", "")).without("page")
            return HttpResponseRedirect(f"{request.path}{query.having('export', 'xlsx').href}")
        return export.respond(request, listing().as_tables(request, rows), "xlsx")

    return BulkAction("export", "导出所选", Permission.EXPORT, run, "download")
