"""The log's schema has a version: a newer log is refused, an older one is brought up to date."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from deltalake import DeltaTable
from tests.warehouse import cast
from tests.warehouse.cast import BRAND, FIRST, LAST
from tests.warehouse.homes import older

from shemei.warehouse.computed.settling import settle
from shemei.warehouse.lake import Lake
from shemei.warehouse.log import table
from shemei.warehouse.log.loader import load
from shemei.warehouse.log.segments import write_segment
from shemei.warehouse.questions import Rows, Totals
from shemei.warehouse.vocabulary import SCHEMA_VERSION

if TYPE_CHECKING:
    from shemei.warehouse.home import Home


def test_a_log_says_which_version_wrote_it(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    cast.put(home, cast.chen())
    assert table.schema_version(table.open_table(home)) == SCHEMA_VERSION
    cast.put(home, cast.ali())
    monkeypatch.setattr(table, "SCHEMA_VERSION", 7)
    write_segment(home.spool / "edge-1", 1, cast.bowen())
    load(home)
    assert table.schema_version(table.open_table(home)) == 7


def test_a_newer_log_is_refused_in_one_sentence_and_not_touched(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(table, "SCHEMA_VERSION", SCHEMA_VERSION + 1)
        cast.put(home, cast.ali())
    write_segment(home.spool / "edge-1", 1, cast.bowen())
    before = table.DeltaTable(table.events_path(home)).version()
    with pytest.raises(
        table.NewerLake, match=f"第 {SCHEMA_VERSION + 1} 版.*只认识到第 {SCHEMA_VERSION} 版"
    ):
        load(home)
    with pytest.raises(table.NewerLake):
        Lake(home).ask(Rows(BRAND, FIRST, LAST))
    assert table.DeltaTable(table.events_path(home)).version() == before


def test_an_older_log_gets_the_missing_columns_with_their_defaults(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    older(home)
    monkeypatch.setattr(table, "SCHEMA_VERSION", SCHEMA_VERSION + 1)
    write_segment(home.spool / "edge-1", 1, cast.bowen())
    settle(home)
    rows = Lake(home).ask(Rows(BRAND, FIRST, LAST, limit=100)).rows
    assert rows.num_rows == len(cast.ali()) + len(cast.bowen())
    assert set(rows["currency"].to_pylist()) == {"CNY"}
    assert set(rows["shared_by"].to_pylist()) == {""}
    assert set(rows["share_depth"].to_pylist()) == {0}
    assert Lake(home).ask(Totals(BRAND, FIRST, LAST, ("orders",))).rows["orders"][0].as_py() == 3


def test_a_home_is_brought_up_to_date_before_anybody_reads(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert table.upgrade_home(home) == 0
    older(home)
    assert table.upgrade_home(home) == len({one.day for one in cast.ali()})
    assert table.upgrade_home(home) == 0
    rows = Lake(home).ask(Rows(BRAND, FIRST, LAST, limit=100)).rows
    assert set(rows["share_depth"].to_pylist()) == {0}
    monkeypatch.setattr(table, "SCHEMA_VERSION", SCHEMA_VERSION - 1)
    with pytest.raises(table.NewerLake):
        table.upgrade_home(home)


def test_settling_alone_brings_an_older_log_up_to_date(home: Home) -> None:
    older(home)
    settle(home)
    assert Lake(home).ask(Totals(BRAND, FIRST, LAST, ("orders",))).rows["orders"][0].as_py() == 2
    assert Lake(home).ask(Rows(BRAND, FIRST, LAST)).rows.num_rows == len(cast.ali())


def test_an_upgrade_killed_in_the_middle_goes_on(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    older(home)
    monkeypatch.setattr(table, "SCHEMA_VERSION", SCHEMA_VERSION + 1)
    done: list[int] = []

    def die_at_the_third(log: DeltaTable, day: int) -> None:
        if len(done) == 2:
            raise KeyboardInterrupt
        done.append(day)
        original(log, day)

    original = table.rewrite_day
    with monkeypatch.context() as patch:
        patch.setattr(table, "rewrite_day", die_at_the_third)
        with pytest.raises(KeyboardInterrupt):
            table.upgrade(table.open_table(home))
    days = {item.day for item in table.live_files(table.open_table(home))}
    assert table.upgrade(table.open_table(home)) == len(days) - 2
    assert table.upgrade(table.open_table(home)) == 0


def test_who_only_reads_an_older_log_is_told_what_to_do(home: Home) -> None:
    older(home)
    before = table.DeltaTable(table.events_path(home)).version()
    with pytest.raises(table.OlderLake, match="先运行一次 shemei serve"):
        Lake(home).ask(Rows(BRAND, FIRST, LAST))
    with pytest.raises(table.OlderLake):
        table.must_be_current(home)
    assert table.DeltaTable(table.events_path(home)).version() == before
    table.upgrade_home(home)
    table.must_be_current(home)
    assert Lake(home).ask(Rows(BRAND, FIRST, LAST)).rows.num_rows == len(cast.ali())


def test_an_upgrade_killed_in_the_middle_is_not_read(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    older(home)

    def die(log: DeltaTable, day: int) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(table, "rewrite_day", die)
        with pytest.raises(KeyboardInterrupt):
            table.upgrade_home(home)
    with pytest.raises(table.OlderLake):
        table.must_be_current(home)


def test_a_log_just_made_lacks_nothing(home: Home) -> None:
    table.must_be_current(home)
    assert table.schema_version(table.open_table(home)) != SCHEMA_VERSION
    table.must_be_current(home)
    assert Lake(home).ask(Rows(BRAND, FIRST, LAST)).rows.num_rows == 0
