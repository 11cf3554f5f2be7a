"""The shell's own small answers: the look, search, notifications, long tasks, help."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.http import FileResponse, Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from shemei.kernel import registry
from shemei.kernel import tasks as long_tasks
from shemei.kernel.figures import are_there
from shemei.kernel.lists.background import path_of
from shemei.kernel.models import Notification
from shemei.kernel.permissions import Permission
from shemei.kernel.registry import Hit
from shemei.kernel.views import allow, get_row, recently_authenticated
from shemei.portal.context import THEMES, Shell

if TYPE_CHECKING:
    from django.http import HttpRequest

YEAR = 365 * 86_400
HITS = 5
VERBS = ("新建", "录入", "导入")


@require_POST
def set_theme(request: HttpRequest) -> HttpResponse:
    """Keep the look with the member, and in a cookie for the pages before sign-in."""
    theme = request.POST.get("theme", "")
    if theme not in THEMES:
        return HttpResponse("外观只有 auto、light、dark 三种。", status=400)
    user: Any = request.user
    if user.is_authenticated:
        user.theme = theme
        user.save(update_fields=["theme"])
    response = HttpResponse(status=204)
    response.set_cookie("s_theme", theme, max_age=YEAR, samesite="Lax", secure=request.is_secure())
    return response


@dataclass(frozen=True, slots=True)
class HitGroup:
    label: str
    hits: list[Hit]


@require_GET
def search(request: HttpRequest) -> HttpResponse:
    """Actions and pages first, then what the rooms find; each asks only for what the member may see."""
    text = " ".join(request.GET.get("q", "").split())[:80]
    shell = Shell(request)
    actions = [Hit("动作", _action(line.label), line.href, line.icon) for line in shell.create]
    lines = [line for group in [*shell.groups] for line in group.lines] + shell.settings
    pages = [Hit("去", line.label, line.href, line.icon) for line in lines]
    groups = [HitGroup("动作", _matching(actions, text)), HitGroup("去", _matching(pages, text))]
    if text:
        groups += [HitGroup(p.kind, list(p.find(request, text, HITS))) for p in _providers(request)]
    found = [group for group in groups if group.hits]
    return render(request, "portal/search.html", {"groups": found, "text": text})


def _action(label: str) -> str:
    return label if label.startswith(VERBS) else f"新建{label}"


def _matching(hits: list[Hit], text: str) -> list[Hit]:
    return [hit for hit in hits if text.lower() in hit.title.lower()][: HITS if text else 20]


def _providers(request: HttpRequest) -> list[registry.SearchProvider]:
    actor = request.actor  # type: ignore[attr-defined]
    return [provider for provider in registry.search if actor.can(provider.permission)]


@require_http_methods(["GET", "POST"])
def notifications(request: HttpRequest) -> HttpResponse:
    mine = Notification.objects.filter(member=request.member)  # type: ignore[attr-defined]
    if request.method == "POST":
        mine.filter(read_at=None).update(read_at=timezone.now())
        return HttpResponseRedirect(_back(request))
    context = {
        "notifications": list(mine[:50]),
        "unread": mine.filter(read_at=None).count(),
        "next": request.headers.get("HX-Current-URL", ""),
    }
    return render(request, "portal/notifications.html", context)


def _back(request: HttpRequest) -> str:
    wanted = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(wanted, {request.get_host()}, request.is_secure()):
        return wanted
    return "/"


@require_GET
def figures(request: HttpRequest) -> HttpResponse:
    """Asked by a page that waits for figures: once they are there it is opened anew."""
    return HttpResponse(status=204, headers={"HX-Refresh": "true"} if are_there() else {})


@require_GET
def help_drawer(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/help.html")


def _tasks(request: HttpRequest) -> Any:
    return long_tasks.seen_by(request.actor)  # type: ignore[attr-defined]


@require_GET
def tasks(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/tasks.html", {"tasks": list(_tasks(request)[:20])})


@require_GET
def task_line(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/task_poll.html", {"tasks": Shell(request).open_tasks})


@require_GET
def task(request: HttpRequest, key: str) -> HttpResponse:
    return render(request, "portal/task.html", {"task": get_row(_tasks(request), key)})


@require_GET
@allow(Permission.EXPORT)
@recently_authenticated
def task_file(request: HttpRequest, key: str) -> HttpResponse:
    """The file that an export wrote: for who asked for it, for a day."""
    task = get_row(long_tasks.seen_by(request.actor).filter(starter=request.actor.id), key)  # type: ignore[attr-defined]
    found = next(iter(path_of(task, "").glob("*")), None)
    if found is None:
        raise Http404("这份导出已过一天，文件清掉了。回到列表再导一次。")
    return FileResponse(found.open("rb"), as_attachment=True, filename=found.name)


@require_POST
def task_cancel(request: HttpRequest, key: str) -> HttpResponse:
    found = get_row(_tasks(request), key)
    long_tasks.cancel(found)
    found.refresh_from_db()
    return render(request, "portal/task.html", {"task": found})
