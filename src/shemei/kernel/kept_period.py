"""The period a member works with: chosen on one page, it stands on the next.

It is kept with the session, for each brand apart, once it was chosen with a page's range picker. A
page that is opened without a period is led to an address that names the kept one, so that what one
copies, exports or reloads says what it shows.
"""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode

from django.http import HttpResponse, HttpResponseRedirect, QueryDict

from shemei.kernel.periods import LASTING, STANDARD, period_from, today

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from django.http import HttpRequest

    from shemei.kernel.http import BrandRequest
    from shemei.kernel.periods import Period
    from shemei.kernel.views import View

KEPT = "periods"
NAMING = ("range", "from", "to")
LOOKALIKES = ("start", "end")
"""Names that other programs give the days of a period."""
CHOSEN = "keep"
"""In an address: somebody chose its period with the page's own picker. It does not stay there."""


def mark_of(request: HttpRequest) -> tuple[str, str] | None:
    """What the range picker of a page puts into its addresses; nothing where a page has a period of its own."""
    return (CHOSEN, "1") if vars(request).get("keeps_period") else None


def keeps_period(view: View) -> View:
    """A page with a range picker: it remembers the period that was chosen with it, and opens with what is kept.

    An address that merely names a period, as links between pages do, shows it and keeps nothing.
    """
    return keeps_long_period(1)(view)


def keeps_long_period(least: int) -> Callable[[View], View]:
    """The same for a page that says nothing of fewer days: a shorter choice of another page is left aside there."""
    return lambda view: _keeping(view, least)


def _keeping(view: View, least: int) -> View:
    @wraps(view)
    def kept(request: BrandRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        vars(request)["keeps_period"] = True
        if request.method != "GET" or getattr(request, "htmx", False):
            return view(request, *args, **kwargs)
        if wrong := misread(request.GET):
            _without(request, wrong)
            return view(request, *args, **kwargs)
        if CHOSEN in request.GET:
            _keep(request, period_from(request.GET))
            return _led(request, "")
        if not any(request.GET.get(name) for name in NAMING) and (query := _kept(request, least)):
            return _led(request, query)
        return view(request, *args, **kwargs)

    return kept


def misread(query: Mapping[str, str]) -> tuple[str, ...]:
    """The names in an address that mean to say a period and do not; a page shows none of them.

    >>> misread({"from": "2026-11-01", "to": "2026-11-30"}), misread({"range": "7d", "q": "x"})
    ((), ())
    >>> misread({"from": "soon", "to": "2026-11-30"}), misread({"range": "1999"})
    (('from', 'to'), ('range',))
    >>> misread({"start": "2026-11-01", "end": "2026-11-30"})
    ('start', 'end')
    """
    days, key = ("from", "to"), query.get("range")
    if any(query.get(name) for name in days):
        return () if period_from(query).label == "自选" else days
    if key:
        return () if period_from(query).key == key else ("range",)
    return tuple(name for name in LOOKALIKES if query.get(name))


def _without(request: BrandRequest, wrong: tuple[str, ...]) -> None:
    """The page is made as if the names were not in its address, so that no link of it carries them on."""
    vars(request)["misread_period"] = True
    kept = QueryDict(mutable=True)
    for name, values in request.GET.lists():
        if name not in (CHOSEN, *wrong):
            kept.setlist(name, values)
    request.META["QUERY_STRING"] = kept.urlencode()
    request.GET = QueryDict(kept.urlencode())


def _led(request: BrandRequest, query: str) -> HttpResponse:
    pairs = [(k, value) for k, values in request.GET.lists() for value in values if k != CHOSEN]
    address = "&".join(filter(None, (urlencode(pairs), query)))
    return HttpResponseRedirect(f"{request.path}?{address}" if address else request.path)


def _keep(request: BrandRequest, period: Period) -> None:
    """What ends with today moves on with the days; days of one's own are kept until the day is over."""
    session = getattr(request, "session", None)
    if session is None:
        return
    if period.key == STANDARD != request.GET.get("range"):
        return  # What could not be read was not chosen.
    on = "" if period.key in LASTING else today().isoformat()
    told = {"query": period.query, "on": on, "at": request.path}
    every = session.get(KEPT, {})
    if every.get(request.workspace.key) != told:
        session[KEPT] = {**every, request.workspace.key: told}


def _told(request: HttpRequest) -> dict[str, str]:
    """The choice that stands in this brand."""
    session = getattr(request, "session", None)
    told = session.get(KEPT, {}).get(request.workspace.key) if session is not None else None  # type: ignore[attr-defined]
    return told if told and told["on"] in ("", today().isoformat()) else {}


def _kept(request: BrandRequest, least: int) -> str:
    """The query of the period that stands; empty for the standard one, which needs none, and one too short."""
    query = _told(request).get("query", "")
    if query == f"range={STANDARD}" or left_aside(request, least):
        return ""
    return query


def left_aside(request: HttpRequest, least: int) -> Period | None:
    """The choice of another page that a page opens without, for it has fewer days than it needs."""
    told = _told(request)
    if not told or told["at"] == request.path or any(request.GET.get(name) for name in NAMING):
        return None
    period = period_from(dict(parse_qsl(told["query"])))
    return period if period.days < least else None


def was_chosen_here(request: HttpRequest, query: Mapping[str, str]) -> bool:
    """Whether the period that an address of this page names was chosen on this very page."""
    told = _told(request)
    return told.get("at") == request.path and told["query"] == period_from(query).query
