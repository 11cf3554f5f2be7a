"""The period a member works with: chosen on one page, it stands on the next.

It is kept with the session, for each brand apart. A page that is opened without a period is led to
an address that names the kept one, so that what one copies, exports or reloads says what it shows.
"""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.http import HttpResponse, HttpResponseRedirect

from shemei.kernel.periods import LASTING, STANDARD, period_from, today

if TYPE_CHECKING:
    from shemei.kernel.http import BrandRequest
    from shemei.kernel.periods import Period
    from shemei.kernel.views import View

KEPT = "periods"
NAMING = ("range", "from", "to")


def keeps_period(view: View) -> View:
    """A page with a range picker: it remembers the period that its address names, and opens with it."""

    @wraps(view)
    def kept(request: BrandRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method != "GET" or getattr(request, "htmx", False):
            return view(request, *args, **kwargs)
        if any(request.GET.get(name) for name in NAMING):
            _keep(request, period_from(request.GET))
        elif query := _kept(request):
            pairs = [(key, value) for key, values in request.GET.lists() for value in values]
            address = "&".join(filter(None, (urlencode(pairs), query)))
            return HttpResponseRedirect(f"{request.path}?{address}")
        return view(request, *args, **kwargs)

    return kept


def _keep(request: BrandRequest, period: Period) -> None:
    """What ends with today moves on with the days; days of one's own are kept until the day is over."""
    session = getattr(request, "session", None)
    if session is None:
        return
    if period.key == STANDARD != request.GET.get("range"):
        return  # What could not be read was not chosen.
    told = {"query": period.query, "on": "" if period.key in LASTING else today().isoformat()}
    every = dict(session.get(KEPT, {}))
    if period.key == STANDARD:
        every.pop(request.workspace.key, None)
    else:
        every[request.workspace.key] = told
    if every != session.get(KEPT, {}):
        session[KEPT] = every


def _kept(request: BrandRequest) -> str:
    """The query of the period that stands; empty for the standard one."""
    session = getattr(request, "session", None)
    told = session.get(KEPT, {}).get(request.workspace.key) if session is not None else None
    if told is None or told["on"] not in ("", today().isoformat()):
        return ""
    return str(told["query"])
