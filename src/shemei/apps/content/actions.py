"""Writes of the content room: posts and their figures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from shemei.apps.accounts.queries import members_with
from shemei.apps.brand.queries import id_of
from shemei.apps.content import rules, tellings
from shemei.apps.content.models import MetricEntry, Post
from shemei.apps.content.policies import EDIT_POST
from shemei.kernel import audit
from shemei.kernel.actor import Actor
from shemei.kernel.edits import assign, save
from shemei.kernel.permissions import Permission, require
from shemei.kernel.tellings import news

if TYPE_CHECKING:
    from shemei.kernel.workspace import Workspace

FOREIGN = {"account_key": "platform_account", "campaign_key": "campaign", "pillar_key": "pillar"}


@transaction.atomic
def create_post(
    workspace: Workspace, *, by: Actor, title: str, platform: str, **values: Any
) -> Post:
    """Enter a post. ``values`` are the other fields; account, campaign and pillar come as ``…_key``."""
    require(by, Permission.CONTENT_EDIT)
    post = Post(workspace=workspace, title=title, platform=platform)
    own = by.id if by.kind == "member" else ""
    if values.setdefault("keeper_key", own) not in ("", own):
        _check_keeper(values["keeper_key"], by=by)
    assign(post, _tidy(workspace, values))
    _complete(post)
    save(post)
    audit.record("post.created", post, by=by)
    return post


@transaction.atomic
def change_post(post: Post, *, by: Actor, **values: Any) -> Post:
    """Change a post. Where its labels or its day of publication change, its figures in the log move along."""
    EDIT_POST.demand(by, post)
    if values.get("keeper_key", post.keeper_key) != post.keeper_key:
        _check_keeper(values["keeper_key"], by=by)
    before = tellings.booked(post)
    fields = assign(post, _tidy(post.workspace, values))
    _complete(post)
    save(post)
    if fields:
        tellings.book(post, before, source="entry")
        audit.record("post.changed", post, by=by, fields="、".join(fields))
    return post


def _check_keeper(key: str, *, by: Actor) -> None:
    """Handing a post to somebody is for those who see what others answer for; it goes to who can edit it."""
    require(by, Permission.CONTENT_OTHERS)
    if key and key not in {one.id for one in members_with(Permission.CONTENT_EDIT)}:
        raise ValidationError({"keeper_key": "这位不在品牌空间里，或不能编辑内容。请另选一位。"})


@transaction.atomic
def hand_over(posts: Iterable[Post], keeper: str, *, by: Actor) -> int:
    """Let a member answer for posts from now on; returns how many changed hands."""
    _check_keeper(keeper, by=by)
    done = 0
    for post in posts:
        EDIT_POST.demand(by, post)
        if assign(post, {"keeper_key": keeper}):
            post.save(update_fields=["keeper_key"])
            audit.record("post.changed", post, by=by, fields="负责人")
            done += 1
    return done


def _tidy(workspace: Workspace, values: Mapping[str, Any]) -> dict[str, Any]:
    rest = {name: value for name, value in values.items() if name not in FOREIGN}
    for name, kind in FOREIGN.items():
        if name in values:
            rest[f"{name.removesuffix('_key')}_id"] = id_of(kind, workspace, values[name])
    if "url" in rest:
        rest["url"] = rules.plain_url(rest["url"])
    return rest


def _identify(post: Post) -> None:
    """Read the post's own id from its link."""
    platform, external_id = rules.identify(post.url)
    if external_id and platform == post.platform:
        post.external_id = post.external_id or external_id


def _complete(post: Post) -> None:
    """Read what the link says, and take it that a published post without a time appeared now."""
    _identify(post)
    if post.state == Post.State.PUBLISHED and post.published_at is None:
        post.published_at = timezone.now()


@transaction.atomic
def record_metrics(post: Post, *, by: Actor, day: date, **figures: int | None) -> bool:
    """Enter a post's totals of a day by hand; returns whether anything changed."""
    EDIT_POST.demand(by, post)
    told = {name: value for name, value in figures.items() if value is not None}
    _check(post, day, told)
    tellings.adopt(post)
    held = MetricEntry.objects.filter(post=post, day=day).standing().held()
    if not (fresh := news(told, held)):
        return False
    MetricEntry.objects.create(workspace_id=post.workspace_id, post=post, day=day, told=fresh)
    tellings.follow(post, source="entry")
    audit.record("post.metrics_entered", post, by=by, day=str(day))
    return True


def _check(post: Post, day: date, told: Mapping[str, int]) -> None:
    if not told:
        raise ValidationError("一个数都没有填。请至少填一项，没有的留空。")
    if day > timezone.localdate():
        raise ValidationError({"day": "数据日期在今天之后。请改成平台上看到这些数的那一天。"})
    if post.published_on and day < post.published_on:
        raise ValidationError({"day": f"数据日期早于发布日期 {post.published_on}。请核对。"})


def post_from_import(workspace: Workspace, *, batch: str, **values: Any) -> Post:
    """A post that a platform's file names and the system did not know: it is published, so it is kept as such."""
    post = Post(workspace=workspace, state=Post.State.PUBLISHED, batch=batch)
    values["title"] = values["title"][: Post._meta.get_field("title").max_length]
    assign(post, _tidy(workspace, values))
    _identify(post)
    post.save()
    return post
