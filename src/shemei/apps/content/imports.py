"""Import of the platforms' figures: totals per post, as the creator back-ends export them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from shemei.apps.brand.queries import AccountRef, account_choices, accounts
from shemei.apps.content import actions, rules
from shemei.apps.content.exports import COUNTS, FIELDS, PRESETS
from shemei.apps.content.matching import Known, minute, own_id
from shemei.apps.content.models import MetricEntry, Post, PostMetric
from shemei.apps.content.tellings import PostLedger
from shemei.kernel.imports.errors import CellError
from shemei.kernel.imports.kinds import Group, Option, Row, Staged
from shemei.kernel.imports.kinds_told import ToldSubjects, day_of_file
from shemei.kernel.imports.origin import (
    platform_option,
    platform_problem,
    take_platform,
    told_platform,
)
from shemei.kernel.permissions import Permission
from shemei.warehouse.vocabulary import date_of, from_ts, int_day

if TYPE_CHECKING:
    from shemei.kernel.actor import Actor
    from shemei.kernel.imports.models import ImportBatch

NAMES = ("title", "external_id", "url")
"""By one of these a row is known."""
WHERE = "这份表来自"
NO_NAME = (
    "没有一列是标题、作品编号或作品链接，每一行都会是错行。请指一列；表里真的没有时，"
    "在「没有标题、编号、链接的行」里选「按行号登记」。"
)


class PostMetrics(ToldSubjects):
    """Totals since publication, one row per post (and day). The rows become entries; ``finish`` books them."""

    ledger = PostLedger
    key = "post_metrics"
    name = "内容数据"
    noun = "篇"
    permission = Permission.IMPORT
    fields = FIELDS
    presets = PRESETS
    options = (
        platform_option(WHERE),
        Option("account", "没有账号列时，算在", (("", "不指定"),), "", account_choices),
        Option(
            "day", "数字截至", (("yesterday", "上传的前一天"), ("today", "上传当天")), "yesterday"
        ),
        Option(
            "unnamed",
            "没有标题、编号、链接的行",
            (("refuse", "列为错行"), ("row", "按行号登记")),
            "refuse",
        ),
    )
    done_url = ("看内容", "content:posts")

    def guess(self, batch: ImportBatch, options: Mapping[str, str]) -> Mapping[str, str]:
        """The platform that the file's name or its headers name; its only account, or the one named there."""
        platform = told_platform(batch, options)
        there = [a for a in accounts(batch.workspace) if a.platform == platform]
        named = [a for a in there if a.name in batch.file_name]
        fitting = named or there
        sure = len(fitting) == 1 and (batch.preset or named) and not self._tells_account(batch)
        return {"platform": platform} | ({"account": fitting[0].key} if sure else {})

    def mapping_problem(self, columns: Mapping[str, int], options: Mapping[str, str]) -> str:
        named = options.get("unnamed") == "row" or any(name in columns for name in NAMES)
        return platform_problem(WHERE, columns, options) + ("" if named else NO_NAME)

    def option_problem(self, batch: ImportBatch) -> str:
        if batch.option("account") or not batch.preset or self._tells_account(batch):
            return ""
        there = [a for a in accounts(batch.workspace) if a.platform == batch.option("platform")]
        return f"这个平台有 {len(there)} 个账号，请选一个" if len(there) > 1 else ""

    def belongs_to(self, batch: ImportBatch) -> str:
        account = _account_of(batch)
        return account.name if account else ""

    def _tells_account(self, batch: ImportBatch) -> bool:
        return "account" in batch.mapping

    def prepare(self, row: Row, batch: ImportBatch) -> Staged:
        values = dict(row.values)
        take_platform(values, batch, WHERE)
        values.setdefault("day", int_day(day_of_file(batch)))
        values["told"] = _told(values)
        if batch.option("unnamed") == "row":
            _name_by_row(values, row.number, batch.file_name)
        _refuse_unusable(values)
        return Staged(values, group=_group(values), at=values["day"])

    def subjects(self, groups: Sequence[Group], batch: ImportBatch) -> _Posts:
        return _Posts(groups, batch)

    def told(self, values: dict[str, Any]) -> dict[str, Any]:
        told: dict[str, Any] = values["told"]
        return told

    def finish(self, batch: ImportBatch, by: Actor) -> list[str]:
        super().finish(batch, by)
        return [*_fallen(batch), *_without_account(batch)]


class _Posts(Known):
    """The posts that the rows may mean; one that none means is made, at home in its account."""

    def __init__(self, groups: Sequence[Group], batch: ImportBatch) -> None:
        account = _account_of(batch)
        super().__init__(groups, account=account.name if account else "", file=batch.key)
        self.batch = batch
        self.homes = {
            (a.platform, a.name): a for a in accounts(batch.workspace, with_inactive=True)
        }
        if account:
            self.homes[(account.platform, "")] = account

    def make(self, values: dict[str, Any]) -> Post:
        account = self.homes.get((values["platform"], values.get("account", "")))
        post = actions.post_from_import(
            self.batch.workspace,
            batch=self.batch.key,
            platform=values["platform"],
            title=values.get("title") or values.get("url") or values["external_id"],
            published_at=from_ts(values["published_at"]) if "published_at" in values else None,
            form=values.get("form") or Post.Form.NOTE,
            url=values.get("url", "")[:500],
            external_id=own_id(values),
            author_name="" if account else values.get("account", "")[:60],
            account_key=account.key if account else "",
        )
        self.add(post)
        return post


def _account_of(batch: ImportBatch) -> AccountRef | None:
    chosen = batch.option("account")
    rows = accounts(batch.workspace, with_inactive=True) if chosen else []
    return next((a for a in rows if a.key == chosen), None)


def _told(values: dict[str, Any]) -> dict[str, Any]:
    told = {name: values[name] for name in (*COUNTS, *rules.MORE) if name in values}
    if "finishes" not in told and "finish_rate" in values and told.get("plays") is not None:
        told["finishes"] = round(told["plays"] * min(values["finish_rate"], 1.0))
    return told


def _name_by_row(values: dict[str, Any], number: int, file_name: str) -> None:
    """A table without titles: its rows are known by the file's name and their number, the same every time."""
    if not any(values.get(name) for name in NAMES):
        stem = file_name.split(".")[0]
        values["title"] = f"{stem[:150]} 第 {number} 行"
        values["external_id"] = f"{sha256(stem.encode()).hexdigest()[:16]}:{number}"


def _refuse_unusable(values: dict[str, Any]) -> None:
    if not any(values.get(name) for name in NAMES):
        raise CellError(
            "post.unnamed",
            "空白",
            "标题、作品编号、作品链接至少要有一个；整张表都没有时，在「对表头」里选按行号登记",
            field="title",
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
    own = own_id(values) or rules.plain_url(values.get("url", ""))
    return "|".join(
        (
            values["platform"],
            own or f"{values.get('account', '')}|{values['title']}|{minute(values)}",
        )
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
