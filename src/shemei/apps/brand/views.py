"""Pages of the brand room: campaigns and pillars under 策划, platform accounts under 设置."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from shemei.apps.brand import actions, listings, pages
from shemei.apps.brand.forms import AccountForm, CampaignForm, PillarForm
from shemei.apps.brand.models import Campaign, Pillar, PlatformAccount
from shemei.kernel.edits import submit
from shemei.kernel.periods import today
from shemei.kernel.permissions import Permission
from shemei.kernel.toasts import toast
from shemei.kernel.urls import wurl
from shemei.kernel.views import allow, form_page, get_row

if TYPE_CHECKING:
    from shemei.kernel.http import BrandRequest


@allow(Permission.CONTENT_VIEW)
def campaigns(request: BrandRequest) -> HttpResponse:
    told = {"standing": pages.standing_of_campaigns(), "tab": "campaigns"}
    rows = listings.campaigns_ranked(request, listings.campaign_rows())
    return listings.CAMPAIGNS.respond(request, rows, "brand/campaigns.html", told)


@allow(Permission.CONTENT_VIEW)
def campaign(request: BrandRequest, key: str) -> HttpResponse:
    row: Campaign = get_row(listings.campaign_rows(), key)
    return render(request, "brand/campaign.html", pages.campaign(row, request.actor))


@allow(Permission.CONTENT_EDIT)
def new_campaign(request: BrandRequest) -> HttpResponse:
    form = CampaignForm(request.POST or None, initial={"starts_on": today()})
    act = partial(actions.create_campaign, request.workspace, by=request.actor)
    if request.method == "POST" and (made := submit(form, act)):
        toast(request, f"已新建营销计划「{made}」")
        return redirect(wurl(request.workspace, "brand:campaign", made.key))
    return render(request, "brand/campaign_form.html", {"form": form})


@allow(Permission.CONTENT_EDIT)
def edit_campaign(request: BrandRequest, key: str) -> HttpResponse:
    row: Campaign = get_row(listings.campaign_rows(), key)
    form = CampaignForm(request.POST or None, initial=CampaignForm.of(row))
    act = partial(actions.change_campaign, row, by=request.actor)
    if request.method == "POST" and submit(form, act):
        toast(request, f"已保存「{row}」")
        return redirect(wurl(request.workspace, "brand:campaign", row.key))
    return render(
        request,
        "brand/campaign_form.html",
        {"form": form, "row": get_row(listings.campaign_rows(), key)},
    )


@require_POST
@allow(Permission.CONTENT_EDIT)
def end_campaign(request: BrandRequest, key: str) -> HttpResponse:
    row: Campaign = actions.end_campaign(get_row(listings.campaign_rows(), key), by=request.actor)
    toast(request, f"「{row}」已结束")
    return redirect(wurl(request.workspace, "brand:campaign", row.key))


@allow(Permission.CONTENT_VIEW)
def pillars(request: BrandRequest) -> HttpResponse:
    return listings.PILLARS.respond(
        request, listings.pillar_rows(), "brand/pillars.html", {"tab": "pillars"}
    )


@allow(Permission.CONTENT_EDIT)
def new_pillar(request: BrandRequest) -> HttpResponse:
    form = PillarForm(request.POST or None, initial={"color": pages.next_color()})
    act = partial(actions.create_pillar, request.workspace, by=request.actor)
    said = "已新建内容支柱「{}」"
    return form_page(request, form, act, "brand/pillar_form.html", said=said, to="brand:pillars")


@allow(Permission.CONTENT_EDIT)
def edit_pillar(request: BrandRequest, key: str) -> HttpResponse:
    row: Pillar = get_row(listings.pillar_rows(), key)
    form = PillarForm(request.POST or None, initial=PillarForm.of(row))
    act = partial(actions.change_pillar, row, by=request.actor)
    page = {"said": "已保存「{}」", "to": "brand:pillars", "row": row}
    return form_page(request, form, act, "brand/pillar_form.html", **page)


@allow(Permission.CONTENT_VIEW)
def accounts(request: BrandRequest) -> HttpResponse:
    may = {"may_change": request.actor.can(Permission.ACCOUNTS)}
    return listings.ACCOUNTS.respond(request, listings.account_rows(), "brand/accounts.html", may)


@allow(Permission.ACCOUNTS)
def new_account(request: BrandRequest) -> HttpResponse:
    form = AccountForm(request.POST or None)
    act = partial(actions.add_account, request.workspace, by=request.actor)
    said = "已登记账号「{}」"
    return form_page(request, form, act, "brand/account_form.html", said=said, to="brand:accounts")


@allow(Permission.VIEW)
def account(request: BrandRequest, key: str) -> HttpResponse:
    """An account's own days: followers, gains, reads."""
    row: PlatformAccount = get_row(listings.account_rows(), key)
    may = {"may_change": request.actor.can(Permission.ACCOUNTS)}
    return render(request, "brand/account.html", pages.account(row) | may)


@allow(Permission.ACCOUNTS)
def edit_account(request: BrandRequest, key: str) -> HttpResponse:
    row: PlatformAccount = get_row(listings.account_rows(), key)
    form = AccountForm(request.POST or None, initial=AccountForm.of(row))
    act = partial(actions.change_account, row, by=request.actor)
    page = {"said": "已保存「{}」", "to": "brand:accounts", "row": row}
    return form_page(request, form, act, "brand/account_form.html", **page)
