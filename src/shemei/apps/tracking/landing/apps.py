"""Wiring of landing pages."""

from __future__ import annotations

from django.apps import AppConfig


class LandingConfig(AppConfig):
    name = "shemei.apps.tracking.landing"
    label = "landing"
    verbose_name = "落地页"

    def ready(self) -> None:
        from shemei.apps.tracking import book
        from shemei.apps.tracking.landing import compliance, erasure, queries, search, todos
        from shemei.kernel import audit, checks, registry
        from shemei.kernel.erasure import add_erasure
        from shemei.kernel.permissions import Permission as P

        audit.register(VERBS)
        checks.add_check("absolute_words", compliance.check)
        book.add_sites(queries.tagged_pages)
        add_erasure("落地页线索", erasure.erase_leads, erasure.tell_leads)
        registry.add_todo(todos.waiting)
        registry.add_search(registry.SearchProvider("落地页", P.VIEW, search.find_pages))
        registry.add_page_tab(
            registry.PageTab("链接与订单", "landing", "落地页", "landing:pages", P.VIEW, 30),
            registry.PageTab("链接与订单", "leads", "线索", "landing:leads", P.CUSTOMERS, 40),
        )
        registry.add_create(
            registry.CreateItem("新建落地页", "device-mobile", "landing:new", P.TRACK, order=22)
        )


VERBS = {
    "landing.created": "新建落地页「{label}」",
    "landing.changed": "修改落地页「{label}」：{fields}",
    "landing.published": "发布落地页「{label}」{letter} 第 {number} 版",
    "landing.taken_back": "把落地页「{label}」{letter} 第 {number} 版取回草稿",
    "landing.variant_added": "给落地页「{label}」加版本 {letter}",
    "landing.weighed": "改落地页「{label}」的分流：{weights}",
    "landing.closed": "下线落地页「{label}」",
    "landing.restored": "恢复落地页「{label}」",
    "lead.seen": "看线索「{label}」的完整联系方式",
    "lead.moved": "把线索「{label}」改为{state}",
}
