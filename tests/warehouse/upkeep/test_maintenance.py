"""Settling by and by gives what computing everything at once gives, and nothing is in the way."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest
from tests.warehouse import cast
from tests.warehouse.asked import answers
from tests.warehouse.cast import BRAND, FIRST, LAST, event

from shemei.warehouse.computed import settling
from shemei.warehouse.computed.settling import rebuild, settle
from shemei.warehouse.computed.shelf import LAYOUT, Shelf
from shemei.warehouse.lake import Lake
from shemei.warehouse.log import table
from shemei.warehouse.log.loader import accounting
from shemei.warehouse.log.segments import write_segment
from shemei.warehouse.questions import PathTable, Rows, Totals
from shemei.warehouse.upkeep.maintenance import compact, maintain, vacuum

if TYPE_CHECKING:
    from pathlib import Path

    from shemei.warehouse.home import Home


def test_events_in_any_order_and_any_pieces_give_the_same_answers(
    home: Home, tmp_path: Path
) -> None:
    events = [*cast.everybody(), *cast.rivals()]
    random.Random(7).shuffle(events)
    for number in range(1, 5):
        write_segment(home.spool / "edge-1", number, events[number - 1 :: 4])
        settle(home)
    by_and_by = answers(home)
    rebuild(home)
    assert answers(home) == by_and_by


def test_a_visit_over_midnight_bounces_whenever_its_days_are_settled(home: Home) -> None:
    before = [event("visit", "11-05 23:59", visitor="late")]
    after = [event("view", "11-06 00:01", visitor="late")]
    write_segment(home.spool / "edge-1", 1, before)
    settle(home)
    write_segment(home.spool / "edge-1", 2, after)
    settle(home)
    question = Totals(BRAND, FIRST, LAST, ("bounce_rate",))
    day_by_day = Lake(home).ask(question).rows.to_pylist()
    rebuild(home)
    assert Lake(home).ask(question).rows.to_pylist() == day_by_day == [{"bounce_rate": 1.0}]


def test_settling_twice_does_nothing_the_second_time(home: Home) -> None:
    write_segment(home.spool / "edge-1", 1, cast.everybody())
    first = settle(home)
    assert (first.loaded, first.behind) == (len(cast.everybody()), False)
    assert settle(home).days == 0


def test_persons_and_paths_may_lag_when_not_all_is_asked_for(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_segment(home.spool / "edge-1", 1, cast.ali()[:3])
    assert not settle(home).behind
    monkeypatch.setattr(settling, "DUTY", 1e9)
    write_segment(home.spool / "edge-1", 2, cast.ali()[3:])
    assert settle(home, full=False).behind
    lake = Lake(home)
    assert lake.ask(Totals(BRAND, FIRST, LAST, ("orders",))).rows["orders"][0].as_py() == 2
    assert lake.ask(PathTable(BRAND, FIRST, LAST)).rows.num_rows == 0
    assert settle(home, full=False).behind
    monkeypatch.setattr(settling, "DUTY", 0)
    assert not settle(home, full=False).behind
    assert lake.ask(PathTable(BRAND, FIRST, LAST)).rows.num_rows == 5


def test_compacting_keeps_every_answer_and_needs_no_computing(home: Home) -> None:
    for number, one in enumerate(cast.everybody(), start=1):
        write_segment(home.spool / "edge-1", number, [one])
        settling.load(home)
    settle(home)
    before, rows = answers(home), Lake(home).ask(Rows(BRAND, FIRST, LAST, limit=1000)).rows
    assert compact(home) > 0
    files = table.live_files(table.open_table(home))
    assert len(files) == len({item.day for item in files})
    assert settle(home).days == 0
    assert answers(home) == before
    Lake(home).engine._live.between(0, 0, now=True)
    assert Lake(home).ask(Rows(BRAND, FIRST, LAST, limit=1000)).rows.equals(rows)
    assert compact(home) == 0


def test_readers_survive_files_that_vanish(home: Home) -> None:
    for number in (1, 2):
        write_segment(home.spool / "edge-1", number, [event("click", "11-01 10:00", visitor="v")])
        settle(home)
    write_segment(home.spool / "edge-1", 3, [event("click", "11-02 10:00", visitor="v")])
    settle(home)
    lake = Lake(home)
    assert lake.ask(Rows(BRAND, FIRST, LAST)).rows.num_rows == 3
    compact(home)
    vacuum(home, hours=0)
    Shelf(home).sweep(("cells",), older_than=-1)
    lake.engine._answers.clear()
    assert lake.ask(Rows(BRAND, FIRST, LAST)).rows.num_rows == 3
    assert lake.ask(Totals(BRAND, FIRST, LAST, ("clicks",))).rows["clicks"][0].as_py() == 3


def test_what_is_no_longer_named_is_swept_after_a_while(home: Home) -> None:
    cast.put(home, cast.ali())
    cast.put(home, cast.bowen(), stream="more")
    everything = list(home.lake.glob("*/*.parquet"))
    assert Shelf(home).sweep(("cells", "orders", "persons")) == 0
    assert Shelf(home).sweep(("cells", "orders", "persons"), older_than=-1) >= 3
    assert len(list(home.lake.glob("*/*.parquet"))) < len(everything)
    assert answers(home)


def test_an_older_layout_is_computed_again(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    cast.put(home, cast.ali())
    before = answers(home)
    monkeypatch.setattr("shemei.warehouse.computed.shelf.LAYOUT", LAYOUT + 1)
    assert settle(home).days > 0
    assert answers(home) == before


def test_the_round_of_maintenance_on_an_empty_and_on_a_full_house(home: Home) -> None:
    maintain(home)
    write_segment(home.spool / "edge-1", 1, cast.everybody())
    settle(home)
    maintain(home)
    assert accounting(home).loaded == len(cast.everybody())
