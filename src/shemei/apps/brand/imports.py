"""Import of an account's daily totals: followers, gains, reads. They stand beside the posts' figures, never in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from shemei.apps.brand import queries, rules
from shemei.apps.brand.models import PlatformAccount
from shemei.apps.brand.tellings import AccountLedger
from shemei.kernel.imports import cells
from shemei.kernel.imports.errors import CellError
from shemei.kernel.imports.kinds import Field, Group, Option, Preset, Row, Skip, Staged
from shemei.kernel.imports.kinds_told import Line, ToldLines, day_of_file
from shemei.kernel.imports.origin import platform_option, platform_problem, told_platform
from shemei.kernel.permissions import Permission
from shemei.platforms import platform_of
from shemei.warehouse.vocabulary import date_of, int_day

if TYPE_CHECKING:
    from shemei.kernel.imports.models import ImportBatch

_NAMES: dict[str, tuple[str, ...]] = {
    "followers": ("累积关注人数", "累计关注人数", "总粉丝数", "粉丝总数", "粉丝数"),
    "gained": ("新关注人数", "新增关注人数", "新增粉丝"),
    "lost": ("取消关注人数", "取关人数", "流失粉丝"),
    "net": ("净增关注人数", "净增粉丝", "净增关注", "粉丝净增"),
    "read_users": ("图文页阅读人数", "图文页阅读人数-全部"),
    "reads": ("图文页阅读次数", "图文页阅读次数-全部"),
    "source_read_users": ("原文页阅读人数-全部",),
    "source_reads": ("原文页阅读次数-全部",),
    "share_users": ("分享的人数", "分享转发人数-全部"),
    "shares": ("分享的次数", "分享转发次数-全部"),
    "collect_users": ("收藏的人数", "微信收藏人数-全部"),
    "collects": ("收藏的次数", "微信收藏次数-全部"),
    **{
        f"{kind}_{key}": (f"图文页阅读{unit}-{channel}",)
        for kind, unit in (("read_users", "人数"), ("reads", "次数"))
        for key, channel in (
            ("chat", "会话"),
            ("friend", "好友转发"),
            ("moments", "朋友圈"),
            ("history", "历史消息页"),
            ("other", "其他"),
        )
    },
}
_USUAL = ("followers", "gained", "lost", "net", "read_users", "reads")
FIELDS = (
    Field("day", "日期", cells.day, ("时间", "数据日期", "统计日期"), example="2026-11-23", note="没有这一列时，用下面选的日子"),
    Field("account", "账号", cells.text, ("账号名称", "公众号名称")),
    *(Field(key, label, cells.count, _NAMES[key], rare=key not in _USUAL) for key, label in rules.DAILY.items()),
)  # fmt: skip
WHERE = "这份表来自"
_WECHAT = {"platform": "wechat"}
PRESETS = (
    Preset("mp_days", "公众号「图文数据，按天」", frozenset({"时间", "图文页阅读人数", "图文页阅读次数", "分享的次数", "收藏的次数"}), {"day": "时间"}, _WECHAT),
    Preset("mp_channels", "公众号「图文数据，按渠道」", frozenset({"图文页阅读人数-全部", "图文页阅读次数-全部", "分享转发次数-全部"}), {}, _WECHAT),
    Preset("mp_followers", "公众号「用户增长」", frozenset({"时间", "新关注人数", "取消关注人数", "净增关注人数", "累积关注人数"}), {"day": "时间"}, _WECHAT),
)  # fmt: skip


class AccountDays(ToldLines):
    """One row per account and day. Rows become tellings; ``finish`` lets the account's followers follow."""

    ledger = AccountLedger
    key = "account_days"
    name = "账号每日数据"
    noun = "天"
    permission = Permission.IMPORT
    fields = FIELDS
    presets = PRESETS
    options = (
        platform_option(WHERE),
        Option("account", "没有账号列时，算在", (("", "请选一个账号"),), "", queries.account_choices, "account"),
        Option("day", "没有日期列时，数字是", (("yesterday", "上传的前一天的"), ("today", "上传当天的")), "yesterday"),
    )  # fmt: skip
    done_url = ("看账号", "brand:accounts")

    def guess(self, batch: ImportBatch, options: Mapping[str, str]) -> Mapping[str, str]:
        """The platform that the file tells of; its only account, or the one whose name stands in the file's."""
        platform = told_platform(batch, options)
        there = [a for a in queries.accounts(batch.workspace) if a.platform == platform]
        named = [a for a in there if a.name in batch.file_name] or there
        return {"platform": platform} | ({"account": named[0].key} if len(named) == 1 else {})

    def mapping_problem(self, columns: Mapping[str, int], options: Mapping[str, str]) -> str:
        if "account" in columns:
            return platform_problem(WHERE, columns, options)
        return (
            "" if options.get("account") else "请选这份表是哪个账号的：在「没有账号列时，算在」里。"
        )

    def needs_option(self, option: Option, columns: Mapping[str, int]) -> bool:
        """The platform tells accounts of one name apart; where no column names any, nothing needs it."""
        idle = option.key == "platform" and "account" not in columns
        return not idle and super().needs_option(option, columns)

    def option_problem(self, batch: ImportBatch) -> str:
        if "account" in batch.mapping or batch.option("account"):
            return ""
        if not queries.accounts(batch.workspace):
            return "还没有登记平台账号，请先在「设置，平台账号」里登记"
        return "请选这份表是哪个账号的"

    def belongs_to(self, batch: ImportBatch) -> str:
        return next((a.name for a in queries.accounts(batch.workspace, with_inactive=True) if a.key == batch.option("account")), "")  # fmt: skip

    def prepare(self, row: Row, batch: ImportBatch) -> Staged | Skip:
        values = dict(row.values)
        values.setdefault("day", int_day(day_of_file(batch)))
        if not values.get("account") and not batch.option("account"):
            raise CellError(
                "account.blank", "没有账号", "请在「对表头」里选一个账号", field="account"
            )
        if date_of(values["day"]) > timezone.localdate():
            raise CellError("account.future", "日期在今天之后", "请核对原表", field="day")
        for name, value in values.items():
            if name in rules.DAILY and name != "net" and value < 0:
                raise CellError("account.negative", "不能小于 0", "请核对原表", field=name)
        if not _told(values):
            return Skip("没有数的日子")
        group = f"{_account(values, batch).key}|{values['day']}"
        return Staged(values, group=group, at=values["day"])

    def lines(self, groups: Sequence[Group], batch: ImportBatch) -> list[Line]:
        return [_line(group, batch) for group in groups]


def _told(values: Mapping[str, Any]) -> dict[str, int]:
    return {name: values[name] for name in rules.DAILY if name in values}


def _account(values: Mapping[str, Any], batch: ImportBatch) -> PlatformAccount:
    """The account that the row names, else the file's."""
    rows = PlatformAccount.objects.filter(workspace=batch.workspace)
    if name := values.get("account"):
        found = rows.filter(name=name, platform=batch.option("platform")).first()
    else:
        found = rows.filter(key=batch.option("account")).first()
    if found is None:
        where = platform_of(batch.option("platform")).name
        raise CellError(
            "account.unknown",
            f"{where}没有登记过账号「{str(values.get('account', ''))[:20]}」",
            "请先在「设置，平台账号」里登记，名称与表里一致",
            field="account",
        )
    return found


def _line(group: Group, batch: ImportBatch) -> Line:
    told: dict[str, int] = {}
    for row in sorted(group, key=lambda r: r.number):
        told |= _told(row.values)
    first = group[0].values
    return told, _account(first, batch), date_of(first["day"])
