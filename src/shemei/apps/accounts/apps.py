"""Wiring of the accounts room."""

from __future__ import annotations

from django.apps import AppConfig

VERBS = {
    "workspace.created": "新建品牌空间「{label}」",
    "workspace.changed": "修改品牌空间设置：{fields}",
    "member.joined": "「{label}」加入，角色为{role}",
    "member.role_changed": "把「{label}」的角色由{before}改为{after}",
    "member.removed": "移除成员「{label}」",
    "invitation.created": "新建邀请链接，角色为{role}",
    "invitation.revoked": "撤回邀请链接",
    "key.created": "新建接口密钥「{label}」",
    "key.revoked": "停用接口密钥「{label}」",
    "key.taken_over": "接手接口密钥「{label}」，原由{before}负责",
    "view.saved": "存为视图「{label}」",
    "view.changed": "更新视图「{label}」",
    "view.deleted": "删除视图「{label}」",
    "data.exported": "导出{what}，{rows} 行",
}


class AccountsConfig(AppConfig):
    name = "shemei.apps.accounts"
    label = "accounts"
    verbose_name = "成员与密钥"

    def ready(self) -> None:
        from shemei.apps.accounts import queries, todos
        from shemei.apps.accounts.api import router
        from shemei.apps.accounts.search import SEARCH
        from shemei.kernel import audit, registry
        from shemei.kernel.api import api
        from shemei.kernel.api_middleware import read_keys_with
        from shemei.kernel.permissions import Permission

        audit.register(VERBS)
        read_keys_with(queries.owner_of_secret)
        api.add_router("", router)
        registry.add_search(*SEARCH)
        registry.add_todo(todos.waiting)
        seen = Permission.CONTENT_VIEW
        registry.add_navigation(
            registry.NavItem(
                "设置",
                "设置",
                "settings",
                "accounts:settings",
                seen,
                match=(
                    "accounts",
                    "brand:accounts",
                    "brand:account",
                    "brand:new_account",
                    "brand:edit_account",
                ),
            )
        )
