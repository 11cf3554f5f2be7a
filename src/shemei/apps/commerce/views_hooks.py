"""Order pushes: the address that takes them, and its settings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST
from django_scopes import scope

from shemei.apps.commerce import hooks
from shemei.apps.commerce.api import OrderIn, draft_of
from shemei.apps.commerce.models import OrderHook
from shemei.kernel.api import Problem
from shemei.kernel.edits import submit
from shemei.kernel.permissions import Permission as P
from shemei.kernel.toasts import toast
from shemei.kernel.urls import wurl
from shemei.kernel.views import allow, get_row, recently_authenticated, show_once

if TYPE_CHECKING:
    from shemei.kernel.http import BrandRequest


class HookForm(forms.Form):
    """Whose pushes they are, for people."""

    name = forms.CharField(label="来源", max_length=40, help_text="例如：小程序商城、聚水潭")


@csrf_exempt
@require_POST
def push(request: BrandRequest, key: str) -> HttpResponse:
    """Take a signed push of orders; see ``hooks``."""
    try:
        return JsonResponse(_push(request, key))
    except hooks.Refused as no:
        told = {"title": "没有收下", "status": no.status, "detail": no.detail, "errors": no.errors}
        return JsonResponse(told, status=no.status, content_type="application/problem+json")


def _push(request: BrandRequest, key: str) -> dict[str, int]:
    signed = hooks.read_headers(request.headers)
    if int(request.headers.get("Content-Length") or 0) > hooks.MAX_BODY:
        raise hooks.Refused(413, "一次推送超过 1 MB。请分几次发。")
    body = request.read(hooks.MAX_BODY + 1)
    if len(body) > hooks.MAX_BODY:
        raise hooks.Refused(413, "一次推送超过 1 MB。请分几次发。")
    hook = hooks.recognise(key, signed, body)
    with scope(workspace=hook.workspace):
        try:
            drafts = [draft_of(hook.workspace, one) for one in hooks.orders_in(body, OrderIn)]
        except Problem as error:
            raise hooks.Refused(422, str(error)) from None
        return hooks.take(hook, signed.nonce, drafts)


@allow(P.KEYS)
@require_http_methods(["GET"])
def settings(request: BrandRequest) -> HttpResponse:
    rows = OrderHook.objects.select_related("workspace").order_by("-is_active", "id")
    return render(request, "commerce/hooks.html", {"rows": rows})


@allow(P.KEYS)
@recently_authenticated
@require_http_methods(["GET", "POST"])
def add(request: BrandRequest) -> HttpResponse:
    """The form; after it the secret, shown in this one answer."""
    form = HookForm(request.POST or None)

    def create(**values: Any) -> tuple[OrderHook, str]:
        return hooks.add_hook(request.workspace, by=request.actor, **values)

    if request.method == "POST" and (made := submit(form, create)):
        return _shown(request, *made)
    return render(request, "commerce/hook_new.html", {"form": form})


def _shown(request: BrandRequest, hook: OrderHook, secret: str) -> HttpResponse:
    address = request.build_absolute_uri(f"/hooks/orders/{hook.key}")
    return show_once(request, "commerce/hook_shown.html", secret, hook=hook, address=address)


@require_POST
@allow(P.KEYS)
@recently_authenticated
def rotate(request: BrandRequest, key: str) -> HttpResponse:
    hook = get_row(OrderHook.objects.filter(is_active=True), key)
    return _shown(request, hook, hooks.rotate_hook(hook, by=request.actor))


@require_POST
@allow(P.KEYS)
@recently_authenticated
def stop(request: BrandRequest, key: str) -> HttpResponse:
    hook = get_row(OrderHook.objects.all(), key)
    hooks.stop_hook(hook, by=request.actor)
    toast(request, f"已停用推送「{hook.name}」")
    return redirect(wurl(request.workspace, "commerce:hooks"))
