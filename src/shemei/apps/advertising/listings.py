"""The list of spends. What platforms claim for them stands in columns of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django.db.models import Sum

from shemei.apps.advertising import actions, rules
from shemei.apps.advertising.models import Spend
from shemei.apps.brand import queries as brand
from shemei.kernel.lists import BulkAction, Column, Empty, Filter, Listing, export_chosen
from shemei.kernel.permissions import Permission
from shemei.kernel.registry import names_of
from shemei.kernel.urls import wurl
from shemei.platforms import CHOICES
from shemei.portal.numbers import yuan

if TYPE_CHECKING:
    from shemei.kernel.http import BrandRequest


def with_names(rows: list[Any], request: BrandRequest) -> Sequence[Any]:
    """What each spend was for, in words."""
    posts = names_of("content", request.workspace, {row.content_key for row in rows})
    creators = names_of("creator", request.workspace, {row.creator_key for row in rows})
    for row in rows:
        about = posts.get(row.content_key) or creators.get(row.creator_key)
        row.about = row.plan or (about.name if about else "") or row.note
        row.cpm = rules.per_thousand(row.amount, row.impressions)
        row.claimed_roi = rules.claimed_return(row.claimed_value, row.amount)
    return rows


def _campaigns(request: BrandRequest) -> list[tuple[str, str]]:
    return [(c.key, c.name) for c in brand.campaigns(request.workspace)]


def _summary(request: BrandRequest, rows: Any) -> str:
    return f"共 {yuan(rows.order_by().aggregate(sum=Sum('amount'))['sum'] or 0)}"


def _file_under(request: BrandRequest, rows: Any, key: str) -> str:
    """Put spends under a campaign; what is booked moves along."""
    done = 0
    for spend in rows:
        actions.change_spend(spend, by=request.actor, campaign_key=key)
        done += 1
    return f"{done} 笔花费已归到这个营销计划"


SPENDS = Listing(
    name="advertising.spends",
    columns=(
        Column("day", "日期", value=lambda s: s.day, kind="date", sort="day", href=lambda s: wurl(s.workspace, "advertising:edit_spend", s.key)),
        Column("platform", "平台", value=lambda s: s.platform, kind="platform", sort="platform", phone=True),
        Column("kind", "类型", value=lambda s: s.get_kind_display(), sort="kind"),
        Column("about", "投了什么", value=lambda s: s.about),
        Column("campaign", "营销计划", value=lambda s: s.campaign.name if s.campaign else ""),
        Column("amount", "花费", value=lambda s: s.amount, kind="money", sort="amount", strong=True),
        Column("impressions", "自报曝光", value=lambda s: s.impressions, kind="num", sort="impressions", hint="平台自报，不与内容曝光相加"),
        Column("cpm", "千次曝光成本", value=lambda s: s.cpm, kind="money", hint="花费 ÷ 自报曝光 × 1000"),
        Column("claimed_orders", "自报订单", value=lambda s: s.claimed_orders, kind="num", sort="claimed_orders", hint="平台自报，不计入可追踪"),
        Column("claimed_value", "自报成交额", value=lambda s: s.claimed_value, kind="money", sort="claimed_value", hint="平台自报，不计入可追踪"),
        Column("claimed_roi", "自报产出比", value=lambda s: s.claimed_roi, kind="times", hidden=True, hint="自报成交额 ÷ 花费"),
        Column("source", "来源", value=lambda s: s.get_source_display(), hidden=True),
    ),
    filters=(
        Filter("platform", "平台", choices=CHOICES, multiple=True),
        Filter("kind", "类型", choices=Spend.Kind.choices, multiple=True),
        Filter("campaign", "营销计划", choices=_campaigns, field="campaign__key"),
    ),
    search=("plan", "note", "campaign__name"),
    search_hint="搜投放计划、备注",
    bulk=(
        BulkAction("campaign", "归到营销计划", Permission.SPEND, _file_under, "target-arrow", choices=_campaigns),
        export_chosen(lambda: SPENDS),
    ),
    default_sort="-day",
    noun="花费",
    unit="笔",
    summary=_summary,
    empty=Empty(
        icon="coins",
        title="还没有花费",
        text="把广告后台的日报导进来：每天每个计划花了多少记成账，平台自报的成交单独放着，与系统追到的订单对着看。",
        action=("导入花费", "imports:upload"),
        second=("记一笔", "advertising:new_spend"),
        permission=Permission.SPEND,
    ),
    annotate=with_names,
)  # fmt: skip


def spend_rows() -> Any:
    return Spend.objects.with_labels()


ELSEWHEN = replace(
    SPENDS.empty, title="这段时间没有花费", text="换一段时间看，或把这段的日报导进来。"
)


def spends(rows: Any) -> Listing:
    """The list for a period; where only this period is empty it says so."""
    return (
        replace(SPENDS, empty=ELSEWHEN) if not rows.exists() and Spend.objects.exists() else SPENDS
    )
