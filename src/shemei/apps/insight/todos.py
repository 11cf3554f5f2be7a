"""What was given away of boards and nobody answers for: links and mails made before makers were kept."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from django.utils import timezone

from shemei.apps.insight.models import BoardMail, BoardShare
from shemei.kernel.permissions import Permission
from shemei.kernel.registry import Todo
from shemei.kernel.urls import wurl

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shemei.kernel.http import BrandRequest


def waiting(request: BrandRequest) -> Iterator[Todo]:
    """One line per board for those who may take them over: they go on until somebody answers for them."""
    if not request.actor.can(Permission.WORKSPACE):
        return
    shares = BoardShare.objects.filter(revoked_at=None, expires_at__gt=timezone.now())
    mails = BoardMail.objects.exclude(state=BoardMail.State.STOPPED)
    links, letters = (
        Counter(
            rows.filter(made_by_key="", board__removed_at=None)
            .order_by("board__title")
            .values_list("board__key", "board__title")
        )
        for rows in (shares, mails)
    )
    for key, title in links | letters:
        counted = ((links[key, title], "条链接"), (letters[key, title], "份定时邮件"))
        what = "、".join(f"{count} {words}" for count, words in counted if count)
        yield Todo(
            f"看板「{title}」有 {what}不知是谁建的，还在给人看",
            wurl(request.workspace, "insight:board_share", key),
            "user-off",
            "warn",
            "接手或停掉",
            links[key, title] + letters[key, title],
        )
