"""Puts the brand, the member and the actor on every request below ``/w/<key>/`` and opens its scope."""

from __future__ import annotations

import re
from typing import Any, TYPE_CHECKING

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django_scopes import scope, scopes_disabled

from shemei.apps.accounts.models import Member
from shemei.kernel.permissions import Forbidden

if TYPE_CHECKING:
    from collections.abc import Callable

_INSIDE = re.compile(r"^/w/([^/]+)/")


class WorkspaceMiddleware:
    """Strangers are sent to the login; members of other brands get the same 404 as for a brand that is not there."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.workspace = request.member = request.actor = None
        inside = _INSIDE.match(request.path_info)
        if not inside:
            return self.get_response(request)
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        member = member_of(request.user, inside[1])
        if member is None:
            return render(
                request,
                "404.html",
                {"exception": Http404("没有这个品牌空间，或你不是它的成员。")},
                status=404,
            )
        request.workspace, request.member, request.actor = member.workspace, member, member.actor
        with scope(workspace=member.workspace):
            return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: dict[str, Any]
    ) -> None:
        kwargs.pop("workspace_key", None)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, Forbidden):
            return render(request, "403.html", {"error": error}, status=403)
        return None


def member_of(user: Any, workspace_key: str) -> Member | None:
    with scopes_disabled():
        found = Member.objects.filter(
            user=user, workspace__key=workspace_key, workspace__is_active=True, is_active=True
        )
        return found.select_related("workspace", "user").first()
