"""A shared board, for whoever holds its address: summed figures and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from csp.decorators import csp_replace
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe
from django_scopes import scope

from shemei.apps.insight.boards.panels import OwnBoardView
from shemei.apps.insight.boards.sharing import count_view, opened
from shemei.kernel.errors import Recomputing
from shemei.kernel.throttle import Limit, address_of
from shemei.portal.waiting import recomputing

if TYPE_CHECKING:
    from shemei.apps.insight.models import BoardShare


LOOKING = Limit("shared-board", burst=60, per_second=1.0)
"""Of one link from one address: a meeting looks at it from one office, a script without end."""


@require_safe
def shared(request: HttpRequest, token: str) -> HttpResponse:
    """The board of a link that is valid; any other address is told the same: nothing here."""
    share = opened(token, timezone.now())
    return _over(request) if share is None else _board(request, share)


@require_safe
def frame(request: HttpRequest, token: str) -> HttpResponse:
    """The same board without its head, inside a page of a website that the link names."""
    share = opened(token, timezone.now())
    if share is None or not share.origins:
        return _over(request)
    return _framed(_board(request, share, framed=True), share.origins)


def _board(request: HttpRequest, share: BoardShare, *, framed: bool = False) -> HttpResponse:
    sender = address_of(request.META.get("REMOTE_ADDR", ""))
    with scope(workspace=share.workspace):
        if wait := LOOKING.take(share.workspace, f"{share.pk}:{sender}"):
            return _soon(request, int(wait) + 1)
        context = {
            "share": share,
            "row": share.board,
            "view": OwnBoardView(share.board, {}),
            "shared": True,
            "framed": framed,
        }
        try:
            page = render(request, "insight/shared.html", context)
        except Recomputing as error:
            return _private(recomputing(request, error))
        count_view(share, timezone.now())
        return _private(page)


def _over(request: HttpRequest) -> HttpResponse:
    return _private(render(request, "insight/share_over.html", status=404))


def _soon(request: HttpRequest, seconds: int) -> HttpResponse:
    answer = _private(render(request, "insight/share_soon.html", {"seconds": seconds}, status=429))
    answer["Retry-After"] = str(seconds)
    return answer


def _framed(response: HttpResponse, origins: list[str]) -> HttpResponse:
    """Only who is named may frame it; the rest of the policy stays as everywhere."""
    response.xframe_options_exempt = True  # type: ignore[attr-defined]
    allowed: HttpResponse = csp_replace({"frame-ancestors": origins})(lambda request: response)(
        None
    )  # type: ignore[arg-type]
    return allowed


def _private(response: HttpResponse) -> HttpResponse:
    """Neither kept by caches nor listed by search engines; the address is not passed on."""
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Referrer-Policy"] = "no-referrer"
    return response
