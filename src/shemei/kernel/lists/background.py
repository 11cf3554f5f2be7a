"""Long exports: the worker opens the list once more as the member who asked, and writes it into a file."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, BinaryIO

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import resolve
from django.utils import timezone
from django_scopes import scope, scopes_disabled

from shemei.kernel import tasks
from shemei.kernel.http import BrandRequest, place
from shemei.kernel.jobs import enqueue_on_commit, every, job
from shemei.kernel.models import LongTask, Notification
from shemei.kernel.notify import notify
from shemei.kernel.toasts import toast
from shemei.kernel.urls import wurl

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

KEPT = timedelta(days=1)


class Export:
    """Hangs on the request that the worker makes: where the rows go, and how far they are."""

    def __init__(self, task: LongTask, progress: tasks.Progress) -> None:
        self._task, self._progress = task, progress
        self.name = ""
        self._done = 0

    @contextmanager
    def file(self, name: str) -> Iterator[BinaryIO]:
        """A file that is there only when it is whole."""
        self.name = name
        place = path_of(self._task, name)
        draft = place.with_name(f"{place.name}.part")
        draft.parent.mkdir(parents=True, exist_ok=True)
        try:
            with draft.open("wb") as out:
                yield out
            draft.replace(place)
        finally:
            draft.unlink(missing_ok=True)

    def counted(self, records: Iterator[list[Any]], total: int) -> Iterator[list[Any]]:
        """The rows of one table; ``total`` are those of all tables of the file."""
        for record in records:
            if self._done % 100 == 0:
                self._progress.tell(self._done, total)
            self._done += 1
            yield record
        if self._done == total:
            self._progress.tell(total, total, "写完")


def path_of(task: LongTask, name: str) -> Path:
    place: Path = settings.SHEMEI_HOME.exports / task.key / name
    return place


def begin(request: BrandRequest, noun: str, total: int) -> HttpResponse:
    """Queue the export and go back to the list, where the bar shows how far it is."""
    title = f"导出 {noun} {total:,} 行"
    task = tasks.create(request.workspace, LongTask.Kind.EXPORT, title, by=request.actor)
    query = request.GET.copy()
    enqueue_on_commit(run_export, task.pk, request.path, query.urlencode(), request.actor.id)
    toast(request, f"正在导出 {total:,} 行，写好了会提醒你下载")
    for name in ("export", "table"):
        query.pop(name, None)
    return HttpResponseRedirect(f"{request.path}?{query.urlencode()}")


@job()
def run_export(pk: int, path: str, query: str, member: str) -> None:
    """Write the list that ``path`` and ``query`` name, as the member sees it now."""
    with scopes_disabled():
        task = LongTask.objects.select_related("workspace").filter(pk=pk).first()
    if task is None:
        return
    with scope(workspace=task.workspace):
        done = tasks.run(task, partial(_open_again, task, path, query, member))
        if done.state == LongTask.State.DONE:
            notify(task.workspace, f"{task.title}：写好了", done.result_url, to=[member])


def _open_again(
    task: LongTask, path: str, query: str, member: str, progress: tasks.Progress
) -> str:
    members: Any = Notification._meta.get_field("member").related_model
    who = members.objects.select_related("user", "workspace").get(key=member, is_active=True)
    export = Export(task, progress)
    request = place(HttpRequest(), workspace=who.workspace, actor=who.actor, member=who)
    request.method, request.path, request.path_info = "GET", path, path
    request.META["QUERY_STRING"], request.GET = query, QueryDict(query)
    vars(request).update(user=who.user, export_task=export)
    found = resolve(path)
    found.kwargs.pop("workspace_key", None)
    found.func(request, *found.args, **found.kwargs)
    return wurl(task.workspace, "portal:task_file", task.key)


@every(minutes=60)
def forget_exports() -> int:
    """Delete what has lain here for a day; returns how many."""
    before = timezone.now() - KEPT
    gone = 0
    for folder in settings.SHEMEI_HOME.exports.glob("*"):
        if folder.stat().st_mtime < before.timestamp():
            for file in folder.iterdir():
                file.unlink()
                gone += 1
            folder.rmdir()
    return gone
