"""Pages outside every brand: the way in, the first start, invitations, a new brand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.account.utils import perform_login
from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from shemei.apps.accounts import actions, queries
from shemei.apps.accounts.adapter import INVITATION
from shemei.apps.accounts.forms import AccountForm, NewBrandForm, StartForm
from shemei.kernel import registry
from shemei.kernel.edits import submit
from shemei.kernel.urls import wurl

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from shemei.apps.accounts.models import Invitation, Member


@never_cache
def home(request: HttpRequest) -> HttpResponse:
    """``/``: the brand used last; nobody at all yet → the first start."""
    if not request.user.is_authenticated:
        return redirect("entry:start" if queries.is_first_start() else "account_login")
    mine = queries.memberships(request.user)
    return redirect(first_page(mine[0])) if mine else redirect("entry:new_brand")


def first_page(member: Member) -> str:
    """The first page of a brand that ``member`` may see."""
    seen = (item for item in registry.navigation if member.actor.can(item.permission))
    return wurl(member.workspace, next(item.url_name for item in seen))


@sensitive_post_parameters("password")
def start(request: HttpRequest) -> HttpResponse:
    """The first start: make the brand and its owner, and sign in."""
    if not queries.is_first_start():
        return redirect("entry:home")
    form = StartForm(request.POST or None)
    if request.method == "POST" and (owner := submit(form, actions.first_start)):
        return _sign_in(request, owner)
    return render(request, "accounts/start.html", {"form": form})


@sensitive_post_parameters("password")
@never_cache
def join(request: HttpRequest, token: str) -> HttpResponse:
    """An invitation: accept it as who is signed in, or make an account first."""
    invitation = queries.open_invitation(token)
    if invitation is None:
        return render(request, "accounts/join_closed.html", status=404)
    if request.user.is_authenticated:
        return _join_as(request, invitation, token)
    request.session[INVITATION] = token
    form = AccountForm(request.POST or None, initial={"email": invitation.email})

    def accept(**account: Any) -> Member:
        return actions.join_with_new_account(invitation, **account)

    if request.method == "POST" and (member := submit(form, accept)):
        return _sign_in(request, member)
    return _join_page(request, invitation, token, form)


def _join_as(request: HttpRequest, invitation: Invitation, token: str) -> HttpResponse:
    form = Form(request.POST if request.method == "POST" else None)

    def accept() -> Member:
        return actions.accept_invitation(invitation, user=request.user)

    if request.method == "POST" and (member := submit(form, accept)):
        request.session.pop(INVITATION, None)
        return redirect(first_page(member))
    return _join_page(request, invitation, token, form)


def _join_page(request: HttpRequest, invitation: Invitation, token: str, form: Any) -> HttpResponse:
    told = {"invitation": invitation, "token": token, "form": form}
    return render(request, "accounts/join.html", told)


def _sign_in(request: HttpRequest, member: Member) -> HttpResponse:
    request.session.pop(INVITATION, None)
    return perform_login(request, member.user, redirect_url=first_page(member))


def sign_up(request: HttpRequest) -> HttpResponse:
    """There is no open door: back to the invitation one holds, else to where one may go."""
    if token := request.session.get(INVITATION):
        return redirect("entry:join", token)
    return redirect("entry:home")


@login_required
def new_brand(request: HttpRequest) -> HttpResponse:
    may = queries.may_open_brand(request.user)
    form = NewBrandForm(request.POST or None)

    def open_brand(name: str) -> Member:
        return actions.open_brand(name, user=request.user)

    if may and request.method == "POST" and (member := submit(form, open_brand)):
        return redirect(first_page(member))
    mine = queries.memberships(request.user)
    told = {"form": form, "may": may, "mine": mine}
    return render(request, "accounts/new_brand.html", told, status=200 if may else 403)


@login_required
def sessions(request: HttpRequest) -> HttpResponse:
    """Where one is signed in stands with the rest of one's account, in the brand used last."""
    mine = queries.memberships(request.user)
    return redirect(wurl(mine[0].workspace, "accounts:me") if mine else "entry:new_brand")
