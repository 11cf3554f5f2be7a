"""The bridge between 成交额, 至今净额 and 净成交额: every line has its rows, and they add up whatever the log says."""

from __future__ import annotations

import tempfile
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.insight.browsing import NOVEMBER, page, table
from tests.warehouse import cast

from shemei.apps.insight.queries import Board
from shemei.apps.insight.reports import bridge as bridging
from shemei.apps.insight.reports import bridge_rows
from shemei.apps.insight.reports.bridge import Bridge
from shemei.apps.insight.reports.orders import MOST_LISTED
from shemei.apps.insight.reports.reconcile import Reconciliation
from shemei.kernel.figures import ask
from shemei.kernel.periods import Period, comparison_from, period_from
from shemei.warehouse.home import Home
from shemei.warehouse.lake import Lake
from shemei.warehouse.questions import Orders, PathTable, Totals

if TYPE_CHECKING:
    from tests.world import World

CROSSED = (
    ("order", "10-30 10:00", {"order_id": "OLD", "amount": 8_000}),
    ("refund", "11-03 10:00", {"order_id": "OLD", "amount": 3_000}),
    ("refund", "12-02 10:00", {"order_id": "NO-6", "amount": 1_000}),
    ("refund", "11-20 10:00", {"order_id": "NO-5", "amount": 6_000}),
    ("refund", "11-21 10:00", {"order_id": "NOBODY", "amount": 250}),
    ("refund", "11-22 10:00", {"amount": 40}),
    ("refund", "11-22 10:00", {"amount": 10, "action": "recount", "quantity": 0}),
    ("refund", "11-23 10:00", {"order_id": "NO-5", "amount": 900, "suspect": "crawler"}),
)


@pytest.fixture
def crossed(told: World, home: Home) -> World:
    """November's refunds with some of an older order, some that came later, and one that is too much."""
    made = [
        cast.event(kind, when, told.brand.key, source="import", **more)
        for kind, when, more in CROSSED
    ]
    cast.put(home, made, stream="more")
    return told


def board(world: World) -> Board:
    period = period_from(NOVEMBER)
    return Board(world.brand, period, comparison_from(NOVEMBER, period))


def test_each_line_is_what_it_says(crossed: World) -> None:
    with crossed.scope():
        bridge = Bridge(board(crossed))
        lines = [(line.key, line.amount, line.count) for line in bridge.lines]
    assert lines == [
        ("revenue", 102_000, 7),
        ("own", -11_000, 2),
        ("later", -1_000, 1),
        ("over", 1_000, 1),
        ("settled", 91_000, 7),
        ("later", 1_000, 1),
        ("over", -1_000, 1),
        ("older", -3_000, 1),
        ("unknown", -300, 2),
        ("net", 87_700, 5),
    ]


def test_the_totals_are_those_of_the_other_pages(crossed: World) -> None:
    with crossed.scope():
        told = Reconciliation(board(crossed))
        assert told.bridge.settled == told.traced_value + told.untracked_value
        assert told.bridge.net == told.bridge.totals["net_revenue"]


def test_every_line_opens_rows_that_add_up_to_it(crossed: World) -> None:
    with crossed.scope():
        lines = Bridge(board(crossed)).lines
    column = {"revenue": "成交额（元）", "settled": "至今净额（元）", "over": "多退的（元）"}
    for line in lines:
        rows, _ = table(crossed.client().get(f"{line.href}&export=csv"))
        told = sum(float(row[column.get(line.key, "退款额（元）")] or 0) for row in rows)
        wanted = 102_000 - line.amount if line.key == "net" else abs(line.amount)
        assert round(100 * told) == wanted and len(rows) == line.count, line.key
    unknown, _ = table(page(crossed, "insight:period_refunds", part="unknown", export="csv"))
    assert [row["为什么对不上单"] for row in unknown] == ["退款没有写是哪一单", "没有收到这一单"]
    assert page(crossed, "insight:period_refunds", part="colour").status_code == 404


def test_the_bridge_reads_sums_and_lists_no_more_than_the_newest(crossed: World) -> None:
    asked: list[Any] = []

    def noted(question: Any) -> Any:
        asked.append(question)
        return ask(question)

    with crossed.scope(), patch.object(bridging, "ask", noted):
        bridge = Bridge(board(crossed))
        assert bridge.lines and bridge.says and bridge.some and bridge.table.rows()
        assert [type(one).__name__ for one in asked] == ["RefundParts"]
        assert bridge.refunds("own") and bridge.orders() and bridge.orders(over=True)
        assert {one.limit for one in asked[1:]} == {MOST_LISTED + 1}
    with patch.object(bridging, "MOST_LISTED", 0), patch.object(bridge_rows, "MOST_LISTED", 0):
        shown = page(crossed, "insight:period_refunds", part="own").content.decode()
    assert "只列最近 0 笔" in shown


