"""Wiring of the commerce room."""

from __future__ import annotations

from django.apps import AppConfig


class CommerceConfig(AppConfig):
    name = "shemei.apps.commerce"
    label = "commerce"
    verbose_name = "订单"

    def ready(self) -> None:
        from shemei.apps.commerce.imports import Orders
        from shemei.kernel import audit
        from shemei.kernel.imports.kinds import register

        audit.register(
            {
                "order.recorded": "录入订单「{label}」，实付 {amount}",
                "order.changed": "修改订单「{label}」：{fields}",
                "order.refunded": "订单「{label}」退款 {amount}",
            }
        )
        register(Orders())
