"""Who may give which role, change a member, and take over a key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shemei.apps.accounts.rules import PERMISSIONS, ROLES
from shemei.kernel.permissions import PERMISSION_NAMES, Permission
from shemei.kernel.policies import Policy

if TYPE_CHECKING:
    from shemei.apps.accounts.models import ApiKey, Member
    from shemei.kernel.actor import Actor


def _is_above(actor: Actor, role: str) -> bool:
    return bool(PERMISSIONS[role] - actor.permissions)


def _role(actor: Actor, role: str) -> str:
    if role not in ROLES:
        return "没有这个角色。请从列表里选一个。"
    return "不能给出比自己权限更高的角色。请找所有者。" if _is_above(actor, role) else ""


def _member(actor: Actor, member: Member) -> str:
    if _is_above(actor, member.role):
        return "不能改动权限比自己高的成员。请找所有者。"
    if member.is_last_owner:
        return "品牌空间至少要有一位所有者。请先把另一位成员设为所有者。"
    return ""


def _key(actor: Actor, key: ApiKey) -> str:
    if key.is_over:
        return "这把密钥已停用或过期，不能再接手。请新建一把。"
    if key.created_by is not None and key.created_by.key == actor.id:
        return "这把密钥已经由你负责。"
    beyond = [PERMISSION_NAMES[p] for p in key.asked if not actor.can(p)]
    return f"密钥有你没有的权限（{'、'.join(beyond)}），不能接手。请找所有者。" if beyond else ""


GIVE_ROLE: Policy[str] = Policy(_role, Permission.MEMBERS)
CHANGE_MEMBER: Policy[Member] = Policy(_member, Permission.MEMBERS)
TAKE_KEY: Policy[ApiKey] = Policy(_key, Permission.KEYS)


def grantable(actor: Actor) -> dict[str, str]:
    """The roles that ``actor`` may give, with their names."""
    return {role: name for role, name in ROLES.items() if GIVE_ROLE.allows(actor, role)}
