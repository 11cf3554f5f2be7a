"""What the pages of the brand room show, put together for their templates."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.db.models import Count

from shemei.apps.brand import rules
from shemei.apps.brand.listings import campaign_state
from shemei.apps.brand.models import Campaign, Pillar, PlatformAccount
from shemei.apps.brand.tellings import days_of
from shemei.engines.attribution import Credit
from shemei.kernel.figures import LONG_AGO, credited_by, figures_by, model_name, series, totals
from shemei.kernel.periods import today
from shemei.kernel.permissions import Permission
from shemei.kernel.registry import names_of
from shemei.portal.charts import Chart, Series
from shemei.portal.numbers import day_cn
from shemei.warehouse.vocabulary import date_of

FIGURES = ("impressions", "engagement_rate", "clicks", "visitors", "spend")


def next_color() -> int:
    return Pillar.objects.count() % len(rules.PILLAR_COLOURS) + 1


def standing_of_campaigns() -> str:
    """「2 个进行中，1 个未开始」; empty without campaigns."""
    rows = Campaign.objects.order_by().values("state").annotate(n=Count("id"))
    counts = {row["state"]: row["n"] for row in rows}
    parts = [
        f"{counts[s]} 个{s.label}"
        for s in (Campaign.State.RUNNING, Campaign.State.PLANNED)
        if s in counts
    ]
    return "，".join(parts) if parts or not counts else "眼下没有进行中的计划"


def campaign(row: Campaign, by: Any) -> dict[str, Any]:
    """A campaign's page: how far it is and, for those who may see figures, what it did and who did it."""
    day = today()
    may_change = by.can(Permission.CONTENT_EDIT)
    return {
        "row": row,
        "state": campaign_state(row),
        "progress": rules.progress_sentence(day, row.starts_on, row.ends_on),
        "time_share": rules.share_of_time(day, row.starts_on, row.ends_on),
        "may_change": may_change,
        "may_end": may_change and row.state != Campaign.State.ENDED,
        **(_results(row, day, by) if by.can(Permission.VIEW) else {}),
    }


def _results(row: Campaign, day: date, by: Any) -> dict[str, Any]:
    where = (("campaign", row.key),)
    return {
        "figures": totals(row.workspace, FIGURES, where=where),
        "credit": _credit(row, day),
        "model": model_name(row.workspace),
        "contents": _ranked(row, "content", where),
        "creators": _ranked(row, "creator", where),
        "sees_spend": by.can(Permission.SPEND),
    }


def _credit(row: Campaign, day: date) -> Credit | None:
    """What the campaign earned on its own days, by the workspace's model."""
    if row.starts_on > day:
        return None
    last = min(day, row.ends_on)
    return credited_by(row.workspace, "campaign", first=row.starts_on, last=last).get(row.key)


def _ranked(row: Campaign, by: str, where: tuple[tuple[str, str], ...]) -> list[dict[str, Any]]:
    """The ten busiest rows of another room under this campaign, by name."""
    figures = figures_by(
        row.workspace, by, ("impressions", "engagement_rate", "clicks"), where=where
    )
    named = names_of(by, row.workspace, figures)
    busiest = sorted(named, key=lambda key: -(figures[key]["impressions"] or 0))[:10]
    return [{"named": named[key], "figures": figures[key]} for key in busiest]


def account(row: PlatformAccount) -> dict[str, Any]:
    """What the page of an account shows: the latest first, only columns that somebody told."""
    days = days_of(row)
    told = [name for name in rules.DAILY if any(name in day for day in days.values())]
    rows = [(day, [days[day].get(name) for name in told]) for day in sorted(days, reverse=True)]
    found = rules.growth(days)
    activity, until = _activity(row, days)
    return {
        "row": row,
        "heads": [rules.DAILY[name] for name in told],
        "rows": rows[:90],
        "count": len(rows),
        "followers": row.followers or None,
        "net": found.net if found else None,
        "growth": found.share if found else None,
        "activity": activity,
        "activity_until": day_cn(until, weekday=False) if until else "",
        "last": max(days, default=None),
        "charts": _charts(days),
    }


def _activity(
    row: PlatformAccount, days: Mapping[date, Mapping[str, int]]
) -> tuple[float | None, date | None]:
    """粉丝活跃度 of the thirty days that end with the newest of either source, and that day."""
    asked = ("impressions", "engagements")
    where = (("platform_account", row.key),)
    found = series(row.workspace, asked, LONG_AGO, today(), where=where)
    in_log = {date_of(one["bucket"]): one["engagements"] or 0 for one in found if any(one[name] for name in asked)}  # fmt: skip
    told = [day for day, said in days.items() if "followers" in said]
    last = max([*in_log, *told], default=None)
    engagements = [n for day, n in in_log.items() if last and last - rules.MONTH < day]
    return rules.activity(sum(engagements) if engagements else None, row.followers), last


def _charts(days: Mapping[date, Mapping[str, int]]) -> list[tuple[str, Any]]:
    if len(days) < 2:
        return []
    span = _span(days)
    x = tuple(f"{day:%m-%d}" for day in span)
    drawn = []
    for title, names in (("粉丝", ("followers",)), ("阅读与净增", ("reads", "net"))):
        lines = tuple(
            Series(rules.DAILY[name], tuple(days.get(day, {}).get(name) for day in span))
            for name in names
            if any(name in told for told in days.values())
        )
        if lines:
            drawn.append((title, Chart(id=f"account-{names[0]}", kind="line", x=x, series=lines, height=200)))  # fmt: skip
    return drawn


def _span(days: Mapping[date, Any]) -> list[date]:
    """The last ninety days up to the latest told one, without holes."""
    last = max(days)
    first = max(min(days), last - timedelta(89))
    return [first + timedelta(n) for n in range((last - first).days + 1)]
