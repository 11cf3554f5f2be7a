"""数据质量: where every record is, what was left out and why, what is missing or late."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.insight.browsing import NOVEMBER, page

from shemei.apps.insight.queries import Board
from shemei.apps.insight.reports.quality import Quality, left_out_rows
from shemei.kernel.periods import comparison_from, period_from
from shemei.warehouse.computed.settling import settle
from shemei.warehouse.log.confirming import UNCONFIRMED, publish
from shemei.warehouse.log.segments import write_segment
from shemei.warehouse.vocabulary import Event, stamp

if TYPE_CHECKING:
    from tests.world import World

    from shemei.warehouse.home import Home


def quality(world: World, quiet: int = 7) -> Quality:
    period = period_from(NOVEMBER)
    return Quality(Board(world.brand, period, comparison_from(NOVEMBER, period)), quiet)


def account(world: World, name: str, platform: str = "xhs") -> str:
    from shemei.apps.brand.models import PlatformAccount

    with world.scope():
        made = PlatformAccount.objects.create(workspace=world.brand, platform=platform, name=name)
    return str(made.key)


def test_what_was_left_out_stands_with_its_reasons(told: World) -> None:
    with told.scope():
        found = quality(told)
        assert {row.reason: row.clicks for row in found.suspects} == {"preview": 1, "crawler": 1}
        assert found.left_out == 2
    shown = page(told, "insight:quality").content.decode()
    assert "聊天软件抓取链接预览" in shown and "搜索引擎或其他爬虫" in shown


def test_each_left_out_event_can_be_read(told: World) -> None:
    period = period_from(NOVEMBER)
    with told.scope():
        assert len(left_out_rows(told.brand, period)) == 2
        [only] = left_out_rows(told.brand, period, "crawler")
    assert (only.reason, only.channel) == ("搜索引擎或其他爬虫", "xhs")
    shown = page(told, "insight:left_out", reason="crawler").content.decode()
    assert "聊天软件抓取链接预览" not in shown.split("data-table")[1]
    lines = page(told, "insight:left_out", export="csv").content.decode("utf-8-sig").splitlines()
    assert len(lines) == 3


def test_orders_that_wait_for_their_shop_are_counted_and_listed(told: World, home: Home) -> None:
    noon = 1_794_628_800_000_000  # 2026-11-14 12:00 in Shanghai
    told_by_tag = {"kind": "order", "workspace": told.brand.key, "source": "tag"}
    order = Event(**told_by_tag, ts=noon, order_id="WAIT-1")
    write_segment(home.spool / "tag", 1, [stamp(order), stamp(Event(**told_by_tag, ts=noon + 1))])
    publish(home, [told.brand.key])
    settle(home)
    with told.scope():
        waiting = {row.reason: row.orders for row in quality(told).suspects}
        listed = left_out_rows(told.brand, period_from(NOVEMBER), UNCONFIRMED)
    assert waiting == {"preview": 0, "crawler": 0, UNCONFIRMED: 2}
    assert [(row.what, row.order) for row in listed] == [("下单", ""), ("下单", "WAIT-1")]
    shown = page(told, "insight:left_out", reason=UNCONFIRMED).content.decode()
    assert "WAIT-1" in shown and "等店铺核实" in shown
    lines = page(told, "insight:left_out", export="csv").content.decode("utf-8-sig").splitlines()
    assert len(lines) == 5


def test_sources_that_went_quiet_are_named(told: World) -> None:
    account(told, "从未导入")
    with told.scope():
        gaps = {row.key or row.name: row for row in quality(told, 14).gaps}
    assert {"bilibili", "xhs", "weibo"} <= set(gaps)
    assert "wechat" in gaps and gaps["wechat"].days == 16, "11-19 seen from 12-05"
    never = next(row for row in gaps.values() if row.name == "从未导入")
    assert never.words == "近 90 天没有数据"
    with told.scope():
        assert "wechat" not in {row.key for row in quality(told, 30).gaps}


def test_accepted_is_loaded_pending_and_failed(told: World) -> None:
    with told.scope():
        whole = quality(told).accounting
    assert whole.accepted == whole.loaded + whole.pending + whole.failed


def test_what_waits_in_the_outbox_is_counted(told: World) -> None:
    from shemei.kernel.outbox import log
    from shemei.warehouse.vocabulary import Event, stamp

    with told.scope():
        assert quality(told).waiting.events == 0
        log(
            [stamp(Event(kind="click", workspace=told.brand.key, ts=1_795_000_000_000_000))],
            workspace=told.brand,
        )
        waiting = quality(told).waiting
    assert waiting.events == 1 and waiting.since is not None and not waiting.is_late


def test_the_files_not_in_as_a_whole_are_those_of_the_todos(told: World) -> None:
    """With the same counts; what a later clean file of its kind repaired is in neither."""
    from shemei.kernel.imports.models import ImportBatch

    with told.scope():
        for state, rows in (("done", 2), ("done", 0), ("done", 3), ("ready", 4), ("failed", 0), ("checking", 9), ("undone", 5)):  # fmt: skip
            ImportBatch.objects.create(
                workspace=told.brand, kind="orders", file_name=f"{state}-{rows}.csv",
                sha256="0", state=state, error_rows=rows, started_by="阿丽",
            )  # fmt: skip
        found = quality(told).imports
        assert [one.file_name for one in found] == ["failed-0.csv", "ready-4.csv", "done-3.csv"]
        assert ("warn", "3 份导入没有全进来") in quality(told).remarks
    pages = [page(told, name).text for name in ("insight:quality", "insight:todos")]
    for one in found:
        assert all(one.file_name in text and one.why_unfinished in text for text in pages)
    assert not any("done-2.csv" in text or "checking-9.csv" in text for text in pages)
    assert "订单" in pages[0]


def test_an_empty_brand_is_told_to_make_accounts(world: World, home: Home) -> None:
    shown = page(world, "insight:quality").content.decode()
    assert "还没有平台账号" in shown and "还没有" in shown
