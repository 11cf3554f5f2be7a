"""Notes on figures: what members say of a number, and who is told because they were named."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from shemei.apps.insight.boards.rules import metric_name
from shemei.apps.insight.models import FigureNote
from shemei.apps.insight.policies import REMOVE_NOTE
from shemei.kernel import audit
from shemei.kernel.actor import Actor
from shemei.kernel.notify import notify
from shemei.kernel.periods import Period
from shemei.kernel.permissions import Permission, require
from shemei.kernel.urls import wurl

if TYPE_CHECKING:
    from shemei.kernel.workspace import Workspace

LONGEST = 500
SHOWN = 30


class EmptyNote(ValueError):
    """A note says something, in at most so many characters."""


def notes_on(metric: str, period: Period) -> list[FigureNote]:
    """What was said of a figure for any day of a period, oldest first."""
    rows = FigureNote.objects.kept().filter(
        metric=metric, first__lte=period.last, last__gte=period.first
    )
    return list(rows.order_by("-id")[:SHOWN])[::-1]


def named_in(text: str, members: Iterable[tuple[str, str]]) -> list[str]:
    """Keys of the members that a text names with ``@``; the longest name wins.

    >>> named_in(
    ...     "@阿丽丽 看下，@博文", [("a", "阿丽"), ("b", "阿丽丽"), ("c", "博文"), ("d", "陈总")]
    ... )
    ['b', 'c']
    """
    keys = {name: key for key, name in members if name}
    if not keys:
        return []
    names = "|".join(re.escape(name) for name in sorted(keys, key=len, reverse=True))
    return list(dict.fromkeys(keys[name] for name in re.findall(f"[@＠]({names})", text)))


@transaction.atomic
def write_note(
    workspace: Workspace,
    metric: str,
    period: Period,
    text: str,
    *,
    members: Iterable[tuple[str, str]],
    by: Actor,
) -> FigureNote:
    """Keep a note and tell those it names, but not its author."""
    require(by, Permission.VIEW)
    said = text.strip()
    if not 1 <= len(said) <= LONGEST:
        raise EmptyNote(f"留言要有 1 至 {LONGEST} 字。")
    note = FigureNote.objects.create(
        workspace=workspace, metric=metric, first=period.first, last=period.last, text=said,
        author=by.label, author_key=by.id,
    )  # fmt: skip
    audit.record("note.written", note, by=by, span=note.span)
    told = [key for key in named_in(said, members) if key != by.id]
    url = f"{wurl(workspace, 'insight:metric', metric)}?from={period.first}&to={period.last}"
    notify(workspace, f"{by.label}在「{metric_name(metric)}」里提到你：{said}", url, to=told)
    return note


@transaction.atomic
def set_removed(note: FigureNote, removed: bool, *, by: Actor) -> None:
    """Take a note away or bring it back: its author, or who manages the brand."""
    REMOVE_NOTE.demand(by, note)
    note.removed_at = timezone.now() if removed else None
    note.save(update_fields=["removed_at"])
    audit.record("note.removed" if removed else "note.restored", note, by=by, span=note.span)
