"""Long tasks: progress that a page can show, and a cancel that is obeyed between two steps."""

from __future__ import annotations

import logging
import time
from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils import timezone
from django_scopes import scopes_disabled

from shemei.kernel.errors import UNEXPECTED, is_for_people, words_of
from shemei.kernel.models import LongTask
from shemei.kernel.permissions import Permission

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.db.models import QuerySet

    from shemei.kernel.actor import Actor
    from shemei.kernel.workspace import Workspace

SILENT = timedelta(minutes=30)
log = logging.getLogger(__name__)


class Cancelled(Exception):
    """The member asked to stop; whatever runs must leave nothing half-done."""


class Progress:
    """Handed to the work; writes at most four times a second."""

    def __init__(self, task: LongTask) -> None:
        self.task = task
        self._last = 0.0

    def tell(self, done: int, total: int | None = None, step: str | None = None) -> None:
        """Say how far the work is; raises :class:`Cancelled` if the member asked to stop."""
        if total is not None:
            self.task.total = total
        self.task.done = done
        if step is not None:
            self.task.step = step
        now = time.monotonic()
        if now - self._last < 0.25 and step is None:
            return
        self._last = now
        if LongTask.objects.filter(pk=self.task.pk, cancel_requested=True).exists():
            raise Cancelled
        self.task.save(update_fields=["done", "total", "step", "updated_at"])


def create(workspace: Workspace, kind: LongTask.Kind, title: str, *, by: Actor) -> LongTask:
    return LongTask.objects.create(
        workspace=workspace, kind=kind, title=title, started_by=by.name, starter=by.id
    )


def run(
    task: LongTask, work: Callable[[Progress], str | None], *, unexpected: str = UNEXPECTED
) -> LongTask:
    """Run ``work`` under ``task``, once; its return value is the URL of the result.

    What went wrong is kept on the task in words for people; of what nobody foresaw they read ``unexpected``.
    """
    mine = LongTask.objects.filter(pk=task.pk, state=LongTask.State.QUEUED)
    claimed = mine.update(state=LongTask.State.RUNNING)
    task.refresh_from_db()
    if not claimed:
        return task
    try:
        task.result_url = work(Progress(task)) or ""
    except Cancelled:
        return _closed(task, LongTask.State.CANCELLED)
    except Exception as error:
        if not is_for_people(error):
            log.exception("long task %s (%s) stopped", task.key, task.kind)
        _closed(task, LongTask.State.FAILED, words_of(error, unexpected))
        raise
    task.state = LongTask.State.DONE
    task.save()
    return task


def _closed(task: LongTask, state: str, error: str = "") -> LongTask:
    """Say how work ended that came to nothing, unless somebody has closed its task meanwhile."""
    running = LongTask.objects.filter(pk=task.pk, state=LongTask.State.RUNNING)
    running.update(state=state, error=error, done=task.done, total=task.total, step=task.step)
    task.refresh_from_db()
    return task


def seen_by(actor: Actor) -> QuerySet[LongTask]:
    """The tasks an actor may watch and cancel: their own, and all for those who bring data in."""
    rows = LongTask.objects.all()
    return rows if actor.can(Permission.IMPORT) else rows.filter(starter=actor.id)


def cancel(task: LongTask) -> None:
    """Ask a task to stop; one that has not begun is cancelled at once."""
    LongTask.objects.filter(pk=task.pk, state=LongTask.State.QUEUED).update(
        state=LongTask.State.CANCELLED
    )
    LongTask.objects.filter(pk=task.pk, state=LongTask.State.RUNNING).update(cancel_requested=True)


def give_up(pk: int | None, why: str) -> None:
    """Close a task whose process is gone and whose work another one goes on with."""
    _still_open(pk).update(state=LongTask.State.FAILED, error=why)


def end_cancelled(pk: int | None) -> None:
    """Close a task that was asked to stop and gave no sign of life since."""
    _still_open(pk).update(state=LongTask.State.CANCELLED)


def _still_open(pk: int | None) -> QuerySet[LongTask]:
    still_open = (LongTask.State.QUEUED, LongTask.State.RUNNING)
    return LongTask.objects.filter(pk=pk, state__in=still_open)


def sweep() -> int:
    """Close tasks whose process ended without a word; returns how many."""
    told = "执行它的进程中断了，没有留下结果。请重新开始；已入库的部分可在操作记录里核对。"
    with scopes_disabled():
        silent = LongTask.objects.filter(state=LongTask.State.RUNNING)
        silent = silent.filter(updated_at__lt=timezone.now() - SILENT)
        return silent.update(state=LongTask.State.FAILED, error=told)
