"""Pages of promo codes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from shemei.apps.tracking import actions, figures, listings
from shemei.apps.tracking.forms import CodeEditForm, CodeForm, ManyCodesForm
from shemei.apps.tracking.models import PromoCode
from shemei.kernel.edits import submit
from shemei.kernel.kept_period import keeps_period
from shemei.kernel.periods import period_from
from shemei.kernel.permissions import Permission as P
from shemei.kernel.toasts import toast
from shemei.kernel.urls import wurl
from shemei.kernel.views import allow, get_row

if TYPE_CHECKING:
    from shemei.kernel.http import BrandRequest

MADE = {
    "unit": "个优惠码",
    "name": "优惠码",
    "above": "优惠码",
    "all": "tracking:codes",
    "again": "tracking:many_codes",
}
"""What the page of a batch says of codes."""


@allow(P.VIEW)
@require_http_methods(["GET", "POST"])
@keeps_period
def codes(request: BrandRequest) -> HttpResponse:
    rows = listings.codes_ranked(request, PromoCode.objects.select_related("campaign"))
    context = {"period": period_from(request.GET), "tab": "codes"}
    return listings.CODES.respond(request, rows, "tracking/codes.html", context)


@allow(P.TRACK)
@require_http_methods(["GET", "POST"])
def new(request: BrandRequest) -> HttpResponse:
    workspace, actor = request.workspace, request.actor
    initial = {name: request.GET[name] for name in ("creator", "campaign") if name in request.GET}
    form = CodeForm(request.POST or None, workspace=workspace, initial=initial)
    row = submit(form, lambda **data: actions.create_code(workspace, by=actor, **data))
    if row is not None:
        toast(request, f"已新建优惠码「{row.code}」")
        return redirect(wurl(workspace, "tracking:code", row.key))
    return render(request, "tracking/code_form.html", {"form": form, "tab": "codes"})


@allow(P.TRACK)
@require_http_methods(["GET", "POST"])
def many(request: BrandRequest) -> HttpResponse:
    workspace, actor = request.workspace, request.actor
    form = ManyCodesForm(request.POST or None, workspace=workspace)
    made = submit(form, lambda **data: actions.create_codes_for(workspace, by=actor, **data))
    if made is not None:
        rows = listings.with_owners(workspace, made)
        context = {"rows": rows, "tab": "codes", "made": MADE}
        return render(request, "tracking/codes_made.html", context)
    return render(request, "tracking/codes_many.html", {"form": form, "tab": "codes"})


@allow(P.VIEW)
@require_GET
@keeps_period
def code(request: BrandRequest, key: str) -> HttpResponse:
    row = get_row(PromoCode.objects.select_related("campaign"), key)
    period = period_from(request.GET)
    listings.with_owners(request.workspace, [row])
    context = {
        "code": row,
        "period": period,
        "tab": "codes",
        "state": listings.code_state(row),
        "report": figures.code_report(request.workspace, row, period),
    }
    return render(request, "tracking/code.html", context)


@allow(P.TRACK)
@require_http_methods(["GET", "POST"])
def edit(request: BrandRequest, key: str) -> HttpResponse:
    row, actor = get_row(PromoCode.objects.select_related("campaign"), key), request.actor
    form = CodeEditForm(request.POST or None, workspace=request.workspace, initial=_values(row))
    done = submit(form, lambda **data: actions.change_code(row, by=actor, **data))
    if done is not None:
        toast(request, f"已保存「{row.code}」")
        return redirect(wurl(request.workspace, "tracking:code", row.key))
    return render(request, "tracking/code_form.html", {"form": form, "code": row, "tab": "codes"})


@allow(P.TRACK)
@require_POST
def archive(request: BrandRequest, key: str) -> HttpResponse:
    row = get_row(PromoCode.objects, key)
    actions.archive_code(row, by=request.actor)
    undo = wurl(request.workspace, "tracking:restore_code", key)
    toast(request, f"已停用「{row.code}」", undo)
    return redirect(wurl(request.workspace, "tracking:code", key))


@allow(P.TRACK)
@require_POST
def restore(request: BrandRequest, key: str) -> HttpResponse:
    row = get_row(PromoCode.objects, key)
    actions.restore_code(row, by=request.actor)
    toast(request, f"已恢复「{row.code}」")
    return redirect(wurl(request.workspace, "tracking:code", key))


def _values(row: PromoCode) -> dict[str, Any]:
    names = ("spot", "platform", "discount_note", "starts_on", "ends_on")
    return {
        "creator": row.creator_key,
        "content": row.content_key,
        "campaign": row.campaign.key if row.campaign else "",
        **{name: getattr(row, name) for name in names},
    }
