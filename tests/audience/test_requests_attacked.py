"""个人信息请求 under attack: a common word is nobody, and a contact is found however it is written."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from django.test import Client
from django_scopes import scope
from tests.tracking.landing.support import FORM, make, ready, variant_of, write

from shemei.apps.audience import personal
from shemei.apps.commerce.models import Customer, Order
from shemei.apps.creators.models import Creator
from shemei.apps.tracking.landing.models import Lead
from shemei.kernel.erasure import erase_operational
from shemei.kernel.imports import files
from shemei.kernel.imports.models import ImportBatch

if TYPE_CHECKING:
    from tests.world import World

    from shemei.warehouse.home import Home


@pytest.mark.parametrize("word", ["2026", "KOC合作", "summer-sale"])
def test_a_word_of_a_note_is_nobody(inside: World, home: Home, word: str) -> None:
    Creator.objects.create(
        workspace=inside.brand, name="阿宝", platform="xhs", note=f"报价 {word} 起"
    )
    assert personal.look_up(inside.brand, word) is None


def test_a_known_customer_number_is_found_in_notes_too(inside: World, home: Home) -> None:
    Creator.objects.create(
        workspace=inside.brand, name="阿宝", platform="xhs", note="顾客 TB-7788 推荐"
    )
    Customer.objects.create(workspace=inside.brand, ref="TB-7788", name_masked="小**")
    found = personal.look_up(inside.brand, "TB-7788")
    assert found and sum(one.count for one in found.held) == 2


@pytest.mark.parametrize(
    "wanted",
    [
        "13800138000",
        "138 0013 8000",
        "138-0013-8000",
        "+86 138 0013 8000",
        "１３８００１３８０００",
        "8613800138000",
    ],
)
def test_a_lead_is_found_by_a_number_as_people_write_it(
    inside: World, home: Home, wanted: str
) -> None:
    ready(inside, make(inside))
    Client().post("/p/huanji", FORM)
    Lead.objects.update(visitor="")
    found = personal.look_up(inside.brand, wanted)
    assert found and {one.name: one.count for one in found.held}["落地页线索"] == 1


def test_a_lead_is_found_by_wechat(inside: World, home: Home) -> None:
    page = make(inside)
    variant = variant_of(page)
    write(inside, variant, "form", asked="wechat")
    ready(inside, page)
    Client().post("/p/huanji", {"wechat": "Xiaoman_88", "agree": "1"})
    assert Lead.objects.count() == 1
    found = personal.look_up(inside.brand, "xiaoman_88")
    assert found and {one.name: one.count for one in found.held}["落地页线索"] == 1
    with scope(workspace=inside.other_brand):
        assert personal.look_up(inside.other_brand, "xiaoman_88") is None
        assert personal.look_up(inside.other_brand, "13800138000") is None


def test_an_import_that_is_being_written_leaves_no_half_when_its_upload_is_cleared(
    inside: World, home: Home
) -> None:
    batch = ImportBatch.objects.create(
        workspace=inside.brand, kind="orders", file_name="双11.csv", state="writing", position=1,
        headers=["订单号", "手机"], header_row=1,
    )  # fmt: skip
    (files.make(batch.key) / f"{files.SOURCE}.csv").write_text(
        "订单号,手机\nA1,13900139000\nA2,13800138000\n", encoding="utf-8-sig"
    )
    now = datetime.now(UTC)
    for number in ("A1", "A0"):
        Order.objects.create(
            workspace=inside.brand, number=number, amount=100, placed_at=now, paid_at=now,
            batch=batch.key if number == "A1" else "",
        )  # fmt: skip
    found = personal.look_up(inside.brand, "13800138000")
    assert found
    erase_operational(inside.brand, found.person)
    batch.refresh_from_db()
    assert (batch.state, batch.position) == ("failed", 0)
    assert [order.number for order in Order.objects.all()] == ["A0"]
