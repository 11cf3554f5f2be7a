"""Undo, walked over every kind of file there is: the rooms stand as they stood before the import."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest
from django.apps import apps

from shemei.apps.brand.actions import add_account
from shemei.kernel.imports import actions
from shemei.kernel.imports.errors import ImportError_
from shemei.kernel.imports.kinds import all_kinds
from shemei.kernel.imports.models import ImportBatch
from shemei.kernel.models import WorkspaceOwned
from shemei.kernel.tellings import Telling

if TYPE_CHECKING:
    from tests.world import World

    from shemei.warehouse.home import Home

FILES: dict[str, tuple[str, list[str], list[str]]] = {
    "orders": (
        "订单号,付款时间,实付金额,商品编码,商品,数量,手机号,订单状态,退款金额",
        ["A1,2026-11-01 10:00,299,YH-1,霜,1,13800003391,已付款,", "A2,2026-11-02 10:00,99,YH-2,乳,1,,已付款,"],
        ["A1,2026-11-01 10:00,289,YH-1,霜,2,13800003391,已发货,80", "A3,2026-11-03 10:00,59,YH-3,棉,1,13900004444,已付款,"],
    ),
    "post_metrics": (
        "作品名称,发布时间,体裁,播放量,5s完播率,点赞量,粉丝增量",
        ["自救,2026-10-01 12:00,视频,1000,30%,50,3", "早八,2026-10-02 12:00,视频,2000,20%,60,4"],
        ["自救,2026-10-01 12:00,视频,1500,31%,70,5", "晚安,2026-10-03 12:00,视频,300,10%,6,0"],
    ),
    "account_days": (
        "时间,新关注人数,取消关注人数,净增关注人数,累积关注人数",
        ["2026-10-01,60,10,50,10000", "2026-10-02,70,10,60,10060"],
        ["2026-10-02,75,10,65,10065", "2026-10-03,10,5,5,10070"],
    ),
    "brand_readings": (
        "日期,指标,数值,样本量,平台,来源,备注",
        ["2026-06-14,提示知名度,46.5%,600,,某调研公司,", "2026-09-14,品牌搜索指数,1.28万,,微信,微信指数,"],
        ["2026-06-14,提示知名度,46.8%,,,某调研公司,复核", "2026-09-14,净推荐值,32,168,,某调研公司,"],
    ),
    "creators": (
        "达人昵称,星图ID,粉丝数,预期CPM,预期播放量,1-20s报价",
        ["阿枝,6801,12.5w,35.5,≥10万,1w-3w", "小满,6802,3w,20,2w,8000"],
        ["阿枝,6801,13w,36,≥12万,2w-3w", "老周,6803,1w,18,1w,5000"],
    ),
    "market_goods": (
        "商品名称,近7天销量,近30天销量,佣金比例,转化率,关联达人",
        ["霜,7.5w~10w,25w~50w,20%,10%~15%,1k~2k", "乳,1w~2.5w,5w~7.5w,15%,5%~10%,500~750"],
        ["霜,10w~25w,25w~50w,25%,10%~15%,1k~2k", "棉,1k~2k,5k~1w,30%,1%~5%,50~100"],
    ),
    "spend": (
        "日期,投放平台,投放计划,消耗,展现,点击",
        ["2026-11-01,巨量千川,计划一,12.5,1000,20", "2026-11-02,巨量千川,计划一,15,1100,22"],
        ["2026-11-02,巨量千川,计划一,16,1200,23", "2026-11-03,巨量千川,计划二,8,600,9"],
    ),
    "links": (
        "目标网址,名称,短码,平台,文件夹",
        ["https://brand.cn/a,主推,code-a,小红书,双11", "https://brand.cn/b,次推,code-b,抖音,双11"],
        ["https://brand.cn/a,主推改名,code-a,小红书,双12", "https://brand.cn/c,新推,code-c,抖音,双12"],
    ),
}  # fmt: skip
"""Per kind: headers, a first file, and a second one that changes one row of the first and brings a new one."""
NEWEST_FIRST = {"orders"}
"""An order is one row, not tellings: a file is taken back before the one it changed."""
NEVER_CHANGED = {"links"}
"""A code may be printed already: a file makes links and restores them, it never turns one elsewhere."""
BOOKKEEPING = {"imports", "kernel", "accounts", "portal"}
"""Apps that remember that there was an import; what they keep is meant to stay."""


@pytest.fixture
def place(inside: World, home: Home) -> World:
    for platform in ("wechat", "douyin"):
        add_account(inside.brand, by=inside.owner.actor, platform=platform, name=f"屿禾{platform}")
    return inside


def bring_in(place: World, kind: str, rows: list[str]) -> ImportBatch:
    by, text = place.owner.actor, "\n".join([FILES[kind][0], *rows])
    data = io.BytesIO(text.encode())
    batch = actions.receive(place.brand, data, f"{kind}.csv", by=by, kind=kind)
    batch = actions.write(actions.check(batch, by=by), by=by)
    assert batch.error_rows == 0, batch.warnings
    return batch


def rooms() -> dict[str, list[dict[str, Any]]]:
    """Every row of every room that still holds: not what was taken back, nor when a row was last touched,
    nor the note of what a person had typed before the first file spoke."""
    return {
        model.__name__: rows
        for model in apps.get_models()
        if issubclass(model, WorkspaceOwned) and model._meta.app_label not in BOOKKEEPING
        if (rows := _rows(model))
    }


def _rows(model: type[Any]) -> list[dict[str, Any]]:
    rows = model.objects.order_by("pk")
    if issubclass(model, Telling):
        rows = rows.standing().exclude(batch="")
    if model.__name__ == "Link":
        rows = rows.filter(is_active=True)
    names = [f.attname for f in model._meta.concrete_fields if not getattr(f, "auto_now", False)]
    return list(rows.values(*names))


def test_every_kind_is_walked() -> None:
    assert set(FILES) == {kind.key for kind in all_kinds()}


@pytest.mark.parametrize("kind", FILES)
def test_a_first_file_leaves_nothing_behind(place: World, kind: str) -> None:
    before = rooms()
    batch = bring_in(place, kind, FILES[kind][1])
    assert batch.count("new") == 2
    assert rooms() != before
    actions.undo(batch, by=place.owner.actor)
    assert rooms() == before
    again = bring_in(place, kind, FILES[kind][1])
    assert again.count("new") + again.count("changed") == 2


@pytest.mark.parametrize("kind", FILES)
def test_a_second_file_gives_back_what_the_first_had_said(place: World, kind: str) -> None:
    bring_in(place, kind, FILES[kind][1])
    before = rooms()
    batch = bring_in(place, kind, FILES[kind][2])
    assert (batch.count("new"), batch.count("changed")) == (1, kind not in NEVER_CHANGED)
    assert rooms() != before
    actions.undo(batch, by=place.owner.actor)
    assert rooms() == before


@pytest.mark.parametrize("kind", FILES)
def test_what_is_taken_back_oldest_first_leaves_nothing_behind(place: World, kind: str) -> None:
    before, by = rooms(), place.owner.actor
    batches = [bring_in(place, kind, rows) for rows in FILES[kind][1:]]
    if kind in NEWEST_FIRST:
        with pytest.raises(ImportError_, match="请先撤销那一次"):
            actions.undo(batches[0], by=by)
        batches.reverse()
    for batch in batches:
        assert rooms() != before
        actions.undo(batch, by=place.owner.actor)
    assert rooms() == before
