"""What was lately changed in many links or codes at once, so that it can still be taken back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from shemei.apps.tracking.models import BulkChange
from shemei.kernel.models import AuditEntry

if TYPE_CHECKING:
    from shemei.kernel.workspace import Workspace

KEPT_DAYS, SHOWN = 30, 20
WORDS = {"name": "名称", "folder": "文件夹", "routing": "到期", "ends_on": "结束日期"}
KEEPING = ("links.repaired", "links.changed_many", "codes.changed_many")
"""What is recorded where a change is kept."""
STATES = {
    ("link", True): "恢复",
    ("link", False): "归档",
    ("code", True): "恢复",
    ("code", False): "停用",
}


@dataclass(frozen=True, slots=True)
class Change:
    """One of them: what it did, and who did it where the log says so."""

    made: BulkChange
    what: str
    who: str


def recent(workspace: Workspace) -> list[Change]:
    """The latest of the last 30 days, the newest first, those taken back too."""
    since = timezone.now() - timedelta(days=KEPT_DAYS)
    rows = list(BulkChange.objects.filter(workspace=workspace, created_at__gte=since)[:SHOWN])
    told = AuditEntry.objects.filter(
        subject_key__in=[row.key for row in rows],
        verb__in=KEEPING,
    )
    who = dict(told.values_list("subject_key", "actor_name"))
    return [Change(row, _what(row), who.get(row.key, "")) for row in rows]


def _what(row: BulkChange) -> str:
    """The fields it gave other values, in words."""
    words = {
        STATES[row.subject, bool(new)] if field == "is_active" else WORDS.get(field, field)
        for fields in row.changes.values()
        for field, (_, new) in fields.items()
    }
    return "、".join(sorted(words))
