"""Pages of the reports: a board per dimension, how people move, and how far figures can be trusted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.html import escape

from shemei.apps.brand.tracker.queries import FIVE_POINTS, THREE_POINTS
from shemei.apps.insight.queries import DIMENSIONS
from shemei.apps.insight.reports.brand_health import GRAINS as CALENDAR
from shemei.apps.insight.reports.brand_health import BrandHealth
from shemei.apps.insight.reports.listings import REPORTS
from shemei.apps.insight.reports.movements import WITHIN, FunnelPage
from shemei.apps.insight.reports.quality import GAPS, Quality
from shemei.apps.insight.reports.reconcile import Reconciliation
from shemei.apps.insight.reports.report import SHOWN, VIEWS, Report
from shemei.apps.insight.reports.retention import BACKS, GRAINS, LONG_ENOUGH, STARTS, RetentionPage
from shemei.apps.insight.reports.spreading import Spreading
from shemei.apps.insight.views import board_of
from shemei.kernel.figures import MODEL_NAMES
from shemei.kernel.kept_period import keeps_long_period, keeps_period, left_aside
from shemei.kernel.lists import show
from shemei.kernel.permissions import Permission
from shemei.kernel.views import allow

if TYPE_CHECKING:
    from shemei.kernel.http import BrandRequest


@allow(Permission.VIEW)
@keeps_period
def report(request: BrandRequest, by: str = "channel") -> HttpResponse:
    """The board of all channels, contents, creators or campaigns."""
    board = board_of(request)
    shown, view = request.GET.get("show", ""), request.GET.get("view_as", "")
    told = Report(
        board,
        by,
        shown=shown if shown in SHOWN else "value",
        view=view if view in VIEWS else "parts",
    )
    context = {
        "board": board,
        "report": told,
        "by": by,
        "word": DIMENSIONS[by],
        "shown": SHOWN,
        "views": VIEWS,
        "model_name": MODEL_NAMES[board.model],
    }
    return REPORTS[by].respond(
        request, told.rows, "insight/report.html", context, notes=told.file_notes
    )


@allow(Permission.VIEW)
@keeps_period
def quality(request: BrandRequest) -> HttpResponse:
    """Where every record is, what was left out, what is missing, what is late."""
    asked = request.GET.get("quiet", "")
    quiet = int(asked) if asked in map(str, GAPS) else GAPS[1]
    board = board_of(request)
    told = Quality(board, quiet)
    context = {"board": board, "quality": told, "gap_choices": GAPS}
    return show(request, told.tables, "insight/quality.html", context)


@allow(Permission.VIEW)
@keeps_period
def reconciliation(request: BrandRequest) -> HttpResponse:
    """What platforms claim beside what can be traced, and how much of all orders that is."""
    board = board_of(request)
    told = Reconciliation(board)
    context = {"board": board, "told": told, "model_name": MODEL_NAMES[board.model]}
    return show(request, told.tables, "insight/reconciliation.html", context)


@allow(Permission.VIEW)
@keeps_period
def funnel(request: BrandRequest) -> HttpResponse:
    """How far people get, step by step."""
    told = _funnel(request)
    context = {"board": told.board, "told": told, "dimensions": DIMENSIONS, "withins": WITHIN}
    return show(request, told.tables, "insight/funnel.html", context)


@allow(Permission.VIEW)
def funnel_aside(request: BrandRequest) -> HttpResponse:
    """Who bought out of turn and why, for the foot of the funnel's steps."""
    return HttpResponse(escape(_funnel(request).beside))


def _funnel(request: BrandRequest) -> FunnelPage:
    by, within = request.GET.get("by", ""), request.GET.get("within", "")
    return FunnelPage(
        board_of(request),
        by if by in DIMENSIONS else "channel",
        int(within) if within in map(str, WITHIN) else 0,
    )


@allow(Permission.VIEW)
@keeps_period
def spreading(request: BrandRequest) -> HttpResponse:
    """Through how many hands pages went, and which."""
    by = request.GET.get("by", "")
    board = board_of(request)
    told = Spreading(board, by if by in DIMENSIONS else "channel")
    context = {"board": board, "told": told, "dimensions": DIMENSIONS}
    return show(request, told.tables, "insight/spreading.html", context)


@allow(Permission.VIEW)
@keeps_long_period(LONG_ENOUGH)
def retention(request: BrandRequest) -> HttpResponse:
    """Who came back, by when they first came or bought; a choice too short to see anybody come back is left aside."""
    board = board_of(request, default="90d")
    asked = [request.GET.get(name, "") for name in ("start", "back", "grain")]
    known = zip(asked, (STARTS, BACKS, GRAINS), strict=True)
    told = RetentionPage(board, *(one if one in all_ else next(iter(all_)) for one, all_ in known))
    context = {
        "board": board,
        "told": told,
        "starts": STARTS,
        "backs": BACKS,
        "grains": GRAINS,
        "aside": left_aside(request, LONG_ENOUGH),
    }
    return show(request, told.tables, "insight/retention.html", context)


@allow(Permission.VIEW)
def brand_health(request: BrandRequest) -> HttpResponse:
    """The brand tracker, wave by wave, beside the log's own long-term figures."""
    grain = request.GET.get("grain", "")
    page = BrandHealth(board_of(request), grain if grain in CALENDAR else "quarter")
    enough = {"five_points": FIVE_POINTS, "three_points": THREE_POINTS}
    context = {"page": page, "tab": "health", "grains": CALENDAR, **enough}
    return render(request, "insight/brand_health.html", context)
