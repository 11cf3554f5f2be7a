"""Pages behind the figures of the reports: drawers that work a figure out again, and its rows one by one."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.http import Http404, HttpResponse
from django.shortcuts import render

from shemei.apps.insight.queries import DIMENSIONS
from shemei.apps.insight.reports import bridge_rows, events, listings_rows
from shemei.apps.insight.reports.bridge import NAMES, OVER, PARTS, SAYS, Bridge
from shemei.apps.insight.reports.cohort_orders import cohort_orders
from shemei.apps.insight.reports.movements import ORDER_STEP, WITHIN, FunnelPage, step_rule
from shemei.apps.insight.reports.orders import step_orders
from shemei.apps.insight.reports.passed import Passed
from shemei.apps.insight.reports.quality import left_out_rows
from shemei.apps.insight.reports.reconcile import untracked_rows
from shemei.apps.insight.reports.retention import GRAINS, cohort_label
from shemei.apps.insight.reports.spent import SpentStory
from shemei.apps.insight.views import board_of
from shemei.kernel.elsewhere import ANYTHING
from shemei.kernel.figures import MODEL_NAMES
from shemei.kernel.kept_period import keeps_period
from shemei.kernel.periods import today
from shemei.kernel.permissions import Permission, require
from shemei.kernel.urls import wurl
from shemei.kernel.views import allow, beside
from shemei.warehouse.catalogue import DEFAULT_FUNNEL
from shemei.warehouse.vocabulary import date_of

if TYPE_CHECKING:
    from shemei.apps.insight.queries import Board
    from shemei.kernel.http import BrandRequest
    from shemei.kernel.lists import Listing
    from shemei.kernel.lists.rows import Rows

TEMPLATE = "insight/rows.html"
OF_PEOPLE = "认得出的人的全部，不都依次走到"
REPORTS = {
    "insight:quality": "数据质量",
    "insight:reconciliation": "对账",
    "insight:spreading": "传播",
    "insight:funnel": "漏斗",
    "insight:retention": "留存",
}
LACKS = {
    "insight:reconciliation": "orders",
    "insight:spreading": "shared_visits",
    "insight:retention": "orders",
}
"""What a list's period is empty of, where it is not anything at all."""


def _listed(
    request: BrandRequest, listing: Listing, rows: Rows, report: str, board: Board, *about: str
) -> HttpResponse:
    context = {
        "board": board,
        "title": listing.noun,
        "about": [note for note in about if note],
        "back": f"{wurl(request.workspace, report)}?{board.period.query}",
        "back_to": REPORTS[report],
        "of": LACKS.get(report, ANYTHING),
    }
    return listing.respond(request, rows, TEMPLATE, context)


@allow(Permission.VIEW)
@keeps_period
def left_out(request: BrandRequest) -> HttpResponse:
    """The events and orders that do not count, each with why."""
    board = board_of(request)
    rows = left_out_rows(request.workspace, board.period, request.GET.get("reason", ""))
    said = "最近 2,000 条。不计入看板与归因，但都留着"
    return _listed(request, listings_rows.LEFT_OUT, rows, "insight:quality", board, said)


@allow(Permission.CUSTOMERS)
@keeps_period
def untracked(request: BrandRequest) -> HttpResponse:
    """The orders that nothing leads to."""
    board = board_of(request)
    said = f"付款前 {board.workspace.lookback_days} 天内没有连得上的触达"
    rows = untracked_rows(board)
    return _listed(request, listings_rows.UNTRACKED, rows, "insight:reconciliation", board, said)


@allow(Permission.CUSTOMERS)
@keeps_period
def period_orders(request: BrandRequest) -> HttpResponse:
    """The orders of the period with what came back of each; or those alone of which more came back than was paid."""
    told, over = Bridge(board_of(request)), request.GET.get("part", "") == OVER
    found = told.orders(over=over)
    rows = bridge_rows.settled_orders(request.workspace, found)
    about = (SAYS[OVER if over else "revenue"], _only(len(rows), len(found), "单"))
    listing = bridge_rows.PERIOD_ORDERS
    return _listed(request, listing, rows, "insight:reconciliation", told.board, *about)


@allow(Permission.CUSTOMERS)
@keeps_period
def period_refunds(request: BrandRequest) -> HttpResponse:
    """The refunds of one line of the bridge."""
    told, name = Bridge(board_of(request)), request.GET.get("part", PARTS[0])
    if name not in PARTS:
        raise Http404("没有这一项。请从对账进入。")
    found = told.refunds(name)
    rows = bridge_rows.refunds_of_orders(request.workspace, found)
    about = (NAMES[name], SAYS[name], _only(len(rows), len(found), "笔"))
    listing = bridge_rows.PERIOD_REFUNDS
    return _listed(request, listing, rows, "insight:reconciliation", told.board, *about)


def _only(shown: int, whole: int, unit: str) -> str:
    return f"只列最近 {shown:,} {unit}" if shown < whole else ""


