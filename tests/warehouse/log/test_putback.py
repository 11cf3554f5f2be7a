"""Suspect clicks put back count in every answer; taken back, every answer is as before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from shemei.warehouse.computed.settling import rebuild, settle
from shemei.warehouse.home import Home
from shemei.warehouse.lake import Lake
from shemei.warehouse.log.putback import PutBack, publish
from shemei.warehouse.log.segments import write_segment
from shemei.warehouse.questions import PathTable, Rows, Totals, Visitors
from shemei.warehouse.upkeep.maintenance import compact
from shemei.warehouse.vocabulary import Event, day_of, stamp

if TYPE_CHECKING:
    from pathlib import Path

NOON = 1_763_179_200_000_000  # 2025-11-15 12:00 in Shanghai
HOUR = 3_600_000_000
FIRST, LAST = day_of(NOON), day_of(NOON + 24 * HOUR)
CRAWLERS = PutBack("k1", "w", "crawler", NOON, NOON + HOUR)


def click(visitor: str, ts: int, **told: Any) -> Event:
    return Event(kind="click", workspace=told.pop("workspace", "w"), ts=ts, visitor=visitor,
                 channel="xhs", source="edge", **{"link": "a"} | told)  # fmt: skip


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """Six clicks of which one counts, and the order of one whose clicks were all left out."""
    home = Home(tmp_path / "home").ensure()
    events = [
        click("v1", NOON),
        click("v2", NOON, suspect="crawler"),
        click("v3", NOON + HOUR, suspect="crawler", link="b"),
        click("v4", NOON + HOUR + 1, suspect="crawler"),
        click("v5", NOON, suspect="script"),
        click("v6", NOON, suspect="crawler", workspace="other"),
        Event(kind="visit", workspace="w", ts=NOON, visitor="v7", suspect="crawler", channel="xhs"),
        Event(kind="order", workspace="w", ts=NOON + 2 * HOUR, visitor="v2", order_id="o1",
              amount=9900, source="shop"),
    ]  # fmt: skip
    write_segment(home.spool / "test", 1, [stamp(event) for event in events])
    settle(home)
    return home


def told(home: Home, workspace: str = "w") -> dict[str, Any]:
    """Everything that looks at suspects: cells, people, rows of the log, paths."""
    lake = Lake(home)
    (sums,) = lake.ask(Totals(workspace, FIRST, LAST, ("clicks", "visitors"))).rows.to_pylist()
    rows = lake.ask(Rows(workspace, FIRST, LAST, kinds=("click",), limit=100)).rows.to_pylist()
    paths = lake.ask(PathTable(workspace, FIRST, LAST)).rows.to_pylist()
    people = lake.ask(Visitors(workspace, FIRST, LAST)).rows.to_pylist()
    return {
        "clicks": sums["clicks"],
        "rows": sorted(row["visitor"] for row in rows),
        "people": people,
        "touches": [(row["order_id"], row["kind"]) for row in paths],
    }


def test_what_is_put_back_counts_everywhere_and_cells_equal_the_log(home: Home) -> None:
    before = told(home)
    assert (before["clicks"], before["rows"], before["touches"]) == (1, ["v1"], [])
    assert publish(home, [CRAWLERS])
    settle(home)
    after = told(home)
    assert (after["clicks"], after["rows"]) == (3, ["v1", "v2", "v3"])
    assert after["touches"] == [("o1", "click")]
    assert after["people"] != before["people"]
    assert told(home, "other")["clicks"] == 0


def test_taken_back_every_answer_is_as_before(home: Home) -> None:
    before = told(home)
    publish(home, [CRAWLERS])
    settle(home)
    publish(home, [])
    settle(home)
    assert told(home) == before


def test_one_link_alone_is_put_back(home: Home) -> None:
    publish(home, [PutBack("k2", "w", "crawler", NOON, NOON + HOUR, link="b")])
    settle(home)
    assert told(home)["rows"] == ["v1", "v3"]
    assert told(home)["clicks"] == 2


def test_computing_step_by_step_is_computing_at_once(home: Home) -> None:
    publish(home, [CRAWLERS, PutBack("k3", "w", "script", NOON, NOON)])
    settle(home)
    slowly = told(home)
    assert slowly["clicks"] == 4
    rebuild(home)
    assert told(home) == slowly


def test_compacting_keeps_the_judgement_and_computes_nothing_again(home: Home) -> None:
    publish(home, [CRAWLERS])
    late = stamp(click("v8", NOON + 1, suspect="crawler"))
    write_segment(home.spool / "test", 2, [late])
    settle(home)
    assert told(home)["clicks"] == 4
    assert compact(home, closed=LAST + 1) == 1
    assert settle(home).days == 0
    assert told(home)["clicks"] == 4


def test_the_log_still_says_why_they_were_left_out(home: Home) -> None:
    publish(home, [CRAWLERS])
    settle(home)
    publish(home, [])
    rows = Lake(home).ask(Rows("w", FIRST, LAST, kinds=("click",), limit=100, include_suspect=True))
    reasons = sorted(row["suspect"] for row in rows.rows.to_pylist())
    assert reasons == ["", "crawler", "crawler", "crawler", "script"]


@pytest.mark.engines
@pytest.mark.filterwarnings("ignore::Warning")
def test_another_engine_counts_the_same(home: Home) -> None:
    from shemei.warehouse.reading.readers import EngineMissing

    publish(home, [CRAWLERS])
    settle(home)
    question = Rows("w", FIRST, LAST, kinds=("click",), limit=100)
    try:
        other = Lake(home, engine="clickhouse").ask(question).rows.to_pylist()
    except EngineMissing as error:
        pytest.skip(str(error))
    assert other == Lake(home).ask(question).rows.to_pylist()
