"""Order files: what comes in, what a second time does, what is held back."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
from tests.commerce.conftest import Bring
from tests.commerce.files import FILE, REFUNDED, events

from shemei.apps.commerce.models import Customer, Order, Product, Refund
from shemei.apps.tracking import actions as tracking
from shemei.kernel import outbox
from shemei.kernel.actor import SYSTEM
from shemei.kernel.imports import actions, files
from shemei.kernel.imports.errors import ImportError_
from shemei.kernel.imports.models import SavedMapping
from shemei.kernel.imports.screens import check_screen
from shemei.warehouse.attribution import attribute
from shemei.warehouse.computed.settling import settle
from shemei.warehouse.lake import Lake
from shemei.warehouse.questions import Totals

if TYPE_CHECKING:
    from tests.world import World

    from shemei.warehouse.home import Home


def test_orders_lines_customers_and_products_come_in(bring: Bring) -> None:
    batch = bring(FILE)
    assert batch.counts["new"] == 3
    assert batch.counts["skips"] == {"未付款": 1}
    one, three = Order.objects.get(number="D1"), Order.objects.get(number="D3")
    assert (one.amount, one.quantity, one.promo_code, one.state, one.batch) == (
        132900,
        2,
        "AZHI30",
        "paid",
        batch.key,
    )
    assert (three.amount, three.lines.count(), three.quantity) == (50000, 2, 2)
    assert one.customer == three.customer
    assert one.customer is not None
    assert (one.customer.phone_tail, one.customer.name_masked) == ("3391", "周＊＊")
    assert set(Product.objects.values_list("sku", flat=True)) == {"YH-1", "YH-2"}


def test_no_phone_number_is_stored_anywhere(bring: Bring, home: Home) -> None:
    bring(FILE)
    everything = [*Customer.objects.values_list("phone_hash", "phone_tail", "name_masked", "ref")]
    assert "13800003391" not in str([everything, events()])
    left = [path for path in (home.media / "imports").rglob("*") if path.is_file()]
    assert left == []


def test_each_order_tells_the_log_once_and_a_code_is_a_touch(bring: Bring) -> None:
    batch = bring(FILE)
    orders = events("order")
    assert [event["order_id"] for event in orders] == ["D1", "D2", "D3"]
    assert {event["batch"] for event in orders} == {batch.key}
    assert orders[0]["customer"] == Order.objects.get(number="D1").customer.key  # type: ignore[union-attr]
    assert orders[0]["phone"] == orders[2]["phone"] != ""
    (redeem,) = events("redeem")
    assert (redeem["promo_code"], redeem["order_id"], redeem["ts"]) == (
        "AZHI30",
        "D1",
        orders[0]["ts"],
    )


def test_the_same_file_twice_changes_nothing(bring: Bring) -> None:
    first = bring(FILE)
    told = len(events())
    again = bring(FILE, "另存的.csv")
    assert (again.counts["new"], again.counts["changed"], again.counts["same"]) == (0, 0, 3)
    assert len(events()) == told
    assert Order.objects.filter(batch=first.key).count() == 3


def test_the_very_same_file_is_recognised_before_anything_is_read(
    bring: Bring, inside: World
) -> None:
    first = bring(FILE)
    second = actions.receive(inside.brand, io.BytesIO(FILE.encode()), "x.csv", by=SYSTEM)
    assert actions.earlier_same(second) == first


def test_a_changed_row_is_changed_and_the_log_follows(bring: Bring) -> None:
    bring(FILE)
    before = len(events())
    batch = bring(FILE.replace("交易成功", "退款中").replace("10:00,299", "10:00,259"))
    assert (batch.counts["new"], batch.counts["changed"], batch.counts["same"]) == (0, 1, 2)
    order = Order.objects.get(number="D2")
    assert (order.amount, order.state) == (25900, "refunding")
    (correction,) = events()[before:]
    assert (correction["kind"], correction["action"], correction["amount"]) == (
        "refund",
        "correction",
        4000,
    )


def test_an_empty_cell_overwrites_nothing(bring: Bring) -> None:
    bring(FILE)
    batch = bring(FILE.replace("azhi30", "").replace("周女士", ""))
    assert batch.counts["changed"] == 0
    assert batch.counts["kept"] == 1
    assert Order.objects.get(number="D1").promo_code == "AZHI30"


def test_wrong_rows_hold_back_their_whole_order_and_no_other(bring: Bring, home: Home) -> None:
    batch = bring(
        FILE.replace("08:00,500,13800003391,周女士,,精华", "25:00,500,13800003391,周女士,,精华")
    )
    assert (batch.counts["new"], batch.counts["errors"], batch.counts["held"]) == (2, 1, 1)
    assert not Order.objects.filter(number="D3").exists()
    lines = (files.folder(batch.key) / files.ERRORS).read_text("utf-8-sig").splitlines()
    assert lines[0].endswith("行号,列,问题,怎么办")
    assert [line.split(",")[0] for line in lines[1:]] == ["D3", "D3"]
    assert ",5,付款时间," in lines[2]


def test_the_error_file_mended_comes_in(bring: Bring, home: Home) -> None:
    batch = bring(
        FILE.replace("08:00,500,13800003391,周女士,,精华", "25:00,500,13800003391,周女士,,精华")
    )
    mended = (
        (files.folder(batch.key) / files.ERRORS).read_text("utf-8-sig").replace("25:00", "08:00")
    )
    assert bring(mended, "错行.csv").counts["new"] == 1
    assert Order.objects.get(number="D3").amount == 50000


def test_a_suggestion_is_taken_for_all_rows_at_once(bring: Bring, inside: World) -> None:
    text = FILE.replace("10:00,299,", "10:00,299元（含运）,")
    batch = actions.receive(inside.brand, io.BytesIO(text.encode()), "o.csv", by=SYSTEM)
    actions.check(actions.set_mapping(batch, batch.mapping, {}, by=SYSTEM), by=SYSTEM)
    assert batch.counts["errors"] == 1
    actions.accept_suggestion(batch, "amount:money.text", by=SYSTEM)
    actions.check(batch, by=SYSTEM)
    assert batch.counts["errors"] == 0
    actions.write(batch, by=SYSTEM)
    assert Order.objects.get(number="D2").amount == 29900


def test_refunds_in_the_file_are_booked_once_and_grow(bring: Bring) -> None:
    bring(REFUNDED)
    bring(REFUNDED, "again.csv")
    refund = Refund.objects.get()
    assert (refund.amount, refund.order.number) == (32900, "D1")  # type: ignore[union-attr]
    (event,) = events("refund")
    assert (event["order_id"], event["amount"], event["day"]) == ("D1", 32900, 20261105)
    bring(REFUNDED.replace("退款中,329", "退款成功,1329"))
    assert sorted(Refund.objects.values_list("amount", flat=True)) == [32900, 100000]


def test_money_given_back_and_corrected_is_taken_off_the_code_that_sold_it(
    bring: Bring, inside: World, home: Home
) -> None:
    owned = {"code": "AZHI30", "owner_kind": "spot", "spot": "开箱卡", "platform": "xhs"}
    tracking.create_code(inside.brand, by=inside.editor.actor, **owned)
    bring(REFUNDED)
    bring(REFUNDED.replace("1,329.00", "1,319.00"), "改价.csv")
    outbox.relay(home)
    settle(home)
    for by, key in (("promo_code", "AZHI30"), ("platform", "xhs"), ("channel", "xhs")):
        question = Totals(
            inside.brand.key, 20261101, 20261130, ("orders", "net_revenue"), where=((by, key),)
        )
        (row,) = Lake(home).ask(question).rows.to_pylist()
        assert row == {"orders": 1, "net_revenue": 131900 - 32900}


def test_a_refunded_order_without_a_sum_was_refunded_whole(bring: Bring) -> None:
    bring(FILE.replace("交易成功", "退款成功"))
    assert Refund.objects.get().amount == 29900


def test_a_mapping_confirmed_by_hand_is_remembered(bring: Bring, inside: World) -> None:
    text = "编码甲,时刻乙,钱丙\nD9,2026-11-03,5\n"
    batch = actions.receive(
        inside.brand, io.BytesIO(text.encode()), "o.csv", by=SYSTEM, kind="orders"
    )
    with pytest.raises(ImportError_, match="还没有对应：订单号"):
        actions.set_mapping(batch, batch.mapping, {}, by=SYSTEM)
    with pytest.raises(ImportError_, match="付款时间或下单时间"):
        actions.set_mapping(batch, {"number": 0}, {}, by=SYSTEM)
    with pytest.raises(ImportError_, match="实付金额"):
        actions.set_mapping(batch, {"number": 0, "paid_at": 1}, {}, by=SYSTEM)
    with pytest.raises(ImportError_, match="对应了两项"):
        actions.set_mapping(batch, {"number": 0, "paid_at": 1, "amount": 1}, {}, by=SYSTEM)
    actions.set_mapping(batch, {"number": 0, "paid_at": 1, "amount": 2}, {}, by=SYSTEM)
    assert SavedMapping.objects.count() == 1
    again = actions.receive(
        inside.brand,
        io.BytesIO(text.encode() + b"D8,2026-11-03,6\n"),
        "p.csv",
        by=SYSTEM,
        kind="orders",
    )
    assert again.mapping == {"number": 0, "paid_at": 1, "amount": 2}
    assert set(again.matched_by.values()) == {"saved"}


def test_known_exports_are_recognised(inside: World, home: Home) -> None:
    heads = {
        "douyin_shop": "主订单编号,子订单编号,选购商品,商家编码,商品数量,商品金额,订单应付金额,订单提交时间,支付完成时间,订单状态",
        "tmall_items": "子订单编号,主订单编号,商品标题,商品价格,购买数量,订单状态,买家实付金额,退款金额,订单创建时间,订单付款时间",
        "online_retail": "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country",
    }
    for preset, head in heads.items():
        batch = actions.receive(
            inside.brand, io.BytesIO(f"{head}\n{','.join('x' * 8)}\n".encode()), "o.csv", by=SYSTEM
        )
        assert (batch.kind, batch.preset) == ("orders", preset)


def test_the_price_column_of_the_douyin_shop_is_not_the_order(bring: Bring) -> None:
    bring(
        "主订单编号,子订单编号,选购商品,商家编码,商品数量,商品金额,订单应付金额,订单提交时间,支付完成时间,订单状态\n"
        "691,691-1,修护霜,YH-1,2,100,180,2026-11-03 09:00:00,2026-11-03 09:01:00,已发货\n"
    )
    order = Order.objects.get()
    assert (order.amount, order.lines.get().unit_price) == (18000, 10000)


# -- the way back ---------------------------------------------------------------------------------


def test_a_code_credits_its_owner(bring: Bring, inside: World, home: Home) -> None:
    from shemei.apps.tracking.models import PromoCode
    from shemei.kernel import outbox

    PromoCode.objects.create(
        workspace=inside.brand,
        code="AZHI30",
        owner_kind="creator",
        creator_key="azhi",
        platform="xhs",
    )
    bring(FILE)
    outbox.relay(home)
    settle(home)
    credit = attribute(Lake(home), inside.brand.key, 20261101, 20261130, by="creator").models[
        "last"
    ]
    assert credit["azhi"].value == 132900 + 50000, "the same buyer came back within the look-back"


BOTH_TIMES = """订单编号,下单时间,付款时间,实付金额,订单状态
T1,2026-11-03 21:10,2026-11-03 21:12,99,已发货
"""


def test_an_empty_time_of_payment_keeps_the_old_one(bring: Bring) -> None:
    bring(BOTH_TIMES)
    paid_at = Order.objects.get(number="T1").paid_at
    told = len(events())
    batch = bring(BOTH_TIMES.replace("2026-11-03 21:12", ""))
    assert (batch.counts["changed"], batch.counts["kept"]) == (0, 1)
    assert Order.objects.get(number="T1").paid_at == paid_at
    assert len(events()) == told


def test_without_a_time_of_payment_ever_the_time_of_the_order_stands_for_it(bring: Bring) -> None:
    placed = "订单编号,下单时间,实付金额\nT2,2026-11-03 21:10,99\n"
    bring(placed)
    batch = bring(placed.replace("21:10", "21:40"))
    order = Order.objects.get(number="T2")
    assert batch.counts["changed"] == 1
    assert order.paid_at == order.placed_at
    assert order.paid_at.minute == 40
    assert bring(placed.replace("21:10", "21:40"), "又.csv").counts["same"] == 1


def test_an_older_file_takes_no_order_back(bring: Bring, inside: World) -> None:
    bring(BOTH_TIMES)
    batch = bring(BOTH_TIMES.replace("已发货", "已付款"))
    assert (batch.counts["changed"], Order.objects.get(number="T1").state) == (0, "shipped")
    page = inside.client().get(inside.url("imports:batch", batch.key)).content.decode()
    assert "1 单在系统里已走得更远" in page
    for state, word in (("done", "交易成功"), ("refunding", "退款中"), ("refunded", "已退款")):
        assert bring(BOTH_TIMES.replace("已发货", word)).counts["changed"] == 1
        assert Order.objects.get(number="T1").state == state
    bring(BOTH_TIMES)
    assert Order.objects.get(number="T1").state == "refunded"


def test_the_check_page_says_which_rows_change_from_what_to_what(
    bring: Bring, inside: World
) -> None:
    bring(FILE)
    text = (
        FILE.replace("交易成功", "退款中").replace("10:00,299", "10:00,259").replace("azhi30", "")
    )
    batch = actions.receive(
        inside.brand, io.BytesIO(text.encode()), "改过.csv", by=SYSTEM, kind="orders"
    )
    actions.check(batch, by=SYSTEM)
    page = inside.client().get(inside.url("imports:batch", batch.key)).content.decode()
    screen = check_screen(batch)
    told = {(c.row, c.subject, c.label, c.old, c.new) for c in screen.changes}
    assert told == {
        (3, "D2", "实付金额", "299.00", "259.00"),
        (3, "D2", "订单状态", "已签收", "退款中"),
    }
    assert [(c.row, c.subject, c.label, c.old) for c in screen.kept] == [
        (2, "D1", "优惠码", "AZHI30")
    ]
    assert "入库后会变的" in page and "表里空着，保留旧值的" in page
    actions.check(batch, by=SYSTEM)
    assert len(check_screen(batch).changes) == 2


def test_changed_goods_buyers_and_times_are_told_in_words(bring: Bring, inside: World) -> None:
    bring(FILE)
    bring(
        FILE.replace("D3", "D9").replace("13800003391,周女士,,修护霜", "13700001111,李先生,,修护霜")
    )
    text = FILE.replace("138 0000 3391", "13700001111").replace("试用装", "大样").replace("1,299,交易", "2,149,交易").replace("9:05", "9:06")  # fmt: skip
    batch = actions.receive(
        inside.brand, io.BytesIO(text.encode()), "又改.csv", by=SYSTEM, kind="orders"
    )
    actions.check(batch, by=SYSTEM)
    told = {c.label: (c.old, c.new) for c in check_screen(batch).changes}
    assert told["付款时间"] == ("2026-11-03 09:05:00", "2026-11-03 09:06:00")
    assert told["商品"] == ("精华 × 1", "精华 × 2")
    assert told["顾客"] == ("周＊＊ 尾号 3391", "李＊＊ 尾号 1111")


def test_no_more_than_fifty_changes_are_listed(bring: Bring, inside: World) -> None:
    head = "订单编号,付款时间,实付金额\n"
    bring(head + "".join(f"N{n},2026-11-03 09:05,10\n" for n in range(60)))
    text = head + "".join(f"N{n},2026-11-03 09:05,11\n" for n in range(60))
    batch = actions.receive(
        inside.brand, io.BytesIO(text.encode()), "六十.csv", by=SYSTEM, kind="orders"
    )
    actions.check(batch, by=SYSTEM)
    page = inside.client().get(inside.url("imports:batch", batch.key)).content.decode()
    assert (batch.counts["changed"], len(check_screen(batch).changes)) == (60, 50)
    assert "只列前 50 处" in page


TWO_OF_ONE = (
    "订单号,付款时间,商品编码,商品金额,实付\n"
    "P1,2026-11-03,A,100,300\nP1,2026-11-03,B,200,300\nP2,2026-11-04,A,100,100\n"
)


def test_rows_of_one_order_are_said_to_be_one(bring: Bring, inside: World) -> None:
    batch = bring(TWO_OF_ONE)
    assert (batch.count("new"), batch.merged) == (2, "2 单，来自 3 行")
    page = inside.client().get(inside.url("imports:batch", batch.key)).text
    assert "合起来是 2 单，来自 3 行：同一单的几行算一单" in " ".join(page.split())
    again = bring(TWO_OF_ONE.replace("P2", "P3"))
    assert (again.count("new"), again.merged) == (1, "2 单，来自 3 行")


def test_where_each_row_is_an_order_nothing_is_said(bring: Bring, inside: World) -> None:
    batch = bring("订单号,付款时间,实付\nP1,2026-11-03,1\nP2,2026-11-03,2\n")
    assert batch.merged == ""
    page = inside.client().get(inside.url("imports:batch", batch.key)).text
    assert "合起来是" not in page
