"""Pages of exchange rates: the list with what waits for one, entering, correcting, removing."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from shemei.apps.commerce import conversion, listings, queries, rates
from shemei.apps.commerce.forms import RateForm
from shemei.apps.commerce.models import ExchangeRate
from shemei.apps.commerce.rules import currency_name
from shemei.kernel.edits import submit
from shemei.kernel.permissions import Permission as P
from shemei.kernel.toasts import toast
from shemei.kernel.urls import wurl
from shemei.kernel.views import allow, get_row

if TYPE_CHECKING:
    from shemei.apps.commerce.conversion import Part
    from shemei.kernel.http import BrandRequest


@allow(P.CUSTOMERS)
@require_http_methods(["GET", "POST"])
def index(request: BrandRequest) -> HttpResponse:
    rows = ExchangeRate.objects.select_related("workspace")
    context = {
        "tab": "rates",
        "wanted": queries.rates_wanted(request.workspace),
        "running": conversion.left_to_tell(request.workspace),
        "own": currency_name(request.workspace.currency),
    }
    return listings.RATES.respond(request, rows, "commerce/rates.html", context)


@allow(P.IMPORT)
@require_http_methods(["GET", "POST"])
def new(request: BrandRequest) -> HttpResponse:
    """The form; what the address names stands in it already."""
    asked = {name: request.GET[name] for name in ("currency", "since") if name in request.GET}
    form = RateForm(request.POST or None, workspace=request.workspace, initial=asked)
    act = partial(rates.add_rate, request.workspace, by=request.actor)
    if request.method == "POST" and (made := submit(form, act)):
        row, part = made
        return _done(request, f"已填：{row}", part)
    return render(request, "commerce/rate_form.html", {"form": form})


@allow(P.IMPORT)
@require_http_methods(["GET", "POST"])
def edit(request: BrandRequest, key: str) -> HttpResponse:
    row = get_row(ExchangeRate.objects.select_related("workspace"), key)
    form = RateForm(
        request.POST or None, workspace=request.workspace, row=row, initial=RateForm.of(row)
    )

    def correct(currency: str, since: date, rate: Decimal) -> Any:
        return rates.correct_rate(row, since=since, rate=rate, by=request.actor)

    if request.method == "POST" and (part := submit(form, correct)):
        return _done(request, "已改", part)
    return render(request, "commerce/rate_form.html", {"form": form, "row": row})


@require_POST
@allow(P.IMPORT)
def remove(request: BrandRequest, key: str) -> HttpResponse:
    row = get_row(ExchangeRate.objects.select_related("workspace"), key)
    try:
        part = rates.remove_rate(row, by=request.actor)
    except ValidationError as error:
        toast(request, " ".join(error.messages))
        return redirect(wurl(request.workspace, "commerce:rates"))
    return _done(request, f"已删：{row}", part)


def _done(request: BrandRequest, said: str, part: Part) -> HttpResponse:
    """Back to the list, with what became of the orders."""
    more = "，其余的在后台接着算" if part.last else ""
    toast(request, f"{said}。{part.told:,} 单按它算进看板{more}" if part.told else said)
    return redirect(wurl(request.workspace, "commerce:rates"))
