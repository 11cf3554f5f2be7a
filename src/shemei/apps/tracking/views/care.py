"""The page of links that need somebody, and the switch that lets their targets be asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from shemei.apps.tracking import actions, checkup, jobs
from shemei.apps.tracking.models import Link
from shemei.apps.tracking.todos import WORDS
from shemei.kernel.permissions import Permission as P
from shemei.kernel.toasts import toast
from shemei.kernel.urls import wurl
from shemei.kernel.views import allow

if TYPE_CHECKING:
    from shemei.kernel.http import BrandRequest

SHOWN = 200


@allow(P.VIEW)
@require_GET
def care(request: BrandRequest) -> HttpResponse:
    live = Link.objects.live()
    rows = live.filter(health__in=list(WORDS)).with_brand()
    groups = [
        (key, Link.Health(key).label, found)
        for key in WORDS
        if (found := [row for row in rows[:SHOWN] if row.health == key])
    ]
    last = live.exclude(checked_at=None).order_by("-checked_at").first()
    context = {
        "tab": "links",
        "groups": groups,
        "count": rows.count(),
        "live": live.count(),
        "last": last.checked_at if last else None,
        "care": checkup.care_of(request.workspace),
    }
    return render(request, "tracking/care.html", context)


@allow(P.TRACK)
@require_POST
def switch_care(request: BrandRequest) -> HttpResponse:
    wanted = request.POST.get("ask_targets") == "1"
    actions.change_care(request.workspace, by=request.actor, ask_targets=wanted)
    toast(request, "已开启，系统每天问一次目标网址" if wanted else "已关闭，系统不再访问目标网址")
    return redirect(wurl(request.workspace, "tracking:care"))


@allow(P.TRACK)
@require_POST
def check_now(request: BrandRequest) -> HttpResponse:
    if Link.objects.live().exists():
        jobs.check_links_now(request.workspace.pk)
        toast(request, "已开始检查，过一会儿刷新这一页看结果")
    return redirect(wurl(request.workspace, "tracking:care"))
