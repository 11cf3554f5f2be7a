"""Pages of the boards."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from shemei.apps.insight import actions
from shemei.apps.insight.attribution.models_file import tables_of
from shemei.apps.insight.attribution.page import AttributionPage
from shemei.apps.insight.attribution.terms import MODEL_TERMS, TERMS
from shemei.apps.insight.forms import GoalForm, shown_target
from shemei.apps.insight.models import Goal
from shemei.apps.insight.overview.goals import goal_row
from shemei.apps.insight.overview.page import Overview
from shemei.apps.insight.queries import DIMENSIONS, Board
from shemei.kernel.figures import MODEL_NAMES
from shemei.kernel.kept_period import keeps_period
from shemei.kernel.lists import show
from shemei.kernel.periods import STANDARD, comparison_from, period_from
from shemei.kernel.permissions import Permission
from shemei.kernel.registry import todos_of
from shemei.kernel.toasts import toast
from shemei.kernel.urls import wurl
from shemei.kernel.views import allow, get_row

if TYPE_CHECKING:
    from shemei.kernel.http import BrandRequest

BEGUN_SECONDS = 365 * 24 * 3600
WHICH = {
    "channel": "哪个渠道",
    "content": "哪篇内容",
    "creator": "哪位达人",
    "campaign": "哪个活动",
}
COLUMNS = {"value": "成交额", "conversions": "订单数", "share": "占比"}


def board_of(request: BrandRequest, default: str = STANDARD) -> Board:
    """The board for the period and comparison that the address names."""
    period = period_from(request.GET, default=default)
    return Board(request.workspace, period, comparison_from(request.GET, period))


def asked_model(request: BrandRequest) -> str:
    """The model that the address names; empty where it names none that exists."""
    model = request.GET.get("model", "")
    return model if model in MODEL_NAMES else ""


@allow(Permission.VIEW)
@keeps_period
def overview(request: BrandRequest) -> HttpResponse:
    board = board_of(request)
    waiting = todos_of(request)
    context = {
        "page": Overview(board, put_away=_begun(request) in request.COOKIES),
        "board": board,
        "todos": waiting[:5],
        "todo_count": len(waiting),
    }
    return render(request, "insight/overview.html", context)


def _begun(request: BrandRequest) -> str:
    """The cookie by which a browser keeps 「从这里开始」 put away; one for each brand."""
    return f"s_begun_{request.workspace.key}"


@require_POST
@allow(Permission.VIEW)
def begun(request: BrandRequest) -> HttpResponse:
    toast(request, "已收起「从这里开始」")
    response = redirect(wurl(request.workspace, "insight:overview"))
    response.set_cookie(
        _begun(request), "1", max_age=BEGUN_SECONDS, samesite="Lax", secure=request.is_secure()
    )
    return response


@allow(Permission.VIEW)
@keeps_period
def attribution(request: BrandRequest) -> HttpResponse:
    by, column = request.GET.get("by", "channel"), request.GET.get("show", "value")
    if by not in DIMENSIONS or column not in COLUMNS:
        raise Http404("没有这个维度。请从归因分析的页签进入。")
    board = replace(board_of(request), asked_model=asked_model(request))
    page = AttributionPage(board, by, column)
    context = {
        "page": page,
        "board": board,
        "by": by,
        "which": WHICH[by],
        "unit": WHICH[by].removeprefix("哪"),
        "column": column,
        "columns": COLUMNS,
        "dimensions": DIMENSIONS,
        "model_name": MODEL_NAMES[board.model],
        "own_model": MODEL_NAMES[request.workspace.attribution_model],
        "model_terms": MODEL_TERMS,
        "terms": TERMS,
    }
    return show(request, tables_of(page), "insight/attribution.html", context)


@allow(Permission.CONTENT_VIEW)
def todos(request: BrandRequest) -> HttpResponse:
    return render(request, "insight/todos.html", {"todos": todos_of(request)})


@allow(Permission.VIEW)
def goals(request: BrandRequest) -> HttpResponse:
    rows = [(goal, goal_row(request.workspace, goal)) for goal in Goal.objects.all()]
    return render(request, "insight/goals.html", {"rows": rows})


@allow(Permission.ANALYSE)
def goal(request: BrandRequest, key: str = "") -> HttpResponse:
    row = get_row(Goal.objects.all(), key) if key else None
    form = GoalForm(request.POST) if request.method == "POST" else _goal_form(row)
    if request.method == "POST" and form.is_valid():
        try:
            actions.set_goal(request.workspace, **form.cleaned_data, by=request.actor, goal=row)
        except actions.GoalTaken as taken:
            form.add_error("metric", str(taken))
        else:
            toast(request, "已保存目标")
            return redirect(wurl(request.workspace, "insight:goals"))
    return render(
        request,
        "insight/goal.html",
        {"form": form, "goal": row},
        status=422 if form.errors else 200,
    )


def _goal_form(row: Goal | None) -> GoalForm:
    if row is None:
        return GoalForm()
    initial: dict[str, Any] = {
        "metric": row.metric,
        "target": shown_target(row),
        "starts_on": row.starts_on,
        "ends_on": row.ends_on,
    }
    return GoalForm(initial=initial)


@require_POST
@allow(Permission.ANALYSE)
def goal_remove(request: BrandRequest, key: str) -> HttpResponse:
    actions.drop_goal(get_row(Goal.objects.all(), key), by=request.actor)
    toast(request, "已删除目标")
    return redirect(wurl(request.workspace, "insight:goals"))
