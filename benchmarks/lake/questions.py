"""What the boards ask, as the pages ask it: of a month, beside the month before, or of half a year."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generate import FIRST, LAST, WORKSPACE, timedelta

from shemei.warehouse.attribution import attribute, daily_credits
from shemei.warehouse.flows import Funnel, LagPercents, Retention
from shemei.warehouse.questions import Series, Totals, Visitors
from shemei.warehouse.vocabulary import int_day

if TYPE_CHECKING:
    from collections.abc import Callable

    from shemei.warehouse.lake import Lake

    Ask = Callable[[Lake, int], object]

WHOLE = (int_day(FIRST), int_day(LAST))
FIGURES = ("clicks", "visits", "leads", "orders", "revenue", "spend", "roi", "cvr", "aov")
SHOWN = ("impressions", "clicks", "visits", "orders", "spend")


def month(shift: int) -> tuple[int, int]:
    """Return thirty days that end ``shift`` days before the last one."""
    end = LAST - timedelta(shift)
    return int_day(end - timedelta(29)), int_day(end)


BOARD: dict[str, Ask] = {
    "figures of a month": lambda lake, n: lake.ask(Totals(WORKSPACE, *month(n), FIGURES)),
    "figures by day": lambda lake, n: lake.ask(Series(WORKSPACE, *month(n), FIGURES)),
    "by channel": lambda lake, n: lake.ask(Totals(WORKSPACE, *month(n), SHOWN, by=("channel",))),
    "by channel and day": lambda lake, n: lake.ask(
        Series(WORKSPACE, *month(n), ("clicks",), by=("channel",))
    ),
    "by post": lambda lake, n: lake.ask(
        Totals(WORKSPACE, *month(n), ("clicks", "orders", "spend"), by=("content",))
    ),
    "by creator, half a year": lambda lake, n: lake.ask(
        Totals(WORKSPACE, WHOLE[0], month(n)[1], ("clicks", "orders", "spend"), by=("creator",))
    ),
}
"""Asked again and again by four processes, each time of another month: nothing is remembered."""

PAGES: dict[str, Ask] = {
    "attribution, six models, half a year": lambda lake, n: attribute(lake, WORKSPACE, *WHOLE),
    "attribution by post, chosen model": lambda lake, n: attribute(
        lake, WORKSPACE, *WHOLE, by="content", models=("linear",)
    ),
    "credits by day, half a year": lambda lake, n: daily_credits(lake, WORKSPACE, *WHOLE),
    "attribution, six models, a month": lambda lake, n: attribute(lake, WORKSPACE, *month(0)),
    "visitors of a month, exact": lambda lake, n: lake.ask(
        Totals(WORKSPACE, *month(0), ("visitors",))
    ),
    "visitors of half a year, estimated": lambda lake, n: lake.ask(Visitors(WORKSPACE, *WHOLE)),
    "funnel of a month": lambda lake, n: lake.ask(Funnel(WORKSPACE, *month(0))),
    "funnel of a month, within 7 days": lambda lake, n: lake.ask(
        Funnel(WORKSPACE, *month(0), within_days=7)
    ),
    "funnel of half a year": lambda lake, n: lake.ask(Funnel(WORKSPACE, *WHOLE)),
    "retention of buyers": lambda lake, n: lake.ask(Retention(WORKSPACE, *WHOLE)),
    "retention of visitors": lambda lake, n: lake.ask(
        Retention(WORKSPACE, *WHOLE, start="visit", back="visit")
    ),
    "time to order": lambda lake, n: lake.ask(LagPercents(WORKSPACE, *month(0))),
}
"""Asked once each by a fresh process, as the first reader of a page does."""
