"""Wiring of offline spots."""

from __future__ import annotations

from django.apps import AppConfig
from django_scopes import scopes_disabled


class PostersConfig(AppConfig):
    name = "shemei.apps.tracking.posters"
    label = "posters"
    verbose_name = "线下点位"

    def ready(self) -> None:
        from shemei.apps.tracking import book
        from shemei.apps.tracking.posters.models import Spot
        from shemei.apps.tracking.posters.search import find_spots
        from shemei.kernel import audit, registry
        from shemei.kernel.permissions import Permission as P

        def scanned() -> set[int]:
            with scopes_disabled():
                return set(Spot.objects.values_list("link_id", flat=True))

        audit.register(VERBS)
        book.add_check_ins(scanned)
        registry.add_search(registry.SearchProvider("点位与海报", P.VIEW, find_spots))
        registry.add_page_tab(
            registry.PageTab("链接与订单", "spots", "线下点位", "posters:spots", P.VIEW, 50),
        )
        registry.add_create(
            registry.CreateItem("新建线下点位", "map-pin", "posters:new", P.TRACK, order=23)
        )


VERBS = {
    "spot.created": "新建线下点位「{label}」",
    "spot.changed": "修改线下点位「{label}」：{fields}",
    "spot.closed": "停用线下点位「{label}」的码",
    "spot.reopened": "恢复线下点位「{label}」的码",
}
