"""What is answered while all figures are computed again after an upgrade."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.shortcuts import render

if TYPE_CHECKING:
    from django.http import HttpRequest

    from shemei.kernel.errors import Recomputing


def recomputing(request: HttpRequest, error: Recomputing) -> HttpResponse:
    """A page that opens by itself once the figures are there; a part of a page is told in a sentence.

    A member's page asks whether they are there; outside a brand nobody may ask, and it is opened anew.
    """
    if getattr(request, "htmx", False):
        response = HttpResponse(str(error), status=503, content_type="text/plain; charset=utf-8")
    elif vars(request).get("workspace"):
        response = render(request, "portal/recomputing.html", {"error": error}, status=503)
    else:
        response = render(request, "503.html", {"error": error}, status=503)
        response["Refresh"] = str(error.retry_after)
    response["Retry-After"] = str(error.retry_after)
    return response
