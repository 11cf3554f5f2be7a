"""Pages of the reports: one board per dimension."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from shemei.apps.insight.listings import REPORTS
from shemei.apps.insight.queries import DIMENSIONS
from shemei.apps.insight.reports import SHOWN, VIEWS, Report
from shemei.apps.insight.views import board_of
from shemei.kernel.figures import MODEL_NAMES
from shemei.kernel.permissions import Permission
from shemei.kernel.views import allow


@allow(Permission.VIEW)
def report(request: HttpRequest, by: str = "channel") -> HttpResponse:
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
