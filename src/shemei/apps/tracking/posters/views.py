"""Pages of offline spots."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from shemei.apps.tracking.book import link_base_warning, short_url
from shemei.apps.tracking.models import QrMark
from shemei.apps.tracking.posters import actions, listings
from shemei.apps.tracking.posters.forms import SpotEditForm, SpotForm
from shemei.apps.tracking.posters.models import Spot
from shemei.apps.tracking.posters.poster import SIZES, poster
from shemei.kernel.edits import submit
from shemei.kernel.figures import model_name
from shemei.kernel.http import BrandRequest
from shemei.kernel.kept_period import keeps_period
from shemei.kernel.periods import period_from
from shemei.kernel.permissions import Permission as P
from shemei.kernel.toasts import toast
from shemei.kernel.urls import wurl
from shemei.kernel.views import allow, get_row


def _spot(key: str) -> Spot:
    rows = Spot.objects.select_related("link__workspace", "link__campaign", "workspace")
    row: Spot = get_row(rows, key)
    return row


@allow(P.VIEW)
@require_http_methods(["GET", "POST"])
@keeps_period
def spots(request: BrandRequest) -> HttpResponse:
    rows = Spot.objects.select_related("link", "workspace")
    context = {
        "period": period_from(request.GET),
        "model": model_name(request.workspace),
        "tab": "spots",
    }
    return listings.SPOTS.respond(request, rows, "tracking/posters/spots.html", context)


@allow(P.TRACK)
@require_http_methods(["GET", "POST"])
def new(request: BrandRequest) -> HttpResponse:
    workspace, actor = request.workspace, request.actor
    initial = {"url": request.GET["url"]} if "url" in request.GET else {}
    form = SpotForm(request.POST or None, workspace=workspace, initial=initial)
    row = submit(form, lambda **data: actions.create_spot(workspace, by=actor, **data))
    if row is not None:
        toast(request, f"已新建点位「{row.name}」，码现在就能扫")
        return redirect(wurl(workspace, "posters:spot", row.key))
    context = {
        "form": form,
        "tab": "spots",
        "host_warning": link_base_warning(workspace),
    }
    return render(request, "tracking/posters/form.html", context)


@allow(P.VIEW)
@require_GET
@keeps_period
def spot(request: BrandRequest, key: str) -> HttpResponse:
    row = _spot(key)
    listings.fill([row], request)
    context = {
        "spot": row,
        "state": listings.state_of(row),
        "period": period_from(request.GET),
        "model": model_name(request.workspace),
        "short_url": short_url(row.link),
        "host_warning": link_base_warning(request.workspace),
        "sizes": [(size, name) for size, (name, _) in SIZES.items()],
        "tab": "spots",
    }
    return render(request, "tracking/posters/spot.html", context)


@allow(P.TRACK)
@require_http_methods(["GET", "POST"])
def edit(request: BrandRequest, key: str) -> HttpResponse:
    row, actor = _spot(key), request.actor
    names = ("name", "address", "headline", "words", "promo_code")
    initial = {name: getattr(row, name) for name in names}
    form = SpotEditForm(request.POST or None, workspace=request.workspace, initial=initial)
    done = submit(form, lambda **data: actions.change_spot(row, by=actor, **data))
    if done is not None:
        toast(request, f"已保存「{row.name}」")
        return redirect(wurl(request.workspace, "posters:spot", key))
    context = {
        "form": form,
        "spot": row,
        "tab": "spots",
        "host_warning": link_base_warning(request.workspace),
    }
    return render(request, "tracking/posters/form.html", context)


@allow(P.TRACK)
@require_POST
def close(request: BrandRequest, key: str) -> HttpResponse:
    row = _spot(key)
    actions.close_spot(row, by=request.actor)
    toast(request, f"已停用「{row.name}」的码", wurl(request.workspace, "posters:reopen", key))
    return redirect(wurl(request.workspace, "posters:spot", key))


@allow(P.TRACK)
@require_POST
def reopen(request: BrandRequest, key: str) -> HttpResponse:
    row = _spot(key)
    actions.reopen_spot(row, by=request.actor)
    toast(request, f"已恢复「{row.name}」的码")
    return redirect(wurl(request.workspace, "posters:spot", key))


@allow(P.VIEW)
@require_GET
def pdf(request: BrandRequest, key: str) -> HttpResponse:
    """The poster, on A4 by default."""
    row, size = _spot(key), request.GET.get("size", "a4")
    if size not in SIZES:
        raise Http404("没有这个尺寸。可选 A4、A6。")
    mark = QrMark.objects.first()
    drawn = poster(
        row, size, short_url(row.link), request.workspace.name, bytes(mark.picture) if mark else b""
    )
    name = content_disposition_header(True, f"{row.name} {SIZES[size][0]}.pdf") or ""
    return HttpResponse(
        drawn, content_type="application/pdf", headers={"Content-Disposition": name}
    )
