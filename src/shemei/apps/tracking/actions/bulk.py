"""What is done to many links or codes at once, and the way back."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from shemei.apps.tracking.actions.links import archive_links, restore_links, save_link
from shemei.apps.tracking.models import BulkChange, Link, PromoCode
from shemei.kernel import audit
from shemei.kernel.permissions import Permission, require
from shemei.warehouse.vocabulary import to_ts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from shemei.kernel.actor import Actor
    from shemei.kernel.workspace import Workspace

DAY = 86_400_000_000


@transaction.atomic
def archive_many(workspace: Workspace, links: Iterable[Link], *, by: Actor) -> BulkChange:
    """Take links out of service, to be taken back together."""
    rows = [link for link in links if link.is_active]
    changes = {link.key: {"is_active": [True, False]} for link in rows}
    archive_links(rows, by=by)
    return _kept(workspace, changes, by, "归档", "都已经归档了，没有要改的。")


@transaction.atomic
def restore_many(workspace: Workspace, links: Iterable[Link], *, by: Actor) -> BulkChange:
    """Bring links back into service, to be taken back together."""
    rows = [link for link in links if not link.is_active]
    changes = {link.key: {"is_active": [False, True]} for link in rows}
    restore_links(rows, by=by)
    return _kept(workspace, changes, by, "恢复", "都在使用中，没有要恢复的。")


@transaction.atomic
def move_links(
    workspace: Workspace, links: Iterable[Link], *, by: Actor, folder: str
) -> BulkChange:
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
) -> BulkChange:
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
) -> BulkChange:
    require(by, Permission.TRACK)
    changes: dict[str, dict[str, list[Any]]] = {}
    for link in links:
        values = wanted(link)
        if values:
            changes[link.key] = {name: [getattr(link, name), new] for name, new in values.items()}
            for name, new in values.items():
                setattr(link, name, new)
            save_link(link)
    return _kept(workspace, changes, by, told, nothing)


def _kept(
    workspace: Workspace,
    changes: dict[str, Any],
    by: Actor,
    told: str,
    nothing: str,
    subject: str = "link",
) -> BulkChange:
    """Keep what was changed, and who changed it; refuses a change that changes ``nothing``."""
    if not changes:
        raise ValidationError(nothing)
    made: BulkChange = BulkChange.objects.create(
        workspace=workspace, changes=changes, subject=subject
    )
    verb = "links.changed_many" if subject == "link" else "codes.changed_many"
    audit.record(verb, made, by=by, count=len(changes), what=told)
    return made


@transaction.atomic
def switch_codes(
    workspace: Workspace, codes: Iterable[PromoCode], *, by: Actor, active: bool
) -> BulkChange:
    """Stop or resume codes; each is recorded, all can be taken back together."""
    require(by, Permission.TRACK)
    rows = [row for row in codes if row.is_active != active]
    verb = "code.restored" if active else "code.archived"
    for row in rows:
        PromoCode.objects.filter(pk=row.pk).update(is_active=active)
        audit.record(verb, row, by=by)
    changes = {row.key: {"is_active": [not active, active]} for row in rows}
    nothing = "都没有停用，没有要恢复的。" if active else "都已经停用了，没有要改的。"
    return _kept(workspace, changes, by, "恢复" if active else "停用", nothing, "code")


@transaction.atomic
def extend_codes(
    workspace: Workspace, codes: Iterable[PromoCode], *, by: Actor, days: int
) -> BulkChange:
    """Let codes that end hold longer: from their end, or from today where that is over."""
    require(by, Permission.TRACK)
    today, changes = timezone.localdate(), {}
    for row in codes:
        if row.ends_on:
            before, row.ends_on = row.ends_on, max(row.ends_on, today) + timedelta(days=days)
            row.save(update_fields=["ends_on"])
            changes[row.key] = {"ends_on": [before.isoformat(), row.ends_on.isoformat()]}
            audit.record("code.changed", row, by=by, fields=f"结束，延长 {days} 天")
    nothing = "选中的优惠码都没有结束的日期，不用延长。"
    return _kept(workspace, changes, by, f"延长 {days} 天", nothing, "code")


@transaction.atomic
def undo_bulk_change(made: BulkChange, *, by: Actor) -> int:
    """Take back what was changed at once; what somebody changed since stays as it is now."""
    require(by, Permission.TRACK)
    if not BulkChange.objects.filter(pk=made.pk, is_undone=False).update(is_undone=True):
        return 0
    keys, links = list(made.changes), made.subject == "link"
    rows: Iterable[Any] = (
        Link.objects.filter(key__in=keys).with_brand()
        if links
        else PromoCode.objects.filter(key__in=keys)
    )
    count = sum(_put_back(row, made.changes[row.key]) for row in rows)
    verb = "links.put_back" if links else "codes.put_back"
    audit.record(verb, made, by=by, count=count)
    return count


def _put_back(row: Link | PromoCode, told: dict[str, list[Any]]) -> bool:
    """Give a row what it had before, where it still has what it was given."""
    field = row._meta.get_field
    back = {
        name: field(name).to_python(was)
        for name, (was, now) in told.items()
        if getattr(row, name) == field(name).to_python(now)
    }
    for name, value in back.items():
        setattr(row, name, value)
    if back and isinstance(row, Link):
        save_link(row)
    elif back:
        row.save(update_fields=list(back))
    return bool(back)
