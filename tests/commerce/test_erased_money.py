"""What becomes of an order after its buyer was erased: nothing of it comes back, and every sum stays right."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.utils import timezone
from tests.commerce.conftest import Bring
from tests.commerce.files import events
from tests.commerce.rate_files import rate, shown_worth

from shemei.apps.audience import actions as audience
from shemei.apps.audience import jobs, personal
from shemei.apps.commerce import rates
from shemei.apps.commerce.actions import record_refund
from shemei.apps.commerce.models import Customer, Order, Refund
from shemei.apps.commerce.order_file import hashed
from shemei.kernel import outbox
from shemei.kernel.actor import SYSTEM
from shemei.kernel.erased import IN_LOG, off_the_log, remember, remember_person
from shemei.kernel.imports import actions
from shemei.warehouse.computed.settling import settle
from shemei.warehouse.lake import Lake
from shemei.warehouse.log import tombstones
from shemei.warehouse.log.tombstones import Erased
from shemei.warehouse.questions import Totals

if TYPE_CHECKING:
    from tests.world import World

    from shemei.warehouse.home import Home

PHONE = "13812345678"
HEAD = "订单编号,付款时间,实付金额,手机号,优惠码,访客号,省份,退款金额,退款时间\n"
MINE = f"E1,2026-11-03 09:05,329,{PHONE},,v-lin,浙江,,\nE2,2026-11-04 09:05,99,{PHONE},,,浙江,,\n"
OTHERS = "E3,2026-11-04 10:00,59,13900008042,,v-zhou,上海,,\n"
FILE = HEAD + MINE + OTHERS


@pytest.fixture(autouse=True)
def own_keys() -> None:
    """Every home has keys of its own, one process only one home."""
    hashed.cache_clear()


def counted(world: World, home: Home) -> tuple[int, int]:
    """Orders and net revenue of November, as every board has them."""
    outbox.relay(home)
    settle(home)
    question = Totals(world.brand.key, 20261101, 20261130, ("orders", "net_revenue"))
    (row,) = Lake(home).ask(question).rows.to_pylist()
    return row["orders"], row["net_revenue"]


def erase(world: World, home: Home, wanted: str = PHONE) -> None:
    """Erase a person to the very end: rewritten, and the tombstone has forgotten who it was."""
    found = personal.look_up(world.brand, wanted)
    assert found is not None
    task = audience.erase_person(world.brand, found, by=world.owner.actor)
    jobs.carry_out.call_local(task.pk, found.person.key, {})
    forget = lambda known: [one.forgotten() if isinstance(one, Erased) else one for one in known]  # noqa: E731
    tombstones.change(home, forget)


def told_of(*numbers: str) -> list[str]:
    return [event["kind"] for event in events() if event.get("order_id") in numbers]


@pytest.fixture
def erased(bring: Bring, inside: World, home: Home) -> World:
    bring(FILE)
    assert counted(inside, home) == (3, 48_700)
    erase(inside, home)
    assert counted(inside, home) == (1, 5_900)
    return inside


def test_corrections_of_an_erased_order_change_no_sum_and_tell_nothing(
    erased: World, bring: Bring, home: Home
) -> None:
    before = told_of("E1", "E2")
    text = FILE.replace("329", "300").replace("11-04 09:05", "11-05 10:00").replace(",99,", ",120,")
    batch = bring(text.replace("浙江,,", "浙江,20,2026-11-06").replace(f"{PHONE},,", f"{PHONE},BO20,"))  # fmt: skip
    assert (batch.count("changed"), batch.counts["extra"]["退款"]) == (2, 2)
    assert Order.objects.get(number="E1").amount == 30_000
    record_refund(Order.objects.get(number="E2"), amount=500, refunded_at=timezone.now(), by=SYSTEM)
    assert told_of("E1", "E2") == before
    assert counted(erased, home) == (1, 5_900)
    assert sum(Refund.objects.values_list("amount", flat=True)) == 4_500


def test_a_correction_of_somebody_elses_order_still_counts(
    erased: World, bring: Bring, home: Home
) -> None:
    bring(FILE.replace(",59,", ",49,"))
    assert counted(erased, home) == (1, 4_900)


def test_an_undone_import_brought_in_again_stays_out_of_the_sums(
    bring: Bring, inside: World, home: Home
) -> None:
    batch = bring(FILE)
    counted(inside, home)
    erase(inside, home)
    actions.undo(batch, by=SYSTEM)
    assert not Order.objects.exists()
    before = len(told_of("E1", "E2"))
    bring(FILE)
    assert Order.objects.filter(number__in=["E1", "E2"], customer=None).count() == 2
    assert len(told_of("E1", "E2")) == before
    assert counted(inside, home) == (1, 5_900)


def test_an_old_order_told_without_its_buyer_goes_on_counting(
    erased: World, bring: Bring, home: Home
) -> None:
    older = f"E9,2026-11-02 09:00,10,{PHONE},,v-lin,浙江,,\n"
    bring(HEAD + older)
    assert counted(erased, home) == (2, 6_900)
    bring(HEAD + older.replace(",10,", ",8,"))
    assert counted(erased, home) == (2, 6_700)


def test_an_order_that_came_without_its_buyer_gets_nobody_from_a_thinner_file(
    erased: World, bring: Bring
) -> None:
    bring(HEAD + f"E9,2026-11-02 09:00,10,{PHONE},,,浙江,,\n")
    bring("订单编号,付款时间,实付金额,会员名,访客号,省份\nE9,2026-11-02 09:00,10,tb_lin,v-other,浙江\n")  # fmt: skip
    order = Order.objects.get(number="E9")
    assert (order.customer, order.visitor, order.region) == (None, "", "")
    assert not Customer.objects.filter(ref="tb_lin").exists()


def test_an_order_that_the_log_never_knew_as_the_persons_stays_and_is_corrected(
    bring: Bring, inside: World, home: Home
) -> None:
    bring("订单编号,付款时间,实付金额\nE8,2026-11-02 09:00,10\n")
    bring(FILE + f"E8,2026-11-02 09:00,10,{PHONE},,,浙江,,\n")
    counted(inside, home)
    erase(inside, home)
    orders, money = counted(inside, home)
    bring("订单编号,付款时间,实付金额\nE8,2026-11-02 09:00,7\n")
    assert Order.objects.get(number="E8").customer is None
    assert counted(inside, home) == (orders, money - 300 * (orders - 1))


def test_a_return_of_an_erased_person_takes_nothing_off_what_others_paid(
    bring: Bring, inside: World, home: Home
) -> None:
    head = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"
    other = "536366,A1,LANTERN,2,2026-11-03 08:28,2.50,17851,UK\n"
    rate(inside, "1")
    bring(head + "536365,A1,LANTERN,6,2026-11-03 08:26,2.50,17850,UK\n" + other)
    assert counted(inside, home) == (2, 2_000)
    erase(inside, home, "17850")
    assert counted(inside, home) == (1, 500)
    bring(head + "C536399,A1,LANTERN,-1,2026-11-05 08:26,2.50,17850,UK\n" + other)
    assert Refund.objects.get(number="C536399").customer is None
    assert counted(inside, home) == (1, 500)
    bring(head + "C536400,A1,LANTERN,-1,2026-11-05 08:26,2.50,17851,UK\n")
    assert counted(inside, home) == (1, 250)


def test_an_order_that_is_erased_itself_leaves_the_log_after_all(inside: World) -> None:
    remember(inside.brand, [("order", "A"), (IN_LOG, "A"), ("order", "B")], 5)
    assert off_the_log(inside.brand, ["A", "B", "C", ""]) == {"B"}
    person = Erased(key="p", workspace=inside.brand.key, until=9, orders=("A",))
    remember_person(inside.brand, person)
    assert off_the_log(inside.brand, ["A", "B", "C"]) == {"A", "B"}


def test_an_erased_order_in_pounds_says_that_it_left_and_waits_for_no_rate(
    bring: Bring, inside: World, home: Home
) -> None:
    row = rate(inside, "9")
    bring(FILE, currency="GBP")
    counted(inside, home)
    rates.remove_rate(row, by=SYSTEM)
    assert Order.objects.filter(waiting=True).count() == 3
    erase(inside, home)
    assert list(Order.objects.filter(waiting=True).values_list("number", flat=True)) == ["E3"]
    for number, worth in (("E1", "已离开看板"), ("E3", "等汇率")):
        order = Order.objects.get(number=number)
        page = inside.client().get(inside.url("commerce:order", order.key)).content.decode()
        assert ("离开了看板" in page, "还没有英镑的汇率" in page) == (
            number == "E1",
            number == "E3",
        )
        assert shown_worth(inside, order) == worth
