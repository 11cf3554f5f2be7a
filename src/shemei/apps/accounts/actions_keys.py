"""Writes: API keys, and the sessions of a user."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from allauth.usersessions.models import UserSession
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from shemei.apps.accounts.models import ApiKey, Member, User
from shemei.apps.accounts.policies import TAKE_KEY
from shemei.apps.accounts.queries import hash_of
from shemei.apps.accounts.rules import KEY_SCOPES
from shemei.kernel import audit
from shemei.kernel.keys import new_key
from shemei.kernel.permissions import PERMISSION_NAMES, Permission, require

if TYPE_CHECKING:
    from collections.abc import Iterable

    from shemei.kernel.actor import Actor


@transaction.atomic
def create_key(
    name: str, scopes: Iterable[str], *, by: Member, days: int | None = None
) -> tuple[ApiKey, str]:
    """Make a key; returns it and its secret, which is shown this once."""
    require(by.actor, Permission.KEYS)
    wanted = [Permission(scope) for scope in scopes]
    if not wanted:
        raise ValidationError({"scopes": "至少选一项权限。"})
    for scope in wanted:
        if scope not in KEY_SCOPES or not by.actor.can(scope):
            raise ValidationError({"scopes": f"不能给密钥「{PERMISSION_NAMES[scope]}」的权限。"})
    secret = f"sm_{new_key()}{new_key()}"
    key = ApiKey.objects.create(
        workspace=by.workspace,
        name=name,
        prefix=secret[:8],
        secret_hash=hash_of(secret),
        scopes=[str(scope) for scope in wanted],
        expires_at=timezone.now() + timedelta(days=days) if days else None,
        created_by=by,
    )
    audit.record("key.created", key, by=by.actor)
    return key, secret


@transaction.atomic
def revoke_key(key: ApiKey, *, by: Actor) -> None:
    require(by, Permission.KEYS)
    if ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=timezone.now()):
        audit.record("key.revoked", key, by=by)


@transaction.atomic
def take_over_key(key: ApiKey, *, by: Member) -> None:
    """Answer for a key from now on: it keeps its secret, and may what ``by`` may."""
    TAKE_KEY.demand(by.actor, key)
    before = str(key.created_by or "已离开的成员")
    key.created_by = by
    key.save(update_fields=["created_by"])
    audit.record("key.taken_over", key, by=by.actor, before=before)


def sign_out_others(user: User, *, keep: str) -> int:
    """End every session of ``user`` but the one with the session key ``keep``; returns how many."""
    others = [s for s in UserSession.objects.purge_and_list(user) if s.session_key != keep]
    for session in others:
        session.end()
    return len(others)
