"""Pages of the boards that members put together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from shemei.apps.insight.boards import actions as board_actions
from shemei.apps.insight.boards.panels import OwnBoardView
from shemei.apps.insight.boards.rules import CHOICES, WIDTHS
from shemei.apps.insight.forms import BoardForm, PanelForm, PickedForm, WidthForm
from shemei.apps.insight.models import BoardPanel, OwnBoard
from shemei.apps.insight.policies import REMOVE_BOARD
from shemei.kernel.permissions import Permission
from shemei.kernel.toasts import toast
from shemei.kernel.urls import wurl
from shemei.kernel.views import allow, get_row
from shemei.portal.pdf_text import carries_chinese

if TYPE_CHECKING:
    from shemei.kernel.http import BrandRequest


def _board(key: str) -> OwnBoard:
    found: OwnBoard = get_row(OwnBoard.objects.kept(), key)
    return found


def _panel(key: str) -> BoardPanel:
    rows = BoardPanel.objects.kept().filter(board__removed_at=None)
    found: BoardPanel = get_row(rows.select_related("board", "workspace"), key)
    return found


def _to(
    request: BrandRequest, board: OwnBoard, *, edit: bool = False, at: BoardPanel | None = None
) -> HttpResponse:
    """The board; ``at`` scrolls to the picture that was just changed, and the keyboard goes on there."""
    page = wurl(request.workspace, "insight:board", board.key)
    return redirect(page + ("?edit=1" if edit else "") + (f"#at-{at.key}" if at else ""))


@allow(Permission.VIEW)
def boards(request: BrandRequest) -> HttpResponse:
    shown = Count("panels", filter=Q(panels__removed_at=None))
    rows = OwnBoard.objects.kept().annotate(shown=shown)
    return render(request, "insight/boards.html", {"rows": rows})


@allow(Permission.VIEW)
def board(request: BrandRequest, key: str) -> HttpResponse:
    """One board; ``?edit=1`` shows how to arrange it."""
    row = _board(key)
    context = {
        "row": row,
        "view": OwnBoardView(row, request.GET),
        "why_not_remove": REMOVE_BOARD.why_not(request.actor, row),
        "editing": bool(request.GET.get("edit")) and request.actor.can(Permission.ANALYSE),
        "shelf": CHOICES.values(),
        "widths": WIDTHS.items(),
        "pdf_names_its_font": not carries_chinese(),
    }
    return render(request, "insight/board.html", context)


@allow(Permission.ANALYSE)
def board_edit(request: BrandRequest, key: str = "") -> HttpResponse:
    """A new board, or another name for one."""
    row = _board(key) if key else None
    initial = {"title": row.title, "note": row.note, "period": row.period} if row else None
    form = BoardForm(request.POST) if request.method == "POST" else BoardForm(initial=initial)
    if request.method == "POST" and form.is_valid():
        if row:
            board_actions.change_board(row, **form.cleaned_data, by=request.actor)
            toast(request, f"已保存看板「{row.title}」")
            return _to(request, row)
        made = board_actions.make_board(request.workspace, **form.cleaned_data, by=request.actor)
        toast(request, f"已建看板「{made.title}」，加第一张图吧")
        return _to(request, made, edit=True)
    why_not = REMOVE_BOARD.why_not(request.actor, row) if row else ""
    context = {"form": form, "row": row, "why_not_remove": why_not}
    return render(request, "insight/board_edit.html", context, status=422 if form.errors else 200)


@require_POST
@allow(Permission.ANALYSE)
def board_remove(request: BrandRequest, key: str) -> HttpResponse:
    row = _board(key)
    board_actions.remove_board(row, by=request.actor)
    undo = wurl(request.workspace, "insight:board_restore", row.key)
    toast(request, f"已删除看板「{row.title}」", undo)
    return redirect(wurl(request.workspace, "insight:boards"))


@require_POST
@allow(Permission.ANALYSE)
def board_restore(request: BrandRequest, key: str) -> HttpResponse:
    row = get_row(OwnBoard.objects.all(), key)
    board_actions.restore_board(row, by=request.actor)
    toast(request, f"已恢复看板「{row.title}」")
    return _to(request, row)


@require_POST
@allow(Permission.ANALYSE)
def board_order(request: BrandRequest, key: str) -> HttpResponse:
    """Where the pictures were dragged to."""
    board_actions.arrange(_board(key), request.POST.getlist("panel"), by=request.actor)
    return HttpResponse(status=204)


@allow(Permission.ANALYSE)
def panel(request: BrandRequest, key: str) -> HttpResponse:
    """One picture of a board, to change."""
    row = _panel(key)
    return _panel_form(request, row.board, row)


@allow(Permission.ANALYSE)
def panel_new(request: BrandRequest, key: str) -> HttpResponse:
    """A new picture at the end of a board."""
    return _panel_form(request, _board(key), None)


def _panel_form(request: BrandRequest, row: OwnBoard, shown: BoardPanel | None) -> HttpResponse:
    names = ("title", "metrics", "split", "kind", "period", "width")
    initial = {name: getattr(shown, name) for name in names} if shown else None
    form = PanelForm(request.POST) if request.method == "POST" else PanelForm(initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            kept = board_actions.set_panel(row, by=request.actor, panel=shown, **form.cleaned_data)
        except board_actions.TooManyPanels as full:
            form.add_error(None, str(full))
        else:
            toast(request, "已保存图")
            return _to(request, row, edit=True, at=kept)
    context: dict[str, Any] = {"form": form, "row": row, "panel": shown}
    return render(request, "insight/panel.html", context, status=422 if form.errors else 200)


@require_POST
@allow(Permission.ANALYSE)
def panel_add(request: BrandRequest, key: str) -> HttpResponse:
    """A figure from the shelf becomes a picture: where it was dropped, or at the end."""
    row, form = _board(key), PickedForm(request.POST)
    if not form.is_valid():
        toast(request, "这个指标已不在目录里。请刷新页面再选。")
        return _to(request, row, edit=True)
    try:
        panel = board_actions.add_metric(row, **form.cleaned_data, by=request.actor)
    except board_actions.TooManyPanels as full:
        toast(request, str(full))
        return _to(request, row, edit=True)
    toast(request, f"已加图「{panel}」", wurl(request.workspace, "insight:panel_remove", panel.key))
    return _to(request, row, edit=True, at=panel)


@require_POST
@allow(Permission.ANALYSE)
def panel_width(request: BrandRequest, key: str) -> HttpResponse:
    row, form = _panel(key), WidthForm(request.POST)
    if form.is_valid():
        board_actions.set_panel(row.board, by=request.actor, panel=row, **form.cleaned_data)
    return _to(request, row.board, edit=True, at=row)


@require_POST
@allow(Permission.ANALYSE)
def panel_move(request: BrandRequest, key: str) -> HttpResponse:
    row = _panel(key)
    step = -1 if request.POST.get("to") == "up" else 1
    board_actions.move_panel(row, step, by=request.actor)
    return _to(request, row.board, edit=True, at=row)


@require_POST
@allow(Permission.ANALYSE)
def panel_remove(request: BrandRequest, key: str) -> HttpResponse:
    row = _panel(key)
    board_actions.remove_panel(row, by=request.actor)
    toast(request, f"已删除图「{row}」", wurl(request.workspace, "insight:panel_restore", row.key))
    return _to(request, row.board, edit=True)


@require_POST
@allow(Permission.ANALYSE)
def panel_restore(request: BrandRequest, key: str) -> HttpResponse:
    row = get_row(BoardPanel.objects.select_related("board"), key)
    board_actions.restore_panel(row, by=request.actor)
    toast(request, f"已恢复图「{row}」")
    return _to(request, row.board, edit=True)
