"""What is done to many links or codes at once, with a way back for links."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from shemei.apps.tracking.actions.links import archive_links, save_link
from shemei.apps.tracking.models import Link, LinkRepair, PromoCode
from shemei.kernel import audit
from shemei.kernel.permissions import Permission, require
from shemei.warehouse.vocabulary import to_ts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from shemei.kernel.actor import Actor
    from shemei.kernel.workspace import Workspace

DAY = 86_400_000_000


@transaction.atomic
def archive_many(workspace: Workspace, links: Iterable[Link], *, by: Actor) -> LinkRepair:
    """Take links out of service, to be taken back together."""
    rows = [link for link in links if link.is_active]
    changes = {link.key: {"is_active": [True, False]} for link in rows}
    archive_links(rows, by=by)
    return _kept(workspace, changes, "都已经归档了，没有要改的。")


@transaction.atomic
def move_links(
    workspace: Workspace, links: Iterable[Link], *, by: Actor, folder: str
) -> LinkRepair:
    """Put links into a folder; an empty one takes them out of theirs."""
    target = folder.strip()
    if len(target) > Link._meta.get_field("folder").max_length:
        raise ValidationError({"folder": "文件夹的名字最多 40 个字。"})
    return _change(
        workspace,
        links,
        by,
        lambda link: {"folder": target} if link.folder != target else {},
        f"移到「{target}」" if target else "移出文件夹",
        "都在这个文件夹里了，没有要移的。",
    )


@transaction.atomic
def extend_links(
    workspace: Workspace, links: Iterable[Link], *, by: Actor, days: int
) -> LinkRepair:
    """Let links that end hold longer: from their end, or from now where that is over."""
    now = to_ts(timezone.now())

    def longer(link: Link) -> dict[str, Any]:
        ends = link.routing.get("expires", 0)
        return {"routing": {**link.routing, "expires": max(ends, now) + days * DAY}} if ends else {}

    return _change(
        workspace, links, by, longer, f"延长 {days} 天", "选中的短链都没有到期的时间，不用延长。"
    )


def _change(
    workspace: Workspace,
    links: Iterable[Link],
    by: Actor,
    wanted: Callable[[Link], dict[str, Any]],
    told: str,
    nothing: str,
) -> LinkRepair:
    require(by, Permission.TRACK)
    changes: dict[str, dict[str, list[Any]]] = {}
    for link in links:
        values = wanted(link)
        if values:
            changes[link.key] = {name: [getattr(link, name), new] for name, new in values.items()}
            for name, new in values.items():
                setattr(link, name, new)
            save_link(link)
    made = _kept(workspace, changes, nothing)
    audit.record("links.changed_many", made, by=by, count=len(changes), what=told)
    return made


def _kept(workspace: Workspace, changes: dict[str, Any], nothing: str) -> LinkRepair:
    if not changes:
        raise ValidationError(nothing)
    made: LinkRepair = LinkRepair.objects.create(workspace=workspace, changes=changes)
    return made


@transaction.atomic
def switch_codes(codes: Iterable[PromoCode], *, by: Actor, active: bool) -> int:
    """Stop or resume codes; each is recorded."""
    require(by, Permission.TRACK)
    rows = [row for row in codes if row.is_active != active]
    verb = "code.restored" if active else "code.archived"
    for row in rows:
        PromoCode.objects.filter(pk=row.pk).update(is_active=active)
        audit.record(verb, row, by=by)
    return len(rows)


@transaction.atomic
def extend_codes(codes: Iterable[PromoCode], *, by: Actor, days: int) -> int:
    """Let codes that end hold longer: from their end, or from today where that is over."""
    require(by, Permission.TRACK)
    today = timezone.localdate()
    rows = [row for row in codes if row.ends_on]
    if not rows:
        raise ValidationError("选中的优惠码都没有结束的日期，不用延长。")
    for row in rows:
        row.ends_on = max(row.ends_on, today) + timedelta(days=days)
        row.save(update_fields=["ends_on"])
        audit.record("code.changed", row, by=by, fields=f"结束，延长 {days} 天")
    return len(rows)
