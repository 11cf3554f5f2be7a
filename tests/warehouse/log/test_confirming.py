"""Orders that only the tag told are left out where a brand wants it, and come back when the shop tells them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from shemei.warehouse.computed.settling import judged_at, rebuild, settle
from shemei.warehouse.computed.shelf import Shelf
from shemei.warehouse.home import Home
from shemei.warehouse.lake import Lake
from shemei.warehouse.log.confirming import UNCONFIRMED, publish
from shemei.warehouse.log.segments import write_segment
from shemei.warehouse.questions import Orders, PathTable, QuestionError, Totals
from shemei.warehouse.vocabulary import Event, day_of, stamp

if TYPE_CHECKING:
    from pathlib import Path

NOON = 1_763_179_200_000_000  # 2025-11-15 12:00 in Shanghai
HOUR = 3_600_000_000
SPAN = (day_of(NOON), day_of(NOON + 24 * HOUR))


def event(kind: str, ts: int, **told: Any) -> Event:
    return stamp(Event(kind=kind, workspace=told.pop("workspace", "w"), ts=ts, **told))


def tell(home: Home, number: int, *events: Event) -> None:
    write_segment(home.spool / "test", number, list(events))
    settle(home)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """Two orders that the tag told, of which the shop knows one; one order of the brand next door."""
    home = Home(tmp_path / "home").ensure()
    tag = {"source": "tag", "channel": "direct", "promo_code": "AZHI"}
    tell(
        home, 1,
        event("click", NOON, visitor="v1", channel="xhs", source="edge"),
        event("click", NOON, visitor="v2", channel="xhs", source="edge"),
        event("order", NOON + HOUR, visitor="v1", order_id="real", amount=9900, **tag),
        event("order", NOON + HOUR, order_id="real", amount=9800, source="shop"),
        event("order", NOON + HOUR, visitor="v2", order_id="told", amount=500_000, **tag),
        event("order", NOON + HOUR, order_id="theirs", workspace="other", amount=1, **tag),
    )  # fmt: skip
    return home


def counted(
    home: Home, workspace: str = "w", *, suspects: bool = False
) -> tuple[int, int, list[str]]:
    lake, names = Lake(home), ("orders", "revenue")
    asked = Totals(workspace, *SPAN, names, include_suspect=suspects)
    (sums,) = lake.ask(asked).rows.to_pylist()
    paths = lake.ask(PathTable(workspace, *SPAN)).rows.to_pylist()
    return sums["orders"], sums["revenue"], sorted({row["order_id"] for row in paths})


def test_all_orders_count_until_a_brand_says_otherwise(home: Home) -> None:
    assert counted(home) == (2, 509_800, ["real", "told"])


def test_what_nobody_confirmed_is_left_out_and_brought_back(home: Home) -> None:
    before, stamped = counted(home), judged_at(home)
    assert publish(home, ["w"]) and judged_at(home) != stamped
    settle(home)
    assert counted(home) == (1, 9800, ["real"])
    assert counted(home, suspects=True)[:2] == (2, 509_800)
    assert counted(home, "other")[0] == 1
    publish(home, [])
    settle(home)
    assert counted(home) == before


def test_the_orders_that_wait_can_be_listed(home: Home) -> None:
    publish(home, ["w"])
    settle(home)
    lake = Lake(home)
    waiting = Orders("w", *SPAN, where=(("suspect", UNCONFIRMED),))
    (row,) = lake.ask(waiting).rows.to_pylist()
    assert (row["order_id"], row["amount"], row["channel"]) == ("told", 500_000, "direct")
    counts = [row["order_id"] for row in lake.ask(Orders("w", *SPAN)).rows.to_pylist()]
    assert counts == ["real"]
    both = lake.ask(Orders("w", *SPAN, include_suspect=True)).rows
    assert both.num_rows == 2
    with pytest.raises(QuestionError, match="dimension 'order_id' is unknown"):
        lake.ask(Orders("w", *SPAN, where=(("order_id", "told"),)))


def test_an_order_without_a_number_has_none(home: Home) -> None:
    tell(home, 2, event("order", NOON + 2 * HOUR, visitor="v3", amount=300, source="tag"))
    (row, *rest) = Lake(home).ask(Orders("w", *SPAN)).rows.to_pylist()
    assert (row["order_id"], row["amount"]) == ("", 300) and row["event_id"]
    assert sorted(one["order_id"] for one in rest) == ["real", "told"]


def test_the_browser_of_a_confirmed_order_still_says_who_it_was(home: Home) -> None:
    publish(home, ["w"])
    settle(home)
    (row,) = Lake(home).ask(PathTable("w", *SPAN)).rows.to_pylist()
    assert (row["order_id"], row["kind"], row["channel"], row["value"]) == (
        "real",
        "click",
        "xhs",
        9800,
    )


def test_an_order_counts_as_soon_as_the_shop_tells_it(home: Home) -> None:
    publish(home, ["w"])
    settle(home)
    tell(home, 2, event("order", NOON + 2 * HOUR, order_id="told", amount=500, source="api"))
    assert counted(home) == (2, 10_300, ["real", "told"])


def test_new_events_leave_the_rule_as_it_is_and_a_rebuild_finds_it(home: Home) -> None:
    publish(home, ["w"])
    settle(home)
    write_segment(home.spool / "test", 2, [event("click", NOON, visitor="v9", channel="xhs")])
    settle(home, full=False)
    assert counted(home)[:2] == (1, 9800)
    assert tuple(Shelf(home).current().confirmed_only) == ("w",)
    rebuild(home)
    assert counted(home) == (1, 9800, ["real"])
