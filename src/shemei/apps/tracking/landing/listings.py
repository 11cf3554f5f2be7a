"""The lists of landing pages and of leads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from shemei.apps.tracking.landing import actions_leads, figures
from shemei.apps.tracking.landing.models import LandingPage, Lead
from shemei.kernel.lists import CREATED, BulkAction, Column, Empty, Filter, Listing, State, in_use
from shemei.kernel.permissions import Permission as P
from shemei.kernel.urls import wurl
from shemei.warehouse.channels import channel_name

if TYPE_CHECKING:
    from shemei.kernel.http import BrandRequest

LEAD_STATES = {
    "new": State("待联系", "warn"),
    "contacted": State("已联系", "good"),
    "closed": State("已了结", "quiet"),
}


def page_state(page: LandingPage) -> State:
    if not page.is_active:
        return State("已下线", "quiet")
    return State("已发布", "good") if page.live else State("草稿", "open")  # type: ignore[attr-defined]


PAGES = Listing(
    name="landing.pages",
    noun="落地页",
    unit="个",
    search=("name", "slug"),
    search_hint="名称、地址",
    default_sort="-created_at",
    columns=(
        Column("name", "名称", value=lambda p: p.name, href=lambda p: wurl(p.workspace, "landing:page", p.key), sort="name"),
        Column("slug", "地址", kind="code", value=lambda p: f"/p/{p.slug}"),
        Column("campaign", "营销计划", value=lambda p: p.campaign.name if p.campaign else ""),
        Column("variants", "版本", kind="num", value=lambda p: p.ways, phone=False),
        Column("leads", "线索", kind="num", value=lambda p: p.lead_count or None, strong=True),
        Column("state", "状态", kind="state", value=page_state),
        CREATED,
    ),
    filters=(
        in_use("is_active", "已下线"),
    ),
    empty=Empty(
        icon="device-mobile",
        title="还没有落地页",
        text="一页说清一件事，放一个表单或一个码，谁从哪条短链来、留没留下联系方式都看得见。",
        action=("新建落地页", "landing:new"),
        permission=P.TRACK,
    ),
)  # fmt: skip


def contact(lead: Lead) -> tuple[str, str]:
    """What the list shows of somebody: a surname and four digits."""
    name = f"{lead.name[:1]}**" if lead.name else "未留姓名"
    return name, f"尾号 {lead.phone_tail}" if lead.phone_tail else "留了微信号"


def _move(state: str, words: str) -> Any:
    def run(request: BrandRequest, rows: Any) -> str:
        moved = [actions_leads.move_lead(row, by=request.actor, state=state) for row in rows]
        return f"已把 {len(moved)} 条线索改为{words}"

    return run


def _fill(rows: list[Lead], request: BrandRequest) -> list[Lead]:
    came = figures.came_by(request.workspace, rows)
    for row in rows:
        row.link = came.get(row.key)  # type: ignore[attr-defined]
    return rows


def _link_url(row: Any) -> str:
    return wurl(row.workspace, "tracking:link", row.link.key) if row.link else ""


def _columns() -> tuple[Column, ...]:
    return (
        Column("who", "线索", kind="who", value=contact, href=lambda r: wurl(r.workspace, "landing:lead", r.key)),
        Column("page", "落地页", value=lambda r: r.page.name),
        Column("letter", "版本", value=lambda r: r.letter, phone=False),
        Column("choice", "选择", value=lambda r: r.choice),
        Column("channel", "渠道", value=lambda r: channel_name(r.channel) if r.channel else ""),
        Column("link", "短链", value=lambda r: r.link.name if r.link else "", href=_link_url),
        Column("at", "提交", kind="datetime", value=lambda r: r.created_at, sort="created_at"),
        Column("times", "次数", kind="num", value=lambda r: r.times, hidden=True),
        Column("state", "状态", kind="state", value=lambda r: LEAD_STATES[r.state]),
        Column("agreed", "同意时间", kind="datetime", value=lambda r: r.agreed_at, hidden=True),
        Column("consent", "同意的第几版", value=lambda r: f"{r.letter} 第 {r.version.number} 版", hidden=True),
    )  # fmt: skip


PERSONAL = (
    Column("name", "姓名", value=lambda r: r.name, hidden=True),
    Column("phone", "手机", kind="code", value=lambda r: r.phone, hidden=True),
    Column("wechat", "微信号", kind="code", value=lambda r: r.wechat, hidden=True),
)


def leads_list(*, personal: bool) -> Listing:
    """The list of leads; whole contacts are columns only for those who may read them."""
    return Listing(
        name="landing.leads_personal" if personal else "landing.leads",
        noun="线索",
        search=("page__name", "phone_tail", "choice"),
        search_hint="落地页、尾号、选择",
        default_sort="-created_at",
        annotate=_fill,
        columns=_columns() + (PERSONAL if personal else ()),
        filters=(
            Filter("state", "状态", choices=Lead.State.choices),
            Filter("page", "落地页", choices=_pages, field="page__key"),
        ),
        bulk=(
            BulkAction("contacted", "改为已联系", P.CUSTOMERS, _move("contacted", "已联系"), "phone"),
            BulkAction("closed", "改为已了结", P.CUSTOMERS, _move("closed", "已了结"), "check"),
        ),
        empty=Empty(
            icon="id-badge-2",
            title="还没有线索",
            text="落地页上的表单有人提交，就在这里有一行，连同他当时同意的那段话。",
            action=("新建落地页", "landing:new"),
            permission=P.TRACK,
        ),
    )  # fmt: skip


def _pages() -> list[tuple[str, str]]:
    return list(LandingPage.objects.values_list("key", "name"))
