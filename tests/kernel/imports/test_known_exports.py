"""Every export that the system says it knows is recognised from its headers alone and comes in with right numbers.

The same is tried with the headers collected in ``../shared/facts/export_headers.json``, where they are at hand.
"""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from openpyxl import Workbook

from shemei.apps.advertising.exports import PRESETS as SPEND
from shemei.apps.advertising.models import Spend
from shemei.apps.brand.actions import add_account
from shemei.apps.brand.imports import PRESETS as ACCOUNTS
from shemei.apps.brand.models import AccountTelling
from shemei.apps.brand.tellings import TYPED
from shemei.apps.commerce.imports_market import PRESETS as MARKET
from shemei.apps.commerce.models import MarketGood, Order
from shemei.apps.commerce.order_file import PRESETS as ORDERS
from shemei.apps.content.exports import PRESETS as CONTENT
from shemei.apps.content.models import Post, PostMetric
from shemei.apps.creators.exports import PRESETS as CREATORS
from shemei.apps.creators.models import Creator
from shemei.kernel.actor import SYSTEM
from shemei.kernel.imports import actions
from shemei.kernel.imports.kinds import Preset
from shemei.kernel.imports.models import ImportBatch

if TYPE_CHECKING:
    from tests.world import World

    from shemei.warehouse.home import Home

FACTS = Path(__file__).resolve().parents[4] / "shared" / "facts" / "export_headers.json"
CELLS: dict[str, Any] = {
    "title": "换季烂脸自救", "external_id": "export/UzFfAgtgekIEAQ", "url": "", "account": "阿枝护肤日记", "published_at": "2026年06月01日12时00分00秒",
    "form": "视频", "day": "2026-06-30", "impressions": "1.2万", "plays": "3,000", "likes": "4w", "comments": "1.5k", "shares": "８", "collects": "--",
    "follows": -3, "finish_rate": "12.3%", "clicks": "5", "number": "D1123-5120", "paid_at": "2026-06-01 12:31:00", "placed_at": "2026/6/1 12:30",
    "amount": "￥1,299.00", "line_amount": "1299", "sku": "YH-50", "name": "屏障修护霜", "quantity": "2", "unit_price": "649.5", "phone": "138****3391",
    "buyer": "17850", "buyer_name": "周女士", "state": "已发货", "refund_amount": "0", "region": "浙江", "plan": "拉新 A", "claimed_orders": "12",
    "claimed_value": "5,000.00", "platform": "微信视频号",
}  # fmt: skip
"""One row as back-ends write it, by field."""
TOLD = {
    "impressions": 12_000, "plays": 3_000, "likes": 40_000, "comments": 1_500, "shares": 8, "collects": None, "follows": -3, "finishes": 369,
}  # fmt: skip
"""What the row says of a post."""


@pytest.fixture
def place(inside: World, home: Home) -> World:
    add_account(inside.brand, by=SYSTEM, platform="wechat", name="屿禾护肤")
    return inside


def table(
    headers: list[str], row: list[Any], how: str = "utf-8-sig", delimiter: str = ","
) -> bytes:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows([headers, row])
    return out.getvalue().encode(how)


def workbook(*rows: list[Any], merge: tuple[str, ...] = ()) -> bytes:
    book, out = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    for cells in merge:
        book.active.merge_cells(cells)
    book.save(out)
    return out.getvalue()


def bring_in(place: World, data: bytes, name: str = "导出.csv") -> ImportBatch:
    """As it comes: nobody says what the file is."""
    batch = actions.check(
        actions.receive(place.brand, io.BytesIO(data), name, by=SYSTEM), by=SYSTEM
    )
    return actions.write(batch, by=SYSTEM)


def check_post(batch: ImportBatch, fields: set[str]) -> None:
    assert (batch.kind, batch.error_rows, batch.count("new")) == ("post_metrics", 0, 1)
    row, post = PostMetric.objects.get(), Post.objects.get()
    told = {name: getattr(row, name) for name in TOLD}
    known = fields | ({"finishes"} if {"finish_rate", "plays"} <= fields else set())
    assert told == {name: total if name in known else None for name, total in TOLD.items()}
    assert post.title == CELLS["title"]
    if "day" in fields:
        assert str(row.day) == CELLS["day"]


def check_order(batch: ImportBatch, _: set[str]) -> None:
    assert (batch.kind, batch.error_rows, batch.count("new")) == ("orders", 0, 1)
    order = Order.objects.get()
    assert (order.number, order.amount, order.quantity) == ("D1123-5120", 129900, 2)
    assert order.paid_at.strftime("%m-%d") == "06-01"


