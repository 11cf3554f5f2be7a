"""Short words about what is done, with a way back. Errors are never toasts: they stay where they happened."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from django.contrib import messages

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse


def toast(request: HttpRequest, text: str, undo_url: str = "") -> None:
    """Say ``text`` at the lower right; ``undo_url`` is posted to when the member takes it back."""
    messages.success(request, text, extra_tags=undo_url)


class ToastMiddleware:
    """Hands toasts to the page in a header where htmx gets a fragment instead of a page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.headers.get("HX-Request") and not _leaves(response):
            told = [
                {"text": str(m), "undo": m.extra_tags or ""} for m in messages.get_messages(request)
            ]
            if told:
                triggers = json.loads(response.get("HX-Trigger", "{}") or "{}")
                response["HX-Trigger"] = json.dumps({**triggers, "toasts": {"items": told}})
        return response


def _leaves(response: HttpResponse) -> bool:
    """The next full page will show them."""
    return (
        "HX-Redirect" in response or "HX-Refresh" in response or 300 <= response.status_code < 400
    )
