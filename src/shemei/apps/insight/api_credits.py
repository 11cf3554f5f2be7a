"""The answers that programs get of attribution: what a model credits to each name, and what that cost."""

from __future__ import annotations

from shemei.apps.insight.api_answers import FigureOut, Found, RowOut, names_of
from shemei.apps.insight.spending import Spending, Spent
from shemei.engines.attribution import Credit
from shemei.engines.attribution.stability import markov_share_bands, share_bands
from shemei.engines.resampling import Band
from shemei.kernel.figures import ask, lake
from shemei.kernel.periods import Period
from shemei.kernel.workspace import Workspace
from shemei.warehouse import questions
from shemei.warehouse.attribution import attribute, day_by_day


def credits(workspace: Workspace, period: Period, by: str, model: str) -> Found:
    """What one model credits, the most first; ``n`` is the orders that were shared out."""
    span = (workspace.key, period.first_day, period.last_day)
    models = tuple(dict.fromkeys((model, "linear")))
    told = attribute(lake(), *span, by=by, models=models, lookback_days=workspace.lookback_days)
    in_paths = told.models["linear"].keys()
    bands = _bands(workspace, period, by, model)
    whole = told.totals.value
    spent = Spending(workspace, period).by(by)
    credited = dict.fromkeys(spent, Credit(0.0, 0.0)) | told.models[model]
    keys = sorted(credited, key=lambda key: (-credited[key].value, key))

    def piece(start: int, stop: int) -> list[RowOut]:
        shown = keys[start:stop]
        names = names_of(workspace, by, shown)
        return [
            RowOut(
                keys={by: key},
                name=names[key],
                figures=[
                    FigureOut(metric="conversions", unit="count", value=credited[key].conversions),
                    FigureOut(metric="value", unit="fen", value=credited[key].value),
                    _share(credited[key].value / whole if whole else None, whole, bands.get(key)),
                    *_costs(
                        credited[key].value,
                        spent.get(key, Spent()),
                        is_compared=key in in_paths and (bool(key) or by == "channel"),
                    ),
                ],
            )
            for key in shown
        ]

    as_of = ask(questions.Totals(*span, metrics=("orders",))).as_of
    return Found(period, len(keys), piece, as_of=as_of, model=model, n=told.totals.conversions)


def _costs(value: float, spent: Spent, *, is_compared: bool) -> list[FigureOut]:
    """What a name cost, and its credit over that: none of what stands in no path or under no name."""
    cost = spent.total or None
    returned = value / cost if cost and is_compared else None
    return [
        FigureOut(metric="spend", unit="fen", value=cost),
        FigureOut(metric="ads", unit="fen", value=spent.ads or None),
        FigureOut(metric="returned", unit="times", value=returned),
    ]


def _share(value: float | None, whole: float, band: Band | None) -> FigureOut:
    low, high = (band.low, band.high) if band else (None, None)
    return FigureOut(metric="share", unit="ratio", value=value, n=whole, low=low, high=high)


def _bands(workspace: Workspace, period: Period, by: str, model: str) -> dict[str, Band]:
    days = day_by_day(
        lake(), workspace.key, period.first_day, period.last_day, by=by,
        lookback_days=workspace.lookback_days,
    )  # fmt: skip
    if model == "markov":
        return markov_share_bands(days.steps) if days.steps else {}
    return dict(zip(days.names, share_bands(days.credits[model][:, :, 1]), strict=False))
