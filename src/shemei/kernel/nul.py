"""No NUL character gets past this: PostgreSQL keeps it in no text, and no keyboard types it.

It comes with what is pasted from broken files, and with probes. It is left out of what a page is asked and
sent; no address has one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.utils.datastructures import MultiValueDict

from shemei.kernel.urls import holds_nul


class NulMiddleware:
    """Stands behind the check against forged forms: by then a form has been read, or refused unread."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\0" in request.path_info and not request.path_info.startswith(("/w/", "/api/")):
            raise Http404  # the two others say it in their own words
        if holds_nul(request):
            request.GET = _without(request.GET)
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        """Views that are exempt from the check read their body themselves, after they measured it."""
        reads = request.method == "POST" and not getattr(view, "csrf_exempt", False)
        if reads and any(_has_nul(key, *values) for key, values in request.POST.lists()):
            request.POST = _without(request.POST)


class CookieMiddleware:
    """A cookie may spell the character (``"\\000"``); such a one is no cookie of ours."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        for name in [key for key, value in request.COOKIES.items() if _has_nul(key, value)]:
            del request.COOKIES[name]
        return self.get_response(request)


def _has_nul(*texts: Any) -> bool:
    return any("\0" in text for text in texts if isinstance(text, str))


def _without(told: MultiValueDict[str, str]) -> QueryDict:
    clean = QueryDict(mutable=True)
    for key, values in told.lists():
        clean.setlist(key.replace("\0", ""), [value.replace("\0", "") for value in values])
    clean._mutable = False
    return clean
