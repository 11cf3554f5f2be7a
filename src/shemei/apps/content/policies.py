"""Whose posts somebody sees and edits: the team all of them, an outside partner those they answer for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shemei.kernel.permissions import Permission
from shemei.kernel.policies import Policy

if TYPE_CHECKING:
    from shemei.apps.content.models import Post, PostQuerySet
    from shemei.kernel.actor import Actor


def _post(actor: Actor, post: Post) -> str:
    if actor.can(Permission.CONTENT_OTHERS) or post.keeper_key == actor.id:
        return ""
    return "这篇不由你负责。请品牌方的同事把负责人改成你。"


EDIT_POST: Policy[Post] = Policy(_post, Permission.CONTENT_EDIT)


def seen_by(actor: Actor, rows: PostQuerySet) -> PostQuerySet:
    """The same rule for lists and look-ups: a post that is not theirs is not there."""
    return rows if actor.can(Permission.CONTENT_OTHERS) else rows.filter(keeper_key=actor.id)
