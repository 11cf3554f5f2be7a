"""Pages of the advertising room."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from shemei.apps.advertising import actions, listings, pages
from shemei.apps.advertising.forms import SpendForm
from shemei.apps.advertising.models import Spend
from shemei.kernel.edits import submit
from shemei.kernel.kept_period import keeps_period
from shemei.kernel.periods import period_from
from shemei.kernel.permissions import Permission
from shemei.kernel.toasts import toast
from shemei.kernel.urls import wurl
from shemei.kernel.views import allow, get_row

if TYPE_CHECKING:
    from shemei.kernel.http import BrandRequest


@allow(Permission.SPEND)
@keeps_period
def spends(request: BrandRequest) -> HttpResponse:
    period = period_from(request.GET)
    rows = listings.spend_rows().between(period.first, period.last)
    told = pages.overview(request.workspace, period)
    return listings.spends(rows).respond(request, rows, "advertising/spends.html", told)


@allow(Permission.SPEND)
def new_spend(request: BrandRequest) -> HttpResponse:
    form = SpendForm(request.POST or None, workspace=request.workspace)
    act = partial(actions.enter_spend, request.workspace, by=request.actor)
    if request.method == "POST" and (made := submit(form, act)):
        toast(request, f"已记 {made.day} 的花费 ¥{made.amount / 100:,.2f}")
        return redirect(wurl(request.workspace, "advertising:spends"))
    return render(request, "advertising/spend_form.html", {"form": form})


@allow(Permission.SPEND)
def edit_spend(request: BrandRequest, key: str) -> HttpResponse:
    row: Spend = get_row(listings.spend_rows(), key)
    form = SpendForm(request.POST or None, workspace=request.workspace, initial=SpendForm.of(row))
    if request.method == "POST" and submit(
        form, partial(actions.change_spend, row, by=request.actor)
    ):
        toast(request, "已更正，看板上的花费跟着变")
        return redirect(wurl(request.workspace, "advertising:spends"))
    return render(request, "advertising/spend_form.html", {"form": form, "row": row})


@require_POST
@allow(Permission.SPEND)
def delete_spend(request: BrandRequest, key: str) -> HttpResponse:
    row: Spend = get_row(listings.spend_rows(), key)
    toast(request, f"已删除 {row.day} 的花费 ¥{row.amount / 100:,.2f}")
    actions.delete_spend(row, by=request.actor)
    return redirect(wurl(request.workspace, "advertising:spends"))
