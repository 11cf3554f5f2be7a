"""Wiring of the content room."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.apps import AppConfig

if TYPE_CHECKING:
    from shemei.kernel.http import BrandRequest


class ContentConfig(AppConfig):
    name = "shemei.apps.content"
    label = "content"
    verbose_name = "内容"

    def ready(self) -> None:
        from shemei.apps.content import queries
        from shemei.apps.content.health import account_subjects
        from shemei.apps.content.imports import PostMetrics
        from shemei.kernel import audit, registry
        from shemei.kernel.imports.health import add_source
        from shemei.kernel.imports.kinds import register
        from shemei.kernel.permissions import Permission

        audit.register(
            {
                "post.created": "新建内容「{label}」",
                "post.changed": "修改内容「{label}」的{fields}",
                "post.metrics_entered": "填写内容「{label}」{day} 的数据",
            }
        )
        registry.add_navigation(
            registry.NavItem(
                "内容",
                "内容与素材",
                "notes",
                "content:posts",
                Permission.CONTENT_VIEW,
                order=20,
                match=("content",),
            )
        )
        registry.add_create(
            registry.CreateItem(
                "内容", "notes", "content:new_post", Permission.CONTENT_EDIT, order=10
            )
        )
        registry.add_search(registry.SearchProvider("内容", Permission.CONTENT_VIEW, _find))
        registry.add_names(
            "content", registry.NameSource("内容", queries.post_names, queries.choose_posts)
        )
        register(PostMetrics())
        add_source(account_subjects)


def _find(request: BrandRequest, text: str, limit: int) -> Iterable[Any]:
    from shemei.apps.content.queries import choose_posts
    from shemei.kernel.registry import Hit
    from shemei.platforms import platform_of

    for named in choose_posts(request.workspace, text, limit, by=request.actor):
        yield Hit("内容", named.name, named.url, "notes", platform_of(named.platform).name)
