"""Settings: the brand, its members, invitations and the audit log."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.forms import Form
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from shemei.apps.accounts import actions, listings
from shemei.apps.accounts.forms import AttributionForm, BrandForm, InvitationForm, RoleForm
from shemei.apps.accounts.models import Invitation, Member, Workspace
from shemei.apps.accounts.policies import CHANGE_MEMBER
from shemei.apps.accounts.rules import ROLE_NOTES
from shemei.kernel.edits import submit
from shemei.kernel.models import AuditEntry
from shemei.kernel.permissions import PERMISSION_NAMES, Permission, require
from shemei.kernel.toasts import toast
from shemei.kernel.urls import wurl
from shemei.kernel.views import allow, get_row

if TYPE_CHECKING:
    from django.http import HttpResponse

    from shemei.apps.accounts.requests import RoomRequest


@allow(Permission.CONTENT_VIEW)
def index(request: RoomRequest) -> HttpResponse:
    """The first tab that a member may see."""
    sees_all = request.actor.can(Permission.VIEW)
    return redirect(wurl(request.workspace, "accounts:brand" if sees_all else "accounts:me"))


@allow(Permission.VIEW)
def brand(request: RoomRequest) -> HttpResponse:
    """Name and link host; the counting rule stands beside them with a form of its own."""
    row = Workspace.objects.get(pk=request.workspace.pk)
    form = BrandForm(request.POST or None, instance=row)
    if request.method == "POST":
        require(request.actor, Permission.WORKSPACE)
        if _changed(request, form):
            return redirect(request.path)
    return _brand_page(request, form, AttributionForm(initial=vars(request.workspace)))


@require_POST
@allow(Permission.ANALYSE)
def attribution(request: RoomRequest) -> HttpResponse:
    form = AttributionForm(request.POST)
    if _changed(request, form):
        return redirect(wurl(request.workspace, "accounts:brand"))
    return _brand_page(request, BrandForm(instance=request.workspace), form)


def _changed(request: RoomRequest, form: Any) -> bool:
    def change(**values: Any) -> list[str]:
        return actions.change_brand(request.workspace, values, by=request.actor)

    if (changed := submit(form, change)) is None:
        return False
    toast(request, f"已保存：{'、'.join(changed)}" if changed else "没有改动")
    return True


def _brand_page(request: RoomRequest, form: Any, counting: Any) -> HttpResponse:
    told = {
        "form": form,
        "counting": counting,
        "may_change": request.actor.can(Permission.WORKSPACE),
        "may_count": request.actor.can(Permission.ANALYSE),
    }
    return render(request, "accounts/brand.html", told)


@allow(Permission.VIEW)
def members(request: RoomRequest) -> HttpResponse:
    told = {"may_manage": request.actor.can(Permission.MEMBERS)}
    return listings.MEMBERS.respond(request, listings.member_rows(), "accounts/members.html", told)


@allow(Permission.VIEW)
def member(request: RoomRequest, key: str) -> HttpResponse:
    """One member: the role with what it means, and its change."""
    row: Member = get_row(listings.member_rows(), key)
    form = RoleForm(request.POST or None, granter=request.actor, initial={"role": row.role})

    def change(role: str) -> bool:
        actions.change_role(row, role, by=request.member)
        return True

    if request.method == "POST" and submit(form, change):
        toast(request, f"{row} 现在是{row.role_name}")
        return redirect(wurl(request.workspace, "accounts:members"))
    told = {
        "row": row,
        "form": form,
        "why_not": CHANGE_MEMBER.why_not(request.actor, row),
        "role_note": ROLE_NOTES[row.role],
        "may_do": [name for each, name in PERMISSION_NAMES.items() if each in row.permissions],
    }
    return render(request, "accounts/member.html", told)


@allow(Permission.MEMBERS)
def member_remove(request: RoomRequest, key: str) -> HttpResponse:
    """Ask, then remove."""
    row: Member = get_row(listings.member_rows(), key)
    form = Form(request.POST if request.method == "POST" else None)

    def remove() -> bool:
        actions.remove_member(row, by=request.member)
        return True

    if request.method == "POST" and submit(form, remove):
        toast(request, f"已移除 {row}")
        return redirect(wurl(request.workspace, "accounts:members"))
    live_keys = [each for each in listings.key_rows().filter(created_by=row) if each.is_live]
    why_not = CHANGE_MEMBER.why_not(request.actor, row)
    told = {"row": row, "form": form, "live_keys": live_keys, "why_not": why_not}
    return render(request, "accounts/member_remove.html", told)


@allow(Permission.MEMBERS)
def invitations(request: RoomRequest) -> HttpResponse:
    rows = listings.invitation_rows()
    return listings.INVITATIONS.respond(request, rows, "accounts/invitations.html")


@never_cache
@allow(Permission.MEMBERS)
def invitation_new(request: RoomRequest) -> HttpResponse:
    """The form; after it the link, shown in this one answer and nowhere kept."""
    form = InvitationForm(request.POST or None, granter=request.actor)

    def create(**values: Any) -> tuple[Invitation, str]:
        return actions.invite(request.workspace, by=request.member, **values)

    if request.method == "POST" and (made := submit(form, create)):
        row, token = made
        link = request.build_absolute_uri(reverse("entry:join", args=[token]))
        return render(request, "accounts/invitation_shown.html", {"row": row, "link": link})
    return render(request, "accounts/invitation_new.html", {"form": form})


@require_POST
@allow(Permission.MEMBERS)
def invitation_revoke(request: RoomRequest, key: str) -> HttpResponse:
    actions.revoke_invitation(get_row(Invitation.objects.all(), key), by=request.actor)
    toast(request, "已撤回邀请链接")
    return redirect(wurl(request.workspace, "accounts:invitations"))


@allow(Permission.AUDIT)
def audit_log(request: RoomRequest) -> HttpResponse:
    return listings.AUDIT.respond(request, AuditEntry.objects.all(), "accounts/audit.html")
