"""Wiring of the accounts room."""

from __future__ import annotations

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "shemei.apps.accounts"
    label = "accounts"
    verbose_name = "成员与密钥"

    def ready(self) -> None:
        from shemei.kernel import audit
        from shemei.kernel.permissions import Permission
        from shemei.kernel.registry import NavItem, add_navigation

        audit.register(
            {
                "workspace.created": "新建品牌空间「{label}」",
                "workspace.changed": "修改品牌空间设置：{fields}",
                "member.joined": "「{label}」加入，角色为{role}",
                "member.role_changed": "把「{label}」的角色由{before}改为{after}",
                "member.removed": "移除成员「{label}」",
                "invitation.created": "新建邀请链接，角色为{role}",
                "invitation.revoked": "撤回邀请链接",
                "key.created": "新建接口密钥「{label}」",
                "key.revoked": "停用接口密钥「{label}」",
                "data.exported": "导出{what}，{rows} 行",
            }
        )
        add_navigation(
            NavItem(
                "设置",
                "设置",
                "settings",
                "accounts:settings",
                Permission.CONTENT_VIEW,
                match=("accounts",),
            )
        )
