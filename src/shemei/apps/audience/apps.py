"""Wiring of the audience room."""

from __future__ import annotations

from django.apps import AppConfig


class AudienceConfig(AppConfig):
    name = "shemei.apps.audience"
    label = "audience"
    verbose_name = "客户"

    def ready(self) -> None:
        from shemei.kernel import registry
        from shemei.kernel.permissions import Permission

        registry.add_navigation(
            registry.NavItem(
                "客户",
                "客户与分群",
                "users",
                "audience:people",
                Permission.CUSTOMERS,
                order=10,
                match=("audience",),
            )
        )
