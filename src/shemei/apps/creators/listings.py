"""The library of creators and the list of collaborations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from shemei.apps.creators import queries, rules
from shemei.apps.creators.models import Collaboration, Creator
from shemei.kernel.figures import credited_by, figures_shown
from shemei.kernel.lists import Column, Empty, Filter, Listing, export_chosen, states
from shemei.kernel.lists.worth import asked_sort, ranked_as_asked
from shemei.kernel.permissions import Permission
from shemei.kernel.registry import names_of
from shemei.kernel.urls import wurl
from shemei.platforms import CHOICES

if TYPE_CHECKING:
    from shemei.kernel.http import BrandRequest

collaboration_state = states(
    {"talking": "quiet", "agreed": "info", "delivered": "good", "cancelled": "quiet"}
)


def with_figures(rows: list[Any], request: BrandRequest) -> Sequence[Any]:
    """What was paid, promised, delivered and earned, for the creators of one page."""
    told = {row.key: row for row in queries.creators(request.workspace, [row.key for row in rows])}
    sees = request.actor.can(Permission.VIEW)
    shown = figures_shown(request.workspace, "content", ("impressions",), to=request.actor)
    seen = {key: figures["impressions"] for key, figures in shown.items()}
    value = credited_by(request.workspace, "creator") if sees else {}
    for row in rows:
        deal = told[row.key]
        row.fees = deal.fees if sees else None
        row.promised = deal.promised or None
        row.share = deal.delivered_share(seen)
        row.share_percent = (row.share or 0) / 1.5 * 100
        row.value = value[row.key].value if row.key in value else None
    return rows


def creators_ranked(request: BrandRequest, rows: Any) -> Any:
    """Rows with ``rank`` where the list is asked to sort by what creators earned."""

    def ask(_: str) -> dict[str, Any]:
        sees = request.actor.can(Permission.VIEW)
        known = credited_by(request.workspace, "creator") if sees else {}
        return {key: credit.value for key, credit in known.items()}

    return ranked_as_asked(rows, asked_sort(request), ("value",), ask)


CREATORS = Listing(
    name="creators.creators",
    columns=(
        Column(
            "name", "达人", value=lambda c: (c.name, c.city), kind="who", sort="name",
            href=lambda c: wurl(c.workspace, "creators:creator", c.key), export=str,
        ),
        Column("platform", "平台", value=lambda c: c.platform, kind="platform", sort="platform"),
        Column("tier", "级别", value=lambda c: c.tier, sort="tier", phone=True),
        Column("followers", "粉丝", value=lambda c: c.followers, kind="num", sort="followers"),
        Column("quote", "最低报价", value=lambda c: c.quote_from, kind="money", sort="quote_from", hint="各种形式的报价里最低的一个；范围取低的一头", phone=False),
        Column("cpm", "预期 CPM", value=lambda c: c.cpm, kind="money", sort="cpm", hint="撮合平台给的预期，不是实际花费算出来的", hidden=True),
        Column("fees", "合作费", value=lambda c: c.fees or None, kind="money", hint="已交付的合作"),
        Column(
            "share", "实到 / 承诺", value=lambda c: c.share, kind="custom",
            template="creators/cells/share.html", hint="合作内容的曝光，与承诺的曝光比", exported="ratio",
        ),
        Column("value", "归因成交额", value=lambda c: c.value, kind="money", strong=True, sort="rank", hint="近 90 天，按品牌空间选定的归因模型"),
    ),
    filters=(
        Filter("tier", "级别", choices=Creator.Tier.choices),
        Filter("platform", "平台", choices=CHOICES, multiple=True),
    ),
    search=("name", "handle", "city", "note"),
    search_hint="搜昵称、平台号、城市",
    bulk=(export_chosen(lambda: CREATORS),),
    default_sort="-followers",
    noun="达人",
    unit="位",
    empty=Empty(
        icon="star",
        title="达人库还是空的",
        text="把合作过和想合作的人放进来：粉丝数定级别，合作记承诺，交付后自动比实到、记费用，归因看他带来了多少成交。",
        action=("导入达人", "imports:upload"),
        second=("添加达人", "creators:new_creator"),
        permission=Permission.CREATORS,
    ),
    annotate=with_figures,
)  # fmt: skip


def with_delivery(rows: list[Any], request: BrandRequest) -> Sequence[Any]:
    """What was delivered of each collaboration, with the posts' names."""
    shown = figures_shown(request.workspace, "content", ("impressions",), to=request.actor)
    named = names_of("content", request.workspace, {row.post_key for row in rows})
    for row in rows:
        row.post = named.get(row.post_key)
        row.delivered = shown.get(row.post_key, {}).get("impressions") or None
        row.share = rules.delivery_share(row.delivered, row.promised_impressions)
        row.share_percent = (row.share or 0) / 1.5 * 100
    return rows


COLLABORATIONS = Listing(
    name="creators.collaborations",
    columns=(
        Column(
            "creator", "达人", value=lambda d: (d.creator.name, d.creator.tier), kind="who",
            sort="creator__name",
            href=lambda d: wurl(d.workspace, "creators:creator", d.creator.key),
            export=lambda d: d.creator.name,
        ),
        Column("post", "合作内容", value=lambda d: d.post.name if d.post else "", href=lambda d: d.post.url if d.post else ""),
        Column("fee", "合作费", value=lambda d: d.fee or None, kind="money", sort="fee"),
        Column("promised", "承诺曝光", value=lambda d: d.promised_impressions or None, kind="num", sort="promised_impressions"),
        Column("share", "实到 / 承诺", value=lambda d: d.share, kind="custom", template="creators/cells/share.html", exported="ratio"),
        Column("delivered_on", "交付", value=lambda d: d.delivered_on, kind="date", sort="delivered_on"),
        Column("state", "状态", value=collaboration_state, kind="state", sort="state"),
        Column("edit", "操作", value=lambda d: "改", href=lambda d: wurl(d.workspace, "creators:edit_collaboration", d.key), phone=True, export=lambda d: ""),
    ),
    filters=(
        Filter("state", "状态", choices=Collaboration.State.choices),
        Filter("tier", "级别", choices=Creator.Tier.choices, field="creator__tier"),
    ),
    search=("creator__name", "note"),
    search_hint="搜达人、约定",
    default_sort="-delivered_on",
    noun="达人合作",
    unit="次",
    row_label=lambda d: d.creator.name,
    empty=Empty(
        icon="star",
        title="还没有合作",
        text="从达人的页面新建一次合作，写下费用和承诺的曝光。交付后，费用自动进花费，承诺与实到放在一起看。",
        action=("去达人库", "creators:creators"),
    ),
    annotate=with_delivery,
)  # fmt: skip


def creator_rows() -> Any:
    return Creator.objects.select_related("workspace")


def collaboration_rows() -> Any:
    return Collaboration.objects.with_labels()
