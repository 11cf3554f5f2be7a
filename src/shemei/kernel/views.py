"""What every view shares: the permission gate and looking up a row of this workspace."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from time import time
from typing import TYPE_CHECKING, Any, TypeVar, cast
from urllib.parse import urlencode

from allauth.account.adapter import get_adapter
from allauth.account.authentication import get_authentication_records
from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.cache import add_never_cache_headers
from django.utils.http import url_has_allowed_host_and_scheme

from shemei.kernel.edits import submit
from shemei.kernel.permissions import Permission, require
from shemei.kernel.toasts import toast
from shemei.kernel.urls import wurl

if TYPE_CHECKING:
    from django.forms import BaseForm

    from shemei.kernel.http import BrandRequest

View = Callable[..., HttpResponse]
Gated = TypeVar("Gated", bound=Callable[..., Any])
"""A view or an API operation: a gate gives back what it was given."""
PERIOD_KEYS = ("range", "from", "to", "compare", "cfrom", "cto")


def allow(permission: Permission) -> Callable[[Gated], Gated]:
    """Let a view run only for actors with ``permission``; strangers are sent to the login."""

    def decorate(view: Gated) -> Gated:
        @wraps(view)
        def guarded(request: BrandRequest, *args: Any, **kwargs: Any) -> Any:
            if getattr(request, "actor", None) is None:
                return redirect_to_login(request.get_full_path())
            require(request.actor, permission)
            return view(request, *args, **kwargs)

        guarded.permission = permission  # type: ignore[attr-defined]
        return cast("Gated", guarded)

    return decorate


def beside(page: str) -> Callable[[View], View]:
    """A view whose answer stands in the drawer beside ``page``; an address opened alone leads there."""

    def decorate(view: View) -> View:
        @wraps(view)
        def placed(request: BrandRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if getattr(request, "htmx", False):
                return view(request, *args, **kwargs)
            kept = [(key, value) for key, value in request.GET.items() if key in PERIOD_KEYS]
            query = urlencode([*kept, ("drawer", request.get_full_path())])
            return HttpResponseRedirect(f"{wurl(request.workspace, page)}?{query}")

        return placed

    return decorate


def get_row(rows: Any, key: str) -> Any:
    """The row with ``key`` in this workspace, else 404 (a foreign row is as absent as a missing one)."""
    found = rows.filter(key=key).first()
    if found is None:
        raise Http404("这里没有这条记录。它可能已被删除，或属于另一个品牌空间。")
    return found


def form_page(
    request: BrandRequest,
    form: BaseForm,
    act: Callable[..., Any],
    template: str,
    *,
    said: str,
    to: str,
    **told: Any,
) -> HttpResponse:
    """A form until it is right; then it is done, ``said`` (``{}`` is the row) and left for the page ``to``."""
    if request.method == "POST" and (made := submit(form, act)):
        toast(request, said.format(made))
        return redirect(wurl(request.workspace, to))
    return render(request, template, {"form": form, **told})


def show_once(request: BrandRequest, template: str, secret: str, **told: Any) -> HttpResponse:
    """The one answer that holds a new secret: no cache keeps it, no page shows it again."""
    response = render(request, template, {"secret": secret, **told})
    add_never_cache_headers(response)
    return response


def recently_authenticated(view: View) -> View:
    """Ask for the password or passkey again, if that was long ago, before exports, keys and erasure.

    A form that needs it should ask already when it is shown: then nothing typed is lost.
    """

    @wraps(view)
    def guarded(request: BrandRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return view(request, *args, **kwargs) if is_recent(request) else ask_again(request)

    return guarded


def is_recent(request: BrandRequest) -> bool:
    """Whether a member proved who they are within the last quarter of an hour; keys always did."""
    if getattr(request, "member", None) is None:
        return True
    records = get_authentication_records(request, request.user)
    return bool(records) and time() - records[-1]["at"] < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT


def ask_again(request: BrandRequest) -> HttpResponse:
    """Send a member to prove again who they are, and then back to the page they were on."""
    methods = get_adapter().get_reauthentication_methods(request.user)
    back = request.get_full_path() if request.method == "GET" else _page_before(request)
    url = f"{methods[0]['url']}?{urlencode({'next': back})}"
    if getattr(request, "htmx", False):
        return HttpResponse(headers={"HX-Redirect": url})
    return HttpResponseRedirect(url)


def _page_before(request: BrandRequest) -> str:
    referrer = request.headers.get("Referer", "")
    safe = url_has_allowed_host_and_scheme(referrer, {request.get_host()}, request.is_secure())
    return referrer if safe else request.path
