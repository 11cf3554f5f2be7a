"""Wiring of the commerce room."""

from __future__ import annotations

from django.apps import AppConfig

VERBS = {
    "order.recorded": "录入订单「{label}」，实付 {amount}",
    "order.changed": "修改订单「{label}」：{fields}",
    "order.refunded": "订单「{label}」退款 {amount}",
    "rate.added": "填写汇率：{label}",
    "rate.changed": "更正汇率：{label}，原为{before}",
    "rate.removed": "删除汇率：{label}",
    "hook.added": "新建订单推送「{label}」",
    "hook.rotated": "更换订单推送「{label}」的密钥",
    "hook.stopped": "停用订单推送「{label}」",
}


class CommerceConfig(AppConfig):
    name = "shemei.apps.commerce"
    label = "commerce"
    verbose_name = "订单"

    def ready(self) -> None:
        from shemei.apps.commerce import jobs, queries, search, todos  # noqa: F401 - the worker must know the jobs
        from shemei.apps.commerce.api import router
        from shemei.apps.commerce.api_rates import router as rates_router
        from shemei.apps.commerce.erasure import erase_customer, tell_customer
        from shemei.kernel import audit, registry
        from shemei.kernel.api import api
        from shemei.kernel.erasure import add_erasure
        from shemei.kernel.permissions import Permission as P

        audit.register(VERBS)
        registry.add_create(
            registry.CreateItem("录入订单", "receipt", "commerce:new", P.ORDERS, order=40),
            registry.CreateItem("导入文件", "file-import", "imports:upload", P.IMPORT, order=90),
        )
        registry.add_todo(todos.waiting)
        registry.add_search(
            registry.SearchProvider("订单", P.CUSTOMERS, search.find_orders),
            registry.SearchProvider("商品", P.CUSTOMERS, search.find_products),
        )
        registry.add_names(
            "customer",
            registry.NameSource("顾客", queries.customer_names, queries.choose_customers),
        )
        _add_imports()
        add_erasure(
            "订单与顾客",
            erase_customer,
            tell_customer,
            after="顾客删掉；订单留作账目，不再指向任何人",
        )
        api.add_router("", router)
        api.add_router("", rates_router)
        _add_tabs()


def _add_tabs() -> None:
    from shemei.kernel.permissions import Permission as P
    from shemei.kernel.registry import PageTab, SettingsTab, add_page_tab, add_settings_tab

    add_settings_tab(
        SettingsTab(
            "commerce:hooks",
            "订单推送",
            P.KEYS,
            "商城系统推订单的地址与密钥",
            ("hooks", "hook_new", "hook_rotate"),
        )
    )
    add_page_tab(
        PageTab("链接与订单", "orders", "订单", "commerce:orders", P.CUSTOMERS, 90),
        PageTab("链接与订单", "refunds", "退款", "commerce:refunds", P.CUSTOMERS, 100),
        PageTab("链接与订单", "rates", "汇率", "commerce:rates", P.CUSTOMERS, 105),
        PageTab("链接与订单", "products", "商品", "commerce:products", P.CUSTOMERS, 110),
        PageTab("链接与订单", "market", "市场商品", "commerce:market", P.VIEW, 120),
        PageTab("链接与订单", "customers", "顾客", "commerce:customers", P.CUSTOMERS, 130),
    )


def _add_imports() -> None:
    from shemei.apps.commerce.imports import Orders
    from shemei.apps.commerce.imports_market import MarketGoods
    from shemei.kernel.imports.kinds import register

    register(Orders())
    register(MarketGoods())
