"""The tabs of the settings, and who sees which."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from shemei.kernel.permissions import Permission
from shemei.kernel.registry import SettingsTab, settings_tabs

if TYPE_CHECKING:
    from shemei.kernel.actor import Actor


@dataclass(frozen=True, slots=True)
class Tab:
    """``words`` are what the search box finds it by."""

    url_name: str
    label: str
    permission: Permission
    words: str
    match: tuple[str, ...]


TABS = (
    Tab(
        "accounts:brand",
        "品牌空间",
        Permission.VIEW,
        "名称、短链域名、归因口径",
        ("brand", "attribution"),
    ),
    Tab(
        "accounts:members",
        "成员",
        Permission.VIEW,
        "角色与权限",
        ("members", "member", "member_remove"),
    ),
    Tab(
        "accounts:invitations",
        "邀请",
        Permission.MEMBERS,
        "邀请链接",
        ("invitations", "invitation_new"),
    ),
    Tab("accounts:keys", "密钥", Permission.KEYS, "接口密钥", ("keys", "key_new")),
    Tab("accounts:audit", "操作记录", Permission.AUDIT, "谁在何时做了什么", ("audit",)),
    Tab(
        "accounts:me",
        "我的账号",
        Permission.CONTENT_VIEW,
        "密码、两步验证、外观、登录记录",
        ("me",),
    ),
)


def tabs_for(actor: Actor) -> list[Tab | SettingsTab]:
    """Our own tabs with those of other rooms before the last, which is the member's own."""
    return [tab for tab in (*TABS[:-1], *settings_tabs, TABS[-1]) if actor.can(tab.permission)]
