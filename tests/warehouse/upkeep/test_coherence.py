"""Verify sees where parts of a home that are each whole do not agree."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

import duckdb
import pytest
from tests.warehouse import cast
from tests.warehouse.cast import BRAND

from shemei.warehouse.computed.shelf import Shelf
from shemei.warehouse.log.loader import load
from shemei.warehouse.log.segments import write_segment
from shemei.warehouse.log.table import events_path
from shemei.warehouse.upkeep import coherence
from shemei.warehouse.upkeep.checks import Check
from shemei.warehouse.upkeep.verify import verify

if TYPE_CHECKING:
    from shemei.warehouse.home import Home


def looked(home: Home) -> dict[str, Check]:
    return {one.what: one for one in verify(home)}


def test_what_agrees_is_good(home: Home) -> None:
    cast.put(home, [*cast.everybody(), *cast.rivals(), *cast.walkers()])
    found = looked(home)
    for what in ("跨天编号", "汇总与日志", "路径与订单", "分段连续", "多余的文件"):
        assert found[what].state == "good", found[what]
    assert "每个数都相符" in found["汇总与日志"].detail


@pytest.mark.parametrize("at_once", [2, 10_000_000])
def test_an_id_on_two_days_is_named(
    home: Home, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr(coherence, "AT_ONCE", at_once)
    one = cast.event("visit", "11-03 10:00", visitor="v")
    again = cast.event("visit", "11-04 10:00", visitor="v", event_id=one.event_id)
    rival = cast.event("visit", "11-05 10:00", cast.RIVAL, visitor="v", event_id=one.event_id)
    cast.put(home, [*cast.ali(), one, rival])
    assert looked(home)["跨天编号"].state == "good"
    cast.put(home, [again], number=2)
    found = looked(home)["跨天编号"]
    assert found.state == "warn"
    assert found.wrong == (f"{one.event_id}: 20261103 和 20261104",)


def test_a_figure_that_the_log_does_not_say_is_bad(home: Home) -> None:
    cast.put(home, cast.everybody())
    shelf = Shelf(home)
    path = shelf.path(shelf.current().parts("cells")["202611"])
    with duckdb.connect() as connection:
        connection.execute(
            f"COPY (SELECT * FROM '{path}' WHERE NOT (day = 20261106 AND workspace = '{BRAND}'))"
            f" TO '{path}.new' (FORMAT parquet)"
        )
    os.replace(f"{path}.new", path)
    found = looked(home)["汇总与日志"]
    assert (found.state, found.wrong) == ("bad", (f"20261106: 空间 {BRAND}",))
    assert "重算" in found.remedy


def test_a_segment_that_is_gone_is_named_and_nothing_after_it_is_loaded(home: Home) -> None:
    for number in (1, 2, 3):
        write_segment(home.spool / "edge-1", number, [cast.event("visit", "11-03 10:00")])
    (home.spool / "edge-1" / "000000000002.seg").unlink()
    load(home)
    found = looked(home)["分段连续"]
    assert (found.state, found.wrong) == ("bad", ("edge-1: 缺第 2 个分段",))


def test_files_nobody_needs_are_counted_once_the_night_should_have_taken_them(home: Home) -> None:
    cast.put(home, cast.ali())
    left = events_path(home) / "day=20261101" / "left.parquet"
    left.write_bytes(b"of a kill")
    assert looked(home)["多余的文件"].state == "good"
    os.utime(left, (time.time() - 3 * 86400,) * 2)
    found = looked(home)["多余的文件"]
    assert (found.state, found.wrong) == ("warn", (str(left),))
