"""The page of what is left out of the clicks, and why."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from shemei.apps.tracking import figures
from shemei.edge.bots import SUSPECT_NAMES
from shemei.kernel.periods import period_from
from shemei.kernel.permissions import Permission as P
from shemei.kernel.views import allow


@allow(P.VIEW)
@require_GET
def suspects(request: HttpRequest) -> HttpResponse:
    period = period_from(request.GET)
    asked = request.GET.get("reason", "")
    reason = asked if asked in SUSPECT_NAMES else ""
    context = {
        "tab": "suspects",
        "period": period,
        "reason": reason,
        "reason_name": SUSPECT_NAMES[reason] if reason else "",
        "report": figures.suspect_report(request.workspace, period, reason),
    }
    return render(request, "tracking/suspects.html", context)
