"""What the page of a post shows, put together for its template."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.urls import NoReverseMatch

from shemei.apps.accounts.queries import active_members
from shemei.apps.content import rules
from shemei.apps.content.listings import post_state
from shemei.apps.content.models import Post, PostMetric
from shemei.apps.content.policies import EDIT_POST, seen_by
from shemei.kernel.figures import series, totals
from shemei.kernel.periods import today
from shemei.kernel.permissions import Permission
from shemei.kernel.registry import names_of
from shemei.kernel.urls import wurl
from shemei.portal.charts import Chart, Series
from shemei.portal.numbers import day_cn, figure, pct, wan, yuan
from shemei.warehouse.vocabulary import date_of

if TYPE_CHECKING:
    from shemei.kernel.actor import Actor

FIGURES = ("impressions", "engagements", "engagement_rate", "clicks", "ctr")
FIGURE_NAMES = {name: str(PostMetric._meta.get_field(name).verbose_name) for name in rules.FIGURES}
REPORTED = ("impressions", "engagements")
DAILY = ("impressions", "engagements", "clicks")
LONGEST = 90


def standing(by: Actor) -> str:
    """「共 64 篇，本月发布 9 篇」, of those that ``by`` sees; empty without posts."""
    rows = seen_by(by, Post.objects.all())
    total = rows.count()
    month = rows.live().filter(published_at__date__gte=today().replace(day=1)).count()
    return f"共 {total} 篇，本月发布 {month} 篇" if total else ""


def preset(query: Any) -> dict[str, str]:
    """What a link to the new form may bring along, for example ``?creator_key=…``."""
    return {
        name: query[name] for name in ("campaign_key", "creator_key", "platform") if name in query
    }


def post(row: Post, by: Actor) -> dict[str, Any]:
    """A post: its figures, its days, what fell, and where its buyers' ways are shown."""
    snapshots = [rules.Snapshot(m.day, m.told) for m in row.metrics.all()]
    days = _days(row)
    return {
        "row": row,
        "state": post_state(row),
        "creator": names_of("creator", row.workspace, [row.creator_key]).get(row.creator_key),
        "figures": _figures(row, snapshots) if by.can(Permission.VIEW) else {},
        "charts": charts(row, days) if by.can(Permission.VIEW) else [],
        "days": days,
        "conclusion": conclusion(days),
        "table": table(snapshots),
        "more": more(row),
        "claimed_clicks": _last(snapshots, "clicks"),
        "falls": falls(snapshots),
        "paths_url": _paths_url(row),
        "keeper": next((str(one) for one in active_members() if one.key == row.keeper_key), ""),
        "may_change": EDIT_POST.allows(by, row),
    }


def _figures(row: Post, snapshots: list[rules.Snapshot]) -> dict[str, Any]:
    """Figures since publication; what no platform has told yet is unknown, not nought."""
    told = totals(row.workspace, FIGURES, where=(("content", row.key),))
    booked = snapshots and told["impressions"] is not None and any(told[n] for n in REPORTED)
    unknown = [] if booked else REPORTED
    rate = {} if told["clicks"] else {"ctr": None}
    return told | dict.fromkeys(unknown) | rate


def _days(row: Post) -> list[dict[str, Any]]:
    """The log's days of this post, the first ninety from publication on, without holes."""
    first = row.published_on or today() - timedelta(27)
    last = min(today(), first + timedelta(LONGEST - 1))
    told = series(
        row.workspace,
        ("impressions", "engagements", "clicks"),
        first,
        last,
        where=(("content", row.key),),
    )
    known = {date_of(d["bucket"]): d for d in told if any(d[name] for name in DAILY)}
    if not known:
        return []
    end = max(known)
    span = [first + timedelta(n) for n in range((end - first).days + 1)]
    return [{"day": day, **known.get(day, {})} for day in span]


def charts(row: Post, days: list[dict[str, Any]]) -> list[tuple[str, Chart]]:
    """Exposure, and what it led to: two pictures, for one is a hundred times the other.

    Days after the last telling of the platform are unknown, not nothing.
    """
    told = row.metrics.order_by("-day").values_list("day", flat=True).first()
    x = tuple(f"{day['day']:%m-%d}" for day in days)

    def reported(name: str) -> tuple[float | None, ...]:
        return tuple((day.get(name) or 0) if told and day["day"] <= told else None for day in days)

    clicks = Series("短链点击", tuple(day.get("clicks") or 0 for day in days))
    pictures = (
        ("每天的曝光", (Series("曝光", reported("impressions")),)),
        ("每天的互动与点击", (Series("互动", reported("engagements")), clicks)),
    )
    return [
        (title, Chart(id=f"post-days-{n}", kind="line", x=x, series=lines, height=200))
        for n, (title, lines) in enumerate(pictures)
    ]


def conclusion(days: list[dict[str, Any]]) -> str:
    """「11-12 曝光最多，3.2 万，占这段的 41%。」"""
    total = sum(day.get("impressions") or 0 for day in days)
    if len(days) < 2 or total <= 0:
        return ""
    best = max(days, key=lambda day: day.get("impressions") or 0)
    share = round(best["impressions"] * 100 / total)
    return f"{best['day']:%m-%d} 曝光最多，{wan(best['impressions'])}，占这 {len(days)} 天的 {share}%。"


def table(snapshots: list[rules.Snapshot]) -> dict[str, Any]:
    """Totals per day, the latest first, with what each day added; only columns that somebody told."""
    told = [name for name in rules.FIGURES if any(name in s.told for s in snapshots)]
    rows = [
        (s.day, [(s.told.get(n), plus.get(n)) for n in told])
        for s, plus in reversed(rules.added(snapshots))
    ]
    hint = "括号里是比上一次多出的" if len(rows) > 1 else "只报过这一次"
    return {"heads": [FIGURE_NAMES[name] for name in told], "rows": rows, "hint": hint}


def more(row: Post) -> dict[str, Any]:
    """What back-ends tell beside the figures, per day, the latest first; only columns that somebody told."""
    days = [metric for metric in row.metrics.order_by("-day") if metric.more]
    told = [name for name in rules.MORE if any(name in metric.more for metric in days)]
    rows = [(m.day, [_in_unit(name, m.more.get(name)) for name in told]) for m in days]
    return {"heads": [rules.MORE[name][0] for name in told], "rows": rows}


def _in_unit(name: str, value: float | None) -> str:
    if value is None:
        return ""
    show = {
        "ratio": lambda share: pct(share, 1),
        "seconds": lambda n: f"{figure(n, 1)} 秒",
        "minutes": lambda n: f"{figure(n, 1)} 分钟",
        "money": yuan,
        "count": figure,
    }
    return str(show[rules.MORE[name][1]](value))


def falls(snapshots: list[rules.Snapshot]) -> list[str]:
    """「11-12 周三 点赞少了 3」 for every total that fell."""
    fallen = rules.fell(snapshots)
    return [f"{day_cn(day)} {FIGURE_NAMES[name]}少了 {figure(by)}" for day, name, by in fallen]


def _last(snapshots: list[rules.Snapshot], name: str) -> int | None:
    told: list[tuple[date, int]] = [(s.day, s.told[name]) for s in snapshots if name in s.told]
    return max(told)[1] if told else None


def _paths_url(row: Post) -> str:
    try:
        return f"{wurl(row.workspace, 'insight:part')}?by=content&key={row.key}"
    except NoReverseMatch:
        return ""
