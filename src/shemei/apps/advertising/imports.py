"""Import of spend reports: one line per day, platform, kind and plan, with what the platform claims for it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from shemei.apps.advertising import actions, rules
from shemei.apps.advertising.models import Spend
from shemei.apps.brand.queries import campaigns
from shemei.kernel.imports import cells
from shemei.kernel.imports.errors import CellError
from shemei.kernel.imports.kinds import Field, Group, ImportKind, Option, Row, Skip, Staged, Tally
from shemei.kernel.permissions import Permission
from shemei.platforms import PLATFORMS
from shemei.warehouse.vocabulary import date_of

if TYPE_CHECKING:
    from shemei.kernel.actor import Actor
    from shemei.kernel.imports.models import ImportBatch

SUMS = ("amount", "claimed_orders", "claimed_value", "impressions", "clicks")
_PLATFORMS = {p.name: p.key for p in PLATFORMS} | {p.key: p.key for p in PLATFORMS} | {
    "巨量引擎": "douyin", "巨量千川": "douyin", "千川": "douyin", "聚光": "xhs", "磁力金牛": "kuaishou", "磁力引擎": "kuaishou",
    "腾讯广告": "wechat", "广点通": "wechat", "粉丝通": "weibo", "公众号": "wechat", "哔哩哔哩": "bilibili", "花火": "bilibili",
}  # fmt: skip
_KINDS = {value: value for value, _ in Spend.Kind.choices} | {
    "竞价": "信息流", "feed": "信息流", "搜索广告": "搜索", "加热": "DOU+", "dou+": "DOU+", "薯条": "DOU+", "开屏": "开屏贴片",
    "贴片": "开屏贴片", "直播": "直播投流", "KOL": "达人", "达人合作": "达人",
}  # fmt: skip


def platform(value: Any) -> str:
    """A platform, or the ad system that belongs to it."""
    name = cells.half_width(str(value))
    if key := _PLATFORMS.get(name):
        return key
    raise CellError(
        "platform",
        f"「{name[:20]}」不是系统认识的平台",
        f"请写成{'、'.join(p.name for p in PLATFORMS[:8])}之一",
    )


def kind(value: Any) -> str:
    name = cells.half_width(str(value))
    if found := _KINDS.get(name) or _KINDS.get(name.lower()):
        return found
    raise CellError(
        "kind", f"「{name[:20]}」不是花费的类型", f"请写成{'、'.join(Spend.Kind.values)}之一"
    )


class Spends(ImportKind):
    """Rows become entries of lines known by day, platform, kind, campaign and plan; ``finish`` books them."""

    key = "spend"
    name = "花费"
    noun = "笔"
    permission = Permission.SPEND
    fields = (
        Field("day", "日期", cells.day, ("时间", "统计日期", "投放日期", "数据日期"), required=True, example="2026-11-23"),
        Field("amount", "花费", cells.money, ("消耗", "消费", "总花费", "实际消耗", "现金消耗", "花费金额", "费用"), required=True, example="1299.00"),
        Field("platform", "平台", platform, ("投放平台", "媒体", "广告平台"), example="抖音", words={p.key: p.name for p in PLATFORMS}),
        Field("kind", "类型", kind, ("广告类型", "投放类型", "推广类型"), example="信息流"),
        Field("plan", "投放计划", cells.text, ("计划名称", "计划", "广告组", "广告计划", "项目名称", "推广计划"), note="同一天有多条计划时要有它"),
        Field("campaign", "营销计划", cells.text, ("活动", "活动名称", "项目"), note="与系统里的名称相同才会对上"),
        Field("claimed_orders", "平台自报订单", cells.count, ("成交订单数", "订单数", "转化数", "成交单量", "支付订单数")),
        Field("claimed_value", "平台自报成交额", cells.money, ("成交金额", "成交额", "支付金额", "直接成交金额", "GMV")),
        Field("impressions", "曝光", cells.count, ("展现", "展现量", "展示数", "曝光量", "曝光数")),
        Field("clicks", "点击", cells.count, ("点击量", "点击数")),
        Field("note", "备注", cells.text, ("说明",)),
    )  # fmt: skip
    options = (
        Option(
            "platform", "没有平台列时，算在", tuple((p.key, p.name) for p in PLATFORMS), "douyin"
        ),
        Option("kind", "没有类型列时，算作", tuple(Spend.Kind.choices), Spend.Kind.FEED),
    )
    done_url = ("看花费", "advertising:spends")

    def prepare(self, row: Row, batch: ImportBatch) -> Staged | Skip:
        values = dict(row.values)
        values.setdefault("platform", batch.option("platform"))
        values.setdefault("kind", batch.option("kind"))
        if date_of(values["day"]) > timezone.localdate():
            raise CellError("spend.future", "日期在今天之后", "请核对原表", field="day")
        if values["amount"] < 0:
            raise CellError(
                "spend.negative", "花费小于 0", "退款或返点请直接改那一笔花费", field="amount"
            )
        if not any(values.get(name) for name in SUMS):
            return Skip("没有花费也没有数据的行")
        return Staged(values, group=_identity(values), at=values["day"])

    def compare(self, groups: Sequence[Group], batch: ImportBatch) -> Tally:
        tally, named = Tally(), _campaigns(batch)
        for group in groups:
            held = actions.imported(_identity(group[0].values))
            _count(tally, bool(held), bool(rules.news(_line(group, named), held)))
        return tally

    def write_batch(self, groups: Sequence[Group], batch: ImportBatch, by: Actor) -> Tally:
        tally, named = Tally(), _campaigns(batch)
        for group in groups:
            identity = _identity(group[0].values)
            known = bool(actions.imported(identity))
            told = actions.stage_entry(
                batch.workspace, identity, _line(group, named), batch=batch.key
            )
            _count(tally, known, told)
            if len(group) > 1:
                tally.extra["合并的行"] += len(group) - 1
        return tally

    def finish(self, batch: ImportBatch, by: Actor) -> list[str]:
        actions.apply_batch(batch.workspace, batch.key)
        return []

    def undo(self, batch: ImportBatch, by: Actor) -> None:
        actions.undo_batch(batch.workspace, batch.key)


def _count(tally: Tally, known: bool, told: bool) -> None:
    if not known:
        tally.new += 1
    elif told:
        tally.changed += 1
    else:
        tally.same += 1


def _campaigns(batch: ImportBatch) -> dict[str, int]:
    rows = campaigns(batch.workspace)
    return {c.utm_campaign: c.id for c in rows} | {c.name: c.id for c in rows}


def _identity(values: dict[str, Any]) -> str:
    return rules.identity(
        date_of(values["day"]), values["platform"], values["kind"], values.get("campaign", "")[:60],
        values.get("plan", "")[:120], "", "",
    )  # fmt: skip


def _line(group: Group, named: dict[str, int]) -> dict[str, Any]:
    """One line of a group: different rows add up, a row that stands twice in full counts once."""
    rows: list[dict[str, Any]] = []
    for row in group:
        if row.values not in rows:
            rows.append(row.values)
    first = rows[0]
    line = {
        "day": date_of(first["day"]).isoformat(), "platform": first["platform"], "kind": first["kind"],
        "plan": first.get("plan", "")[:120],
    }  # fmt: skip
    if campaign := named.get(first.get("campaign", "")):
        line["campaign_id"] = campaign
    line |= {
        name: sum(row.get(name, 0) for row in rows)
        for name in SUMS
        if any(name in row for row in rows)
    }
    return line | ({"note": first["note"][:200]} if first.get("note") else {})
