"""Reads that middleware, pages and other rooms share."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from allauth.usersessions.models import UserSession
from django.utils import timezone
from django_scopes import scopes_disabled

from shemei.apps.accounts.models import ApiKey, Invitation, Member, User, Workspace
from shemei.apps.accounts.rules import PERMISSIONS, device_in_words

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from django.db.models import QuerySet

    from shemei.kernel.actor import Actor
    from shemei.kernel.permissions import Permission

_SEEN_EVERY = timedelta(minutes=1)


def hash_of(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def is_first_start() -> bool:
    """Whether nobody has an account here yet."""
    return not User.objects.exists()


def brands_that_confirm() -> list[str]:
    """Keys of the brands that count an order once the shop has told it."""
    return list(Workspace.objects.filter(confirmed_only=True).values_list("key", flat=True))


def member_of(user: Any, workspace_key: str) -> Member | None:
    """The user's place in a brand, for the middleware; ``None`` looks the same as no such brand."""
    with scopes_disabled():
        found = Member.objects.filter(user=user, is_active=True)
        found = found.filter(workspace__key=workspace_key, workspace__is_active=True)
        return found.select_related("workspace", "user").first()


def permissions_of(key: str) -> frozenset[Permission]:
    """What the member with this key may do now; nothing once they were removed, or may not sign in."""
    with scopes_disabled():
        found = Member.objects.filter(key=key, is_active=True, user__is_active=True).first()
    return found.permissions if found else frozenset()


def permissions_of_each(keys: Iterable[str]) -> dict[str, frozenset[Permission]]:
    """:func:`permissions_of` for several members, with one question."""
    wanted = set(keys)
    with scopes_disabled():
        rows = Member.objects.filter(key__in=wanted, is_active=True, user__is_active=True)
        found = {one.key: one.permissions for one in rows}
    return {key: found.get(key, frozenset()) for key in wanted}


def address_of(key: str) -> str:
    """Where the member with this key gets mail, also after they were removed."""
    with scopes_disabled():
        found = Member.objects.filter(key=key).values_list("user__email", flat=True).first()
        return str(found or "")


def memberships(user: Any) -> list[Member]:
    """The user's places in all brands, the last used one first."""
    with scopes_disabled():
        found = Member.objects.filter(user=user, is_active=True, workspace__is_active=True)
        return sorted(
            found.select_related("workspace", "user"),
            key=lambda m: m.last_seen_at or m.created_at,
            reverse=True,
        )


def brands_of(user: Any) -> list[Workspace]:
    """The user's brands, the last used one first."""
    return [member.workspace for member in memberships(user)]


def may_open_brand(user: Any) -> bool:
    """Whether a user may make a new brand: owners of one, and those who belong to none."""
    mine = memberships(user)
    return not mine or any(member.role == "owner" for member in mine)


def seen(member: Member) -> None:
    """Remember that a member is here; written at most once a minute."""
    now = timezone.now()
    if member.last_seen_at is None or now - member.last_seen_at > _SEEN_EVERY:
        Member.objects.filter(pk=member.pk).update(last_seen_at=now)


def active_members() -> QuerySet[Member]:
    return Member.objects.filter(is_active=True).select_related("user").order_by("id")


def members_with(permission: Permission) -> list[Actor]:
    """The members of the current scope who have ``permission``, as actors."""
    roles = [role for role, held in PERMISSIONS.items() if permission in held]
    return [member.actor for member in active_members().filter(role__in=roles)]


@dataclass(frozen=True, slots=True)
class SignedIn:
    """One place where a user is signed in: what it is in words, and when it was last used."""

    words: str
    ip: str
    since: datetime
    last_seen: datetime
    is_here: bool


def sessions_of(user: Any, here: str | None) -> list[SignedIn]:
    """Where the user is signed in: this place first, then the last used."""
    places = [
        SignedIn(
            words=device_in_words(row.user_agent),
            ip=row.ip,
            since=row.created_at,
            last_seen=row.last_seen_at,
            is_here=row.session_key == here,
        )
        for row in UserSession.objects.purge_and_list(user)
    ]
    return sorted(places, key=lambda place: (place.is_here, place.last_seen), reverse=True)


def open_invitation(token: str) -> Invitation | None:
    """The invitation behind a link, if it can still be accepted."""
    with scopes_disabled():
        found = Invitation.objects.filter(token_hash=hash_of(token), workspace__is_active=True)
        found = found.filter(accepted_at=None, revoked_at=None, expires_at__gt=timezone.now())
        return found.select_related("workspace", "invited_by__user").first()


def owner_of_secret(secret: str) -> tuple[Workspace, Actor] | None:
    """The brand and actor of an API key; ``None`` for a key that is unknown, or holds no more."""
    with scopes_disabled():
        found = ApiKey.objects.filter(secret_hash=hash_of(secret), workspace__is_active=True)
        key = found.select_related("workspace", "created_by__user").first()
        if key is None or not key.is_live:
            return None
        now = timezone.now()
        if key.last_used_at is None or now - key.last_used_at > _SEEN_EVERY:
            ApiKey.objects.filter(pk=key.pk).update(last_used_at=now)
    return key.workspace, key.actor
