"""The list of posts, with figures of the log for the rows of one page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from shemei.apps.accounts.queries import active_members, members_with
from shemei.apps.brand import queries as brand
from shemei.apps.content import actions
from shemei.apps.content.models import Post
from shemei.apps.content.policies import seen_by
from shemei.kernel.figures import figures_shown
from shemei.kernel.lists import BulkAction, Column, Empty, Filter, Listing, export_chosen, states
from shemei.kernel.lists.worth import asked_sort, ranked_as_asked
from shemei.kernel.permissions import Permission
from shemei.kernel.registry import names_of
from shemei.kernel.urls import wurl
from shemei.platforms import CHOICES

if TYPE_CHECKING:
    from shemei.kernel.actor import Actor
    from shemei.kernel.http import BrandRequest

NOBODY = "none"
METRICS = ("impressions", "engagement_rate", "clicks")
post_state = states({"draft": "quiet", "scheduled": "info", "published": "good", "removed": "warn"})


def with_figures(rows: list[Any], request: BrandRequest) -> Sequence[Any]:
    """Figures since publication, and the creators' names, each in one question."""
    figures = figures_shown(request.workspace, "content", METRICS, to=request.actor)
    keepers = {one.key: str(one) for one in active_members()}
    creators = names_of("creator", request.workspace, {row.creator_key for row in rows})
    for row in rows:
        row.figures = figures.get(row.key, {})
        row.keeper = keepers.get(row.keeper_key, "")
        row.seen = row.figures.get("impressions") or None
        creator = creators.get(row.creator_key)
        row.by = (creator.name, creator.note) if creator else (row.author_name or _home(row), "")
    return rows


def posts_ranked(request: BrandRequest, rows: Any) -> Any:
    """Rows with ``rank`` where the list is asked to sort by a figure of the log."""

    def ask(metric: str) -> dict[str, Any]:
        known = figures_shown(request.workspace, "content", (metric,), to=request.actor)
        return {key: row[metric] for key, row in known.items()}

    return ranked_as_asked(rows, asked_sort(request), METRICS, ask)


def _home(row: Post) -> str:
    return row.account.name if row.account else ""


def _figure(name: str) -> Any:
    return lambda row: row.figures.get(name)


def _campaigns(request: BrandRequest) -> list[tuple[str, str]]:
    return [(c.key, c.name) for c in brand.campaigns(request.workspace)]


def _pillars(request: BrandRequest) -> list[tuple[str, str]]:
    return [(p.key, p.name) for p in brand.pillars(request.workspace)]


def _accounts(request: BrandRequest) -> list[tuple[str, str]]:
    return [(a.key, a.name) for a in brand.accounts(request.workspace, with_inactive=True)]


def _keepers(request: BrandRequest) -> list[tuple[str, str]]:
    """Who can answer for a post, me first; whoever sees only their own has nobody to choose."""
    if not request.actor.can(Permission.CONTENT_OTHERS):
        return []
    people = [(one.id, one.name) for one in members_with(Permission.CONTENT_EDIT)]
    return sorted(people, key=lambda one: one[0] != request.actor.id)


def _kept(request: BrandRequest) -> list[tuple[str, str]]:
    people = _keepers(request)
    return [*people, (NOBODY, "还没有")] if people else []


def _keeper_is(rows: Any, key: str) -> Any:
    return rows.filter(keeper_key="" if key == NOBODY else key)


def _hand_over(request: BrandRequest, rows: Any, key: str) -> str:
    n = actions.hand_over(rows, key, by=request.actor)
    return f"{n} 篇已交给{dict(_keepers(request))[key]}" if n else "本来就由他负责，没有改动"


def _file_under(name: str, word: str) -> Any:
    """A bulk action that files posts under a campaign or a pillar; figures already booked move along."""

    def run(request: BrandRequest, rows: Any, key: str) -> str:
        done = 0
        for post in rows:
            actions.change_post(post, by=request.actor, **{name: key})
            done += 1
        return f"{done} 篇已归到这个{word}"

    return run


BULK = (
    BulkAction("campaign", "归到营销计划", Permission.CONTENT_EDIT, _file_under("campaign_key", "营销计划"), "target-arrow", choices=_campaigns),
    BulkAction("pillar", "归到内容支柱", Permission.CONTENT_EDIT, _file_under("pillar_key", "内容支柱"), "category", choices=_pillars),
    BulkAction("keeper", "交给", Permission.CONTENT_EDIT, _hand_over, "user-check", choices=_keepers),
    export_chosen(lambda: POSTS),
)  # fmt: skip

POSTS = Listing(
    name="content.posts",
    columns=(
        Column(
            "title", "内容", value=str, kind="custom", template="content/cells/title.html",
            href=lambda p: wurl(p.workspace, "content:post", p.key), sort="title", export=str,
        ),
        Column("by", "作者", value=lambda p: p.by if p.by[0] else None, kind="who"),
        Column("form", "形式", value=lambda p: p.form, sort="form"),
        Column("published", "发布", value=lambda p: p.published_at, kind="datetime", sort="published_at"),
        Column("impressions", "曝光", value=lambda p: p.seen, kind="num", strong=True, sort="rank", hint="平台不报曝光时，用播放或阅读"),
        Column("engagement_rate", "互动率", value=_figure("engagement_rate"), kind="ratio", sort="rank"),
        Column("clicks", "短链点击", value=_figure("clicks"), kind="num", sort="rank", hint="由系统的短链数出，不含平台自报"),
        Column("state", "状态", value=post_state, kind="state", sort="state", phone=False),
        Column("keeper", "负责人", value=lambda p: p.keeper, hidden=True),
        Column("platform", "平台", value=lambda p: p.platform, kind="platform", hidden=True),
        Column("campaign", "营销计划", value=lambda p: p.campaign.name if p.campaign else "", hidden=True),
        Column("pillar", "内容支柱", value=lambda p: p.pillar.name if p.pillar else "", hidden=True),
    ),
    filters=(
        Filter("platform", "平台", choices=CHOICES, multiple=True),
        Filter("state", "状态", choices=Post.State.choices),
        Filter("form", "形式", choices=Post.Form.choices),
        Filter("campaign", "营销计划", choices=_campaigns, field="campaign__key"),
        Filter("pillar", "内容支柱", choices=_pillars, field="pillar__key"),
        Filter("keeper", "负责人", choices=_kept, apply=_keeper_is),
        Filter("account", "账号", choices=_accounts, field="account__key"),
        Filter("published", "发布时间", kind="period", field="published_at"),
    ),
    search=("title", "author_name", "external_id", "url"),
    search_hint="搜标题、作者、作品链接",
    bulk=BULK,
    default_sort="-published_at",
    noun="内容",
    unit="篇",
    empty=Empty(
        icon="notes",
        title="还没有内容",
        text="从平台后台导出的作品表直接传上来：新作品会自动登记，曝光和互动按天入账，之后就能看出哪一篇带来了访问和订单。",
        action=("导入内容数据", "imports:upload"),
        second=("新建一篇", "content:new_post"),
        permission=Permission.CONTENT_EDIT,
    ),
    annotate=with_figures,
)  # fmt: skip


def post_rows(by: Actor) -> Any:
    """What ``by`` sees of the posts."""
    return seen_by(by, Post.objects.with_labels())
