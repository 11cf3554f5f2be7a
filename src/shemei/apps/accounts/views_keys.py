"""Settings: API keys, and one's own account."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.mfa.models import Authenticator
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from shemei.apps.accounts import actions_keys, listings, queries
from shemei.apps.accounts.forms import KeyForm, ProfileForm
from shemei.apps.accounts.models import ApiKey, User
from shemei.kernel.edits import submit
from shemei.kernel.permissions import Permission
from shemei.kernel.toasts import toast
from shemei.kernel.urls import wurl
from shemei.kernel.views import allow, get_row, recently_authenticated, show_once

if TYPE_CHECKING:
    from django.http import HttpResponse

    from shemei.apps.accounts.requests import RoomRequest


@allow(Permission.KEYS)
def keys(request: RoomRequest) -> HttpResponse:
    return listings.KEYS.respond(request, listings.key_rows(), "accounts/keys.html")


@allow(Permission.KEYS)
@recently_authenticated
def key_new(request: RoomRequest) -> HttpResponse:
    """The form; after it the secret, shown in this one answer and nowhere kept."""
    form = KeyForm(request.POST or None)
    held = request.actor.permissions
    form.fields["scopes"].choices = [c for c in form.fields["scopes"].choices if c[0] in held]

    def create(**values: Any) -> tuple[ApiKey, str]:
        return actions_keys.create_key(by=request.member, **values)

    if request.method == "POST" and (made := submit(form, create)):
        row, secret = made
        return show_once(request, "accounts/key_shown.html", secret, row=row)
    return render(request, "accounts/key_new.html", {"form": form})


@require_POST
@allow(Permission.KEYS)
@recently_authenticated
def key_revoke(request: RoomRequest, key: str) -> HttpResponse:
    row = get_row(ApiKey.objects.all(), key)
    actions_keys.revoke_key(row, by=request.actor)
    toast(request, f"已停用密钥「{row.name}」")
    return redirect(wurl(request.workspace, "accounts:keys"))


@require_POST
@allow(Permission.KEYS)
@recently_authenticated
def key_take_over(request: RoomRequest, key: str) -> HttpResponse:
    row: ApiKey = get_row(listings.key_rows(), key)
    try:
        actions_keys.take_over_key(row, by=request.member)
    except ValidationError as error:
        toast(request, str(error.messages[0]))
    else:
        toast(request, f"密钥「{row.name}」现在由你负责")
    return redirect(wurl(request.workspace, "accounts:keys"))


@allow(Permission.CONTENT_VIEW)
def me(request: RoomRequest) -> HttpResponse:
    """Name, theme, sign-in methods and sessions of who is signed in."""
    form = ProfileForm(request.POST or None, instance=User.objects.get(pk=request.user.pk))
    if request.method == "POST" and form.is_valid():
        form.save()
        toast(request, "已保存")
        return redirect(request.path)
    mine = Authenticator.objects.filter(user=request.user)
    told = {
        "form": form,
        "has_totp": mine.filter(type=Authenticator.Type.TOTP).exists(),
        "passkeys": mine.filter(type=Authenticator.Type.WEBAUTHN).count(),
        "has_codes": mine.filter(type=Authenticator.Type.RECOVERY_CODES).exists(),
        "sessions": queries.sessions_of(request.user, here=request.session.session_key),
    }
    return render(request, "accounts/me.html", told)


@require_POST
@allow(Permission.CONTENT_VIEW)
def sign_out_others(request: RoomRequest) -> HttpResponse:
    n = actions_keys.sign_out_others(request.user, keep=request.session.session_key)
    toast(request, f"已退出其他 {n} 处登录" if n else "没有其他登录")
    return redirect(wurl(request.workspace, "accounts:me"))
