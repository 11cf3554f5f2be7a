"""Checking and writing in the background, and going on with what a killed process left."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django_scopes import scope, scopes_disabled

from shemei.kernel import tasks
from shemei.kernel.actor import Actor
from shemei.kernel.imports import actions, files
from shemei.kernel.imports.errors import Overtaken
from shemei.kernel.imports.models import ImportBatch
from shemei.kernel.jobs import enqueue_on_commit, every, job
from shemei.kernel.models import LongTask
from shemei.kernel.notify import notify
from shemei.kernel.urls import wurl
from shemei.warehouse.log.tombstones import Tombstone, exclude

STALLED_AFTER = timedelta(minutes=3)
KEPT = timedelta(days=7)
State = ImportBatch.State
STEPS = {
    "check": ((State.DRAFT, State.READY, State.FAILED), State.CHECKING),
    "write": ((State.READY,), State.WRITING),
}
"""Step → the states it begins in, and the one it is in while it runs."""


def begin(batch: ImportBatch, step: str, *, by: Actor) -> bool:
    """Queue a step, unless somebody else has just done so: two clicks are one check, one writing."""
    before, state = STEPS[step]
    if not ImportBatch.objects.filter(pk=batch.pk, state__in=before).update(state=state):
        return False
    batch.state = state
    start(batch, step, by=by)
    return True


def start(batch: ImportBatch, step: str, *, by: Actor) -> ImportBatch:
    """Queue the check or the writing of a batch as a long task that pages can watch."""
    title = f"{'核对' if step == 'check' else '入库'}「{batch.file_name}」"
    batch.task = tasks.create(batch.workspace, LongTask.Kind.IMPORT, title, by=by)
    batch.save(update_fields=["task", "touched_at"])
    enqueue_on_commit(run_batch, batch.pk, step, batch.task.pk)
    return batch


@job()
def run_batch(pk: int, step: str, task: int) -> None:
    """Run one step of a batch under its task; a nudge for a task that a later one has replaced does nothing."""
    batch = _load(pk)
    if batch is None or batch.task_id != task:
        return
    with scope(workspace=batch.workspace):
        try:
            tasks.run(batch.task, partial(_step, batch, step))
        except Overtaken:
            return
        finally:
            batch.refresh_from_db()
            if batch.task_id == task:
                actions.settle_cancelled(batch)
                _tell_starter(batch)


def _tell_starter(batch: ImportBatch) -> None:
    """Who started an import may have gone on with something else: say how it ended."""
    batch.refresh_from_db()
    new, changed, noun = batch.count("new"), batch.count("changed"), batch.kind_of.noun
    merged = f"（{batch.merged}）" if batch.merged else ""
    said = {
        State.DONE: f"「{batch.file_name}」已入库：新增 {new:,} {noun}，有变化 {changed:,} {noun}{merged}",
        State.FAILED: f"「{batch.file_name}」没有导入成：{batch.error}",
    }
    if (text := said.get(State(batch.state))) and batch.actor.get("kind") == "member":
        url = wurl(batch.workspace, "imports:batch", batch.key)
        notify(batch.workspace, text, url, to=[batch.actor["id"]])


def _load(pk: int) -> ImportBatch | None:
    with scopes_disabled():
        return ImportBatch.objects.select_related("workspace", "task").filter(pk=pk).first()


def _step(batch: ImportBatch, step: str, progress: tasks.Progress) -> str:
    work: Any = actions.check if step == "check" else actions.write
    work(batch, by=actor_of(batch), tell=progress.tell)
    return wurl(batch.workspace, "imports:batch", batch.key)


def actor_of(batch: ImportBatch) -> Actor:
    """Who started the batch, with the one permission that was checked when they did."""
    told = batch.actor
    return Actor(told["kind"], told["id"], told["name"], frozenset({batch.kind_of.permission}))


@every(minutes=1)
def resume_stalled() -> int:
    """Go on with batches whose process was killed, and end those that were cancelled; each is claimed by one worker."""
    before = timezone.now() - STALLED_AFTER
    with scopes_disabled():
        stalled = list(
            ImportBatch.objects.filter(
                state__in=(State.WRITING, State.CHECKING),
                touched_at__lt=before,
                task__updated_at__lt=before,
            ).select_related("workspace", "task")
        )
    for batch in stalled:
        with scope(workspace=batch.workspace):
            if _claimed(batch):
                batch.refresh_from_db()  # with its task: both may have changed since they were listed
                _end_or_resume(batch)
    return len(stalled)


@transaction.atomic
def _claimed(batch: ImportBatch) -> bool:
    """Whether this worker may see to the batch; one whose row a standing transaction holds is left for later."""
    mine = ImportBatch.objects.filter(pk=batch.pk, touched_at=batch.touched_at)
    free = list(mine.select_for_update(skip_locked=True).values_list("pk", flat=True))
    return bool(free) and bool(mine.update(touched_at=timezone.now()))


def _end_or_resume(batch: ImportBatch) -> None:
    if batch.task and batch.task.is_cancelled:
        actions.end_cancelled(batch, by=actor_of(batch))
        return
    tasks.give_up(batch.task_id, "执行它的进程中断了。已另起一次，从断点接着做。")
    start(batch, "check" if batch.state == State.CHECKING else "write", by=actor_of(batch))


@every(minutes=60)
def forget_uploads() -> int:
    """Delete what finished imports left after a week, and drafts that nobody finished."""
    before = timezone.now() - KEPT
    with scopes_disabled():
        old = list(ImportBatch.objects.filter(touched_at__lt=before).exclude(state=State.WRITING))
        drafts = [b.pk for b in old if b.state in (State.DRAFT, State.READY, State.CHECKING)]
        for batch in old:
            files.drop_all(batch.key)
        ImportBatch.objects.filter(pk__in=drafts).delete()
    return len(old)


@every(minutes=10)
def exclude_undone() -> int:
    """Make sure the log leaves out every batch that was undone, also after a kill between the two."""
    with scopes_disabled():
        undone = ImportBatch.objects.filter(state=State.UNDONE, undone_at__gt=timezone.now() - KEPT)
        told = [
            (b.key, b.workspace.key, b.counts.get("days"))
            for b in undone.select_related("workspace")
        ]
    tombstones = [Tombstone(key, workspace, *days) for key, workspace, days in told if days]
    return sum(exclude(settings.SHEMEI_HOME, one) for one in tombstones)
