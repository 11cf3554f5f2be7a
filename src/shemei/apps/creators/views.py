"""Pages of the creators room."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.shortcuts import redirect, render

from shemei.apps.creators import actions, listings, pages
from shemei.apps.creators.forms import CollaborationForm, CreatorForm, DeliverForm, TiersForm
from shemei.apps.creators.models import Collaboration, Creator
from shemei.apps.creators.tellings import limits_table
from shemei.kernel.edits import submit
from shemei.kernel.permissions import Permission
from shemei.kernel.toasts import toast
from shemei.kernel.urls import wurl
from shemei.kernel.views import allow, get_row

if TYPE_CHECKING:
    from shemei.kernel.http import BrandRequest


@allow(Permission.CONTENT_VIEW)
def creators(request: BrandRequest) -> HttpResponse:
    told = {
        "standing": pages.standing(),
        "may_change": request.actor.can(Permission.CREATORS),
        "tab": "creators",
    }
    rows = listings.creators_ranked(request, listings.creator_rows())
    return listings.CREATORS.respond(request, rows, "creators/creators.html", told)


@allow(Permission.CREATORS)
def collaborations(request: BrandRequest) -> HttpResponse:
    return listings.COLLABORATIONS.respond(
        request,
        listings.collaboration_rows(),
        "creators/collaborations.html",
        {"tab": "collaborations"},
    )


@allow(Permission.CONTENT_VIEW)
def creator(request: BrandRequest, key: str) -> HttpResponse:
    row: Creator = get_row(listings.creator_rows(), key)
    return render(request, "creators/creator.html", pages.creator(row, request))


@allow(Permission.CREATORS)
def new_creator(request: BrandRequest) -> HttpResponse:
    form = CreatorForm(request.POST or None)
    act = partial(actions.create_creator, request.workspace, by=request.actor)
    if request.method == "POST" and (made := submit(form, act)):
        toast(request, f"「{made}」已入库，级别 {made.tier}")
        return redirect(wurl(request.workspace, "creators:creator", made.key))
    return render(request, "creators/creator_form.html", {"form": form})


@allow(Permission.CREATORS)
def edit_creator(request: BrandRequest, key: str) -> HttpResponse:
    row: Creator = get_row(listings.creator_rows(), key)
    name = row.name
    form = CreatorForm(request.POST or None, initial=CreatorForm.of(row))
    if request.method == "POST" and submit(
        form, partial(actions.change_creator, row, by=request.actor)
    ):
        toast(request, f"已保存「{row}」，级别 {row.tier}")
        return redirect(wurl(request.workspace, "creators:creator", row.key))
    return render(request, "creators/creator_form.html", {"form": form, "row": row, "name": name})


@allow(Permission.CREATORS)
def tiers(request: BrandRequest) -> HttpResponse:
    form = TiersForm(request.POST or None, table=limits_table())
    act = partial(actions.set_tiers, request.workspace, by=request.actor)
    if request.method == "POST" and (moved := submit(form, act)) is not None:
        toast(request, f"分级口径已保存，{moved} 位达人换了级别")
        return redirect(wurl(request.workspace, "creators:creators"))
    return render(request, "creators/tiers.html", {"form": form, "tab": "tiers"})


@allow(Permission.CREATORS)
def new_collaboration(request: BrandRequest, key: str) -> HttpResponse:
    row: Creator = get_row(listings.creator_rows(), key)
    form = CollaborationForm(request.POST or None, creator=row)
    if request.method == "POST" and submit(form, partial(actions.agree, row, by=request.actor)):
        toast(request, f"已记下与「{row}」的合作")
        return redirect(wurl(request.workspace, "creators:creator", row.key))
    return render(request, "creators/collaboration_form.html", {"form": form, "creator": row})


@allow(Permission.CREATORS)
def edit_collaboration(request: BrandRequest, key: str) -> HttpResponse:
    row: Collaboration = get_row(listings.collaboration_rows(), key)
    form = CollaborationForm(
        request.POST or None, creator=row.creator, initial=CollaborationForm.of(row)
    )
    act = partial(actions.change_collaboration, row, by=request.actor)
    if request.method == "POST" and submit(form, act):
        toast(request, f"已保存与「{row.creator}」的合作")
        return redirect(wurl(request.workspace, "creators:creator", row.creator.key))
    return render(
        request,
        "creators/collaboration_form.html",
        {"form": form, "creator": row.creator, "row": row},
    )


@allow(Permission.CREATORS)
def deliver(request: BrandRequest, key: str) -> HttpResponse:
    """Ask for the day, then book the fee."""
    row: Collaboration = get_row(listings.collaboration_rows(), key)
    form = DeliverForm(request.POST or None)
    if request.method == "POST" and submit(form, partial(actions.deliver, row, by=request.actor)):
        toast(request, f"「{row.creator}」已交付，合作费记入 {row.delivered_on} 的花费")
        return redirect(wurl(request.workspace, "creators:creator", row.creator.key))
    return render(request, "creators/deliver.html", {"form": form, "row": row})
