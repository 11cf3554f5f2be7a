"""The answers that programs get: figures in one shape, with what stands behind each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from difflib import get_close_matches
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

import pyarrow.compute as pc
from ninja import Schema

from shemei.apps.insight import rules
from shemei.apps.insight.queries import named
from shemei.apps.insight.reports.shared_pages import mean_hands, page_name
from shemei.apps.insight.spending import Spending, placed
from shemei.engines.proportions import wilson
from shemei.kernel.figures import ask
from shemei.kernel.periods import Period
from shemei.kernel.workspace import Workspace
from shemei.warehouse import questions
from shemei.warehouse.catalogue import METRICS, Metric
from shemei.warehouse.flows import Funnel, Retention, ShareDepths, SharedPages
from shemei.warehouse.measures import DIMENSIONS
from shemei.warehouse.vocabulary import date_of

if TYPE_CHECKING:
    from collections.abc import Callable

    import pyarrow as pa

NAMED = ("channel", "platform", "content", "creator", "campaign")


ApiUnit = Literal["count", "people", "ratio", "times", "fen", "hours", "flag"]
"""fen is 分, a hundredth of a yuan; ratio a share of 1; times a multiple; flag 1 or 0."""


class MetricOut(Schema):
    """A metric of the catalogue; its ``reference`` is in its ``unit`` too."""

    key: str
    name: str
    formula: str
    unit: ApiUnit
    better: str
    numerator: str
    denominator: str
    reference: float | None
    reference_word: str
    source: str

    @staticmethod
    def resolve_unit(metric: Metric) -> ApiUnit:
        return unit_of(metric)


class MetricsOut(Schema):
    total: int
    next_offset: int | None
    dimensions: dict[str, str]
    metrics: list[MetricOut]


class FigureOut(Schema):
    """One number in its ``unit``: money is ``fen``, 分, a hundredth of a yuan.

    ``n`` is what a share is of; ``low`` and ``high`` are its 95 % interval where there is one.
    """

    metric: str
    unit: ApiUnit
    value: float | None
    n: float | None = None
    low: float | None = None
    high: float | None = None


class RowOut(Schema):
    """What the figures are of: ``keys`` as in the log, ``name`` for people, ``day`` for series."""

    keys: dict[str, str] = {}
    name: str = ""
    day: str | None = None
    figures: list[FigureOut]


class AnswerOut(Schema):
    """``exact`` is false where people were estimated from a sample; ``note`` then says how."""

    first_day: str
    last_day: str
    exact: bool
    note: str
    as_of: str
    model: str = ""
    n: float | None = None
    total: int
    next_offset: int | None
    rows: list[RowOut]


@dataclass(frozen=True, slots=True)
class Found:
    """What was found: how many rows, and ``piece`` makes those from one number up to another, and no more."""

    period: Period
    total: int
    piece: Callable[[int, int], list[RowOut]]
    exact: bool = True
    note: str = ""
    as_of: int = 0
    model: str = ""
    n: float | None = None

    def page(self, offset: int, limit: int) -> AnswerOut:
        stop = offset + limit
        return AnswerOut(
            first_day=self.period.first.isoformat(),
            last_day=self.period.last.isoformat(),
            exact=self.exact,
            note=self.note,
            as_of=datetime.fromtimestamp(self.as_of / 1e6, UTC).isoformat(timespec="seconds"),
            model=self.model,
            n=self.n,
            total=self.total,
            next_offset=stop if stop < self.total else None,
            rows=self.piece(offset, stop),
        )


def unit_of(metric: Metric) -> ApiUnit:
    """What programs are told: money is counted in 分."""
    return "fen" if metric.unit == "money" else metric.unit


def unknown(key: str) -> str:
    """What to say of a metric that is not there: the nearest that are, and where all are told."""
    known = [name for name, metric in METRICS.items() if metric.in_log]
    near = get_close_matches(key, known, n=3, cutoff=0.5)
    asked = f"是不是要 {'、'.join(near)}？" if near else ""
    return f"没有指标 {key}。{asked}全部指标的键在 /api/v1/figures/metrics。"


def unsplit(keys: tuple[str, ...], by: str) -> str:
    """Why figures cannot be split so; "" where they can. People carry no promo code, orders do."""
    if by and "roi" in keys:
        return (
            "roi 分开看要按归因算：请问 /api/v1/figures/attribution，"
            "每行有 spend（总花费）、ads（其中的广告花费）与 returned（归因成交额 ÷ 总花费）。"
        )
    for key in _with_bases(keys):
        if why := rules.unsplit(key, by):
            return f"{key}（{METRICS[key].name}）不能按 {by} 分：{why}。"
    people = [key for key in _with_bases(keys) if METRICS[key].people]
    if by != "promo_code" or not people:
        return ""
    names = "、".join(f"{key}（{METRICS[key].name}）" for key in people)
    return f"{names}数的是人，不能按 promo_code 分。换一个维度，或只问订单与金额。"


def catalogue(offset: int, limit: int) -> MetricsOut:
    """The metrics that the log can answer."""
    known = [metric for metric in METRICS.values() if metric.in_log]
    stop = offset + limit
    return MetricsOut(
        total=len(known),
        next_offset=stop if stop < len(known) else None,
        dimensions=dict(DIMENSIONS),
        metrics=[MetricOut.from_orm(metric) for metric in known[offset:stop]],
    )


def totals(workspace: Workspace, period: Period, keys: tuple[str, ...], by: str) -> Found:
    """Sums of a period; the largest by the first metric first."""
    split = (by,) if by else ()
    question = questions.Totals(
        workspace.key, period.first_day, period.last_day, metrics=_with_bases(keys), by=split
    )
    told = ask(question)
    found = _spent(told.rows, workspace, period, keys, split)
    ranked = found.append_column("rank", pc.fill_null(found[keys[0]], 0))
    rows = ranked.sort_by([("rank", "descending"), *((name, "ascending") for name in split)])
    piece = partial(_rows, workspace, keys, by, rows)
    return Found(period, rows.num_rows, piece, told.exact, told.note, told.as_of)


def series(
    workspace: Workspace, period: Period, keys: tuple[str, ...], by: str, grain: str
) -> Found:
    """Figures by day or week, the oldest first."""
    split = (by,) if by else ()
    question = questions.Series(
        workspace.key, period.first_day, period.last_day, metrics=_with_bases(keys),
        grain=grain, by=split,  # type: ignore[arg-type]
    )  # fmt: skip
    told = ask(question)
    found = _spent(told.rows, workspace, period, keys, ("bucket", *split), grain)
    rows = found.sort_by([(name, "ascending") for name in ("bucket", *split)])
    piece = partial(_rows, workspace, keys, by, rows)
    return Found(period, rows.num_rows, piece, told.exact, told.note, told.as_of)


def _spent(
    rows: pa.Table, workspace: Workspace, period: Period, keys: tuple[str, ...],
    split: tuple[str, ...], grain: str = "",
) -> pa.Table:  # fmt: skip
    """Rows by channel with their spend where the report of channels has it; all others as they are."""
    if "channel" not in split or "spend" not in keys:
        return rows
    spending = Spending(workspace, period)
    if not grain:
        by = spending.by("channel")
        return placed(rows, {(key,): one.total for key, one in by.items()}, split)
    days = spending.buckets("channel", grain)
    told = {(day, key): amount for day, row in days.items() for key, amount in row.items()}
    return placed(rows, told, split)


def _with_bases(keys: tuple[str, ...]) -> tuple[str, ...]:
    """The metrics asked for, and what shares are of, so that each can say its n."""
    bases = [METRICS[key].denominator for key in keys if METRICS[key].unit == "ratio"]
    return tuple(dict.fromkeys([*keys, *(base for base in bases if base in METRICS)]))


def _rows(
    workspace: Workspace, keys: tuple[str, ...], by: str, table: pa.Table, start: int, stop: int
) -> list[RowOut]:
    rows = table[start:stop].to_pylist()
    names = names_of(workspace, by, [row[by] for row in rows] if by else [])
    return [
        RowOut(
            keys={by: row[by]} if by else {},
            name=names.get(row[by], row[by]) if by else "",
            day=date_of(row["bucket"]).isoformat() if "bucket" in row else None,
            figures=[_figure(METRICS[key], row) for key in keys],
        )
        for row in rows
    ]


def names_of(workspace: Workspace, by: str, keys: list[str]) -> dict[str, str]:
    if by not in NAMED:
        return {}
    return {key: known.name for key, known in named(by, workspace, dict.fromkeys(keys)).items()}


def _figure(metric: Metric, row: dict[str, Any]) -> FigureOut:
    value, of = row[metric.key], row.get(metric.denominator)
    if metric.unit != "ratio" or value is None or not of:
        return FigureOut(metric=metric.key, unit=unit_of(metric), value=value)
    low, high = wilson(value * of, of) if 0 <= value <= 1 else (None, None)
    return FigureOut(metric=metric.key, unit="ratio", value=value, n=of, low=low, high=high)


def funnel(workspace: Workspace, period: Period, by: str, within_days: int) -> Found:
    """How many people took each step, one after another in the period."""
    split = (by,) if by else ()
    told = ask(
        Funnel(workspace.key, period.first_day, period.last_day, by=split, within_days=within_days)
    )
    lines = told.rows.to_pylist()
    names = names_of(workspace, by, [line[by] for line in lines] if by else [])
    first = {tuple(line[n] for n in split): line["people"] for line in lines if line["step"] == 1}
    rows = [
        RowOut(
            keys={**({by: line[by]} if by else {}), "step": str(line["step"])},
            name=" · ".join(part for part in (names.get(line.get(by), ""), line["name"]) if part),
            figures=[
                FigureOut(metric="people", unit="people", value=line["people"]),
                _part("of_first", line["of_first"], first[tuple(line[n] for n in split)]),
                FigureOut(metric="median_hours", unit="hours", value=line["median_hours"]),
            ],
        )
        for line in lines
    ]
    return Found(period, len(rows), _of(rows), told.exact, told.note, told.as_of)


def spreading(workspace: Workspace, period: Period, by: str) -> Found:
    """Visits by pages that somebody passed on, by the number of hands (depth 0 is all) or by page."""
    span = (workspace.key, period.first_day, period.last_day)
    told = ask(SharedPages(*span) if by == "page" else ShareDepths(*span))
    rows = [_spread(line, by) for line in told.rows.to_pylist()]
    return Found(period, len(rows), _of(rows), told.exact, told.note, told.as_of)


def _spread(line: dict[str, Any], by: str) -> RowOut:
    figures = [
        FigureOut(metric="visits", unit="count", value=line["visits"]),
        FigureOut(metric="visitors", unit="people", value=line["visitors"]),
        FigureOut(metric="sharers", unit="people", value=line["sharers"]),
    ]
    if by == "depth":
        name = f"第 {line['depth']} 手" if line["depth"] else "合计"
        return RowOut(keys={"depth": str(line["depth"])}, name=name, figures=figures)
    figures += [
        FigureOut(metric="share_depth", unit="times", value=mean_hands(line)),
        FigureOut(metric="furthest", unit="count", value=line["furthest"]),
    ]
    name = page_name(line["page"], line["pages"])
    return RowOut(keys={"page": line["page"]}, name=name, figures=figures)


def retention(workspace: Workspace, period: Period, start: str, back: str, grain: str) -> Found:
    """Cohorts with the share of their people who came back; ``complete`` is 0 while a week or month runs."""
    told = ask(
        Retention(
            workspace.key, period.first_day, period.last_day,
            start=start, back=back, grain=grain,  # type: ignore[arg-type]
        )
    )  # fmt: skip
    rows = [
        RowOut(
            keys={"cohort": date_of(line["cohort"]).isoformat(), "n": str(line["n"])},
            figures=[
                FigureOut(metric="people", unit="people", value=line["people"]),
                _part("share", line["share"], line["size"]),
                FigureOut(metric="complete", unit="flag", value=float(line["complete"])),
            ],
        )
        for line in told.rows.to_pylist()
    ]
    return Found(period, len(rows), _of(rows), told.exact, told.note, told.as_of)


def _of(rows: list[RowOut]) -> Callable[[int, int], list[RowOut]]:
    """Pieces of few rows, which are made already."""
    return lambda start, stop: rows[start:stop]


def _part(metric: str, value: float | None, of: float) -> FigureOut:
    low, high = (
        wilson(value * of, of) if of and value is not None and 0 <= value <= 1 else (None, None)
    )
    return FigureOut(metric=metric, unit="ratio", value=value, n=of, low=low, high=high)
