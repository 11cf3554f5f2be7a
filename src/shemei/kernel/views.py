"""What every view shares: the permission gate and looking up a row of this workspace."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse

from shemei.kernel.permissions import Permission, require

View = Callable[..., HttpResponse]


def allow(permission: Permission) -> Callable[[View], View]:
    """Let a view run only for actors with ``permission``; others get the 403 page, strangers the login."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if getattr(request, "actor", None) is None:
                return redirect_to_login(request.get_full_path())
            require(request.actor, permission)
            return view(request, *args, **kwargs)

        guarded.permission = permission  # type: ignore[attr-defined]
        return guarded

    return decorate


def get_row(rows: Any, key: str) -> Any:
    """The row with ``key`` in this workspace, else 404 (a foreign row is as absent as a missing one)."""
    found = rows.filter(key=key).first()
    if found is None:
        raise Http404("这里没有这条记录。它可能已被删除，或属于另一个品牌空间。")
    return found
