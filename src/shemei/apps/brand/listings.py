"""The lists of the brand room."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from shemei.apps.brand.models import Campaign, Pillar, PlatformAccount
from shemei.apps.brand.rules import progress_sentence
from shemei.kernel.figures import figures_shown
from shemei.kernel.lists import Column, Empty, Filter, Listing, State, states
from shemei.kernel.lists.worth import asked_sort, ranked_as_asked
from shemei.kernel.periods import Period, today
from shemei.kernel.permissions import Permission
from shemei.kernel.urls import wurl
from shemei.platforms import CHOICES

if TYPE_CHECKING:
    from shemei.kernel.http import BrandRequest

METRICS = ("impressions", "clicks", "spend")
campaign_state = states({"planned": "quiet", "running": "info", "ended": "good"})


def with_figures(rows: list[Any], request: BrandRequest) -> Sequence[Any]:
    """Figures for those who may see any, money for those who may see spends."""
    figures = figures_shown(request.workspace, "campaign", METRICS, to=request.actor)
    for row in rows:
        row.figures = figures.get(row.key, {})
        row.spend = row.figures.get("spend") if request.actor.can(Permission.SPEND) else None
    return rows


def campaigns_ranked(request: BrandRequest, rows: Any) -> Any:
    """Rows with ``rank`` where the list is asked to sort by a figure of the log."""

    def ask(metric: str) -> dict[str, Any]:
        needs = Permission.SPEND if metric == "spend" else Permission.VIEW
        known = figures_shown(
            request.workspace, "campaign", (metric,), to=request.actor, needs=needs
        )
        return {key: row[metric] for key, row in known.items()}

    return ranked_as_asked(rows, asked_sort(request), METRICS, ask)


def _span(campaign: Campaign) -> str:
    return Period(campaign.starts_on, campaign.ends_on).span


def _progress(campaign: Campaign) -> str:
    return progress_sentence(today(), campaign.starts_on, campaign.ends_on)


def _figure(name: str) -> Any:
    return lambda row: row.figures.get(name)


CAMPAIGNS = Listing(
    name="brand.campaigns",
    columns=(
        Column("name", "营销计划", value=str, sort="name", href=lambda c: wurl(c.workspace, "brand:campaign", c.key)),
        Column("state", "状态", value=campaign_state, kind="state", sort="state"),
        Column("span", "起止", value=_span, sort="starts_on"),
        Column("progress", "进度", value=_progress),
        Column("impressions", "曝光", value=_figure("impressions"), kind="num", sort="rank", hint="平台报来的曝光，已按天入账"),
        Column("clicks", "短链点击", value=_figure("clicks"), kind="num", strong=True, sort="rank"),
        Column("spend", "总花费", value=lambda c: c.spend, kind="money", sort="rank", hint="广告花费 + 达人费用（已交付的合作）"),
    ),
    filters=(Filter("state", "状态", choices=Campaign.State.choices),),
    search=("name", "note", "utm_campaign"),
    search_hint="搜名称或链接标记",
    default_sort="-starts_on",
    noun="营销计划",
    unit="个",
    empty=Empty(
        icon="target-arrow",
        title="还没有营销计划",
        text="给一次推广起个名、定个起止。内容、短链、达人和花费都挂到它名下，结束时一页看清花了多少、带来多少。",
        action=("新建营销计划", "brand:new_campaign"),
        permission=Permission.CONTENT_EDIT,
    ),
    annotate=with_figures,
)  # fmt: skip

PILLARS = Listing(
    name="brand.pillars",
    columns=(
        Column(
            "name", "内容支柱", value=str, kind="custom", template="brand/cells/pillar.html",
            href=lambda p: wurl(p.workspace, "brand:edit_pillar", p.key), sort="name",
        ),
        Column("note", "讲什么", value=lambda p: p.note, phone=True),
    ),
    search=("name", "note"),
    search_hint="搜支柱、讲什么",
    default_sort="name",
    noun="内容支柱",
    unit="个",
    row_label=lambda p: p.name,
    empty=Empty(
        icon="category",
        title="还没有内容支柱",
        text="挑 3 到 5 个品牌长期要讲的主题，例如成分科普、用户故事、换季护理。每篇内容归到一个支柱，就能看出哪个主题讲少了。",
        action=("新建内容支柱", "brand:new_pillar"),
        permission=Permission.CONTENT_EDIT,
    ),
)  # fmt: skip

ACCOUNTS = Listing(
    name="brand.accounts",
    columns=(
        Column("name", "账号", value=str, sort="name", href=lambda a: wurl(a.workspace, "brand:account", a.key)),
        Column("platform", "平台", value=lambda a: a.platform, kind="platform", sort="platform", phone=True),
        Column("handle", "平台号", value=lambda a: a.handle),
        Column("followers", "粉丝", value=lambda a: a.followers, kind="num", sort="followers"),
        Column("state", "状态", value=lambda a: State("在用", "good") if a.is_active else State("停用"), kind="state", sort="is_active"),
    ),
    filters=(Filter("platform", "平台", choices=CHOICES),),
    search=("name", "handle"),
    search_hint="搜账号名或平台号",
    default_sort="platform",
    noun="平台账号",
    unit="个",
    empty=Empty(
        icon="at",
        title="还没有登记平台账号",
        text="把品牌在各平台的账号登记在这里：导入数据时靠名称认账号，短链和内容也记得是哪个号发的。",
        action=("登记账号", "brand:new_account"),
        permission=Permission.ACCOUNTS,
    ),
)  # fmt: skip


def campaign_rows() -> Any:
    return Campaign.objects.select_related("workspace")


def pillar_rows() -> Any:
    return Pillar.objects.select_related("workspace")


def account_rows() -> Any:
    return PlatformAccount.objects.select_related("workspace")
