"""What was sent twice stands once, in counts and in lists."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.warehouse import cast
from tests.warehouse.cast import BRAND, FIRST, LAST, event

from shemei.warehouse.lake import Lake
from shemei.warehouse.questions import Journey, Rows, Totals

if TYPE_CHECKING:
    from shemei.warehouse.home import Home


def test_an_event_sent_twice_is_listed_once_as_it_is_counted(home: Home) -> None:
    visits = [event("visit", f"11-05 10:{n:02d}", visitor="a") for n in range(6)]
    cast.put(home, visits)
    cast.put(home, visits[3:], stream="sent again")
    lake = Lake(home)
    (total,) = lake.ask(Totals(BRAND, FIRST, LAST, ("visits",))).rows.to_pylist()
    rows = [lake.ask(Rows(BRAND, FIRST, LAST, limit=4, offset=skip)).rows for skip in (0, 4)]
    assert total["visits"] == 6
    assert [one.event_id for one in reversed(visits)] == [
        key for part in rows for key in part["event_id"].to_pylist()
    ]
    (person,) = lake.ask(Rows(BRAND, FIRST, LAST, limit=1)).rows["visitor_key"].to_pylist()
    assert lake.ask(Journey(BRAND, FIRST, LAST, person=str(person))).rows.num_rows == 6
