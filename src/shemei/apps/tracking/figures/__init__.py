"""What links, codes and sites brought, asked of the log: one question per page and kind of figure."""

from __future__ import annotations

from shemei.apps.tracking.figures.codes import code_report, of_codes
from shemei.apps.tracking.figures.links import clicks_since, is_clicked, link_report, of_links
from shemei.apps.tracking.figures.recount import recount
from shemei.apps.tracking.figures.shared import NOTHING, Figure
from shemei.apps.tracking.figures.sites import site_events, site_figures
from shemei.apps.tracking.figures.suspects import suspect_report
from shemei.kernel.figures import model_name

__all__ = [
    "NOTHING",
    "Figure",
    "clicks_since",
    "code_report",
    "is_clicked",
    "link_report",
    "model_name",
    "of_codes",
    "of_links",
    "recount",
    "site_events",
    "site_figures",
    "suspect_report",
]
