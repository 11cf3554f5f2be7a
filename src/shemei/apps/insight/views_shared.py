"""A shared board, for whoever holds its address: summed figures and nothing else."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe
from django_scopes import scope

from shemei.apps.insight.panels import OwnBoardView
from shemei.apps.insight.sharing import count_view, opened


@require_safe
def shared(request: HttpRequest, token: str) -> HttpResponse:
    """The board of a link that is valid; any other address is told the same: nothing here."""
    now = timezone.now()
    share = opened(token, now)
    if share is None:
        return _private(render(request, "insight/share_over.html", status=404))
    with scope(workspace=share.workspace):
        count_view(share, now)
        context = {
            "share": share,
            "row": share.board,
            "view": OwnBoardView(share.board, {}),
            "shared": True,
        }
        return _private(render(request, "insight/shared.html", context))


def _private(response: HttpResponse) -> HttpResponse:
    """Neither kept by caches nor listed by search engines; the address is not passed on."""
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Referrer-Policy"] = "no-referrer"
    return response
