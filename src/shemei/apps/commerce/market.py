"""Goods of the market as 蝉妈妈 lists them: how much is sold, at which commission; ranges keep both ends."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet
from django.utils import timezone

from shemei.apps.commerce.models import MarketGood, MarketTelling
from shemei.kernel.edits import assign
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
from shemei.kernel.lists import Column, Empty, Filter, Listing
from shemei.kernel.permissions import Permission
from shemei.kernel.tellings import Ledger, news
from shemei.platforms import PLATFORMS
from shemei.portal.numbers import pct, wan
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
    options = (Option("platform", "在哪卖", tuple((p.key, p.name) for p in PLATFORMS), "douyin"),)
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
        MarketLedger(batch.workspace, batch.key).apply()
        return []

    def undo(self, batch: ImportBatch, by: Actor) -> None:
        MarketLedger(batch.workspace, batch.key).undo()


def _known(groups: Sequence[Group], batch: ImportBatch) -> dict[str, MarketGood]:
    names = [group[0].values["name"] for group in groups]
    rows = MarketGood.objects.filter(platform=batch.option("platform"), name__in=names)
    return {row.name: row for row in rows}


def _by_day(group: Group) -> list[tuple[Any, dict[str, Any]]]:
    days: dict[int, dict[str, Any]] = {}
    for row in group:
        told = {name: row.values[name] for name in TOLD if name in row.values}
        days[row.values["day"]] = days.get(row.values["day"], {}) | told
    return [(date_of(day), told) for day, told in sorted(days.items())]


def _is_news(good: MarketGood, group: Group) -> bool:
    return any(news(told, good.tellings.filter(day=day).imported()) for day, told in _by_day(group))


def _put_down(good: MarketGood, group: Group, batch: ImportBatch) -> bool:
    put = MarketTelling.objects.put_down
    owner = {"workspace_id": batch.workspace_id, "batch": batch.key}
    told = [put(said, good=good, day=day, **owner) for day, said in _by_day(group)]
    return any(told)


class MarketLedger(Ledger):
    tellings = MarketTelling
    subject = "good"

    def settle(self, subjects: Sequence[Any]) -> None:
        for good in MarketGood.objects.filter(pk__in=subjects):
            standing = good.tellings.standing().order_by("day", "id")
            last, held = standing.last(), standing.held()
            ends = {f"{name}_low": (held.get(name) or [None])[0] for name in ("sold_7", "sold_30")}
            assign(good, {"held": held, "day": last.day if last else None, **ends})
            good.save()

    def brought(self) -> QuerySet[MarketGood]:
        return MarketGood.objects.filter(batch=self.batch)


def _span(name: str, show: Any) -> Any:
    def words(good: MarketGood) -> str:
        return spans.in_words(good.held.get(name) or (None, None), show)

    return words


def _share(share: float) -> str:
    return pct(share, 1)


MARKET = Listing(
    name="commerce.market",
    columns=(
        Column("name", "商品", value=str, sort="name"),
        Column("platform", "在哪卖", value=lambda g: g.platform, kind="platform"),
        Column("sold_7", "近 7 天销量", value=_span("sold_7", wan), sort="sold_7_low", numeric=True, strong=True, hint="第三方估的范围，两头都留着；按低的一头排"),
        Column("sold_30", "近 30 天销量", value=_span("sold_30", wan), sort="sold_30_low", numeric=True),
        Column("commission", "佣金比例", value=_span("commission", _share), numeric=True),
        Column("cvr", "转化率", value=_span("cvr", _share), numeric=True),
        Column("creators", "关联达人", value=_span("creators", wan), numeric=True),
        Column("day", "数据日期", value=lambda g: g.day, kind="date", sort="day"),
    ),
    filters=(Filter("platform", "平台", choices=[(p.key, p.name) for p in PLATFORMS], apply=lambda rows, v: rows.filter(platform=v)),),
    search=("name",),
    search_hint="搜商品",
    default_sort="-sold_7_low",
    noun="市场商品",
    unit="件",
    empty=Empty(
        icon="package",
        title="还没有市场商品",
        text="从蝉妈妈等工具导出商品列表传上来，看同类商品卖多少、给多少佣金、有多少达人在带。",
        action=("导入市场商品", "imports:upload"),
        permission=Permission.IMPORT,
    ),
)  # fmt: skip
