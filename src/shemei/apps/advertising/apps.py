"""Wiring of the advertising room."""

from __future__ import annotations

from django.apps import AppConfig


class AdvertisingConfig(AppConfig):
    name = "shemei.apps.advertising"
    label = "advertising"
    verbose_name = "花费"

    def ready(self) -> None:
        from shemei.apps.advertising.imports import Spends
        from shemei.kernel import audit, registry
        from shemei.kernel.imports.kinds import register
        from shemei.kernel.permissions import Permission

        audit.register(
            {
                "spend.entered": "记花费 {amount}（{label}）",
                "spend.changed": "修改花费「{label}」的{fields}",
                "spend.deleted": "删除花费 {amount}（{label}）",
            }
        )
        registry.add_navigation(
            registry.NavItem(
                "策划",
                "预算与广告",
                "coins",
                "advertising:spends",
                Permission.SPEND,
                order=20,
                match=("advertising",),
            )
        )
        registry.add_create(
            registry.CreateItem(
                "花费", "coins", "advertising:new_spend", Permission.SPEND, order=50
            )
        )
        register(Spends())
