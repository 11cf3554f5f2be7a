"""Wiring of the insight room."""

from __future__ import annotations

from django.apps import AppConfig

VERBS = {
    "goal.created": "新建目标「{label}」{target}，{span}",
    "goal.changed": "修改目标「{label}」为 {target}，{span}",
    "goal.removed": "删除目标「{label}」，{span}",
}


class InsightConfig(AppConfig):
    name = "shemei.apps.insight"
    label = "insight"
    verbose_name = "效果"

    def ready(self) -> None:
        from shemei.kernel import audit
        from shemei.kernel.permissions import Permission
        from shemei.kernel.registry import CreateItem, NavItem, add_create, add_navigation

        audit.register(VERBS)
        add_navigation(
            NavItem(
                "",
                "总览",
                "layout-dashboard",
                "insight:overview",
                Permission.VIEW,
                0,
                match=("insight:overview", "insight:goals", "insight:goal"),
            ),
            NavItem(
                "",
                "我的待办",
                "checkbox",
                "insight:todos",
                Permission.CONTENT_VIEW,
                1,
                match=("insight:todos",),
            ),
            NavItem(
                "效果",
                "归因分析",
                "route",
                "insight:attribution",
                Permission.VIEW,
                0,
                match=("insight:attribution", "insight:paths"),
            ),
        )
        add_create(CreateItem("目标", "target-arrow", "insight:goal_new", Permission.ANALYSE, 90))
