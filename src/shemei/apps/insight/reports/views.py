"""Pages of the reports: a board per dimension, how people move, and how far figures can be trusted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.shortcuts import render

from shemei.apps.brand.tracker.queries import FIVE_POINTS, THREE_POINTS
from shemei.apps.insight.queries import DIMENSIONS
from shemei.apps.insight.reports.brand_health import GRAINS as CALENDAR
from shemei.apps.insight.reports.brand_health import BrandHealth
from shemei.apps.insight.reports.listings import LEFT_OUT, REPORTS, UNTRACKED
from shemei.apps.insight.reports.movements import (
    BACKS,
    GRAINS,
    STARTS,
    WITHIN,
    FunnelPage,
    RetentionPage,
)
from shemei.apps.insight.reports.quality import GAPS, Quality, left_out_rows
from shemei.apps.insight.reports.reconcile import Reconciliation, untracked_rows
from shemei.apps.insight.reports.report import SHOWN, VIEWS, Report
from shemei.apps.insight.reports.shared_pages import TravelledPages
from shemei.apps.insight.reports.spreading import Spreading
from shemei.apps.insight.views import board_of
from shemei.kernel.figures import MODEL_NAMES
from shemei.kernel.permissions import Permission
from shemei.kernel.views import allow

if TYPE_CHECKING:
    from shemei.kernel.http import BrandRequest


@allow(Permission.VIEW)
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
    return REPORTS[by].respond(request, told.rows, "insight/report.html", context)


@allow(Permission.VIEW)
def quality(request: BrandRequest) -> HttpResponse:
    """Where every record is, what was left out, what is missing, what is late."""
    asked = request.GET.get("quiet", "")
    quiet = int(asked) if asked in map(str, GAPS) else GAPS[1]
    board = board_of(request)
    context = {"board": board, "quality": Quality(board, quiet), "gap_choices": GAPS}
    return render(request, "insight/quality.html", context)


@allow(Permission.VIEW)
def left_out(request: BrandRequest) -> HttpResponse:
    """The events and orders that do not count, each with why."""
    board = board_of(request)
    rows = left_out_rows(request.workspace, board.period, request.GET.get("reason", ""))
    return LEFT_OUT.respond(request, rows, "insight/left_out.html", {"board": board})


@allow(Permission.VIEW)
def reconciliation(request: BrandRequest) -> HttpResponse:
    """What platforms claim beside what can be traced, and how much of all orders that is."""
    board = board_of(request)
    context = {
        "board": board,
        "told": Reconciliation(board),
        "model_name": MODEL_NAMES[board.model],
    }
    return render(request, "insight/reconciliation.html", context)


@allow(Permission.CUSTOMERS)
def untracked(request: BrandRequest) -> HttpResponse:
    """The orders that nothing leads to."""
    board = board_of(request)
    return UNTRACKED.respond(
        request, untracked_rows(board), "insight/untracked.html", {"board": board}
    )


@allow(Permission.VIEW)
def funnel(request: BrandRequest) -> HttpResponse:
    """How far people get, step by step."""
    by, within = request.GET.get("by", ""), request.GET.get("within", "")
    board = board_of(request)
    told = FunnelPage(
        board,
        by if by in DIMENSIONS else "channel",
        int(within) if within in map(str, WITHIN) else 0,
    )
    context = {"board": board, "told": told, "dimensions": DIMENSIONS, "withins": WITHIN}
    return render(request, "insight/funnel.html", context)


@allow(Permission.VIEW)
def spreading(request: BrandRequest) -> HttpResponse:
    """Through how many hands pages went, and which."""
    by = request.GET.get("by", "")
    board = board_of(request)
    told = Spreading(board, by if by in DIMENSIONS else "channel")
    context = {"board": board, "told": told, "dimensions": DIMENSIONS}
    context["travelled"] = TravelledPages(board)
    return render(request, "insight/spreading.html", context)


@allow(Permission.VIEW)
def retention(request: BrandRequest) -> HttpResponse:
    """Who came back, by when they first came or bought."""
    board = board_of(request, default="90d")
    asked = [request.GET.get(name, "") for name in ("start", "back", "grain")]
    known = zip(asked, (STARTS, BACKS, GRAINS), strict=True)
    told = RetentionPage(board, *(one if one in all_ else next(iter(all_)) for one, all_ in known))
    context = {"board": board, "told": told, "starts": STARTS, "backs": BACKS, "grains": GRAINS}
    return render(request, "insight/retention.html", context)


@allow(Permission.VIEW)
def brand_health(request: BrandRequest) -> HttpResponse:
    """The brand tracker, wave by wave, beside the log's own long-term figures."""
    grain = request.GET.get("grain", "")
    page = BrandHealth(board_of(request), grain if grain in CALENDAR else "quarter")
    enough = {"five_points": FIVE_POINTS, "three_points": THREE_POINTS}
    context = {"page": page, "tab": "health", "grains": CALENDAR, **enough}
    return render(request, "insight/brand_health.html", context)
