"""Wiring of the audience room."""

from __future__ import annotations

from django.apps import AppConfig


class AudienceConfig(AppConfig):
    name = "shemei.apps.audience"
    label = "audience"
    verbose_name = "客户"

    def ready(self) -> None:
        from shemei.kernel import audit, registry
        from shemei.kernel.permissions import Permission

        audit.register(VERBS)
        registry.add_settings_tab(
            registry.SettingsTab(
                "audience:retention",
                "数据保留",
                Permission.WORKSPACE,
                "每种行为留几天",
                ("retention",),
            )
        )
        registry.add_navigation(
            registry.NavItem(
                "守护",
                "个人信息请求",
                "shield-check",
                "audience:personal",
                Permission.PERSONAL,
                order=80,
                match=("audience:personal", "audience:erasing", "audience:proof"),
            )
        )
        registry.add_navigation(
            registry.NavItem(
                "客户",
                "客户与分群",
                "users",
                "audience:people",
                Permission.CUSTOMERS,
                order=10,
                match=("audience:people", "audience:person"),
            )
        )


VERBS = {
    "person.exported": "导出个人信息 {label}，{rows} 条",
    "person.erased": "删除个人信息 {label}：日志 {events} 条，业务数据 {rows} 条",
    "retention.set": "设定数据保留：{kept}",
}