def check_spend(batch: ImportBatch, fields: set[str]) -> None:
    assert (batch.kind, batch.error_rows, batch.count("new")) == ("spend", 0, 1)
    row = Spend.objects.get()
    assert (row.amount, row.impressions, str(row.day)) == (129900, 12_000, "2026-06-30")
    assert row.clicks == 5
    if "claimed_value" in fields:
        assert (row.claimed_orders, row.claimed_value) == (12, 500000)


def check_creator(batch: ImportBatch, fields: set[str]) -> None:
    assert (batch.kind, batch.error_rows, batch.count("new")) == ("creators", 0, 1)
    creator = Creator.objects.get()
    told = creator.tellings.standing().held()
    assert (creator.name, creator.followers) == ("阿枝护肤日记", 86_000)
    assert all(told[name][1] is not None for name in fields if name.startswith("quote"))


def check_account(batch: ImportBatch, fields: set[str]) -> None:
    assert (batch.kind, batch.error_rows, batch.count("new")) == ("account_days", 0, 1)
    told = AccountTelling.objects.get(batch=batch.key).told
    assert told
    assert all(number == 10 for number in told.values())


def check_good(batch: ImportBatch, _: set[str]) -> None:
    assert (batch.kind, batch.error_rows, batch.count("new")) == ("market_goods", 0, 1)
    good = MarketGood.objects.get()
    assert good.held["sold_7"] == [75_000, 100_000]
    assert good.held["commission"] == [0.1, 0.15]
    assert good.sold_7_low == 75_000


OURS = [
    *((preset, check_creator) for preset in CREATORS),
    *((preset, check_account) for preset in ACCOUNTS),
    *((preset, check_good) for preset in MARKET),
    *((preset, check_post) for preset in CONTENT),
    *((preset, check_order) for preset in ORDERS),
    *((preset, check_spend) for preset in SPEND),
]


OTHERS = {
    "creators": {"name": "阿枝护肤日记", "昵称": "阿枝护肤日记", "followers": "8.6万", "external_id": "6801", "city": "杭州", "cpm": "35", "cpe": "1.2",
                 "kind": "美妆", "topic": "护肤", "home": "", "market": "", "uid": "99", "read_median": "3k~5k", "": "1k"},
    "account_days": {"day": "2026-06-30", "": "10"},
    "market_goods": {"name": "修护霜", "sold_7": "7.5w~10w", "sold_30": "≥10万", "commission": "10%~15%", "cvr": "1%~2%", "creators": "1k~2k"},
}  # fmt: skip
"""One row of the kinds that are no posts, orders or spends; ``""`` is the cell of every other column."""


def row_of(preset: Preset, headers: list[str]) -> list[Any]:
    by_header = {header: field for field, header in preset.columns.items()}
    kind = next((k for k, presets in (("creators", CREATORS), ("account_days", ACCOUNTS), ("market_goods", MARKET)) if preset in presets), "")  # fmt: skip
    extra = {"标题": CELLS["title"], "日期": CELLS["day"]}
    if not kind:
        return [CELLS[by_header[h]] if h in by_header else extra.get(h, "") for h in headers]
    cells = OTHERS[kind]
    return [cells.get(by_header.get(h, h), cells.get("", "")) for h in headers]


@pytest.mark.parametrize("how", ["utf-8-sig", "gbk", "utf-16"])
@pytest.mark.parametrize(("preset", "check"), OURS, ids=[p.key for p, _ in OURS])
def test_our_own_list(place: World, preset: Preset, check: Any, how: str) -> None:
    taken = {*preset.columns.values()}
    headers = [*preset.columns.values(), *sorted(preset.signature - taken)]
    headers += {"mp_articles": ["标题"], "juguang_notes": ["日期"], "weiq": ["昵称"]}.get(preset.key, [])  # fmt: skip
    data = table(headers, row_of(preset, headers), how, {"gbk": ";", "utf-16": "\t"}.get(how, ","))
    batch = bring_in(place, data)
    assert batch.preset == preset.key
    check(batch, {*preset.columns})
    again = bring_in(place, data)
    assert (again.count("new"), again.count("changed"), again.count("same")) == (0, 0, 1)
    actions.undo(batch, by=SYSTEM)
    left = [Creator, MarketGood, Post, Order, Spend, PostMetric]
    assert not any(model.objects.exists() for model in left)
    assert not AccountTelling.objects.standing().exclude(day=TYPED).exists()


def test_the_list_is_long_enough() -> None:
    assert len({p.key for p, _ in OURS}) == len(OURS) >= 20
    assert all(p.name and p.signature for p, _ in OURS)


# -- the collected headers ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Collected:
    """How one collected export is built, and what it must become."""

    key: str
    preset: str
    headers: str = "headers"
    extra: tuple[str, ...] = ()


