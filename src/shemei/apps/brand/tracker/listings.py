"""The list of all readings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from shemei.apps.brand.models import BrandReading
from shemei.apps.brand.tracker import rules
from shemei.apps.brand.tracker.queries import reading_sources
from shemei.kernel.lists import Column, Empty, Filter, Listing
from shemei.kernel.permissions import Permission
from shemei.kernel.urls import wurl

if TYPE_CHECKING:
    from shemei.kernel.http import BrandRequest


def readings_for(rows: list[Any], request: BrandRequest) -> Sequence[Any]:
    """With their intervals, and whether this member may open one to change it."""
    may = request.actor.can(Permission.ACCOUNTS)
    for row in rows:
        row.may_change = may
        span = rules.interval(row.metric, row.said)
        row.unsure = rules.why_unsure(row.metric, row.said)
        row.span = " 至 ".join(rules.shown(row.metric, end) for end in span) if span else ""
    return rows


def _sources(request: BrandRequest) -> list[tuple[str, str]]:
    return reading_sources(request.workspace)


READINGS = Listing(
    name="brand.readings",
    columns=(
        Column(
            "metric", "指标", value=lambda r: r.get_metric_display(), sort="metric",
            href=lambda r: wurl(r.workspace, "brand:edit_reading", r.key) if r.may_change else "",
        ),
        Column("day", "日期", value=lambda r: r.day, kind="date", sort="day", phone=True, hint="一波调研的最后一天"),
        Column(
            "value", "数值", value=lambda r: rules.shown(r.metric, r.said.value), numeric=True, strong=True, phone=True,
            export=lambda r: r.said.value,
        ),
        Column("span", "95% 区间", value=lambda r: r.span, numeric=True, note=lambda r: r.unsure, export=lambda r: r.span),
        Column("asked", "样本量", value=lambda r: r.asked, kind="num", sort="asked"),
        Column("platform", "平台", value=lambda r: rules.PLACE_NAMES.get(r.platform, ""), sort="platform"),
        Column("source", "来源", value=lambda r: r.source, sort="source"),
        Column("first", "这一波从", value=lambda r: r.first, kind="date", hidden=True),
        Column("note", "备注", value=lambda r: r.note, hidden=True),
    ),
    filters=(
        Filter("metric", "指标", choices=rules.METRIC_CHOICES, multiple=True),
        Filter("source", "来源", choices=_sources),
        Filter("platform", "平台", choices=rules.PLACES),
        Filter("day", "日期", kind="period"),
    ),
    search=("source", "note"),
    search_hint="搜来源、备注",
    default_sort="-day",
    noun="品牌读数",
    unit="个",
    empty=Empty(
        icon="activity-heartbeat",
        title="还没有品牌读数",
        text="一年量几次：知道的人有多少、会考虑的有多少、愿意推荐的有多少。把调研公司或指数报来的数记在这里。",
        action=("记一个读数", "brand:new_reading"),
        permission=Permission.ACCOUNTS,
    ),
    annotate=readings_for,
)  # fmt: skip


def reading_rows() -> Any:
    return BrandReading.objects.kept().select_related("workspace")
