"""What short links brought."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson

from shemei.apps.tracking.figures import shared
from shemei.apps.tracking.figures.shared import NOTHING, Figure, Seen, Share, Where
from shemei.apps.tracking.models import Link
from shemei.edge.bots import SUSPECT_NAMES
from shemei.kernel.figures import ask, model_name
from shemei.kernel.periods import Period, today
from shemei.portal.charts import Chart, Series
from shemei.portal.numbers import change
from shemei.warehouse import questions
from shemei.warehouse.vocabulary import SHANGHAI

if TYPE_CHECKING:
    from shemei.kernel.workspace import Workspace

SHOWN_PATHS = 12


@dataclass(frozen=True, slots=True)
class Step:
    """An order's path in which a link or code stands: at which place, and how long before."""

    order_id: str
    at: Any
    position: int
    length: int
    seconds_before: float
    value: int
    href: str


@dataclass(frozen=True, slots=True)
class LinkReport:
    """Everything a link's page shows of the log."""

    figure: Figure
    clicks_change: float | None
    people_change: float | None
    trend: Chart
    spark: list[float | None]
    in_apps: list[Share]
    vias: list[Share]
    """By ``via``, the place that whoever spread the link wrote behind it."""
    ways: list[Share]
    """By the link's own rules: which of them the click went by, on which side of a division."""
    suspects: list[Share]
    suspect_count: int
    latest: list[Seen]
    steps: list[Step]
    step_count: int
    model: str
    sampled: bool
    as_of: Any

    @property
    def has_any(self) -> bool:
        return bool(self.figure.clicks or self.suspect_count or self.step_count)


def is_clicked(workspace: Workspace, link: Link, period: Period) -> bool:
    """Whether anybody, or anything, has opened the link in the period."""
    told = _counted(workspace, period, (("link", link.key),), include_suspect=True)
    return any(row["clicks"] for row in told.values())


def of_links(workspace: Workspace, period: Period) -> dict[str, Figure]:
    """Clicks, people and credited orders of every link of the period."""
    counted = _counted(workspace, period)
    credits = shared.credits(workspace, period, "link")
    return {key: _joined(key, counted, credits) for key in counted.keys() | credits.keys()}


def clicks_since(workspace: Workspace, link: Link) -> int:
    """Clicks of one link from the day it was made until now."""
    whole = questions.Totals(
        workspace=workspace.key,
        first=int(link.created_at.astimezone(SHANGHAI).strftime("%Y%m%d")),
        last=int(f"{today():%Y%m%d}"),
        metrics=("clicks",),
        where=(("link", link.key),),
    )
    return sum(row["clicks"] or 0 for row in ask(whole).rows.to_pylist())


def link_report(
    workspace: Workspace, link: Link, period: Period, *, include_suspect: bool = False
) -> LinkReport:
    """All figures of one link; ``include_suspect`` counts suspect clicks too."""
    where = (("link", link.key),)
    counted = _counted(workspace, period, where, include_suspect)
    before = _counted(workspace, period.shifted(-period.days), where, include_suspect)
    figure = _joined(link.key, counted, shared.credits(workspace, period, "link"))
    earlier = _joined(link.key, before, {})
    clicks, as_of = shared.rows(
        workspace,
        period,
        where,
        kinds=("click",),
        limit=shared.MOST_ROWS,
        include_suspect=include_suspect,
    )
    daily = _daily(workspace, period, where)
    excluded = _excluded(daily)
    said = [orjson.loads(row["props"]) for row in clicks]
    steps = _steps(workspace, period, where)
    return LinkReport(
        figure=figure,
        clicks_change=change(figure.clicks, earlier.clicks),
        people_change=change(figure.people, earlier.people),
        trend=_trend(period, daily, include_suspect),
        spark=_spark(period, daily),
        in_apps=shared.shares(Counter(row["in_app"] for row in clicks), shared.in_app_name),
        vias=_vias(Counter(one.get("via", "") for one in said)),
        ways=shared.shares(Counter(map(_way_name, filter(_went_by_rule, said))), str),
        suspects=shared.shares(excluded, lambda key: SUSPECT_NAMES.get(key, key)),
        suspect_count=excluded.total(),
        latest=[shared.seen(row) for row in clicks[: shared.SHOWN_ROWS]],
        steps=steps[:SHOWN_PATHS],
        step_count=len(steps),
        model=model_name(workspace),
        sampled=len(clicks) == shared.MOST_ROWS,
        as_of=as_of,
    )