COLLECTED = (
    Collected("douyin_creator_works", "douyin_works"),
    Collected("douyin_creator_works", "douyin_works", "variant_2026"),
    Collected("xiaohongshu_creator_notes", "xhs_notes"),
    Collected("wechat_channels_video", "channels_videos"),
    Collected("wechat_mp_article_legacy", "mp_days"),
    Collected("wechat_mp_article_channel_legacy", "mp_channels"),
    Collected("wechat_mp_totaldetail_api_labels", "mp_articles", extra=("标题",)),
    Collected("pugongying_note_report", "pgy_notes", "positions"),
    Collected("pugongying_blogger_list", "pgy_bloggers"),
    Collected("xingtu_creator_list", "xingtu"),
    Collected("weiq_weibo_kol", "weiq", extra=("昵称",)),
    Collected("chanmama_goods", "chanmama_goods"),
    Collected("juguang_note_api_fields", "juguang_notes", extra=("日期",)),
)
KINDS = {preset.key: (preset, check) for preset, check in OURS}


@pytest.fixture(scope="module")
def collected() -> dict[str, Any]:
    if not FACTS.is_file():
        pytest.skip("needs the collected headers in ../shared/facts, which are not here")
    return dict(json.loads(FACTS.read_text()))


def test_no_collected_export_is_left_out(collected: dict[str, Any]) -> None:
    assert {c.key for c in COLLECTED} == {k for k in collected if k not in ("_note", "synonyms")}


@pytest.mark.parametrize("one", COLLECTED, ids=lambda c: f"{c.key}-{c.headers}")
def test_the_collected_headers(place: World, collected: dict[str, Any], one: Collected) -> None:
    told = collected[one.key][one.headers]
    headers = (
        _in_place(told)
        if one.headers == "positions"
        else [*(told.values() if isinstance(told, dict) else told)]
    )
    headers += [*one.extra]
    preset, check = KINDS[one.preset]
    by_header = {header: field for field, header in preset.columns.items()} | {
        "标题": "title",
        "日期": "day",
    }
    row = [cell if cell != "" else "0" for cell in row_of(preset, headers)]
    banner = collected[one.key].get("banner_row0")
    if one.headers == "positions":
        data = _merged(headers, row)
    else:
        data = workbook(*([[banner]] if banner else []), headers, row)
    batch = bring_in(place, data, "导出.xlsx")
    assert batch.preset == one.preset
    fields = {by_header[h] for h in headers if h in by_header}
    check(batch, fields)


def _in_place(told: dict[str, str]) -> list[str]:
    headers = [f"占位{i}" for i in range(104)]
    for place, name in told.items():
        first, _, last = place.partition("-")
        for i in range(int(first), int(last or first) + 1):
            headers[i] = name if not last else f"{name}{i}"
    return headers


def _merged(headers: list[str], row: list[Any]) -> bytes:
    """Three header rows: plain columns merged downwards, the figures under two levels of groups."""
    top = [*headers[:20], "内容数据", *[None] * 14, "流量来源", *[None] * (len(headers) - 36)]
    middle: list[Any] = [*[None] * 20, "基础", *[None] * 14, "分项", *[None] * (len(headers) - 36)]
    names = [*[None] * 20, *headers[20:]]
    letters = [chr(ord("A") + i) for i in range(20)]
    return workbook(top, middle, names, row, merge=tuple(f"{c}1:{c}3" for c in letters))


def test_headers_in_three_merged_rows_are_read_as_one(place: World) -> None:
    names = ["博主昵称", "笔记标题", "笔记ID", "曝光", "阅读", "互动", "点赞"]
    data = workbook(
        ["数据日期", *names[:3], "数据", None, None, None],
        [None, None, None, None, "流量", None, "互动数", None],
        [None, None, None, None, *names[3:]],
        ["2026-06-30", "阿枝", "换季烂脸自救", "64b0", 900, 800, 70, 60],
        merge=("A1:A3", "B1:B3", "C1:C3", "D1:D3", "E1:H1"),
    )
    batch = bring_in(place, data, "报告.xlsx")
    assert (batch.preset, batch.header_row, batch.count("new")) == ("pgy_notes", 3, 1)
    row = PostMetric.objects.get()
    assert (row.impressions, row.plays, row.likes) == (900, 800, 60)


def test_a_percent_column_is_read_in_percent(place: World) -> None:
    """0.8 under 完播率(%) is 0.8 %, not 80 %."""
    bring_in(place, table(["标题", "平台", "播放量", "完播率(%)"], ["晚安", "抖音", "1000", "0.8"]))
    assert PostMetric.objects.get().finishes == 8
