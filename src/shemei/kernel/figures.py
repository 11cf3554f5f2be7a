"""Figures of the warehouse for pages: one question for the rows of a page, one for a row's own page."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.conf import settings

from shemei.engines.attribution import Credit
from shemei.kernel.errors import Recomputing
from shemei.kernel.periods import today
from shemei.kernel.permissions import Permission
from shemei.warehouse.attribution import attribute
from shemei.warehouse.computed.settling import recomputing
from shemei.warehouse.home import Home
from shemei.warehouse.lake import Answer, Lake
from shemei.warehouse.questions import Series, Totals
from shemei.warehouse.vocabulary import from_ts, int_day

if TYPE_CHECKING:
    from shemei.kernel.actor import Actor
    from shemei.kernel.workspace import Workspace

LONG_AGO = date(2000, 1, 1)
"""The first day that a page can show; orders of an old shop system lie that far back."""
Figures = dict[str, Any]


def lake() -> Lake:
    """The lake of this installation, opened once per process; raises ``Recomputing`` while it has no figures."""
    opened = _opened(settings.SHEMEI_HOME)
    seconds = recomputing(opened.home, opened.engine.shelf)
    if seconds is not None:
        raise Recomputing(seconds)
    return opened


def are_there() -> bool:
    """Whether there are figures to ask for."""
    try:
        lake()
    except Recomputing:
        return False
    return True


@lru_cache(maxsize=4)
def _opened(home: Home) -> Lake:
    return Lake(home)


def ask(question: Any) -> Answer:
    return lake().ask(question)


def moment_of(ts: Any) -> datetime:
    """A moment of the log: computed tables keep it as a number, the log itself as a time."""
    return ts if isinstance(ts, datetime) else from_ts(int(ts))


def figures_by(
    workspace: Workspace,
    by: str,
    metrics: tuple[str, ...],
    *,
    first: date = LONG_AGO,
    last: date | None = None,
    where: tuple[tuple[str, str], ...] = (),
) -> dict[str, Figures]:
    """Metrics per value of one dimension, for example per content key; what has no events is left out."""
    question = Totals(
        workspace=workspace.key,
        first=int_day(first),
        last=int_day(last or today()),
        metrics=metrics,
        by=(by,),
        where=where,
    )
    return {row[by]: row for row in ask(question).rows.to_pylist()}


def figures_shown(
    workspace: Workspace,
    by: str,
    metrics: tuple[str, ...],
    *,
    to: Actor,
    needs: Permission = Permission.VIEW,
) -> dict[str, Figures]:
    """:func:`figures_by` for those who may see them, nothing for others."""
    return figures_by(workspace, by, metrics) if to.can(needs) else {}


def totals(
    workspace: Workspace,
    metrics: tuple[str, ...],
    *,
    first: date = LONG_AGO,
    last: date | None = None,
    where: tuple[tuple[str, str], ...] = (),
) -> Figures:
    """Metrics of everything that ``where`` leaves; None per metric where there are no events."""
    question = Totals(
        workspace=workspace.key,
        first=int_day(first),
        last=int_day(last or today()),
        metrics=metrics,
        where=where,
    )
    rows = ask(question).rows.to_pylist()
    return rows[0] if rows else dict.fromkeys(metrics)


def series(
    workspace: Workspace,
    metrics: tuple[str, ...],
    first: date,
    last: date,
    *,
    grain: str = "day",
    where: tuple[tuple[str, str], ...] = (),
) -> list[Figures]:
    """Metrics per day or week, oldest first; each row has ``bucket`` (yyyymmdd)."""
    question = Series(
        workspace=workspace.key,
        first=int_day(first),
        last=int_day(last),
        metrics=metrics,
        grain=grain,
        where=where,
    )
    return ask(question).rows.to_pylist()


CREDIT_DAYS = 90
MODEL_NAMES = {
    "first": "首次触达",
    "last": "末次触达",
    "linear": "线性",
    "time_decay": "时间衰减",
    "position": "位置 40/20/40",
    "markov": "马尔可夫",
    "shapley": "沙普利",
}


def model_name(workspace: Workspace) -> str:
    """The one attribution model that the workspace has chosen; named beside every credited figure."""
    return MODEL_NAMES[workspace.attribution_model]


def credited_by(
    workspace: Workspace, by: str, *, first: date | None = None, last: date | None = None
) -> dict[str, Credit]:
    """Orders and money credited to each value of a dimension, by the workspace's model; by default of 90 days."""
    until = last or today()
    told = attribute(
        lake(),
        workspace.key,
        int_day(first or until - timedelta(CREDIT_DAYS - 1)),
        int_day(until),
        by=by,
        models=(workspace.attribution_model,),
        lookback_days=workspace.lookback_days,
    )
    return dict(told.models[workspace.attribution_model])
