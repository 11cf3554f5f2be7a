"""Wiring of the creators room."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.apps import AppConfig

if TYPE_CHECKING:
    from shemei.kernel.http import BrandRequest


class CreatorsConfig(AppConfig):
    name = "shemei.apps.creators"
    label = "creators"
    verbose_name = "达人"

    def ready(self) -> None:
        from shemei.apps.creators import queries, todos
        from shemei.apps.creators.erasure import erase_notes, tell_notes
        from shemei.kernel import audit, registry
        from shemei.kernel.erasure import add_erasure
        from shemei.kernel.permissions import Permission

        add_erasure("达人备注", erase_notes, tell_notes, after="备注留着，号码换成「已按要求删除」")
        audit.register(
            {
                "creator.created": "达人「{label}」入库",
                "creator.changed": "修改达人「{label}」的{fields}",
                "creator.tiers_set": "改达人分级口径，{moved} 位达人换了级别",
                "collaboration.created": "登记与「{label}」的合作",
                "collaboration.changed": "修改与「{label}」合作的{fields}",
                "collaboration.delivered": "「{label}」的合作已交付",
            }
        )
        registry.add_navigation(
            registry.NavItem(
                "增长",
                "达人合作",
                "star",
                "creators:creators",
                Permission.CONTENT_VIEW,
                order=10,
                match=("creators",),
            )
        )
        registry.add_create(
            registry.CreateItem(
                "达人", "user-star", "creators:new_creator", Permission.CREATORS, order=30
            )
        )
        registry.add_todo(todos.waiting)
        _add_imports()
        registry.add_search(registry.SearchProvider("达人", Permission.CONTENT_VIEW, _find))
        registry.add_names(
            "creator", registry.NameSource("达人", queries.creator_names, queries.choose_creators)
        )


def _add_imports() -> None:
    from shemei.apps.creators.imports import Creators
    from shemei.kernel.imports.kinds import register

    register(Creators())


def _find(request: BrandRequest, text: str, limit: int) -> Iterable[Any]:
    from shemei.apps.creators.queries import choose_creators
    from shemei.kernel.registry import Hit
    from shemei.platforms import platform_of

    for named in choose_creators(request.workspace, text, limit):
        yield Hit(
            "达人",
            named.name,
            named.url,
            "star",
            f"{named.note} · {platform_of(named.platform).name}",
        )