@allow(Permission.VIEW)
@beside("insight:report")
def spent(request: BrandRequest) -> HttpResponse:
    """The drawer behind what a row of a report cost."""
    board, by = board_of(request), request.GET.get("by", "channel")
    if by not in DIMENSIONS:
        raise Http404("没有这个维度。请从报表进入。")
    told = SpentStory(board, by, request.GET.get("key", ""))
    context = {"story": told, "model_name": MODEL_NAMES[board.model]}
    return render(request, "insight/spent.html", context)


def _number(request: BrandRequest, name: str, most: int) -> int:
    """A whole number of the address up to ``most``; 0 where none is given."""
    text = request.GET.get(name, "")
    if not text:
        return 0
    is_short = len(text) <= len(str(most))
    if not (is_short and text.isascii() and text.isdigit() and int(text) <= most):
        raise Http404("没有这一行。请从报表进入。")
    return int(text)


def _passed(request: BrandRequest) -> Passed:
    by = request.GET.get("by", "")
    depth = 0 if by else _number(request, "depth", 99)
    if by and by not in DIMENSIONS:
        raise Http404("没有这个维度。请从报表进入。")
    given = {name: request.GET.get(name, "") for name in ("key", "sharer", "path")}
    return Passed(board_of(request), depth=depth, by=by, **given)


@allow(Permission.VIEW)
@beside("insight:spreading")
def passed(request: BrandRequest) -> HttpResponse:
    """The drawer behind a row of 传播."""
    told = _passed(request)
    return render(request, "insight/passed.html", {"told": told, "board": told.board})


@allow(Permission.VIEW)
@keeps_period
def passed_visits(request: BrandRequest) -> HttpResponse:
    """The visits by pages that somebody passed on, one by one."""
    told = _passed(request)
    found = told.visits(events.SHOWN)
    rows, about = events.event_rows(told.board, found.rows), (told.narrowed, found.note)
    return _listed(
        request, listings_rows.PASSED_VISITS, rows, "insight:spreading", told.board, *about
    )


@allow(Permission.VIEW)
@keeps_period
def passed_sharers(request: BrandRequest) -> HttpResponse:
    """Who passed pages on, one by one; by the mark of their browser."""
    told = _passed(request)
    about = (told.narrowed, "按浏览器的转发记号数，记号对不回人", told.counted.note)
    return _listed(
        request, listings_rows.PASSED_SHARERS, told.sharers, "insight:spreading", told.board, *about
    )


def _step(request: BrandRequest) -> int:
    """Which step the address names; the first where it names none."""
    number = _number(request, "step", len(DEFAULT_FUNNEL)) if "step" in request.GET else 1
    if not number:
        raise Http404("没有这一步。请从漏斗进入。")
    return number


@allow(Permission.VIEW)
@beside("insight:funnel")
def funnel_step(request: BrandRequest) -> HttpResponse:
    """The drawer behind a step of the funnel."""
    number, within, board = _step(request), request.GET.get("within", ""), board_of(request)
    told = FunnelPage(board, "channel", int(within) if within in map(str, WITHIN) else 0)
    step = told.steps[number - 1]
    before = told.steps[number - 2] if number > 1 else None
    context = {
        "board": board, "told": told, "step": step, "before": before, "within": WITHIN[told.within],
        "is_order": number - 1 == ORDER_STEP,
    }  # fmt: skip
    return render(request, "insight/funnel_step.html", context)


@allow(Permission.VIEW)
@keeps_period
def step_events(request: BrandRequest) -> HttpResponse:
    """What people did in the period that a step of the funnel can be taken by; of orders each once."""
    number, board = _step(request), board_of(request)
    about = (f"{DEFAULT_FUNNEL[number - 1].name}：{step_rule(number)}", OF_PEOPLE)
    if number - 1 == ORDER_STEP:
        require(request.actor, Permission.CUSTOMERS)
        orders, listing = step_orders(board), listings_rows.STEP_ORDERS
        return _listed(request, listing, orders.rows, "insight:funnel", board, *about, orders.note)
    found = events.step_events(board, number)
    rows, listing = events.event_rows(board, found.rows), listings_rows.STEP_EVENTS
    return _listed(request, listing, rows, "insight:funnel", board, *about, found.note)


@allow(Permission.CUSTOMERS)
def cohort(request: BrandRequest) -> HttpResponse:
    """The orders behind a cell of 留存: a cohort's first ones, or those of who came back."""
    board, grain = board_of(request, default="90d"), request.GET.get("grain", "week")
    day, span = _number(request, "cohort", 99991231), request.GET.get("n", "")
    try:
        began = date_of(day)
    except ValueError:
        began = date.max
    if began > today():
        raise Http404("没有这一批。请从留存进入。")
    label = cohort_label(began, grain)
    number = _number(request, "n", 999) if span else None
    found = cohort_orders(board, day, grain if grain in GRAINS else "week", number)
    when = f"第 {number} {GRAINS.get(grain, '周')}" if number else f"当{GRAINS.get(grain, '周')}"
    what = f"{when}再下的单" if span else "各人的首单"
    about, listing = (label, what, found.note), listings_rows.COHORT_ORDERS
    return _listed(request, listing, found.rows, "insight:retention", board, *about)
