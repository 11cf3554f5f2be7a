"""Who is the same person, and who only seems to be."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from tests.warehouse import cast
from tests.warehouse.cast import BRAND, FIRST, LAST, RIVAL, event

from shemei.warehouse.computed.bench import workbench
from shemei.warehouse.computed.shelf import Manifest, Shelf
from shemei.warehouse.computed.tables import render
from shemei.warehouse.lake import Lake
from shemei.warehouse.questions import Journey, Orders, Totals, Visitors

if TYPE_CHECKING:
    from shemei.warehouse.home import Home
    from shemei.warehouse.vocabulary import Event


def people(home: Home, *events: Event, workspace: str = BRAND) -> int:
    """How many people came, after everybody who is one has been joined."""
    cast.put(home, events)
    question = Visitors(workspace, FIRST, LAST)
    found: int = Lake(home).ask(question).rows["visitors"][0].as_py()
    return found


def click(visitor: str, click_id: str = "", **fields: str) -> Event:
    return event("click", "11-01 10:00", visitor=visitor, click_id=click_id, **fields)


def test_strangers_stay_strangers(home: Home) -> None:
    assert people(home, click("a"), click("b", "c1"), click("c", "c2")) == 3


def test_one_click_joins_the_browser_it_left_and_the_one_it_reached(home: Home) -> None:
    assert people(home, click("edge", "c1"), click("site", "c1"), click("other", "c2")) == 2


def test_a_passed_on_address_joins_nobody(home: Home) -> None:
    assert people(home, *(click(f"friend-{n}", "c1") for n in range(4))) == 4


def test_two_buyers_with_one_click_are_two_people(home: Home) -> None:
    events = [click("a", "c1", phone="p1"), click("b", "c1", phone="p2")]
    assert people(home, *events) == 2


def test_a_phone_joins_two_devices(home: Home) -> None:
    assert people(home, click("a", phone="p"), click("b", phone="p")) == 1


def test_an_order_told_by_tag_and_shop_joins_browser_and_customer(home: Home) -> None:
    cast.put(
        home,
        [
            click("a"),
            event("order", "11-02 10:00", visitor="a", order_id="O", source="tag"),
            event("order", "11-02 10:01", customer="cu", order_id="O", source="import"),
            event("add_friend", "11-01 09:00", customer="cu", channel="wecom"),
        ],
    )
    rows = Lake(home).ask(Journey(BRAND, FIRST, LAST, order_id="O")).rows
    assert rows["kind"].to_pylist() == ["add_friend", "click", "order", "order"]
    assert rows["in_path"].to_pylist() == [True, True, False, False]


def test_an_order_with_nothing_but_a_click_finds_its_browser(home: Home) -> None:
    cast.put(home, [click("a", "c1", channel="xhs"),
                    event("order", "11-02 10:00", order_id="O", click_id="c1", amount=1)])  # fmt: skip
    rows = Lake(home).ask(Journey(BRAND, FIRST, LAST, order_id="O")).rows
    assert rows["in_path"].to_pylist() == [True, False]


@pytest.mark.parametrize("passed_on", ["browsers", "buyers"])
def test_an_order_with_nothing_but_a_passed_on_click_is_nobody_s(
    home: Home, passed_on: str
) -> None:
    many = [click(name, "k") for name in "abcd"]
    two = [click("a", "k"), *(click("", "k", customer=name) for name in ("one", "two"))]
    bought = event("order", "11-05 10:00", click_id="k", order_id="O", amount=100)
    cast.put(home, [*(many if passed_on == "browsers" else two), bought])
    (order,) = Lake(home).ask(Orders(BRAND, FIRST, LAST)).rows.to_pylist()
    assert (order["person"], order["number"]) == (0, 0)


def test_a_shop_s_shared_phone_joins_nobody(home: Home) -> None:
    assert people(home, *(click(f"guest-{n}", phone="shop") for n in range(60))) == 60


def test_what_is_suspect_joins_nobody(home: Home) -> None:
    robots = [click(name, phone="p", suspect="crawler") for name in ("a", "b")]
    assert people(home, *robots, click("a"), click("b")) == 2


def test_a_person_keeps_the_name_when_others_join(home: Home) -> None:
    cast.put(home, [event("click", "11-01 10:00", visitor="a", phone="p")])
    journey = Journey(BRAND, FIRST, LAST, order_id="O")
    cast.put(home, [event("order", "11-02 10:00", phone="p", order_id="O")], stream="second")
    before = Lake(home).ask(journey).rows["person"][0].as_py()
    cast.put(home, [event("click", "11-03 10:00", visitor="b", phone="p")], stream="third")
    after = Lake(home).ask(journey).rows
    assert set(after["person"].to_pylist()) == {before}
    assert after.num_rows == 3


def test_workspaces_never_share_a_person(home: Home) -> None:
    rival = event("click", "11-01 10:00", RIVAL, visitor="b", phone="p")
    assert people(home, click("a", phone="p"), click("b"), rival) == 2


def test_a_second_order_of_a_joined_person_is_a_repeat(home: Home) -> None:
    cast.put(home, [
        event("order", "11-02 10:00", visitor="a", order_id="1", amount=1),
        event("order", "11-03 10:00", visitor="b", order_id="2", amount=1),
    ])  # fmt: skip
    question = Totals(BRAND, FIRST, LAST, ("new_customers", "repeat_orders"))
    assert Lake(home).ask(question).rows.to_pylist() == [{"new_customers": 2, "repeat_orders": 0}]
    cast.put(home, [click("a", phone="p"), click("b", phone="p")], stream="joined")
    assert Lake(home).ask(question).rows.to_pylist() == [{"new_customers": 1, "repeat_orders": 1}]


def test_days_of_moved_people_are_found_by_equality(home: Home) -> None:
    """As many moved browsers as rows: comparing each with each would take minutes."""
    many = 60_000
    with workbench(home, Shelf(home), Manifest()) as bench:
        bench.make(
            "moved",
            f"SELECT '{BRAND}' AS workspace, 'v' AS kind, CAST(n AS VARCHAR) AS value, n AS number"
            f" FROM range(1, {many}) AS t(n)"
            f" UNION ALL SELECT '{BRAND}', 'c', 'cu', 0 UNION ALL SELECT '{BRAND}', 'p', 'ph', 0",
        )
        rows = (
            f"(SELECT '{BRAND}' AS workspace, n AS visitor_key, '' AS customer, '' AS phone,"
            f" n % 3 AS day FROM range({many}, {2 * many}) AS t(n)"
            f" UNION ALL SELECT '{BRAND}', 7, '', '', 20261101"
            f" UNION ALL SELECT '{BRAND}', 0, 'cu', '', 20261102"
            f" UNION ALL SELECT '{BRAND}', 0, '', 'ph', 20261103"
            f" UNION ALL SELECT '{RIVAL}', 7, 'cu', 'ph', 20261104"
            f" UNION ALL SELECT '{BRAND}', 0, '7', '7', 20261105)"
        )
        begun = time.monotonic()
        found = bench.numbers(render("moved_days", {"rows": rows}))
    assert sorted(found) == [20261101, 20261102, 20261103]
    assert time.monotonic() - begun < 20