def _vias(counts: Counter[str]) -> list[Share]:
    """By name, then what has none, so that the rows add up to all clicks; nothing where nobody wrote one."""
    unnamed = counts.pop("", 0)
    named = shared.shares(counts, str)
    rest = counts.total() - sum(share.count for share in named)
    told = ((f"其余 {len(counts) - len(named)} 个名字", rest), ("没写名字", unnamed))
    most = max(counts.values(), default=0)
    more = [Share(name, n, min(100.0, 100 * n / most)) for name, n in told if n and most]
    return named + more


def _went_by_rule(said: dict[str, Any]) -> bool:
    return bool(said.get("rule"))


def _way_name(said: dict[str, Any]) -> str:
    """A rule of the link as its page numbers them, and the side of an A/B division."""
    if said["rule"] == "late":
        return "到期或用完以后"
    return f"第 {said['rule']} 条 · {said.get('way', 'A')}"


def _counted(
    workspace: Workspace, period: Period, where: Where = (), include_suspect: bool = False
) -> dict[str, dict[str, Any]]:
    rows = shared.totals(
        workspace,
        period,
        ("clicks", "visitors"),
        by=("link",),
        where=where,
        include_suspect=include_suspect,
    )
    return {row["link"]: row for row in rows if row["link"]}


def _joined(key: str, counted: dict[str, dict[str, Any]], credits: dict[str, Any]) -> Figure:
    if key not in counted and key not in credits:
        return NOTHING
    row, credit = counted.get(key, {}), credits.get(key)
    return Figure(
        clicks=row.get("clicks") or None,
        people=row.get("visitors") or None,
        orders=credit.conversions if credit else None,
        revenue=credit.value if credit else None,
    )


def _daily(workspace: Workspace, period: Period, where: Where) -> list[dict[str, Any]]:
    """Clicks per day and reason, suspect ones too: the trend and the reasons are one question."""
    question = questions.Series(
        **shared.span(workspace, period),
        metrics=("clicks",),
        by=("suspect",),
        where=where,
        include_suspect=True,
    )
    rows: list[dict[str, Any]] = ask(question).rows.to_pylist()
    return rows


def _excluded(daily: list[dict[str, Any]]) -> Counter[str]:
    reasons: Counter[str] = Counter()
    for row in daily:
        if row["suspect"]:
            reasons[row["suspect"]] += row["clicks"] or 0
    return reasons


def _per_day(period: Period, daily: list[dict[str, Any]], *, suspect: bool) -> list[int]:
    found: Counter[int] = Counter()
    for row in daily:
        if bool(row["suspect"]) == suspect:
            found[row["bucket"]] += row["clicks"] or 0
    return [found[day] for day in shared.days(period)]


def _spark(period: Period, daily: list[dict[str, Any]]) -> list[float | None]:
    """A line only where something happened: a flat one would say 0 where nothing is known."""
    values = _per_day(period, daily, suspect=False)
    return [float(n) for n in values] if any(values) else []


def _trend(period: Period, daily: list[dict[str, Any]], include_suspect: bool) -> Chart:
    series = [Series("点击", tuple(_per_day(period, daily, suspect=False)))]
    if include_suspect:
        bad = _per_day(period, daily, suspect=True)
        series.append(Series("可疑点击", tuple(bad), role="compare"))
    has_any = any(value for one in series for value in one.values)
    return shared.chart("link-clicks", period, series if has_any else [])


def _steps(workspace: Workspace, period: Period, where: Where) -> list[Step]:
    question = questions.PathTable(
        **shared.span(workspace, period), lookback_days=workspace.lookback_days, where=where
    )
    rows = ask(question).rows.to_pylist()
    rows.sort(key=lambda row: (shared.event_time(row, "conv_ts"), row["order_id"]), reverse=True)
    return [
        Step(
            order_id=row["order_id"],
            at=shared.event_time(row, "conv_ts"),
            position=row["position"],
            length=row["length"],
            seconds_before=row["hours_before"] * 3600,
            value=row["value"],
            href=shared.journey(workspace, row["order_id"]),
        )
        for row in rows
    ]
