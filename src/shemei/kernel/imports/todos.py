"""What imports leave for somebody to do: a check to look at, a failure, rows that did not get in."""

from __future__ import annotations

from datetime import timedelta
from itertools import islice
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from shemei.kernel.imports.models import ImportBatch
from shemei.kernel.permissions import Permission
from shemei.kernel.registry import Todo
from shemei.kernel.urls import wurl

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shemei.kernel.http import BrandRequest

State = ImportBatch.State
FRESH = timedelta(days=14)
MOST = 10


def waiting(request: BrandRequest) -> Iterator[Todo]:
    """Newest first; older than two weeks is history, and a later clean import of its kind repairs the rows."""
    if not request.actor.can(Permission.IMPORT):
        return
    unfinished = Q(state__in=(State.READY, State.FAILED)) | Q(state=State.DONE, error_rows__gt=0)
    clean = ImportBatch.objects.filter(
        kind=OuterRef("kind"), pk__gt=OuterRef("pk"), state=State.DONE, error_rows=0
    )
    found = ImportBatch.objects.filter(unfinished, touched_at__gte=timezone.now() - FRESH)
    left = found.exclude(Q(state=State.DONE) & Exists(clean)).iterator()
    for batch in islice((one for one in left if not one.is_empty), MOST):
        yield _todo(batch, wurl(request.workspace, "imports:batch", batch.key))


def _todo(batch: ImportBatch, url: str) -> Todo:
    name, who = batch.file_name, batch.started_by
    if batch.state == State.READY:
        return Todo(f"「{name}」核对好了，等你入库", url, "database-import", "info", who)
    if batch.state == State.FAILED:
        return Todo(f"「{name}」没有导入成", url, "alert-triangle", "warn", batch.error[:60] or who)
    text = f"「{name}」有 {batch.error_rows:,} 行没有入库"
    return Todo(text, url, "alert-triangle", "warn", "下载错行改好再传")
