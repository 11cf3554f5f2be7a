"""Wiring of the brand room."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.apps import AppConfig

if TYPE_CHECKING:
    from shemei.kernel.http import BrandRequest

CAMPAIGN_PAGES = (
    "brand:campaign", "brand:new_campaign", "brand:edit_campaign", "brand:pillars", "brand:new_pillar", "brand:edit_pillar",
)  # fmt: skip

VERBS = {
    "campaign.created": "新建营销计划「{label}」",
    "campaign.changed": "修改营销计划「{label}」的{fields}",
    "campaign.started": "营销计划「{label}」到了开始的日子",
    "campaign.ended": "营销计划「{label}」结束",
    "pillar.created": "新建内容支柱「{label}」",
    "pillar.changed": "修改内容支柱「{label}」的{fields}",
    "account.added": "登记平台账号「{label}」",
    "account.changed": "修改平台账号「{label}」的{fields}",
    "reading.entered": "记下「{label}」的读数 {value}（{source}）",
    "reading.changed": "修改「{label}」的读数：{fields}",
    "reading.removed": "删除「{label}」的读数 {value}（{source}）",
    "reading.restored": "恢复「{label}」的读数 {value}（{source}）",
}


class BrandConfig(AppConfig):
    name = "shemei.apps.brand"
    label = "brand"
    verbose_name = "品牌"

    def ready(self) -> None:
        from shemei.apps.brand import queries
        from shemei.kernel import audit, registry
        from shemei.kernel.permissions import Permission

        audit.register(VERBS)
        _add_imports()
        _add_readings()
        registry.add_navigation(
            registry.NavItem(
                "策划",
                "营销计划",
                "target-arrow",
                "brand:campaigns",
                Permission.CONTENT_VIEW,
                match=CAMPAIGN_PAGES,
            )
        )
        registry.add_settings_tab(
            registry.SettingsTab(
                "brand:accounts",
                "平台账号",
                Permission.CONTENT_VIEW,
                "公众号、抖音号、小红书号",
                ("accounts", "account", "new_account", "edit_account"),
            )
        )
        registry.add_create(
            registry.CreateItem(
                "营销计划", "target-arrow", "brand:new_campaign", Permission.CONTENT_EDIT, order=60
            )
        )
        registry.add_search(registry.SearchProvider("营销计划", Permission.CONTENT_VIEW, _find))
        named = registry.NameSource
        for kind, source in (
            ("campaign", named("营销计划", queries.campaign_names, queries.choose_campaigns)),
            ("pillar", named("内容支柱", queries.pillar_names, queries.choose_pillars)),
            ("platform_account", named("平台账号", queries.account_names, queries.choose_accounts)),
        ):
            registry.add_names(kind, source)


def _find(request: BrandRequest, text: str, limit: int) -> Iterable[Any]:
    from shemei.apps.brand.queries import choose_campaigns
    from shemei.kernel.registry import Hit

    for named in choose_campaigns(request.workspace, text, limit):
        yield Hit("营销计划", named.name, named.url, "target-arrow", named.note)


def _add_readings() -> None:
    from shemei.kernel.permissions import Permission
    from shemei.kernel.registry import PageAction, PageTab, add_page_action, add_page_tab

    line = "品牌健康"
    add_page_tab(PageTab(line, "readings", "全部读数", "brand:readings", Permission.VIEW, 20))
    add_page_action(
        PageAction(line, "导入读数", "file-import", "imports:upload", Permission.IMPORT, "?kind=brand_readings"),
        PageAction(line, "记一个读数", "plus", "brand:new_reading", Permission.ACCOUNTS, is_main=True),
    )  # fmt: skip


def _add_imports() -> None:
    from shemei.apps.brand.imports import AccountDays
    from shemei.apps.brand.tracker.imports import BrandReadings
    from shemei.kernel.imports.kinds import register

    register(AccountDays())
    register(BrandReadings())
