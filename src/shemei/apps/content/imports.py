"""Import of the platforms' figures: totals per post, as the creator back-ends export them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from shemei.apps.brand.queries import AccountRef, accounts
from shemei.apps.content import actions, rules
from shemei.apps.content.models import MetricEntry, Post, PostMetric
from shemei.kernel.imports import cells
from shemei.kernel.imports.errors import CellError
from shemei.kernel.imports.kinds import Field, Group, ImportKind, Option, Preset, Row, Staged, Tally
from shemei.kernel.permissions import Permission
from shemei.platforms import PLATFORMS
from shemei.warehouse.vocabulary import SHANGHAI, date_of, from_ts, int_day

if TYPE_CHECKING:
    from shemei.kernel.actor import Actor
    from shemei.kernel.imports.models import ImportBatch

COUNTS = (
    "impressions",
    "plays",
    "likes",
    "comments",
    "shares",
    "collects",
    "follows",
    "finishes",
    "clicks",
)
_PLATFORM_NAMES = {p.name: p.key for p in PLATFORMS} | {p.key: p.key for p in PLATFORMS} | {
    "公众号": "wechat", "微信": "wechat", "微信视频号": "channels", "企微": "wecom", "新浪微博": "weibo",
    "红书": "xhs", "RED": "xhs", "哔哩哔哩": "bilibili", "bilibili": "bilibili", "b站": "bilibili",
}  # fmt: skip
_FORMS = {
    "图文": "图文", "笔记": "图文", "图片": "图文", "图集": "图文", "视频": "短视频", "短视频": "短视频",
    "直播": "直播", "文章": "文章", "长文": "文章", "音频": "音频", "播客": "音频", "H5": "H5",
}  # fmt: skip


def platform(value: Any) -> str:
    """A platform by the names people give it."""
    name = cells.half_width(str(value))
    if key := _PLATFORM_NAMES.get(name):
        return key
    raise CellError(
        "platform",
        f"「{name[:20]}」不是系统认识的平台",
        f"请写成{'、'.join(p.name for p in PLATFORMS[:8])}之一",
    )


def form(value: Any) -> str:
    return _FORMS.get(cells.half_width(str(value)), "")


def external_id(value: Any) -> str:
    return cells.half_width(value)[:120] if isinstance(value, str) else cells.identifier(value)


FIELDS = (
    Field("title", "标题", cells.text, ("作品名称", "笔记标题", "视频标题", "视频描述", "文章标题", "视频名称", "作品", "内容标题"), example="换季烂脸自救"),
    Field("external_id", "作品编号", external_id, ("视频ID", "笔记ID", "视频编号", "稿件编号", "bvid", "post_id"), note="有它最准：改了标题也认得"),
    Field("url", "作品链接", cells.text, ("笔记链接", "视频链接", "文章链接", "链接", "内容链接")),
    Field("platform", "平台", platform, ("发布平台",), example="小红书", words={p.key: p.name for p in PLATFORMS}),
    Field("account", "账号", cells.text, ("账号名称", "发布账号", "作者", "公众号名称")),
    Field("published_at", "发布时间", cells.moment, ("首次发布时间", "发布日期", "群发日期"), example="2026-11-03 09:05"),
    Field("form", "形式", form, ("体裁", "作品类型", "笔记类型", "内容形式")),
    Field("day", "数据日期", cells.day, ("统计日期", "截至日期"), example="2026-11-23", note="没有这一列时，用下面选的日子"),
    Field("impressions", "曝光", cells.count, ("曝光量", "曝光次数", "展现量", "推荐曝光量")),
    Field("plays", "播放或阅读", cells.count, ("播放量", "观看量", "阅读量", "阅读数", "播放数", "播放次数", "阅读（播放）", "浏览次数", "图文页阅读次数")),
    Field("likes", "点赞", cells.count, ("点赞量", "点赞数", "点赞次数", "喜欢", "喜欢量")),
    Field("comments", "评论", cells.count, ("评论量", "评论数", "评论次数", "留言")),
    Field("shares", "分享", cells.count, ("分享量", "分享数", "分享次数", "转发", "转发量", "分享的次数")),
    Field("collects", "收藏", cells.count, ("收藏量", "收藏数", "收藏的次数")),
    Field("follows", "涨粉", cells.count, ("粉丝增量", "涨粉量", "关注量", "净增粉丝")),
    Field("finishes", "完播", cells.count, ("完播量", "完播数")),
    Field("finish_rate", "完播率", cells.ratio, ("完播率(%)", "整体完播率", "视频完播率", "阅读完成率")),
    Field("clicks", "链接点击", cells.count, ("链接点击量", "企微链接点击次数")),
)  # fmt: skip

PRESETS = (
    Preset(
        "douyin_works", "抖音创作者中心「作品列表」",
        frozenset({"作品名称", "发布时间", "播放量", "5s完播率", "粉丝增量"}),
        {"title": "作品名称", "published_at": "发布时间", "form": "体裁", "plays": "播放量", "finish_rate": "完播率",
         "likes": "点赞量", "comments": "评论量", "shares": "分享量", "collects": "收藏量", "follows": "粉丝增量"},
        {"platform": "douyin"},
    ),
    Preset(
        "xhs_notes", "小红书创作服务平台「笔记列表明细表」",
        frozenset({"笔记标题", "首次发布时间", "曝光", "观看量", "涨粉"}),
        {"title": "笔记标题", "published_at": "首次发布时间", "form": "体裁", "impressions": "曝光", "plays": "观看量",
         "likes": "点赞", "comments": "评论", "collects": "收藏", "follows": "涨粉", "shares": "分享"},
        {"platform": "xhs"},
    ),
    Preset(
        "channels_videos", "视频号助手「单篇视频」",
        frozenset({"视频描述", "视频ID", "发布时间", "播放量", "推荐", "喜欢"}),
        {"title": "视频描述", "external_id": "视频ID", "published_at": "发布时间", "plays": "播放量", "finish_rate": "完播率",
         "likes": "喜欢", "comments": "评论量", "shares": "分享量", "follows": "关注量", "clicks": "企微链接点击次数"},
        {"platform": "channels"},
    ),
)  # fmt: skip


class PostMetrics(ImportKind):
    """Totals since publication, one row per post (and day). The rows become entries; ``finish`` books them."""

    key = "post_metrics"
    name = "内容数据"
    noun = "篇"
    permission = Permission.IMPORT
    fields = FIELDS
    presets = PRESETS
    options = (
        Option("platform", "这份表来自", tuple((p.key, p.name) for p in PLATFORMS), "xhs"),
        Option(
            "day", "数字截至", (("yesterday", "上传的前一天"), ("today", "上传当天")), "yesterday"
        ),
    )
    done_url = ("看内容", "content:posts")

    def prepare(self, row: Row, batch: ImportBatch) -> Staged:
        values = dict(row.values)
        values.setdefault("platform", batch.option("platform"))
        values.setdefault("day", int_day(_day_of_file(batch)))
        values["told"] = _told(values)
        _refuse_unusable(values)
        return Staged(values, group=_group(values), at=values["day"])

    def compare(self, groups: Sequence[Group], batch: ImportBatch) -> Tally:
        tally, known = Tally(), Known(groups)
        for group in groups:
            post = known.find(group[0].values)
            if post is None:
                tally.new += 1
            elif any(
                rules.news(told, actions.imported(post, day)) for day, told in _tellings(group)
            ):
                tally.changed += 1
            else:
                tally.same += 1
        return tally

    def write_batch(self, groups: Sequence[Group], batch: ImportBatch, by: Actor) -> Tally:
        tally, known = Tally(), Known(groups)
        homes = {(a.platform, a.name): a for a in accounts(batch.workspace, with_inactive=True)}
        for group in groups:
            post = known.find(group[0].values)
            made = post is None or post.batch == batch.key
            post = post or _new_post(batch, group[0].values, homes)
            told = [
                actions.stage_entry(post, day, figures, batch=batch.key)
                for day, figures in _tellings(group)
            ]
            if made:
                tally.new += 1
            elif any(told):
                tally.changed += 1
            else:
                tally.same += 1
        return tally

    def finish(self, batch: ImportBatch, by: Actor) -> list[str]:
        actions.apply_batch(batch.workspace, batch.key)
        return [*_fallen(batch), *_without_account(batch)]

    def undo(self, batch: ImportBatch, by: Actor) -> None:
        actions.undo_batch(batch.workspace, batch.key)


def _day_of_file(batch: ImportBatch) -> date:
    uploaded = timezone.localtime(batch.created_at).date()
    return uploaded if batch.option("day") == "today" else uploaded - timedelta(1)


def _told(values: dict[str, Any]) -> dict[str, int]:
    told = {name: values[name] for name in COUNTS if name in values}
    if "finishes" not in told and "finish_rate" in values and told.get("plays") is not None:
        told["finishes"] = round(told["plays"] * min(values["finish_rate"], 1.0))
    return told


def _refuse_unusable(values: dict[str, Any]) -> None:
    if not any(values.get(name) for name in ("title", "external_id", "url")):
        raise CellError(
            "post.unnamed", "空白", "标题、作品编号、作品链接至少要有一个", field="title"
        )
    if not values["told"]:
        raise CellError(
            "post.no_figures",
            "这一行一个数都没有",
            "没有数据的内容不必导入，请删去这一行",
            field="plays",
        )
    for name, total in values["told"].items():
        if total < 0 and name != "follows":
            raise CellError(
                "post.negative",
                "累计数不能小于 0",
                "请核对原表：这里要填发布以来的累计数",
                field=name,
            )
    if date_of(values["day"]) > timezone.localdate():
        raise CellError("post.future", "数据日期在今天之后", "请核对原表", field="day")


def _group(values: dict[str, Any]) -> str:
    own = values.get("external_id") or rules.plain_url(values.get("url", ""))
    return "|".join(
        (
            values["platform"],
            own or f"{values.get('account', '')}|{values['title']}|{_minute(values)}",
        )
    )


def _minute(values: dict[str, Any]) -> str:
    return _local(from_ts(values["published_at"])) if "published_at" in values else ""


def _local(moment: datetime) -> str:
    return moment.astimezone(SHANGHAI).strftime("%Y%m%d%H%M")


def _tellings(group: Group) -> list[tuple[date, dict[str, int]]]:
    """What a group tells, day by day; where a day stands twice, later rows add to and win over earlier ones."""
    by_day: dict[int, dict[str, int]] = {}
    for row in sorted(group, key=lambda r: r.number):
        by_day[row.values["day"]] = by_day.get(row.values["day"], {}) | row.values["told"]
    return [(date_of(day), told) for day, told in sorted(by_day.items())]


class Known:
    """The posts that a chunk of rows may mean, looked up at once; then matched by id, link, or account and title."""

    def __init__(self, groups: Iterable[Group]) -> None:
        first = [group[0].values for group in groups]
        self.by_id = self._index("external_id", {_own_id(v) for v in first})
        self.by_url = self._index("url", {rules.plain_url(v.get("url", "")) for v in first})
        self.by_title = self._index("title", {v.get("title", "")[:200] for v in first})

    @staticmethod
    def _index(field: str, wanted: set[str]) -> dict[tuple[str, str], list[Post]]:
        found: dict[tuple[str, str], list[Post]] = {}
        names = sorted(name for name in wanted if name)
        for start in range(0, len(names), 500):
            rows = Post.objects.filter(**{f"{field}__in": names[start : start + 500]}).with_labels()
            for post in rows.order_by("id"):
                found.setdefault((post.platform, getattr(post, field)), []).append(post)
        return found

    def find(self, values: dict[str, Any]) -> Post | None:
        """The one post that is meant; None where none is known, or several are and nothing tells them apart."""
        platform_ = values["platform"]
        for index, name in (
            (self.by_id, _own_id(values)),
            (self.by_url, rules.plain_url(values.get("url", ""))),
        ):
            if name and (same := index.get((platform_, name))):
                return same[0]
        same = self.by_title.get((platform_, values.get("title", "")[:200]), [])
        return _by_account_and_time([post for post in same if _may_be(post, values)], values)


def _own_id(values: dict[str, Any]) -> str:
    return values.get("external_id") or rules.identify(values.get("url", ""))[1]


def _may_be(post: Post, values: dict[str, Any]) -> bool:
    """A post with the same title, unless the file says another account, id, or minute of publication."""
    account = values.get("account", "")
    if account and post.account and post.account.name != account:
        return False
    if (own := _own_id(values)) and post.external_id and post.external_id != own:
        return False
    told = _minute(values)
    return not told or post.published_at is None or _local(post.published_at)[:8] == told[:8]


def _by_account_and_time(posts: list[Post], values: dict[str, Any]) -> Post | None:
    exact = [p for p in posts if p.published_at and _local(p.published_at) == _minute(values)]
    chosen = exact or posts
    return chosen[0] if len(chosen) == 1 else None


def _new_post(
    batch: ImportBatch, values: dict[str, Any], homes: dict[tuple[str, str], AccountRef]
) -> Post:
    account = homes.get((values["platform"], values.get("account", "")))
    return actions.post_from_import(
        batch.workspace,
        batch=batch.key,
        platform=values["platform"],
        title=values.get("title") or values.get("url") or values["external_id"],
        published_at=from_ts(values["published_at"]) if "published_at" in values else None,
        form=values.get("form") or Post.Form.NOTE,
        url=values.get("url", "")[:500],
        external_id=_own_id(values),
        author_name="" if account else values.get("account", "")[:60],
        account_key=account.key if account else "",
    )


def _fallen(batch: ImportBatch) -> list[str]:
    """Totals that fell are said out loud: they stand in the log as negative corrections."""
    days = set(MetricEntry.objects.filter(batch=batch.key).values_list("post_id", "day"))
    rows: dict[Post, list[rules.Snapshot]] = {}
    for row in (
        PostMetric.objects.filter(post__entries__batch=batch.key).distinct().select_related("post")
    ):
        rows.setdefault(row.post, []).append(rules.Snapshot(row.day, row.told))
    fallen = [
        post.title
        for post, told in rows.items()
        if any((post.pk, day) in days for day, _, _ in rules.fell(told))
    ]
    if not fallen:
        return []
    named = "」「".join(fallen[:3])
    return [
        f"{len(fallen)} 篇的累计数比上一次少，多半是平台清理或更正：「{named}」。已按负数更正，合计不会多算。"
    ]


def _without_account(batch: ImportBatch) -> list[str]:
    unknown = Post.objects.filter(batch=batch.key, account=None).exclude(author_name="")
    names = sorted(set(unknown.values_list("author_name", flat=True)))
    if not names:
        return []
    return [
        f"账号「{'」「'.join(names[:3])}」没有在平台账号里登记，先记在作者里。登记后可在内容里选上。"
    ]
