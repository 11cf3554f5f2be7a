"""Notes on figures, in the drawer where the figure is opened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_POST

from shemei.apps.accounts.queries import active_members
from shemei.apps.insight import notes
from shemei.apps.insight.attribution.views import metric_drawer
from shemei.apps.insight.models import FigureNote
from shemei.apps.insight.views import board_of
from shemei.kernel.permissions import Permission
from shemei.kernel.toasts import toast
from shemei.kernel.urls import wurl
from shemei.kernel.views import allow, get_row
from shemei.warehouse.catalogue import METRICS

if TYPE_CHECKING:
    from shemei.kernel.http import BrandRequest


@require_POST
@allow(Permission.VIEW)
def write(request: BrandRequest, key: str) -> HttpResponse:
    """Say something of a figure and its period; the drawer comes back with it."""
    if key not in METRICS:
        raise Http404("指标目录里没有这个指标。")
    board, text = board_of(request), request.POST.get("text", "")
    people = [(one.key, one.user.name) for one in active_members().select_related("user")]
    try:
        notes.write_note(
            request.workspace, key, board.period, text, members=people, by=request.actor
        )
    except notes.EmptyNote as wrong:
        return metric_drawer(request, key, typed=text, error=str(wrong))
    return metric_drawer(request, key)


@require_POST
@allow(Permission.VIEW)
def remove(request: BrandRequest, key: str) -> HttpResponse:
    note = get_row(FigureNote.objects.kept(), key)
    notes.set_removed(note, True, by=request.actor)
    toast(request, "已删除留言", wurl(request.workspace, "insight:note_restore", note.key))
    return metric_drawer(request, note.metric)


@require_POST
@allow(Permission.VIEW)
def restore(request: BrandRequest, key: str) -> HttpResponse:
    note = get_row(FigureNote.objects.all(), key)
    notes.set_removed(note, False, by=request.actor)
    toast(request, "已恢复留言")
    return metric_drawer(request, note.metric)
