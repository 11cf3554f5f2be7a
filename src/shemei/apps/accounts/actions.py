"""Writes: brands, members and invitations."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django_scopes import scope

from shemei.apps.accounts.facts import MemberRemoved, WorkspaceChanged
from shemei.apps.accounts.models import Invitation, Member, User, Workspace
from shemei.apps.accounts.policies import CHANGE_MEMBER, GIVE_ROLE, grantable
from shemei.apps.accounts.queries import hash_of, is_first_start, members_with
from shemei.apps.accounts.rules import ROLES
from shemei.kernel import audit, outbox
from shemei.kernel.edits import assign, save
from shemei.kernel.notify import notify
from shemei.kernel.permissions import Permission, require
from shemei.kernel.urls import wurl
from shemei.kernel.workspace import one_at_a_time

if TYPE_CHECKING:
    from shemei.kernel.actor import Actor


@transaction.atomic
def first_start(*, brand: str, name: str, email: str, password: str) -> Member:
    """Make the first account and its brand; refused as soon as there is any account."""
    if not is_first_start():
        raise ValidationError("这里已经有账号了。请登录，或请管理员发邀请链接。")
    return open_brand(brand, user=make_user(name=name, email=email, password=password))


def make_user(*, name: str, email: str, password: str) -> User:
    if User.objects.filter(email__iexact=email).exists():
        raise ValidationError({"email": "这个邮箱已有账号。请先登录，再打开邀请链接。"})
    return User.objects.create_user(email, password, name=name)


@transaction.atomic
def open_brand(name: str, *, user: User) -> Member:
    """Make a brand owned by ``user``."""
    workspace = Workspace.objects.create(name=name)
    with scope(workspace=workspace):
        owner = Member.objects.create(workspace=workspace, user=user, role="owner")
        audit.record("workspace.created", workspace, by=owner.actor, workspace=workspace)
    return owner


@transaction.atomic
def change_brand(workspace: Workspace, values: dict[str, Any], *, by: Actor) -> list[str]:
    """Change the settings of a brand; returns the Chinese names of what changed."""
    counting = {"attribution_model", "lookback_days", "confirmed_only"}
    require(by, Permission.ANALYSE if values.keys() <= counting else Permission.WORKSPACE)
    before = {name: getattr(workspace, name) for name in values}
    if changed := assign(workspace, values):
        save(workspace, update_fields=list(values))
        fields = tuple(name for name in values if before[name] != getattr(workspace, name))
        named = "、".join(changed)
        audit.record("workspace.changed", workspace, by=by, workspace=workspace, fields=named)
        outbox.emit(WorkspaceChanged(workspace.key, fields), workspace=workspace)
    return changed


@transaction.atomic
def invite(
    workspace: Workspace, role: str, *, by: Member, email: str = "", days: int = 7
) -> tuple[Invitation, str]:
    """Make an invitation; returns it and the token of its link, which is shown this once."""
    GIVE_ROLE.demand(by.actor, role, field="role")
    token = secrets.token_urlsafe(24)
    invitation = Invitation.objects.create(
        workspace=workspace,
        role=role,
        email=email.lower(),
        token_hash=hash_of(token),
        expires_at=timezone.now() + timedelta(days=days),
        invited_by=by,
    )
    audit.record("invitation.created", invitation, by=by.actor, role=ROLES[role])
    return invitation, token


@transaction.atomic
def revoke_invitation(invitation: Invitation, *, by: Actor) -> None:
    require(by, Permission.MEMBERS)
    open_ones = Invitation.objects.filter(pk=invitation.pk, accepted_at=None, revoked_at=None)
    if open_ones.update(revoked_at=timezone.now()):
        audit.record("invitation.revoked", invitation, by=by)


@transaction.atomic
def accept_invitation(invitation: Invitation, *, user: User) -> Member:
    """Make ``user`` a member; an invitation is good once, also when two accept at once."""
    if invitation.email and invitation.email != user.email.lower():
        raise ValidationError(
            f"邀请发给 {invitation.email}，你登录的是 {user.email}。请换账号登录。"
        )
    with scope(workspace=invitation.workspace):
        now = timezone.now()
        mine = Invitation.objects.filter(pk=invitation.pk, accepted_at=None, revoked_at=None)
        if not mine.filter(expires_at__gt=now).update(accepted_at=now):
            raise ValidationError("这条邀请已被使用、撤回或过期。请向邀请你的人要一条新的。")
        member = _seat(invitation, user)
        audit.record(
            "member.joined", member, by=member.actor, role=ROLES[member.role], label=str(user)
        )
        managers = [each.id for each in members_with(Permission.MEMBERS) if each.id != member.key]
        text = f"{user} 接受邀请，成为{ROLES[member.role]}"
        notify(
            invitation.workspace,
            text,
            wurl(invitation.workspace, "accounts:members"),
            to=managers,
        )
    return member


@transaction.atomic
def join_with_new_account(
    invitation: Invitation, *, name: str, email: str, password: str
) -> Member:
    """Make an account and accept with it; a refused invitation leaves no account behind."""
    return accept_invitation(invitation, user=make_user(name=name, email=email, password=password))


def _seat(invitation: Invitation, user: User) -> Member:
    member = Member.objects.filter(user=user).first()
    if member is not None and member.is_active:
        raise ValidationError("你已经是这个品牌空间的成员。")
    member = member or Member(workspace=invitation.workspace, user=user)
    member.role, member.is_active = invitation.role, True
    member.save()
    return member


@transaction.atomic
def change_role(member: Member, role: str, *, by: Member) -> None:
    """Give a member another role; nobody touches those above, and one owner always remains."""
    one_at_a_time(member.workspace)
    CHANGE_MEMBER.demand(by.actor, member)
    GIVE_ROLE.demand(by.actor, role, field="role")
    if role == member.role:
        return
    before, member.role = member.role, role
    member.save(update_fields=["role"])
    _withdraw_invitations(member)
    audit.record(
        "member.role_changed", member, by=by.actor, before=ROLES[before], after=ROLES[role]
    )


@transaction.atomic
def remove_member(member: Member, *, by: Member) -> None:
    """End a membership; what the member made stays, and an invitation brings them back."""
    one_at_a_time(member.workspace)
    CHANGE_MEMBER.demand(by.actor, member)
    member.is_active = False
    member.save(update_fields=["is_active"])
    _withdraw_invitations(member)
    audit.record("member.removed", member, by=by.actor)
    gone = MemberRemoved(member.workspace.key, member.key, timezone.now().isoformat())
    outbox.emit(gone, workspace=member.workspace)


def _withdraw_invitations(member: Member) -> None:
    """Links that a member made end with the right to give their role: nobody comes back by a link of their own."""
    made = Invitation.objects.filter(invited_by=member, accepted_at=None, revoked_at=None)
    kept = grantable(member.actor) if member.is_active else {}
    made.exclude(role__in=kept).update(revoked_at=timezone.now())
