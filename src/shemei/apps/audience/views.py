"""Pages of the audience room."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.shortcuts import redirect, render

from shemei.apps.audience import pages, queries
from shemei.apps.audience.listings import listing
from shemei.kernel.kept_period import NAMING
from shemei.kernel.periods import period_from
from shemei.kernel.permissions import Permission
from shemei.kernel.urls import wurl
from shemei.kernel.views import allow

if TYPE_CHECKING:
    from shemei.kernel.http import BrandRequest


@allow(Permission.CUSTOMERS)
def people(request: BrandRequest) -> HttpResponse:
    """The people of the last 90 days; ``?find=`` goes straight to one of them."""
    wanted = request.GET.get("find", "").strip()
    if wanted and (key := pages.find(request.workspace, wanted)):
        return redirect(wurl(request.workspace, "audience:person", key))
    period = period_from(_days(request), default="90d")
    found = queries.Found(request.workspace, period)
    told = {"wanted": wanted, "period": period}
    return listing(request.workspace).respond(request, found, "audience/people.html", told)


def _days(request: BrandRequest) -> dict[str, str]:
    """The days that the list's own filter names; none while it stands open."""
    return {name: request.GET.get(f"period_{name}", "") for name in NAMING}


@allow(Permission.CUSTOMERS)
def person(request: BrandRequest, key: str) -> HttpResponse:
    return render(request, "audience/person.html", pages.person(request.workspace, key))
