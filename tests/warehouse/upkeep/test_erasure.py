"""Erasing a person: out of every answer at once, then out of every file, with a proof that can fail."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import orjson
import pytest
from tests.warehouse import cast
from tests.warehouse.asked import answers
from tests.warehouse.cast import BRAND, FIRST, LAST, RIVAL, event

from shemei.warehouse.computed.settling import rebuild, settle
from shemei.warehouse.lake import Lake
from shemei.warehouse.log import table
from shemei.warehouse.log.groups import commit_line
from shemei.warehouse.log.loader import accounting
from shemei.warehouse.log.segments import write_segment
from shemei.warehouse.log.tombstones import Erased, Tombstone, exclude, excluded
from shemei.warehouse.questions import Journey, People, Rows, Totals
from shemei.warehouse.upkeep import erasure, maintenance, retention
from shemei.warehouse.upkeep.erasure import ErasureError, erase, find_person
from shemei.warehouse.upkeep.maintenance import carry_out, erase_now, nightly, vacuum
from shemei.warehouse.upkeep.proof import prove

if TYPE_CHECKING:
    from shemei.warehouse.home import Home

pytestmark = pytest.mark.slow
ALI = len(cast.ali())


def world(home: Home) -> None:
    """Everybody and the rival, in several files a day, loaded from segments that are kept."""
    events = [*cast.everybody(), *cast.rivals()]
    for number in range(1, 5):
        write_segment(home.spool / "edge-1", number, events[number - 1 :: 4])
        settle(home)


def ids(home: Home, workspace: str = BRAND) -> set[str]:
    found = Lake(home).ask(Rows(workspace, FIRST, LAST, limit=1000, include_suspect=True))
    return set(found.rows["event_id"].to_pylist())


def find_ali(home: Home) -> Erased:
    return find_person(home, BRAND, order="NO-1")


def test_all_identities_of_a_person_are_found_from_one_order(home: Home) -> None:
    world(home)
    found = find_ali(home)
    assert (found.phones, found.orders) == (("ph-ali",), ("NO-1", "NO-7"))
    assert len(found.visitors) == 3
    assert found.rows == ALI
    assert found.days == (20261101, 20261103, 20261104, 20261105, 20261119, 20261120)
    assert find_person(home, BRAND, person=found.person).visitors == found.visitors
    assert find_person(home, BRAND, customer="cu-chen").orders == ("NO-3",)


@pytest.mark.parametrize("asked", [{"person": 12345}, {"order": "NO-99"}, {"customer": "nobody"}])
def test_nobody_is_found_under_an_unknown_name(home: Home, asked: dict[str, Any]) -> None:
    world(home)
    with pytest.raises(ErasureError, match="没有"):
        find_person(home, BRAND, **asked)
    with pytest.raises(ErasureError):
        find_person(home, "another", order="NO-1")


def test_an_erased_person_is_in_no_answer_at_once_and_the_rival_keeps_theirs(home: Home) -> None:
    world(home)
    before, rivals = ids(home), ids(home, RIVAL)
    gone = find_ali(home)
    erase(home, gone)
    assert len(before) - len(ids(home)) == ALI
    assert ids(home, RIVAL) == rivals
    assert Lake(home).ask(Journey(BRAND, FIRST, LAST, order_id="NO-1")).rows.num_rows == 0
    settle(home)
    keys = Lake(home).ask(People(BRAND, FIRST, LAST, limit=100)).rows["person"].to_pylist()
    assert str(gone.person) not in map(str, keys)
    orders = Lake(home).ask(Totals(BRAND, FIRST, LAST, ("orders",))).rows["orders"][0].as_py()
    assert orders == 5


def test_what_the_person_does_later_counts_again_and_what_comes_late_does_not(home: Home) -> None:
    world(home)
    erase(home, find_ali(home))
    now = time.time_ns() // 1000 + 60_000_000
    late = event("visit", "11-21 10:00", visitor="ali-phone")
    fresh = event("visit", now, visitor="ali-phone")
    write_segment(home.spool / "edge-1", 5, [late, fresh])
    settle(home)
    rows = Lake(home).ask(Rows(BRAND, FIRST, 20991231, limit=1000)).rows["event_id"].to_pylist()
    assert fresh.event_id in rows
    assert late.event_id not in rows


def test_the_night_rewrites_only_the_days_that_hold_the_person(home: Home) -> None:
    world(home)
    cast.put(home, [event("click", "11-25 10:00", visitor="x")], stream="more")
    erase(home, find_ali(home))
    settle(home)
    before = answers(home)
    files = {item.path: item.day for item in table.live_files(table.open_table(home))}
    assert carry_out(home) == 6
    assert carry_out(home) == 0
    same = files.keys() & {item.path for item in table.live_files(table.open_table(home))}
    assert 20261125 in {files[path] for path in same}
    assert not {files[path] for path in same} & set(find_days(home))
    assert settle(home).days == 0
    assert answers(home) == before
    rebuild(home)
    assert answers(home) == before


def find_days(home: Home) -> tuple[int, ...]:
    return next(one.days for one in excluded(home) if isinstance(one, Erased))


def test_an_undone_batch_leaves_the_files_too(home: Home) -> None:
    cast.put(home, [event("order", "11-02 10:00", order_id="B-1", amount=100, batch="b-1")])
    cast.put(home, cast.ali(), stream="more")
    exclude(home, Tombstone("b-1", BRAND, FIRST, LAST))
    settle(home)
    assert carry_out(home) == 1
    rows = table.open_table(home).to_pyarrow_table()
    assert "b-1" not in rows["batch"].to_pylist()
    assert rows.num_rows == ALI
    assert not exclude(home, Tombstone("b-1", BRAND, FIRST, LAST))


def test_a_proof_fails_before_and_holds_after(home: Home) -> None:
    world(home)
    gone = erase(home, find_ali(home))
    before = prove(home, gone)
    assert not before.complete
    assert before.totals["events"]["hits"] == ALI
    assert before.totals["computed"]["hits"] > 0
    assert before.totals["spool"]["hits"] == ALI
    erase_now(home, gone)
    after = prove(home, gone)
    assert after.complete
    assert after.hits == 0
    assert after.totals["events"]["rows"] == before.totals["events"]["rows"] - ALI
    assert after.totals["log"]["rows"] > 0
    told = orjson.loads(after.as_json())
    assert told["fingerprint"] == before.fingerprint
    assert not any(text in after.as_json() for text in (b"ph-ali", b"NO-1", b"ali-site"))
    assert accounting(home).loaded == len([*cast.everybody(), *cast.rivals()])


def test_files_nobody_names_any_more_are_searched_too(home: Home) -> None:
    world(home)
    gone = erase(home, find_ali(home))
    settle(home)
    carry_out(home)
    assert prove(home, gone).totals["events"]["hits"] == ALI
    vacuum(home, hours=0)
    assert prove(home, gone).totals["events"]["hits"] == 0


def test_a_click_that_names_nobody_goes_with_the_person_whose_it_was(home: Home) -> None:
    bare = event("click", "11-19 08:59", click_id="c7", channel="wechat")
    others = [event("visit", "11-19 11:00", visitor=f"reader-{n}", click_id="c7") for n in range(3)]
    cast.put(home, [*cast.ali(), bare, *others])
    gone = erase(home, find_ali(home))
    assert gone.rows == ALI + 1
    assert ids(home) == {one.event_id for one in others}


def test_lines_set_aside_lose_the_person_but_not_their_count(home: Home) -> None:
    world(home)
    wrong = orjson.dumps(cast.ali()[0].as_dict() | {"quantity": 2**40}) + b"\n"
    other = orjson.dumps(cast.chen()[0].as_dict() | {"quantity": 2**40}) + b"\n"
    body = wrong + other
    (home.spool / "edge-1" / "000000000005.seg").write_bytes(body + commit_line(body, 2))
    torn = wrong[:-20] + b"\n"
    (home.spool / "edge-1" / "000000000006.seg").write_bytes(torn)
    settle(home)
    gone = erase(home, find_ali(home))
    assert prove(home, gone).totals["spool"]["hits"] == ALI + 3
    before = accounting(home)
    erase_now(home, gone)
    assert prove(home, gone).complete
    assert accounting(home) == before
    kept = (home.spool / "edge-1" / "failed" / "000000000005.lines").read_bytes().splitlines()
    assert kept[0] == b'{"erased":true}'
    assert b"chen-site" in kept[1]


def test_identities_are_forgotten_after_two_days_and_figures_stay(home: Home) -> None:
    world(home)
    erase(home, find_ali(home))
    nightly(home)
    before = answers(home)
    assert erasure.forget(home) == 0
    assert erasure.forget(home, older_than=-1) == 1
    text = (home.lake / "tombstones.json").read_bytes()
    assert b"ph-ali" not in text
    assert b"NO-1" not in text
    assert settle(home).days == 0
    rebuild(home)
    assert answers(home) == before


def test_the_only_person_of_a_month_leaves_nothing_behind(home: Home) -> None:
    cast.put(home, cast.ali())
    gone = erase(home, find_ali(home))
    erase_now(home, gone)
    proof = prove(home, gone)
    assert proof.complete
    assert table.live_files(table.open_table(home)) == []
    assert answers(home)[2] == []


def test_erasing_killed_at_any_step_is_finished_by_the_next_call(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    world(home)
    gone = erase(home, find_ali(home))
    days: list[int] = []
    original = table.replace_day

    def die_at_the_third(log: Any, day: int, rows: Any) -> None:
        if len(days) == 2:
            raise KeyboardInterrupt
        days.append(day)
        original(log, day, rows)

    with monkeypatch.context() as patch:
        patch.setattr(table, "replace_day", die_at_the_third)
        with pytest.raises(KeyboardInterrupt):
            erase_now(home, gone)
    seen = answers(home)
    erase_now(home, gone)
    assert prove(home, gone).complete
    settle(home)
    assert answers(home) == seen


def test_kinds_are_kept_for_ever_unless_said_otherwise(home: Home) -> None:
    world(home)
    clicks = Totals(BRAND, FIRST, LAST, ("clicks", "orders"))
    before = Lake(home).ask(clicks).rows.to_pylist()
    assert maintenance.expire(home, 20301231) == 0
    retention.keep(home, BRAND, {"click": 20})
    rivals = ids(home, RIVAL)
    gone = maintenance.expire(home, 20261130)
    rows = Lake(home).ask(Rows(BRAND, FIRST, LAST, kinds=("click",), include_suspect=True)).rows
    assert set(rows["day"].to_pylist()) == {20261111, 20261113, 20261119}
    after = Lake(home).ask(clicks).rows.to_pylist()
    assert after[0]["orders"] == before[0]["orders"]
    assert 0 < before[0]["clicks"] - after[0]["clicks"] <= gone
    assert ids(home, RIVAL) == rivals
    assert maintenance.expire(home, 20261130) == 0


def test_the_night_comes_once_a_day_and_closes_the_day_before(home: Home) -> None:
    for number in (1, 2, 3):
        write_segment(home.spool / "edge-1", number, [event("click", "11-05 10:00", visitor="v")])
        settle(home)
    moment = cast_moment("2026-11-06T04:00")
    assert maintenance.night_is_due(home, moment)
    nightly(home, moment)
    assert len(table.live_files(table.open_table(home))) == 1
    assert not maintenance.night_is_due(home, moment)
    assert not maintenance.night_is_due(home, cast_moment("2026-11-07T02:59"))
    assert maintenance.night_is_due(home, cast_moment("2026-11-07T03:00"))


def cast_moment(text: str) -> Any:
    from datetime import datetime

    from shemei.warehouse.vocabulary import SHANGHAI

    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)
