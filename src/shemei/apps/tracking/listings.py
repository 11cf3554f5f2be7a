"""The lists of links and promo codes, and what stands in their columns."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from django.http import HttpResponse, HttpResponseRedirect

from shemei.apps.brand import queries as brand
from shemei.apps.tracking import actions, figures
from shemei.apps.tracking.models import OFFLINE, BulkChange, Link, PromoCode
from shemei.kernel.lists import CREATED, BulkAction, Column, Empty, Filter, Listing, State
from shemei.kernel.lists.worth import asked_sort, ranked_as_asked
from shemei.kernel.periods import period_from, today
from shemei.kernel.permissions import Permission as P
from shemei.kernel.registry import Named, names_of
from shemei.kernel.toasts import toast
from shemei.kernel.urls import wurl
from shemei.platforms import BY_KEY, CHOICES

if TYPE_CHECKING:
    from shemei.kernel.http import BrandRequest
    from shemei.kernel.workspace import Workspace

Owned = TypeVar("Owned", Link, PromoCode)
PLATFORM_CHOICES = [*CHOICES, (OFFLINE, BY_KEY[OFFLINE].name)]
METRICS = ("clicks", "people", "orders", "revenue")
LONGER = 30
CHOSEN = "tracking.chosen"
MOST_MOVED = 5_000
CODE_STATES = {
    "live": State("有效", "good"),
    "early": State("未开始", "info"),
    "over": State("已过期", "quiet"),
    "off": State("已停用", "quiet"),
}


def code_state(row: PromoCode) -> State:
    return CODE_STATES[row.state_on(today())]


def link_state(link: Link) -> State:
    return State("使用中", "good") if link.is_active else State("已归档", "quiet")


def with_owners(workspace: Workspace, rows: Sequence[Owned]) -> Sequence[Owned]:
    """Set ``owners`` on each row: the creator and the content it belongs to, in two look-ups."""
    creators = names_of("creator", workspace, {row.creator_key for row in rows})
    contents = names_of("content", workspace, {row.content_key for row in rows})
    for row in rows:
        found = [creators.get(row.creator_key), contents.get(row.content_key)]
        row.owners = [owner for owner in found if owner]
    return rows


def owners_of_link(workspace: Workspace, link: Link) -> list[tuple[str, Named]]:
    """What a link belongs to, each with the word for it."""
    kinds = (("达人", "creator", link.creator_key), ("内容", "content", link.content_key))
    found = [
        (label, names_of(kind, workspace, [key])[key])
        for label, kind, key in kinds
        if names_of(kind, workspace, [key])
    ]
    if link.campaign:
        campaign = brand.campaign_names(workspace, [link.campaign.key])[link.campaign.key]
        found.append(("营销计划", campaign))
    return found


def owner_text(row: Any) -> str:
    """Whom a row is credited to, the nearest to the buyer: a creator, a spot, else the brand."""
    creator = next((owner.name for owner in row.owners if owner.key == row.creator_key), "")
    return creator or row.spot or "品牌自己"


def campaign_text(row: Any) -> str:
    return row.campaign.name if row.campaign else ""


def content_text(row: Any) -> str:
    return next((owner.name for owner in row.owners if owner.key == row.content_key), "")


def links_ranked(request: BrandRequest, rows: Any) -> Any:
    return _ranked(request, rows, "key", figures.of_links)


def codes_ranked(request: BrandRequest, rows: Any) -> Any:
    return _ranked(request, rows, "code", figures.of_codes)


def _ranked(request: BrandRequest, rows: Any, field: str, ask: Callable[..., Any]) -> Any:
    def worth(metric: str) -> dict[str, Any]:
        known = ask(request.workspace, period_from(request.GET))
        return {key: getattr(one, metric) for key, one in known.items()}

    return ranked_as_asked(rows, asked_sort(request), METRICS, worth, field=field)


def _fill_links(rows: list[Link], request: BrandRequest) -> Sequence[Link]:
    known = figures.of_links(request.workspace, period_from(request.GET))
    for link in rows:
        link.figure = known.get(link.key, figures.NOTHING)  # type: ignore[attr-defined]
    return with_owners(request.workspace, rows)


def _fill_codes(rows: list[PromoCode], request: BrandRequest) -> Sequence[PromoCode]:
    known = figures.of_codes(request.workspace, period_from(request.GET))
    for row in rows:
        row.figure = known.get(row.code, figures.NOTHING)  # type: ignore[attr-defined]
    return with_owners(request.workspace, rows)


def _campaigns(request: BrandRequest) -> list[tuple[str, str]]:
    return [(row.key, row.name) for row in brand.campaigns(request.workspace)]


def _folders(request: BrandRequest) -> list[tuple[str, str]]:
    names = Link.objects.exclude(folder="").order_by("folder").values_list("folder", flat=True)
    return [(name, name) for name in names.distinct()]


def _archive(request: BrandRequest, rows: Iterable[Link]) -> str:
    made = actions.archive_many(request.workspace, rows, by=request.actor)
    return _told(request, made, f"已归档 {len(made.changes)} 条短链，短码停用")


def _extend(request: BrandRequest, rows: Iterable[Link]) -> str:
    made = actions.extend_links(request.workspace, rows, by=request.actor, days=LONGER)
    return _told(request, made, f"已把 {len(made.changes)} 条短链的到期延长 {LONGER} 天")


def _told(request: BrandRequest, made: BulkChange, text: str) -> str:
    """Said here with its way back, so the list has nothing more to say."""
    toast(request, text, wurl(request.workspace, "tracking:undo_bulk_change", made.key))
    return ""


def _move(request: BrandRequest, rows: Any) -> HttpResponse:
    """On to the page that asks for the folder."""
    request.session[CHOSEN] = list(rows.values_list("key", flat=True)[:MOST_MOVED])
    return _on_to(request, wurl(request.workspace, "tracking:move"))


def _on_to(request: BrandRequest, url: str) -> HttpResponse:
    if request.headers.get("HX-Request"):
        return HttpResponse(headers={"HX-Redirect": url})
    return HttpResponseRedirect(url)


def _stop_codes(request: BrandRequest, rows: Iterable[PromoCode]) -> str:
    made = actions.switch_codes(request.workspace, rows, by=request.actor, active=False)
    return _told(request, made, f"已停用 {len(made.changes)} 个优惠码")


def _resume_codes(request: BrandRequest, rows: Iterable[PromoCode]) -> str:
    made = actions.switch_codes(request.workspace, rows, by=request.actor, active=True)
    return _told(request, made, f"已恢复 {len(made.changes)} 个优惠码")


def _extend_codes(request: BrandRequest, rows: Iterable[PromoCode]) -> str:
    made = actions.extend_codes(request.workspace, rows, by=request.actor, days=LONGER)
    return _told(request, made, f"已把 {len(made.changes)} 个优惠码的有效期延长 {LONGER} 天")


def _restore(request: BrandRequest, rows: Iterable[Link]) -> str:
    made = actions.restore_many(request.workspace, rows, by=request.actor)
    return _told(request, made, f"已恢复 {len(made.changes)} 条短链")


def _by_state(rows: Any, value: str) -> Any:
    return rows.filter(is_active=value == "live")


CAMPAIGN = Column("campaign", "营销计划", campaign_text)
BY_PLATFORM = Filter(
    "platform", "平台", PLATFORM_CHOICES, lambda rows, value: rows.standing_on(value), multiple=True
)

LINKS = Listing(
    name="tracking.links",
    noun="短链",
    search=("name", "code", "url", "spot"),
    search_hint="名称、短码、网址",
    default_sort="-created_at",
    annotate=_fill_links,
    columns=(
        Column("name", "名称", lambda link: link.name, href=lambda link: wurl(link.workspace, "tracking:link", link.key), sort="name"),
        Column("code", "短码", lambda link: link.code, kind="code", phone=False),
        Column("platform", "平台", lambda link: link.stands_on, kind="platform"),
        Column("owner", "算给", owner_text),
        CAMPAIGN,
        Column("content", "内容", content_text, hidden=True),
        Column("clicks", "点击", lambda link: link.figure.clicks, kind="num", sort="rank", strong=True),
        Column("people", "人数", lambda link: link.figure.people, kind="num", sort="rank"),
        Column("orders", "可追踪订单", lambda link: link.figure.orders, kind="times", sort="rank"),
        Column("revenue", "可追踪成交额", lambda link: link.figure.revenue, kind="money", sort="rank"),
        Column("state", "状态", link_state, kind="state", phone=False),
        CREATED,
        Column("url", "目标网址", lambda link: link.url, hidden=True),
        Column("folder", "文件夹", lambda link: link.folder, hidden=True),
    ),
    filters=(
        BY_PLATFORM,
        Filter("campaign", "营销计划", _campaigns, field="campaign__key"),
        Filter("folder", "文件夹", _folders),
        Filter("state", "状态", (("live", "使用中"), ("archived", "已归档")), _by_state),
        Filter("health", "要处理", [(key, word) for key, word in Link.Health.choices if key != "fine"]),
    ),
    bulk=(
        BulkAction("archive", "归档", P.TRACK, _archive, "archive", confirm="归档 {n} 条短链"),
        BulkAction("move", "移到文件夹", P.TRACK, _move, "archive-off"),
        BulkAction("extend", f"到期延长 {LONGER} 天", P.TRACK, _extend, "calendar-plus"),
        BulkAction("restore", "恢复", P.TRACK, _restore, "restore"),
    ),
    empty=Empty(
        icon="link",
        title="还没有短链",
        text="给每个投放位置一条短链，就知道哪一处带来了人和成交。",
        action=("新建短链", "tracking:new"),
        second=("一次建多条", "tracking:many"),
        permission=P.TRACK,
    ),
)  # fmt: skip


def _valid_or_off(rows: Any, value: str) -> Any:
    return rows.valid_on(today()) if value == "live" else rows.filter(is_active=False)


CODES = Listing(
    name="tracking.codes",
    noun="优惠码",
    unit="个",
    search=("code", "discount_note", "spot"),
    search_hint="优惠码、说明、位置",
    default_sort="-created_at",
    annotate=_fill_codes,
    columns=(
        Column("code", "优惠码", lambda row: row.code, kind="code", href=lambda row: wurl(row.workspace, "tracking:code", row.key), sort="code"),
        Column("owner", "算给", owner_text),
        CAMPAIGN,
        Column("platform", "平台", lambda row: row.stands_on, kind="platform"),
        Column("discount", "优惠", lambda row: row.discount_note),
        Column("orders", "用码订单", lambda row: row.figure.orders, kind="num", sort="rank", strong=True,
               hint="全数，后来全额退款或取消的也数在内"),
        Column("revenue", "净成交额", lambda row: row.figure.revenue, kind="money", sort="rank", hint="扣掉期内退款"),
        Column("ends", "有效至", lambda row: row.ends_on, kind="date", sort="ends_on"),
        Column("state", "状态", code_state, kind="state"),
        CREATED,
    ),
    filters=(
        Filter("owner", "归谁", PromoCode.Owner.choices, field="owner_kind"),
        BY_PLATFORM,
        Filter("state", "状态", (("live", "有效"), ("off", "已停用")), _valid_or_off),
    ),
    bulk=(
        BulkAction("extend", f"有效期延长 {LONGER} 天", P.TRACK, _extend_codes, "calendar-plus"),
        BulkAction("stop", "停用", P.TRACK, _stop_codes, "ban", confirm="停用 {n} 个优惠码"),
        BulkAction("resume", "恢复", P.TRACK, _resume_codes, "restore"),
    ),
    empty=Empty(
        icon="ticket",
        title="还没有优惠码",
        text="笔记里放不了链接时，给每位达人一个码，用码的订单就记在名下。",
        action=("新建优惠码", "tracking:new_code"),
        second=("一次建多个", "tracking:many_codes"),
        permission=P.TRACK,
    ),
)  # fmt: skip
