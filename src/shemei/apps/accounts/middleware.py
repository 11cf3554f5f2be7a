"""Puts the brand, the member and the actor on requests below ``/w/<key>/`` and opens its scope."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import SimpleLazyObject
from django_scopes import scope

from shemei.apps.accounts import queries
from shemei.kernel.errors import Recomputing
from shemei.kernel.http import place
from shemei.kernel.permissions import Forbidden
from shemei.kernel.policies import Refused
from shemei.kernel.urls import holds_nul
from shemei.portal.waiting import recomputing

if TYPE_CHECKING:
    from collections.abc import Callable

_INSIDE = re.compile(r"^/w/([^/]+)/")


class WorkspaceMiddleware:
    """Strangers go to the login; members of other brands get the 404 of a brand that is not there.

    ``request.brands`` lists the user's brands for the switcher, the last used one first.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        place(request)
        vars(request).update(brands=SimpleLazyObject(lambda: _brands_of(request.user)))
        inside = _INSIDE.match(request.path_info)
        if not inside:
            return self.get_response(request)
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if holds_nul(request):
            raise SuspiciousOperation("a NUL character in the address")
        member = queries.member_of(request.user, inside[1])
        if member is None:
            told = {"exception": Http404("没有这个品牌空间，或你不是它的成员。")}
            return render(request, "404.html", told, status=404)
        place(request, workspace=member.workspace, actor=member.actor, member=member)
        with scope(workspace=member.workspace):
            queries.seen(member)
            return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: dict[str, Any]
    ) -> None:
        kwargs.pop("workspace_key", None)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, Forbidden):
            return render(request, "403.html", {"error": error}, status=403)
        if isinstance(error, Refused):
            told = {"error": error.messages[0], "heading": "这一步不能由你来做"}
            return render(request, "403.html", told, status=403)
        if isinstance(error, Recomputing):
            return recomputing(request, error)
        return None


def _brands_of(user: Any) -> list[Any]:
    return queries.brands_of(user) if user.is_authenticated else []
