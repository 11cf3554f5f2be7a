"""Wiring of the tracking room."""

from __future__ import annotations

from django.apps import AppConfig


class TrackingConfig(AppConfig):
    name = "shemei.apps.tracking"
    label = "tracking"
    verbose_name = "链接与订单"

    def ready(self) -> None:
        from shemei.apps.commerce.facts import register_code_owners
        from shemei.apps.tracking import queries, search, todos
        from shemei.apps.tracking.api import router
        from shemei.apps.tracking.imports import Links
        from shemei.kernel import audit, registry
        from shemei.kernel.api import api
        from shemei.kernel.imports.kinds import register
        from shemei.kernel.permissions import Permission as P
        from shemei.kernel.registry import CreateItem, NameSource, NavItem, SearchProvider

        audit.register(VERBS, former=FORMER_VERBS)
        api.add_router("", router)
        register(Links())
        register_code_owners(queries.code_owners, queries.every_code)
        registry.add_navigation(
            NavItem(
                "效果",
                "链接与订单",
                "link",
                "tracking:links",
                P.VIEW,
                order=30,
                match=("tracking", "commerce", "landing", "posters"),
            )
        )
        _add_tabs()
        registry.add_create(
            CreateItem("新建短链", "link", "tracking:new", P.TRACK, order=20),
            CreateItem("新建优惠码", "ticket", "tracking:new_code", P.TRACK, order=21),
        )
        registry.add_todo(todos.waiting)
        registry.add_search(
            SearchProvider("短链", P.VIEW, search.find_links),
            SearchProvider("优惠码", P.VIEW, search.find_codes),
        )
        registry.add_names("link", NameSource("短链", queries.link_names, queries.choose_links))
        registry.add_names(
            "promo_code", NameSource("优惠码", queries.code_names, queries.choose_codes)
        )


def _add_tabs() -> None:
    from shemei.kernel.permissions import Permission as P
    from shemei.kernel.registry import PageTab, add_page_tab

    add_page_tab(
        PageTab("链接与订单", "links", "链接", "tracking:links", P.VIEW, 10),
        PageTab("链接与订单", "codes", "优惠码", "tracking:codes", P.VIEW, 20),
        PageTab("链接与订单", "sites", "网站代码", "tracking:sites", P.VIEW, 60),
        PageTab("链接与订单", "suspects", "可疑点击", "tracking:suspects", P.VIEW, 70),
        PageTab("链接与订单", "channels", "渠道规则", "tracking:channels", P.VIEW, 80),
    )


VERBS = {
    "link.created": "新建短链「{label}」，短码 {code}",
    "link.changed": "修改短链「{label}」：{fields}",
    "link.ruled": "改短链「{label}」的去向规则：{rules}",
    "link.archived": "归档短链「{label}」，短码 {code} 停用",
    "link.restored": "恢复短链「{label}」，短码 {code} 重新可用",
    "code.created": "新建优惠码「{label}」",
    "code.changed": "修改优惠码「{label}」：{fields}",
    "code.archived": "停用优惠码「{label}」",
    "code.restored": "恢复优惠码「{label}」",
    "mark.set": "在二维码中间放上标志",
    "mark.removed": "二维码中间不再放标志",
    "channels.changed": "改渠道规则：{rules}",
    "channels.restored": "把渠道规则退回到 {when} 的那一版：{rules}",
    "suspects.put_back": "把{where}里「{reason}」的可疑点击改为计入，{span}：{why}",
    "suspects.taken_back": "撤回改为计入的可疑点击：{where}、「{reason}」、{span}",
    "naming.changed": "改短链命名规则：{fields}",
    "links.repaired": "按命名规则改好 {count} 条短链",
    "links.changed_many": "一起改 {count} 条短链：{what}",
    "codes.changed_many": "一起改 {count} 个优惠码：{what}",
    "links.put_back": "撤回一起改的 {count} 条短链",
    "codes.put_back": "撤回一起改的 {count} 个优惠码",
    "link_template.saved": "存短链模板「{label}」",
    "link_template.removed": "删去短链模板「{label}」",
    "link_template.restored": "恢复短链模板「{label}」",
    "care.changed": "{switch}短链目标网址的每天检查",
    "site.created": "登记网站「{label}」",
    "site.changed": "修改网站「{label}」：{fields}",
    "site.closed": "停止接收网站「{label}」的数据",
    "site.reopened": "恢复接收网站「{label}」的数据",
}
FORMER_VERBS = {
    "links.unrepaired": "撤回一起改的 {count} 条短链",
    "codes.unrepaired": "撤回一起改的 {count} 个优惠码",
}
"""Recorded before bulk changes had their name; what was recorded still reads."""
