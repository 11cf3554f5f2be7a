"""Who may change a member, and who may take over a key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shemei.kernel.permissions import PERMISSION_NAMES, Permission
from shemei.kernel.policies import Policy

if TYPE_CHECKING:
    from shemei.apps.accounts.models import ApiKey, Member
    from shemei.kernel.actor import Actor


def _member(actor: Actor, member: Member) -> str:
    higher = member.permissions - actor.permissions
    return "不能改动权限比自己高的成员。请找所有者。" if higher else ""


def _key(actor: Actor, key: ApiKey) -> str:
    if key.is_over:
        return "这把密钥已停用或过期，不能再接手。请新建一把。"
    if key.created_by is not None and key.created_by.key == actor.id:
        return "这把密钥已经由你负责。"
    beyond = [PERMISSION_NAMES[p] for p in key.asked if not actor.can(p)]
    return f"密钥有你没有的权限（{'、'.join(beyond)}），不能接手。请找所有者。" if beyond else ""


CHANGE_MEMBER: Policy[Member] = Policy(_member, Permission.MEMBERS)
TAKE_KEY: Policy[ApiKey] = Policy(_key, Permission.KEYS)
