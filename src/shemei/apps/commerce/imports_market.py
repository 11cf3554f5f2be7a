"""Import of goods of the market as 蝉妈妈 lists them: how much is sold, at which commission."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from shemei.apps.commerce import tellings_market as tellings
from shemei.apps.commerce.models import MarketGood
from shemei.kernel.imports import cells, spans
from shemei.kernel.imports.kinds import (  # fmt: skip
    Field,
    Group,
    ImportKind,
    Option,
    Preset,
    Row,
    Skip,
    Staged,
    Tally,
)
from shemei.kernel.permissions import Permission
from shemei.kernel.tellings import news
from shemei.platforms import CHOICES
from shemei.warehouse.vocabulary import date_of, int_day

if TYPE_CHECKING:
    from shemei.kernel.actor import Actor
    from shemei.kernel.imports.models import ImportBatch

TOLD = ("sold_7", "sold_30", "commission", "cvr", "creators", "price")
FIELDS = (
    Field("name", "商品名称", cells.text, ("商品", "商品标题"), required=True, example="屏障修护霜 50 g"),
    Field("sold_7", "近 7 天销量", spans.count_span, ("近7天销量", "7天销量"), example="7.5w~10w"),
    Field("sold_30", "近 30 天销量", spans.count_span, ("近30天销量", "30天销量")),
    Field("commission", "佣金比例", spans.ratio_span, ("佣金率",), example="10%~15%"),
    Field("cvr", "转化率", spans.ratio_span),
    Field("creators", "关联达人", spans.count_span, ("关联达人数", "带货达人数")),
    Field("price", "到手价", spans.money_span, ("售价", "商品价格")),
    Field("day", "数据日期", cells.day, ("统计日期",), note="没有这一列时算上传那天"),
)  # fmt: skip
PRESETS = (
    Preset(
        "chanmama_goods", "蝉妈妈「商品列表」", frozenset({"商品名称", "近7天销量", "近30天销量", "佣金比例"}),
        {"name": "商品名称", "sold_7": "近7天销量", "sold_30": "近30天销量", "commission": "佣金比例", "cvr": "转化率", "creators": "关联达人"},
        {"platform": "douyin"},
    ),
)  # fmt: skip


class MarketGoods(ImportKind):
    """One row per good. Another table further down in the same file repeats its headers: that row is left out."""

    key = "market_goods"
    name = "市场商品"
    noun = "件"
    permission = Permission.IMPORT
    fields = FIELDS
    presets = PRESETS
    options = (Option("platform", "在哪卖", CHOICES, "douyin"),)
    done_url = ("看市场商品", "commerce:market")

    def prepare(self, row: Row, batch: ImportBatch) -> Staged | Skip:
        values = {**row.values, "name": row.values["name"][:200]}
        values.setdefault("day", int_day(timezone.localtime(batch.created_at).date()))
        if not any(name in values for name in TOLD):
            return Skip("没有数的商品")
        return Staged(values, group=values["name"], at=values["day"])

    def compare(self, groups: Sequence[Group], batch: ImportBatch) -> Tally:
        tally, known = Tally(), _known(groups, batch)
        for group in groups:
            good = known.get(group[0].values["name"])
            tally.count(known=good is not None, changed=good is not None and _is_news(good, group))
        return tally

    def write_batch(self, groups: Sequence[Group], batch: ImportBatch, by: Actor) -> Tally:
        tally, known = Tally(), _known(groups, batch)
        for group in groups:
            name = group[0].values["name"]
            good = known.get(name) or MarketGood.objects.create(
                workspace=batch.workspace,
                name=name,
                platform=batch.option("platform"),
                batch=batch.key,
            )
            told = _put_down(good, group, batch)
            tally.count(known=good.batch != batch.key, changed=told)
        return tally

    def finish(self, batch: ImportBatch, by: Actor) -> list[str]:
        tellings.MarketLedger(batch.workspace, batch.key).apply()
        return []

    def undo(self, batch: ImportBatch, by: Actor) -> None:
        tellings.MarketLedger(batch.workspace, batch.key).undo()


def _known(groups: Sequence[Group], batch: ImportBatch) -> dict[str, MarketGood]:
    names = [group[0].values["name"] for group in groups]
    rows = MarketGood.objects.filter(platform=batch.option("platform"), name__in=names)
    return {row.name: row for row in rows}


def _by_day(group: Group) -> list[tuple[date, dict[str, Any]]]:
    days: dict[int, dict[str, Any]] = {}
    for row in group:
        told = {name: row.values[name] for name in TOLD if name in row.values}
        days[row.values["day"]] = days.get(row.values["day"], {}) | told
    return [(date_of(day), told) for day, told in sorted(days.items())]


def _is_news(good: MarketGood, group: Group) -> bool:
    return any(news(told, tellings.imported(good, day)) for day, told in _by_day(group))


def _put_down(good: MarketGood, group: Group, batch: ImportBatch) -> bool:
    told = [tellings.put_down(good, day, said, batch=batch.key) for day, said in _by_day(group)]
    return any(told)
