"""Where the data is, for a page whose period holds none: what is missing, when it last was, which days to look at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from shemei.kernel.figures import LONG_AGO, are_there, ask
from shemei.kernel.periods import Period
from shemei.warehouse.measures import MEASURES
from shemei.warehouse.questions import Extent
from shemei.warehouse.vocabulary import date_of

if TYPE_CHECKING:
    from shemei.kernel.workspace import Workspace
    from shemei.warehouse.questions import Where

EVER = Period(LONG_AGO, date(2099, 12, 31), "一直以来")
ANYTHING = "data"
NAMES = {"spend": "花费", ANYTHING: "数据"}
"""What is missing, where it is called otherwise than the sum of it."""
LAST = {"orders": "最近一单", "spend": "最近一笔", ANYTHING: "最近的"}


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """What a page says of an empty period, and the one to look at instead: as long, up to the last day with data."""

    said: str
    period: Period

    @property
    def days(self) -> str:
        """``2011-11-12 – 12-09``: the year once where it is one."""
        first, last = self.period.first, self.period.last
        if first == last:
            return f"{last:%Y-%m-%d}"
        return f"{first:%Y-%m-%d} – {last:{'%m-%d' if first.year == last.year else '%Y-%m-%d'}}"


def elsewhere(
    workspace: Workspace, period: Period, of: str = f"orders {ANYTHING}", where: Where = ()
) -> Elsewhere | None:
    """What to say where the period holds nothing ``of`` some measures while the log holds it; mostly nothing.

    The first measure that the brand has at all decides; ``data`` is anything that counts. Two small questions
    where the period is empty, one where it is not: both read sums of days, and are remembered.
    """
    if not are_there():
        return None
    for measure in of.split():
        if _extent(workspace, period, measure, where)[1]:
            return None
        if day := _extent(workspace, EVER, measure, where)[1]:
            return _told(period, measure, date_of(day))
    return None


def ever(workspace: Workspace, measure: str) -> Period | None:
    """From the first day of all on which a measure is more than 0 to the last; None where there is none."""
    first, last = _extent(workspace, EVER, measure, ())
    return Period(date_of(first), date_of(last)) if last else None


def _extent(workspace: Workspace, period: Period, measure: str, where: Where) -> tuple[int, int]:
    of = "" if measure == ANYTHING else measure
    question = Extent(workspace.key, period.first_day, period.last_day, of=of, where=where)
    [row] = ask(question).rows.to_pylist()
    return row["first_day"], row["last_day"]


def _told(period: Period, measure: str, day: date) -> Elsewhere:
    span = f"这 {period.days} 天" if period.days > 1 else "这一天"
    what = NAMES[measure] if measure in NAMES else MEASURES[measure].name
    said = f"{span}没有{what}；{LAST.get(measure, '最近一次')}在 {day:%Y-%m-%d}。"
    return Elsewhere(said, Period(day - timedelta(period.days - 1), day))
