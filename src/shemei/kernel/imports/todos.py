"""What imports leave for somebody to do: a check to look at, a failure, rows that did not get in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shemei.kernel.imports.models import ImportBatch
from shemei.kernel.imports.unfinished import unfinished
from shemei.kernel.permissions import Permission
from shemei.kernel.registry import Todo
from shemei.kernel.urls import wurl

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shemei.kernel.http import BrandRequest

State = ImportBatch.State


def waiting(request: BrandRequest) -> Iterator[Todo]:
    """A line for every file that is not in as a whole."""
    if not request.actor.can(Permission.IMPORT):
        return
    for batch in unfinished():
        yield _todo(batch, wurl(request.workspace, "imports:batch", batch.key))


def _todo(batch: ImportBatch, url: str) -> Todo:
    text, who = f"「{batch.file_name}」{batch.why_unfinished}", batch.started_by
    if batch.state == State.READY:
        return Todo(text, url, "database-import", "info", who)
    if batch.state == State.FAILED:
        return Todo(text, url, "alert-triangle", "warn", batch.error[:60] or who)
    return Todo(text, url, "alert-triangle", "warn", "下载错行改好再传")
