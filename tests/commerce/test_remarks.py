"""Promo codes in shops' remarks: found as whole words, never guessed; the remark itself is not kept."""

from __future__ import annotations

import io
import sqlite3
import time
from typing import TYPE_CHECKING

import pytest
from tests.commerce.conftest import Bring
from tests.commerce.files import events

from shemei.apps.commerce.models import Order
from shemei.apps.commerce.remarks import codes_in
from shemei.apps.tracking import actions as tracking
from shemei.kernel.actor import SYSTEM
from shemei.kernel.imports import actions, files
from shemei.kernel.imports.models import ImportBatch

if TYPE_CHECKING:
    from tests.world import World

HEAD = "订单编号,付款时间,实付金额,优惠码,商家备注,买家留言\n"
KNOWN = frozenset({"AZHI30", "BO20", "888888", "阿枝专享", "30", "NEW-1"})


@pytest.fixture
def codes(inside: World) -> World:
    for code in ("AZHI30", "BO20"):
        tracking.create_code(inside.brand, by=inside.owner.actor, code=code, owner_kind="spot", spot="店铺", platform="xhs")  # fmt: skip
    return inside


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("AZHI30", "AZHI30"), ("用码azhi30下单", "AZHI30"), ("ＡＺＨＩ３０，谢谢", "AZHI30"), ("「AzHi30」", "AZHI30"),
        ("达人:AZHI30-已发", "AZHI30"), ("AZHI301", ""), ("XAZHI30", ""), ("AZHI30-B", ""), ("AZHI_30", ""), ("AZHI30é", ""),
        ("优惠码888888", "888888"), ("888888", "888888"), ("单号8888881", ""), ("888888件", ""), ("¥888888", ""), ("888888.5", ""), ("138****888888", ""),
        ("优惠码：888888。", "888888"), ("30天内发", ""), ("满30.5减", ""), ("11:30前", ""), ("口令阿枝专享", "阿枝专享"), ("口令是30", "30"), ("指令30", ""), ("时令30", ""), ("阿枝专享 谢谢", "阿枝专享"),
        ("阿枝专享款", ""), ("老阿枝专享", ""), ("new-1", "NEW-1"), ("NEW-12", ""), ("尽快发货", ""), ("", ""), ("AZHI30/AZHI30", "AZHI30"), ("AZHI30、BO20", "AZHI30 BO20"),
    ],
)  # fmt: skip
def test_a_code_counts_where_it_is_a_word_of_its_own(text: str, found: str) -> None:
    assert codes_in(text, KNOWN) == set(found.split())


def test_a_long_cell_is_read_in_a_moment() -> None:
    """The work grows with the length of the cell, not with its square."""
    for filling in ("中a", "码1"):
        begun = time.process_time()
        assert codes_in(f"{filling * 5_000}用码AZHI30", KNOWN) == {"AZHI30"}
        assert time.process_time() - begun < 5


def code_of(number: str) -> str:
    return Order.objects.get(number=number).promo_code


def test_the_remark_names_the_code_of_its_order(codes: World, bring: Bring) -> None:
    batch = bring(
        HEAD
        + "D1,2026-11-03 10:00,299,,达人码ａｚｈｉ30 张三催单,\n"
        + "D2,2026-11-03 10:00,299,,,老师推荐 bo20\n"
        + "D3,2026-11-03 10:00,299,,AZHI300 与 NOBODY7,不要香菜\n"
        + "D4,2026-11-03 10:00,299,OTHER9,AZHI30,BO20\n"
        + "D5,2026-11-03 10:00,299,,AZHI30,BO20\n"
    )
    assert [code_of(f"D{n}") for n in range(1, 6)] == ["AZHI30", "BO20", "", "OTHER9", ""]
    assert batch.remarks == [
        "2 单的优惠码是从备注里认出的。",
        "1 单的备注里写着几个不同的优惠码，一个都没有取：要算给谁，请写在优惠码一列。",
    ]
    assert batch.counts["extra"]["优惠码没有登记的单"] == 1
    touches = {event["order_id"]: event["promo_code"] for event in events("redeem")}
    assert touches == {"D1": "AZHI30", "D2": "BO20", "D4": "OTHER9"}
    assert all(event["platform"] == "xhs" for event in events("redeem")[:2])


def test_the_lines_of_one_order_are_read_together(codes: World, bring: Bring) -> None:
    head = "订单编号,付款时间,实付金额,优惠码,商家备注\n"
    line = "2026-11-03 10:00,299"
    bring(head + f"D1,{line},,AZHI30\nD1,{line},,azhi30\nD2,{line},,AZHI30\nD2,{line},,BO20\nD3,{line},,AZHI30\nD3,{line},OWN,\n")  # fmt: skip
    assert [code_of(f"D{n}") for n in (1, 2, 3)] == ["AZHI30", "", "OWN"]


def test_a_remark_takes_no_code_from_an_order_that_has_one(codes: World, bring: Bring) -> None:
    bring("订单编号,付款时间,实付金额,优惠码\nD1,2026-11-03 10:00,299,BO20\n")
    again = bring("订单编号,付款时间,实付金额,商家备注\nD1,2026-11-03 10:00,299,AZHI30\n")
    assert (code_of("D1"), again.count("same")) == ("BO20", 1)


def test_a_code_of_another_brand_is_none(codes: World, bring: Bring, world: World) -> None:
    from django_scopes import scope

    with scope(workspace=codes.other_brand):
        tracking.create_code(codes.other_brand, by=codes.stranger.actor, code="THEIRS", owner_kind="spot", spot="店", platform="xhs")  # fmt: skip
    bring(HEAD + "D1,2026-11-03 10:00,299,,THEIRS,\n")
    assert code_of("D1") == ""


def test_the_text_of_a_remark_is_kept_nowhere(codes: World) -> None:
    text = HEAD + "D1,2026-11-03 10:00,299,,AZHI30 王小明急用,家住三单元\n"
    batch = actions.receive(codes.brand, io.BytesIO(text.encode()), "订单.csv", by=SYSTEM, kind="orders")  # fmt: skip
    lines = codes.client().get(codes.url("imports:mapping", batch.key)).text
    assert "只在里面找登记过的优惠码" in lines and "只找优惠码</span>" in lines
    actions.check(batch, by=SYSTEM)
    with sqlite3.connect(files.folder(batch.key) / files.STAGE) as stage:
        held = b"".join(body for (body,) in stage.execute("SELECT body FROM staged")).decode()
    assert "AZHI30" in held
    actions.write(batch, by=SYSTEM)
    told = [held, str(events()), str(list(ImportBatch.objects.values())), str(list(Order.objects.values()))]  # fmt: skip
    for secret in ("王小明", "三单元", "急用"):
        assert not any(secret in one for one in told)


def test_money_of_another_currency_is_said_to_wait_for_its_rate(codes: World, bring: Bring) -> None:
    head = "订单编号,付款时间,实付金额\nD1,2026-11-03 10:00,299\n"
    assert bring(head, currency="CNY").remarks == []
    [said] = bring(head.replace("D1", "D2"), currency="GBP").remarks
    assert (
        said.startswith("1 单是英镑，付款那天还没有汇率：先等着")
        and "「链接与订单 › 汇率」" in said
    )
