"""Pages of leads."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from shemei.apps.tracking.landing import actions_leads as actions
from shemei.apps.tracking.landing import figures, listings
from shemei.apps.tracking.landing.models import Lead
from shemei.kernel.http import BrandRequest
from shemei.kernel.permissions import Permission as P
from shemei.kernel.toasts import toast
from shemei.kernel.urls import wurl
from shemei.kernel.views import allow, get_row
from shemei.warehouse.channels import channel_name


@allow(P.CUSTOMERS)
@require_http_methods(["GET", "POST"])
def leads(request: BrandRequest) -> HttpResponse:
    listing = listings.leads_list(personal=request.actor.can(P.PERSONAL))
    rows = Lead.objects.select_related("page", "version", "workspace")
    return listing.respond(request, rows, "tracking/landing/leads.html", {"tab": "leads"})


@allow(P.CUSTOMERS)
@require_http_methods(["GET", "POST"])
def lead(request: BrandRequest, key: str) -> HttpResponse:
    """One lead with its proof of consent; the whole contact is shown on request, and that is recorded."""
    row = get_row(Lead.objects.select_related("page", "version__variant", "workspace"), key)
    opened = request.method == "POST"
    if opened:
        actions.open_lead(row, by=request.actor)
    context = {
        "lead": row,
        "who": listings.contact(row),
        "state": listings.LEAD_STATES[row.state],
        "opened": opened,
        "channel": channel_name(row.channel) if row.channel else "",
        "link": figures.came_by(request.workspace, [row]).get(row.key),
        "tab": "leads",
        "states": [one for one in Lead.State.choices if one[0] != row.state],
    }
    return render(request, "tracking/landing/lead.html", context)


@allow(P.CUSTOMERS)
@require_POST
def state(request: BrandRequest, key: str) -> HttpResponse:
    row = get_row(Lead.objects.all(), key)
    actions.move_lead(row, by=request.actor, state=request.POST.get("state", ""))
    toast(request, f"已改为{row.get_state_display()}")
    return redirect(wurl(request.workspace, "landing:lead", key))
