"""The page of what is left out of the clicks, and why; and of what was put back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from shemei.apps.tracking import actions, figures
from shemei.apps.tracking.forms import PutBackForm
from shemei.apps.tracking.models import Link, PutBackClicks
from shemei.edge.bots import SUSPECT_NAMES
from shemei.kernel.edits import submit
from shemei.kernel.kept_period import keeps_period
from shemei.kernel.periods import period_from
from shemei.kernel.permissions import Permission as P
from shemei.kernel.toasts import toast
from shemei.kernel.urls import wurl
from shemei.kernel.views import PERIOD_KEYS, allow, get_row

if TYPE_CHECKING:
    from shemei.kernel.http import BrandRequest

SHOWN = 20


@allow(P.VIEW)
@require_GET
@keeps_period
def suspects(request: BrandRequest) -> HttpResponse:
    return _page(request)


@allow(P.TRACK)
@require_POST
def put_back(request: BrandRequest) -> HttpResponse:
    """Let the chosen clicks of the page's period count; what is refused stays as typed."""
    workspace, actor, period = request.workspace, request.actor, period_from(request.GET)
    report = figures.suspect_report(workspace, period)
    form = PutBackForm(request.POST, report=report)
    made = submit(
        form,
        lambda **data: actions.put_back_clicks(
            workspace,
            by=actor,
            period=period,
            clicks=report.count_of(data["reason"], data["link"]),
            **data,
        ),
    )
    if made is None:
        return _page(request, form)
    undo = wurl(workspace, "tracking:take_back", made.key)
    toast(request, f"已把 {made.clicks:,} 次点击改为计入，后台正在重算各处的数", undo)
    return redirect(f"{wurl(workspace, 'tracking:suspects')}?{_period_query(request)}")


@allow(P.TRACK)
@require_POST
def take_back(request: BrandRequest, key: str) -> HttpResponse:
    row = get_row(PutBackClicks.objects.all(), key)
    actions.take_back_clicks(row, by=request.actor)
    toast(request, "已撤回，这些点击又不计入了")
    return redirect(wurl(request.workspace, "tracking:suspects"))


@allow(P.VIEW)
@require_GET
def recount(request: BrandRequest) -> HttpResponse:
    """How far the counting again has come, asked every few seconds while it runs."""
    context = {"recount": figures.recount(), "polled": True}
    return render(request, "tracking/_recount.html", context)


def _page(request: BrandRequest, form: PutBackForm | None = None) -> HttpResponse:
    period = period_from(request.GET)
    asked = request.GET.get("reason", "")
    reason = asked if asked in SUSPECT_NAMES else ""
    report = figures.suspect_report(request.workspace, period, reason)
    initial = {"reason": reason, "link": request.GET.get("link", "")}
    context = {
        "tab": "suspects",
        "period": period,
        "reason": reason,
        "reason_name": SUSPECT_NAMES[reason] if reason else "",
        "report": report,
        "form": form or PutBackForm(report=report, initial=initial),
        "period_query": _period_query(request),
        "put_back": _put_back(),
        "recount": figures.recount(),
    }
    return render(request, "tracking/suspects.html", context)


def _put_back() -> list[dict[str, Any]]:
    rows = list(PutBackClicks.objects.all()[:SHOWN])
    names = dict(Link.objects.filter(key__in=[r.link_key for r in rows]).values_list("key", "name"))
    return [
        {
            "row": row,
            "reason": SUSPECT_NAMES.get(row.reason, row.reason),
            "link": names.get(row.link_key, "全部短链"),
        }
        for row in rows
    ]


def _period_query(request: BrandRequest) -> str:
    kept = request.GET.copy()
    for name in list(kept):
        if name not in PERIOD_KEYS:
            del kept[name]
    return kept.urlencode()
