"""What the top bar opens: search, notifications, long tasks."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby, islice
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from shemei.kernel import registry, tasks
from shemei.kernel.models import LongTask, Notification
from shemei.kernel.permissions import Permission
from shemei.kernel.registry import Hit
from shemei.kernel.toasts import toast
from shemei.kernel.urls import wurl
from shemei.kernel.views import allow, get_row

PER_KIND = 6


@allow(Permission.CONTENT_VIEW)
def search(request: Any) -> HttpResponse:
    """Grouped hits for ``?q=``: actions first, then pages, then what the rooms find."""
    text = request.GET.get("q", "").strip()[:80]
    groups = [(kind, list(hits)) for kind, hits in groupby(_hits(request, text), lambda h: h.kind)]
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse({"q": text, "groups": [_as_json(kind, hits) for kind, hits in groups]})
    told = {"q": text, "groups": groups, "n": sum(len(hits) for _, hits in groups)}
    part = "#results" if request.htmx else ""
    return render(request, f"accounts/search.html{part}", told)


def _as_json(kind: str, hits: list[Hit]) -> dict[str, Any]:
    rows = [{"title": h.title, "url": h.url, "icon": h.icon, "note": h.note} for h in hits]
    return {"kind": kind, "hits": rows}


def _hits(request: Any, text: str) -> Iterator[Hit]:
    for item in registry.create_menu:
        if request.actor.can(item.permission) and text.lower() in item.label.lower():
            yield Hit("动作", item.label, wurl(request.workspace, item.url_name), item.icon)
    for page in registry.navigation:
        if text and request.actor.can(page.permission) and text.lower() in page.label.lower():
            yield Hit("页面", page.label, wurl(request.workspace, page.url_name), page.icon)
    for provider in registry.search if text else []:
        if request.actor.can(provider.permission):
            yield from islice(provider.find(request, text, PER_KIND), PER_KIND)


@allow(Permission.CONTENT_VIEW)
def notifications(request: Any) -> HttpResponse:
    """The latest words to this member; htmx gets the list alone, for the menu of the top bar."""
    mine = _my_notifications(request)
    told = {"rows": mine[:100], "unread": mine.filter(read_at=None).count()}
    part = "#menu" if request.htmx else ""
    return render(request, f"accounts/notifications.html{part}", told)


@allow(Permission.CONTENT_VIEW)
def notification(request: Any, key: str) -> HttpResponse:
    """Go where a notification points, and mark it as read on the way."""
    row = get_row(_my_notifications(request), key)
    _my_notifications(request).filter(pk=row.pk, read_at=None).update(read_at=timezone.now())
    return redirect(row.url or wurl(request.workspace, "desk:notifications"))


@require_POST
@allow(Permission.CONTENT_VIEW)
def notifications_read(request: Any) -> HttpResponse:
    _my_notifications(request).filter(read_at=None).update(read_at=timezone.now())
    return redirect(wurl(request.workspace, "desk:notifications"))


def _my_notifications(request: Any) -> QuerySet[Notification]:
    return Notification.objects.filter(member=request.member)


@allow(Permission.CONTENT_VIEW)
def task_list(request: Any) -> HttpResponse:
    """Long tasks, newest first; htmx gets the list alone."""
    rows = list(_my_tasks(request)[:50])
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse({"tasks": [_task_json(request, row) for row in rows]})
    told = {"rows": rows, "n": sum(row.is_open for row in rows)}
    part = "#menu" if request.htmx else ""
    return render(request, f"accounts/tasks.html{part}", told)


@allow(Permission.CONTENT_VIEW)
def task(request: Any, key: str) -> HttpResponse:
    """How far one task is: JSON for scripts, a fragment for htmx, else a page."""
    row = get_row(_my_tasks(request), key)
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse(_task_json(request, row))
    part = "#card" if request.htmx else ""
    return render(request, f"accounts/task.html{part}", {"task": row})


@require_POST
@allow(Permission.CONTENT_VIEW)
def task_cancel(request: Any, key: str) -> HttpResponse:
    row = get_row(_my_tasks(request), key)
    tasks.cancel(row)
    row.refresh_from_db()
    if request.htmx:
        return render(request, "accounts/task.html#card", {"task": row})
    toast(request, f"已请求取消：{row.title}")
    return redirect(wurl(request.workspace, "desk:task", row.key))


def _my_tasks(request: Any) -> QuerySet[LongTask]:
    """A member's own tasks; whoever manages members sees everybody's."""
    if request.actor.can(Permission.MEMBERS):
        return LongTask.objects.all()
    return LongTask.objects.filter(Q(starter=request.actor.id))


def _task_json(request: Any, row: LongTask) -> dict[str, Any]:
    return {
        "key": row.key,
        "title": row.title,
        "state": row.state,
        "state_name": row.get_state_display(),
        "step": row.step,
        "done": row.done,
        "total": row.total,
        "percent": row.percent,
        "error": row.error,
        "is_open": row.is_open,
        "result_url": row.result_url,
        "url": wurl(request.workspace, "desk:task", row.key),
        "cancel_url": wurl(request.workspace, "desk:task_cancel", row.key),
    }
