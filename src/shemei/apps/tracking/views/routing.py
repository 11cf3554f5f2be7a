"""The page of a link's rules."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from shemei.apps.tracking import actions, routing
from shemei.apps.tracking.book import short_url
from shemei.apps.tracking.models import Link
from shemei.apps.tracking.routing_forms import Editor, rearranged
from shemei.kernel.permissions import Permission as P
from shemei.kernel.toasts import toast
from shemei.kernel.urls import wurl
from shemei.kernel.views import allow, get_row

if TYPE_CHECKING:
    from shemei.kernel.http import BrandRequest


@allow(P.TRACK)
@require_http_methods(["GET", "POST"])
def rules(request: BrandRequest, key: str) -> HttpResponse:
    """The editor: ``act`` adds, moves or drops a case, shows who goes where, or saves."""
    link = get_row(Link.objects.with_brand(), key)
    act = request.POST.get("act", "") if request.method == "POST" else "open"
    editor = _editor(request, link, act)
    problem = ""
    if act == "save" and editor.is_valid():
        try:
            actions.change_rules(link, by=request.actor, given=editor.read())
        except ValidationError as error:
            problem = " ".join(error.messages)
        else:
            toast(request, f"已保存「{link.name}」的去向规则")
            return redirect(wurl(request.workspace, "tracking:link", link.key))
    context = _context(link, editor, act, problem)
    part = "tracking/rules.html"
    if request.headers.get("HX-Request"):
        part = "tracking/_who_goes.html" if act == "look" else "tracking/_cases_moved.html"
    return render(request, part, context)


def _editor(request: BrandRequest, link: Link, act: str) -> Editor:
    stored = routing.rules_of(link.routing)
    if act == "open":
        return Editor(stored)
    data = request.POST if act in ("save", "look") else rearranged(request.POST, act)
    return Editor(stored, data)


def _context(link: Link, editor: Editor, act: str, problem: str) -> dict[str, Any]:
    shown = routing.rules_of(link.routing if act == "open" else editor.read())
    return {
        "link": link,
        "editor": editor,
        "problem": problem,
        "short_url": short_url(link),
        "told": routing.sentences(shown),
        "goes": routing.who_goes_where(shown, link.url, time.time_ns() // 1000),
        "blocked_after": routing.blocked_after(shown),
        "target": routing.short(link.url),
    }
