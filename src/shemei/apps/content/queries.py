"""What other rooms may know of posts. Call inside the workspace's scope."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from shemei.apps.content.models import Post
from shemei.apps.content.policies import seen_by
from shemei.kernel.actor import SYSTEM
from shemei.kernel.registry import Named
from shemei.kernel.urls import wurl

if TYPE_CHECKING:
    from shemei.kernel.actor import Actor
    from shemei.kernel.workspace import Workspace


@dataclass(frozen=True, slots=True)
class PostRow:
    key: str
    title: str
    platform: str
    form: str
    state: str
    creator_key: str
    author_name: str
    published_at: datetime | None


def posts(workspace: Workspace, keys: Iterable[str]) -> dict[str, PostRow]:
    rows = Post.objects.filter(workspace=workspace, key__in=list(keys))
    return {row.key: _row(row) for row in rows}


def posts_of_creator(workspace: Workspace, creator_key: str, *, by: Actor) -> list[PostRow]:
    """A creator's posts that ``by`` sees, the latest first."""
    rows = Post.objects.filter(workspace=workspace, creator_key=creator_key)
    return [_row(row) for row in seen_by(by, rows)]


def post_names(workspace: Workspace, keys: Iterable[str]) -> dict[str, Named]:
    rows = Post.objects.filter(workspace=workspace, key__in=list(keys))
    return {row.key: _named(workspace, row) for row in rows}


def choose_posts(workspace: Workspace, text: str, limit: int, *, by: Actor = SYSTEM) -> list[Named]:
    rows = seen_by(by, Post.objects.filter(workspace=workspace, title__icontains=text))
    return [_named(workspace, row) for row in rows[:limit]]


def _named(workspace: Workspace, row: Post) -> Named:
    return Named(
        row.key, row.title, row.author_name, row.platform, wurl(workspace, "content:post", row.key)
    )


def _row(row: Post) -> PostRow:
    return PostRow(
        row.key,
        row.title,
        row.platform,
        row.form,
        row.state,
        row.creator_key,
        row.author_name,
        row.published_at,
    )