def test_the_bridge_stands_on_the_page_in_the_drawers_and_in_the_file(crossed: World) -> None:
    shown = " ".join(page(crossed, "insight:reconciliation").content.decode().split())
    assert "三个成交额怎么对上" in shown and "−¥110.00" in shown and "+¥10.00" in shown
    for metric in ("net_revenue", "revenue", "refunds"):
        drawer = page(crossed, "insight:metric", metric, beside=True).content.decode()
        assert "更早的单，退在这段时间" in drawer and "#bridge" in drawer
    assert "更早的单" not in page(crossed, "insight:metric", "clicks", beside=True).content.decode()
    assert "#bridge" in page(crossed, "insight:traced", beside=True).content.decode()
    rows, notes = table(page(crossed, "insight:reconciliation", export="csv", table="bridge"))
    assert [(row["项"], row["加减"], row["金额（元）"]) for row in rows][:3] == [
        ("成交额", "合计", "1020.00"),
        ("这些单的退款，退在这段时间", "减", "-110.00"),
        ("这些单的退款，后来退的", "减", "-10.00"),
    ]
    assert (rows[0]["单位"], rows[-1]["单位"]) == ("单", "笔退款"), (
        "what is counted beside each total"
    )
    assert any("都对，差在退款记给谁、记在哪天" in note for note in notes)


def test_who_may_not_see_customers_reads_the_bridge_and_opens_no_order(crossed: World) -> None:
    browser, url = crossed.client(crossed.editor), crossed.url("insight:reconciliation")
    shown = browser.get(url, NOVEMBER).content.decode()
    assert "三个成交额怎么对上" in shown
    for name in ("insight:period_orders", "insight:period_refunds"):
        leads = crossed.url(name) in shown
        assert leads == (browser.get(crossed.url(name), NOVEMBER).status_code == 200)


def test_without_orders_there_is_no_bridge(world: World, home: Home) -> None:
    assert 'id="bridge"' not in page(world, "insight:reconciliation").content.decode()


DAYS = [
    f"{day // 100:02d}-{day % 100:02d} 12:00" for day in (1028, 1031, 1101, 1115, 1130, 1201, 1203)
]
NUMBERS = st.sampled_from(["A", "B", "C", "D", ""])
MONEY = st.integers(0, 500)
EVENTS = st.lists(
    st.tuples(
        st.sampled_from(["order", "refund", "refund", "recount"]), st.sampled_from(DAYS), NUMBERS, MONEY,
        st.sampled_from(["", "", "", "crawler"]), st.sampled_from(["import", "tag", "correction"]),
    ),
    max_size=14,
)  # fmt: skip


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(EVENTS)
def test_it_adds_up_whatever_the_log_says(
    events: list[tuple[str, str, str, int, str, str]],
) -> None:
    made = [
        cast.event(
            kind.replace("recount", "refund"), when, order_id=number, amount=amount, suspect=suspect, source=source,
            action="recount" if kind == "recount" else "",
        )
        for kind, when, number, amount, suspect, source in events
    ]  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        home = Home(Path(folder) / "home").ensure()
        cast.put(home, made)
        _adds_up(Lake(home))


def _adds_up(lake: Lake) -> None:
    span = (cast.BRAND, cast.FIRST, cast.LAST)
    period = Period(date(2026, 11, 1), date(2026, 11, 30))
    brand: Any = SimpleNamespace(key=cast.BRAND, slug="b", lookback_days=30)
    told: Any = SimpleNamespace(workspace=brand, period=period, totals=_totals(lake))
    with patch.object(bridging, "ask", lake.ask), patch.object(bridging, "wurl", lambda *of: "/"):
        bridge = Bridge(told)
        lines = bridge.lines
        left = sum(row["value"] for row in lake.ask(Orders(*span, limit=999)).rows.to_pylist())
    known = lake.ask(PathTable(*span, untracked=True)).rows.to_pylist()
    assert bridge.settled == left == sum(row["value"] for row in known if row["position"] <= 1)
    assert bridge.net == bridge.totals["net_revenue"]
    running = lines[0].amount
    for line in lines[1:]:
        running += line.amount if line.sign else 0
        assert line.sign or running == line.amount, line


def _totals(lake: Lake) -> Any:
    def totals(metrics: tuple[str, ...], period: Period) -> list[dict[str, Any]]:
        asked = Totals(cast.BRAND, period.first_day, period.last_day, tuple(metrics))
        rows: list[dict[str, Any]] = lake.ask(asked).rows.to_pylist()
        return rows

    return totals
