"""Wiring of the insight room."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.apps import AppConfig

if TYPE_CHECKING:
    from shemei.kernel.registry import NavItem

if TYPE_CHECKING:
    from shemei.kernel.registry import NavItem

VERBS = {
    "goal.created": "新建目标「{label}」{target}，{span}",
    "goal.changed": "修改目标「{label}」为 {target}，{span}",
    "goal.removed": "删除目标「{label}」，{span}",
}

REPORT_PAGES = (
    "insight:report",
    "insight:report_content",
    "insight:report_creator",
    "insight:report_campaign",
    "insight:reconciliation",
    "insight:untracked",
    "insight:quality",
    "insight:left_out",
)


class InsightConfig(AppConfig):
    name = "shemei.apps.insight"
    label = "insight"
    verbose_name = "效果"

    def ready(self) -> None:
        from shemei.kernel import audit, registry
        from shemei.kernel.permissions import Permission

        audit.register(VERBS)
        registry.add_navigation(*_pages())
        registry.add_create(
            registry.CreateItem("目标", "target-arrow", "insight:goal_new", Permission.ANALYSE, 90)
        )


def _pages() -> list[NavItem]:
    from shemei.kernel.permissions import Permission
    from shemei.kernel.registry import NavItem, todos_of

    home = ("insight:overview", "insight:goals", "insight:goal")
    attribution = ("insight:attribution", "insight:paths")
    return [
        NavItem("", "总览", "layout-dashboard", home[0], Permission.VIEW, 0, match=home),
        NavItem(
            "", "我的待办", "checkbox", "insight:todos", Permission.CONTENT_VIEW, 1,
            match=("insight:todos",), count=lambda request: len(todos_of(request)),
        ),
        NavItem("效果", "归因分析", "route", attribution[0], Permission.VIEW, 0, match=attribution),
        NavItem("效果", "数据报表", "chart-line", REPORT_PAGES[0], Permission.VIEW, 1, match=REPORT_PAGES),
    ]  # fmt: skip
