"""What is told again of an erased person: the order goes on, the person does not come back."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import orjson
from django.utils import timezone
from tests.commerce.conftest import Bring
from tests.commerce.files import events
from tests.commerce.programs import ORDER, Program, headers, push

from shemei.apps.commerce import hooks
from shemei.apps.commerce.models import Customer, Order, Refund
from shemei.kernel.actor import SYSTEM
from shemei.kernel.erased import erased_until, remember
from shemei.kernel.erasure import erase_operational
from shemei.kernel.imports import actions
from shemei.kernel.models import ErasedMark
from shemei.kernel.permissions import Permission as P
from shemei.warehouse.log.tombstones import Erased
from shemei.warehouse.vocabulary import to_ts

if TYPE_CHECKING:
    from tests.world import World

    from shemei.warehouse.home import Home

FILE = """订单编号,付款时间,实付金额,手机号,收货人,会员名,访客号,省份,订单状态
E1,2026-11-03 09:05,329,13812345678,林小满,tb_lin,v-lin,浙江,已付款
E2,2026-11-04 09:05,99,13812345678,林小满,,,浙江,已付款
E3,2026-11-04 10:00,59,13900008042,周女士,,v-zhou,上海,已付款
"""
SAID = "2 单的顾客已按个人信息请求删除：订单照常更新，不再存这个人"


def erase(world: World, *, tail: str = "5678", **known: Any) -> None:
    known["phones"] = tuple(
        Customer.objects.filter(phone_tail=tail).values_list("phone_hash", flat=True)
    )
    now = to_ts(timezone.now())
    person = Erased(key="p", workspace=world.brand.key, until=now, **known)
    erase_operational(world.brand, person)


def people() -> list[str]:
    return sorted(Customer.objects.values_list("phone_tail", flat=True))


def test_the_same_export_again_does_not_bring_an_erased_person_back(
    bring: Bring, inside: World
) -> None:
    bring(FILE)
    erase(inside)
    told = len(events())
    again = bring(FILE.replace("已付款", "已发货"))
    assert (again.counts["new"], again.counts["changed"], again.counts["same"]) == (0, 3, 0)
    assert people() == ["8042"]
    mine = Order.objects.filter(number__in=["E1", "E2"])
    assert {(o.state, o.customer, o.visitor, o.click_id, o.region) for o in mine} == {
        ("shipped", None, "", "", "")
    }
    assert Order.objects.get(number="E3").visitor == "v-zhou"
    assert len(events()) == told


def test_the_check_page_says_how_many_orders_that_concerns(bring: Bring, inside: World) -> None:
    bring(FILE)
    erase(inside)
    batch = actions.receive(
        inside.brand, io.BytesIO(FILE.encode()), "又一次.csv", by=SYSTEM, kind="orders"
    )
    actions.check(batch, by=SYSTEM)
    page = inside.client().get(inside.url("imports:batch", batch.key)).content.decode()
    assert SAID in page
    actions.write(batch, by=SYSTEM)
    page = inside.client().get(inside.url("imports:batch", batch.key)).content.decode()
    assert SAID in page


def test_an_old_order_that_nobody_had_brought_in_is_stored_without_the_person(
    bring: Bring, inside: World
) -> None:
    bring(FILE)
    erase(inside)
    older = FILE.replace("E1", "E8").replace("E2", "E9")
    bring(older + "E7,2026-11-02 09:00,10,,,tb_lin,,浙江,已付款\n")
    assert people() == ["8042"]
    assert Order.objects.filter(customer=None).count() == 5
    (told,) = [event for event in events("order") if event["order_id"] == "E7"]
    assert not {"customer", "phone", "visitor"} & {name for name, value in told.items() if value}


def test_an_order_after_the_erasure_is_a_new_act(bring: Bring, inside: World) -> None:
    bring(FILE)
    erase(inside)
    later = timezone.localtime(timezone.now() + timedelta(hours=1)).strftime("%Y-%m-%d %H:%M")
    bring(FILE + f"E5,{later},77,13812345678,林小满,tb_lin,v-lin,浙江,已付款\n")
    order = Order.objects.select_related("customer").get(number="E5")
    assert order.customer is not None
    assert (order.customer.phone_tail, order.visitor) == ("5678", "v-lin")
    assert Order.objects.filter(customer=order.customer).count() == 1


def test_a_program_and_a_shop_system_do_not_bring_the_person_back_either(
    world: World, home: Home
) -> None:
    erp = Program(world.owner, [P.ORDERS, P.CUSTOMERS])
    erp.post("/orders", ORDER)
    with world.scope():
        erase(world, tail="3391")
        hook, secret = hooks.add_hook(world.brand, by=world.owner.actor, name="商城")
    told = erp.post("/orders", ORDER | {"state": "shipped", "region": "浙江"}, key="k-2").json()
    assert (told["result"], told["customer"], told["phone_tail"]) == ("changed", "", "")
    body = orjson.dumps({"orders": [ORDER | {"number": "A-2"}]})
    answer = push(hook, headers(secret, body), body)
    assert answer.json() == {"new": 1, "changed": 0, "same": 0}
    with world.scope():
        assert not Customer.objects.exists()
        assert set(Order.objects.values_list("region", flat=True)) == {""}


def test_undoing_an_import_brings_nobody_back(bring: Bring, inside: World) -> None:
    bring(FILE)
    second = bring(FILE.replace("v-lin,浙江", "v-lin2,福建"))
    erase(inside)
    actions.undo(second, by=SYSTEM)
    order = Order.objects.get(number="E1")
    assert (order.customer, order.visitor, order.region) == (None, "", "")


def test_a_return_from_before_names_nobody_one_from_after_does(bring: Bring, inside: World) -> None:
    head = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"
    sale = "536365,A1,LANTERN,6,2026-11-03 08:26,2.55,17850,UK\n"
    bring(head + sale)
    erase(inside, customers=("17850",))
    later = (timezone.localtime(timezone.now()) + timedelta(hours=1)).strftime("%Y-%m-%d %H:%M")
    back = "C536399,A1,LANTERN,-1,2026-11-05 08:26,2.55,17850,UK\n"
    bring(head + back + f"540000,A1,LANTERN,1,{later},2.55,17850,UK\n")
    assert Refund.objects.get(number="C536399").customer is None
    assert Order.objects.get(number="540000").customer is not None


def test_what_is_remembered_names_nobody_and_is_each_brands_own(inside: World) -> None:
    remember(inside.brand, [("phone", "h1"), ("order", "E1"), ("customer", "")], 5)
    remember(inside.brand, [("phone", "h1")], 9)
    remember(inside.brand, [("phone", "h1")], 7)
    names = set(ErasedMark.objects.values_list("name", flat=True))
    assert len(names) == 2 and not {"h1", "E1"} & names
    asked = [("phone", "h1"), ("order", "E1"), ("order", "E2"), ("customer", "")]
    assert erased_until(inside.brand, asked) == {("phone", "h1"): 9, ("order", "E1"): 5}
    assert erased_until(inside.other_brand, asked) == {}
