"""Wiring of the insight room."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.apps import AppConfig

if TYPE_CHECKING:
    from shemei.kernel.registry import NavItem

VERBS = {
    "board.arranged": "调整看板「{label}」里图的次序",
    "board.changed": "修改看板「{before}」，现名「{label}」",
    "board.created": "新建看板「{label}」",
    "board.framed": "看板「{label}」的分享链接（{note}）可嵌入：{origins}",
    "board.mail_asked": "让看板「{label}」马上发给 {to}",
    "board.mail_set": "定时把看板「{label}」发给 {to}，{rhythm}",
    "board.mail_stopped": "停发看板「{label}」给 {to} 的邮件",
    "board.mailed": "看板「{label}」已发给 {to}",
    "board.panel_removed": "从看板「{label}」删除图「{panel}」",
    "board.panel_restored": "恢复看板「{label}」的图「{panel}」",
    "board.panel_set": "在看板「{label}」设图「{panel}」",
    "board.removed": "删除看板「{label}」",
    "board.restored": "恢复看板「{label}」",
    "board.mail_ended": "成员被移除，看板「{label}」的邮件不再发给{to}",
    "board.share_ended": "{maker}被移除，看板「{label}」的分享链接（{note}）随之停用",
    "board.mail_rests": "{maker}不能再导出数据，看板「{label}」发给 {to} 的邮件先停着",
    "board.mail_goes_on": "看板「{label}」发给 {to} 的邮件又照常发",
    "board.mail_taken": "接手看板「{label}」发给 {what} 的邮件，原由{before}负责",
    "board.share_taken": "接手看板「{label}」的分享链接（{what}），原由{before}负责",
    "board.share_revoked": "停用看板「{label}」的分享链接（{note}）",
    "board.shared": "分享看板「{label}」{days} 天（{note}）",
    "goal.created": "新建目标「{label}」{target}，{span}",
    "goal.changed": "修改目标「{label}」为 {target}，{span}",
    "goal.removed": "删除目标「{label}」，{span}",
    "note.removed": "删除对「{label}」{span} 的留言",
    "note.restored": "恢复对「{label}」{span} 的留言",
    "note.written": "对「{label}」{span} 留言",
}

REPORT_PAGES = (
    "insight:report",
    "insight:report_content",
    "insight:report_creator",
    "insight:report_campaign",
    "insight:funnel",
    "insight:step_events",
    "insight:spreading",
    "insight:passed_visits",
    "insight:passed_sharers",
    "insight:retention",
    "insight:cohort",
    "insight:reconciliation",
    "insight:untracked",
    "insight:quality",
    "insight:left_out",
    "insight:boards",
    "insight:board_new",
    "insight:board",
    "insight:board_edit",
    "insight:board_share",
    "insight:panel",
    "insight:panel_new",
)

BRAND_PAGES = (
    "insight:brand_health", "brand:readings", "brand:new_reading", "brand:edit_reading",
)  # fmt: skip


class InsightConfig(AppConfig):
    name = "shemei.apps.insight"
    label = "insight"
    verbose_name = "效果"

    def ready(self) -> None:
        from shemei.apps.insight.api import router
        from shemei.apps.insight.erasure import erase_remarks, tell_remarks
        from shemei.apps.insight.search import find_boards
        from shemei.apps.insight.todos import waiting
        from shemei.kernel import audit, registry
        from shemei.kernel.api import api
        from shemei.kernel.erasure import add_erasure
        from shemei.kernel.permissions import Permission

        add_erasure(
            "对指标的留言", erase_remarks, tell_remarks, after="留言留着，号码换成「已按要求删除」"
        )
        api.add_router("/figures/", router)
        audit.register(VERBS)
        registry.add_navigation(*_pages())
        registry.add_todo(waiting)
        registry.add_page_tab(
            registry.PageTab("品牌健康", "health", "看板", BRAND_PAGES[0], Permission.VIEW, 10)
        )
        registry.add_search(registry.SearchProvider("看板", Permission.VIEW, find_boards))
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
        NavItem("效果", "品牌健康", "activity-heartbeat", BRAND_PAGES[0], Permission.VIEW, 2, match=BRAND_PAGES),
    ]  # fmt: skip
