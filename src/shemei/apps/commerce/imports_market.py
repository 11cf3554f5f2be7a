"""Import of goods of the market as 蝉妈妈 lists them: how much is sold, at which commission."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from shemei.apps.commerce.models import MarketGood
from shemei.apps.commerce.tellings import MarketLedger
from shemei.kernel.imports import cells, spans
from shemei.kernel.imports.kinds import Field, Group, Preset, Row, Skip, Staged
from shemei.kernel.imports.kinds_told import ToldSubjects, day_of_file
from shemei.kernel.imports.origin import (
    platform_name,
    platform_option,
    platform_problem,
    told_platform,
)
from shemei.kernel.permissions import Permission
from shemei.warehouse.vocabulary import int_day

if TYPE_CHECKING:
    from shemei.kernel.imports.models import ImportBatch

WHERE = "在哪卖"
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


class MarketGoods(ToldSubjects):
    """One row per good. Another table further down in the same file repeats its headers: that row is left out."""

    ledger = MarketLedger
    key = "market_goods"
    name = "市场商品"
    noun = "件"
    permission = Permission.IMPORT
    fields = FIELDS
    presets = PRESETS
    options = (platform_option(WHERE),)
    done_url = ("看市场商品", "commerce:market")

    def guess(self, batch: ImportBatch, options: Mapping[str, str]) -> Mapping[str, str]:
        return {"platform": told_platform(batch, options)}

    def mapping_problem(self, columns: Mapping[str, int], options: Mapping[str, str]) -> str:
        return platform_problem(WHERE, columns, options)

    def belongs_to(self, batch: ImportBatch) -> str:
        return platform_name(batch)

    def prepare(self, row: Row, batch: ImportBatch) -> Staged | Skip:
        values = {**row.values, "name": row.values["name"][:200]}
        values.setdefault("day", int_day(day_of_file(batch)))
        if not any(name in values for name in TOLD):
            return Skip("没有数的商品")
        return Staged(values, group=values["name"], at=values["day"])

    def subjects(self, groups: Sequence[Group], batch: ImportBatch) -> _Goods:
        return _Goods(groups, batch)

    def told(self, values: dict[str, Any]) -> dict[str, Any]:
        return {name: values[name] for name in TOLD if name in values}


class _Goods:
    """Goods of the chosen platform, known by their names."""

    def __init__(self, groups: Sequence[Group], batch: ImportBatch) -> None:
        self.batch, self.platform = batch, batch.option("platform")
        names = [group[0].values["name"] for group in groups]
        rows = MarketGood.objects.filter(platform=self.platform, name__in=names)
        self.by_name = {row.name: row for row in rows}

    def find(self, values: dict[str, Any]) -> MarketGood | None:
        return self.by_name.get(values["name"])

    def make(self, values: dict[str, Any]) -> MarketGood:
        return MarketGood.objects.create(
            workspace=self.batch.workspace, name=values["name"], platform=self.platform, batch=self.batch.key
        )  # fmt: skip
