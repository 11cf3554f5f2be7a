"""Order files on their way out again, and corrections: rows, figures and log return to what they were."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests.commerce.conftest import Bring
from tests.commerce.files import FILE, REFUNDED

from shemei.apps.commerce.models import Customer, Order, OrderLine, Product
from shemei.kernel import outbox
from shemei.kernel.actor import SYSTEM
from shemei.kernel.imports import actions
from shemei.kernel.imports.errors import ImportError_
from shemei.kernel.imports.jobs import exclude_undone
from shemei.kernel.imports.models import RowChange
from shemei.kernel.models import AuditEntry
from shemei.warehouse.computed.settling import settle
from shemei.warehouse.lake import Lake
from shemei.warehouse.questions import Rows, Series, Totals

if TYPE_CHECKING:
    from tests.world import World

    from shemei.warehouse.home import Home


def test_undo_takes_new_rows_away_and_puts_changed_ones_back(bring: Bring) -> None:
    bring(FILE)
    kept = {order.number: (order.amount, order.state) for order in Order.objects.all()}
    second = bring(
        FILE.replace("10:00,299", "10:00,259")
        + "D7,2026-11-05,66,13700001111,,,新品,YH-7,1,66,待发货\n"
    )
    assert Order.objects.count() == 4
    actions.undo(second, by=SYSTEM)
    assert {order.number: (order.amount, order.state) for order in Order.objects.all()} == kept
    assert not Product.objects.filter(sku="YH-7").exists()
    assert not Customer.objects.filter(phone_tail="1111").exists()
    assert AuditEntry.objects.filter(verb="import.undone").count() == 1


def test_undo_waits_for_a_later_import_of_the_same_orders(bring: Bring) -> None:
    first = bring(FILE)
    second = bring(FILE.replace("10:00,299", "10:00,259"), "后来.csv")
    with pytest.raises(ImportError_, match=r"后来\.csv"):
        actions.undo(first, by=SYSTEM)
    actions.undo(second, by=SYSTEM)
    actions.undo(first, by=SYSTEM)
    assert Order.objects.count() == OrderLine.objects.count() == RowChange.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_figures_forget_an_undone_import_and_know_it_again_after_another(
    bring: Bring, inside: World, home: Home
) -> None:
    from shemei.kernel import outbox

    question = Totals(inside.brand.key, 20261101, 20261130, ("orders", "revenue", "net_revenue"))

    def figures() -> dict[str, Any]:
        outbox.relay(home)
        settle(home)
        return dict(Lake(home).ask(question).rows.to_pylist()[0])

    batch = bring(REFUNDED)
    assert figures() == {"orders": 3, "revenue": 212800, "net_revenue": 179900}
    actions.undo(batch, by=SYSTEM)
    rows = Lake(home).ask(Rows(inside.brand.key, 20261101, 20261130)).rows
    assert rows.num_rows == 0
    assert figures() == {"orders": 0, "revenue": 0, "net_revenue": 0}
    bring(REFUNDED)
    assert figures() == {"orders": 3, "revenue": 212800, "net_revenue": 179900}


def test_a_corrected_amount_corrects_what_was_sold_and_no_refund(
    bring: Bring, inside: World, home: Home
) -> None:
    from shemei.kernel import outbox

    metrics = ("orders", "revenue", "refunds", "net_revenue")
    question = Totals(inside.brand.key, 20261101, 20261130, metrics)
    for amount, net in (("10:00,299", 212800), ("10:00,259", 208800), ("10:00,399", 222800)):
        bring(FILE.replace("10:00,299", amount))
        outbox.relay(home)
        settle(home)
        told = {"orders": 3, "revenue": net, "refunds": 0, "net_revenue": net}
        assert Lake(home).ask(question).rows.to_pylist() == [told]


def test_a_corrected_time_of_payment_moves_the_order(
    bring: Bring, inside: World, home: Home
) -> None:
    bring(FILE)
    second = bring(FILE.replace("2026-11-03 10:00", "2026-11-05 11:30"), "更正.csv")

    def by_day() -> dict[int, tuple[int, int]]:
        outbox.relay(home)
        settle(home)
        question = Series(inside.brand.key, 20261103, 20261105, ("orders", "revenue"))
        rows = Lake(home).ask(question).rows.to_pylist()
        return {row["bucket"]: (row["orders"], row["revenue"]) for row in rows}

    assert by_day() == {20261103: (1, 132900), 20261104: (1, 50000), 20261105: (1, 29900)}
    actions.undo(second, by=SYSTEM)
    exclude_undone.call_local()
    assert by_day() == {20261103: (2, 162800), 20261104: (1, 50000), 20261105: (0, 0)}
