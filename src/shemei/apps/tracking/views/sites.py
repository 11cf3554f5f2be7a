"""Pages of sites that carry the tag."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from shemei.apps.tracking import actions, figures
from shemei.apps.tracking.book import link_base
from shemei.apps.tracking.forms import SiteForm
from shemei.apps.tracking.models import Site
from shemei.kernel.edits import submit
from shemei.kernel.permissions import Permission as P
from shemei.kernel.toasts import toast
from shemei.kernel.urls import wurl
from shemei.kernel.views import allow, get_row

if TYPE_CHECKING:
    from shemei.kernel.http import BrandRequest


@allow(P.VIEW)
@require_GET
def sites(request: BrandRequest) -> HttpResponse:
    rows = list(Site.objects.all())
    seen = figures.site_figures(request.workspace, rows)
    context = {"sites": [(row, seen[row.key]) for row in rows], "tab": "sites"}
    return render(request, "tracking/sites.html", context)


@allow(P.TRACK)
@require_http_methods(["GET", "POST"])
def new(request: BrandRequest) -> HttpResponse:
    workspace, actor = request.workspace, request.actor
    form = SiteForm(request.POST or None)
    row = submit(form, lambda **data: actions.create_site(workspace, by=actor, **data))
    if row is not None:
        toast(request, f"已登记「{row.name}」，把代码贴进页面就开始记录")
        return redirect(wurl(workspace, "tracking:site", row.key))
    return render(request, "tracking/site_form.html", {"form": form, "tab": "sites"})


@allow(P.VIEW)
@require_GET
def site(request: BrandRequest, key: str) -> HttpResponse:
    row = get_row(Site.objects, key)
    context = {
        "site": row,
        "snippet": snippet(row),
        "order_snippet": ORDER_SNIPPET,
        "seen": figures.site_figures(request.workspace, [row])[row.key],
        "latest": figures.site_events(request.workspace, row),
        "tab": "sites",
    }
    return render(request, "tracking/site.html", context)


@allow(P.TRACK)
@require_http_methods(["GET", "POST"])
def edit(request: BrandRequest, key: str) -> HttpResponse:
    row, actor = get_row(Site.objects, key), request.actor
    initial = {
        "name": row.name,
        "hosts": "\n".join(row.hosts),
        "consent_required": row.consent_required,
    }
    form = SiteForm(request.POST or None, initial=initial)
    done = submit(form, lambda **data: actions.change_site(row, by=actor, **data))
    if done is not None:
        toast(request, f"已保存「{row.name}」")
        return redirect(wurl(request.workspace, "tracking:site", row.key))
    return render(request, "tracking/site_form.html", {"form": form, "site": row, "tab": "sites"})


@allow(P.TRACK)
@require_POST
def close(request: BrandRequest, key: str) -> HttpResponse:
    row = get_row(Site.objects, key)
    actions.close_site(row, by=request.actor)
    undo = wurl(request.workspace, "tracking:reopen_site", key)
    toast(request, f"已停止接收「{row.name}」的数据", undo)
    return redirect(wurl(request.workspace, "tracking:site", key))


@allow(P.TRACK)
@require_POST
def reopen(request: BrandRequest, key: str) -> HttpResponse:
    row = get_row(Site.objects, key)
    actions.reopen_site(row, by=request.actor)
    toast(request, f"已恢复接收「{row.name}」的数据")
    return redirect(wurl(request.workspace, "tracking:site", key))


def snippet(site: Site) -> str:
    """The line to paste into the head of every page."""
    consent = ' data-consent="required"' if site.consent_required else ""
    base = link_base(site.workspace)
    return f'<script async src="{base}/tag.js" data-site="{site.key}"{consent}></script>'


ORDER_SNIPPET = """<script>
  window.shemei = window.shemei || [];
  shemei.push(["order", { order_id: "D1123-5120", amount: 32900, promo_code: "AZHI30" }]);
</script>"""
