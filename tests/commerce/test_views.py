"""Pages of orders, and the wizard that brings them in: a golden path each, and who may not."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from tests.commerce.conftest import brought
from tests.commerce.files import FILE, REFUNDED

from shemei.apps.commerce.models import Order, Refund
from shemei.kernel import tasks
from shemei.kernel.imports import actions as imports
from shemei.kernel.imports import jobs
from shemei.kernel.imports.errors import ImportError_
from shemei.kernel.imports.models import ImportBatch
from shemei.kernel.models import LongTask, OutboxEvent

if TYPE_CHECKING:
    from tests.world import World

PAGES = ("commerce:orders", "commerce:refunds", "commerce:products", "commerce:customers")


@pytest.fixture
def shop(world: World, home: Any) -> World:
    """A brand with three orders and a refund."""
    with world.scope():
        brought(world, REFUNDED)
    return world


def of(world: World, number: str) -> Order:
    with world.scope():
        return Order.objects.get(number=number)


@pytest.mark.parametrize("name", PAGES)
def test_lists_show_and_export(shop: World, name: str) -> None:
    client = shop.client()
    page = client.get(shop.url(name))
    assert page.status_code == 200
    assert client.get(shop.url(name) + "?export=csv").status_code == 200


def test_the_list_of_orders_filters_and_sums(shop: World) -> None:
    client, url = shop.client(), shop.url("commerce:orders")
    assert "共 3 单" in (text := client.get(url).content.decode()) or "3 单" in text
    assert "客单价" in text
    for query, shown, hidden in (
        ("q=3391", "D1", "D2"),
        ("q=精华", "D2", "D1"),
        ("code=yes", "D1", "D2"),
        ("way=untied", "D2", "D1"),
        ("state=done", "D2", "D3"),
        ("paid_from=2026-11-04&paid_to=2026-11-04", "D3", "D2"),
    ):
        found = client.get(f"{url}?{quote(query, safe='=&')}").content.decode()
        assert f">{shown}<" in found, query
        assert f">{hidden}<" not in found, query


def test_an_order_as_page_and_as_drawer(shop: World) -> None:
    client, url = shop.client(), shop.url("commerce:order", of(shop, "D1").key)
    for headers in ({}, {"HX-Request": "true", "HX-Target": "drawer"}):
        text = client.get(url, headers=headers).content.decode()
        assert "D1" in text
        assert "AZHI30" in text
        assert "尾号 3391" in text
        assert "138" not in text.replace("1,38", "")
    assert "<html" not in text


def test_an_order_by_hand(shop: World) -> None:
    client, url = shop.client(), shop.url("commerce:new")
    assert client.get(url).status_code == 200
    data = {"number": "H-1", "paid_at": "2026/11/3 9:05", "amount": "￥１２９．００", "currency": "CNY", "state": "paid",
            "phone": "138 0000 3391", "lines": "YH-1，修护霜，1，129"}  # fmt: skip
    assert client.post(url, data).status_code == 302
    order = of(shop, "H-1")
    assert (order.amount, order.source) == (12900, "manual")
    with shop.scope():
        assert order.customer == Order.objects.get(number="D1").customer


def test_a_wrong_form_keeps_what_was_typed(shop: World) -> None:
    data = {
        "number": "H-1",
        "paid_at": "2026/13/04",
        "amount": "免费",
        "currency": "CNY",
        "state": "paid",
        "lines": "a,b",
    }
    page = shop.client().post(shop.url("commerce:new"), data)
    text = page.content.decode()
    assert page.status_code == 200
    for words in (
        "13 月不存在",
        "不是金额",
        "应为 4 项",
        'value="H-1"',
        'value="2026/13/04"',
        'value="免费"',
    ):
        assert words in text


def test_a_refund_by_hand(shop: World) -> None:
    client, url = shop.client(), shop.url("commerce:refund", of(shop, "D2").key)
    assert "299.00" in client.get(url).content.decode()
    refused = client.post(url, {"amount": "300", "refunded_at": "2026-11-05 10:00"})
    assert "最多 299.00" in refused.content.decode()
    assert client.post(url, {"amount": "100", "refunded_at": "2026-11-05 10:00"}).status_code == 302
    with shop.scope():
        assert Refund.objects.get(order__number="D2").amount == 10000


def upload(world: World, client: Any, text: str, name: str = "订单.csv") -> ImportBatch:
    file = SimpleUploadedFile(name, text.encode())
    done = client.post(world.url("imports:upload"), {"file": file, "kind": ""})
    assert done.status_code == 302
    with world.scope():
        return ImportBatch.objects.select_related("workspace").first()  # type: ignore[return-value]


def mapped(batch: ImportBatch) -> dict[str, str]:
    columns = {f"f-{key}": str(index) for key, index in batch.mapping.items()}
    return columns | {f"o-{key}": value for key, value in batch.options.items()}


@pytest.mark.django_db(transaction=True)
def test_the_wizard_from_file_to_orders_and_back(world: World, home: Any) -> None:
    client = world.client(world.editor)
    assert client.get(world.url("imports:upload")).status_code == 200
    text = FILE.replace("10:00,299,", "10:00,299元（含运）,")
    batch = upload(world, client, text)
    page = world.url("imports:batch", batch.key)
    mapping = client.get(page).content.decode()
    assert "对表头" in mapping
    assert "1,329.00" in mapping
    assert "13800003391" not in mapping.split("原表的前几行")[0]
    preview = client.get(world.url("imports:preview", batch.key), mapped(batch) | {"f-amount": ""})
    assert preview.status_code == 200
    client.post(world.url("imports:mapping", batch.key), mapped(batch))
    check = client.get(page).content.decode()
    assert "照此改 1 行" in check
    assert "入库 2 单" in check
    client.post(world.url("imports:repair", batch.key), {"group": "amount:money.text"})
    assert "入库 3 单" in client.get(page).content.decode()
    client.post(world.url("imports:write", batch.key))
    result = client.get(page).content.decode()
    assert "已入库" in result
    assert of(world, "D2").amount == 29900
    client.post(world.url("imports:undo", batch.key))
    assert "已撤销" in client.get(page).content.decode()
    with world.scope():
        assert Order.objects.count() == 0


@pytest.mark.parametrize("name", ["orders.plain", "errors.csv", "../../x.csv", "stage.sqlite3"])
def test_any_file_name_is_as_good_as_another(world: World, home: Any, name: str) -> None:
    client = world.client()
    batch = upload(world, client, FILE, name)
    assert "1,329.00" in client.get(world.url("imports:batch", batch.key)).content.decode()


@pytest.mark.django_db(transaction=True)
def test_two_clicks_are_one_check_and_one_writing(world: World, home: Any) -> None:
    client = world.client()
    batch = upload(world, client, FILE)
    with world.scope():
        late = ImportBatch.objects.get(pk=batch.pk)
    client.post(world.url("imports:mapping", batch.key), mapped(batch))
    with world.scope():
        first, second = (ImportBatch.objects.get(pk=batch.pk) for _ in range(2))
        assert jobs.begin(first, "write", by=world.owner.actor)
        assert not jobs.begin(second, "write", by=world.owner.actor)
        with pytest.raises(ImportError_, match="已入库"):
            imports.set_mapping(late, late.mapping, {}, by=world.owner.actor)
        assert LongTask.objects.count() == 2
        assert ImportBatch.objects.get().state == "done"


@pytest.mark.django_db(transaction=True)
def test_a_killed_writing_goes_on_under_a_task_of_its_own(world: World, home: Any) -> None:
    client = world.client()
    batch = upload(world, client, FILE)
    client.post(world.url("imports:mapping", batch.key), mapped(batch))
    long_ago = timezone.now() - timedelta(hours=1)
    with world.scope():
        dead = tasks.create(world.brand, LongTask.Kind.IMPORT, "入库", by=world.owner.actor)
        LongTask.objects.filter(pk=dead.pk).update(state="running", updated_at=long_ago)
        ImportBatch.objects.update(task=dead, state="writing", touched_at=long_ago)
    assert jobs.resume_stalled.call_local() == 1
    with world.scope():
        dead.refresh_from_db()
        assert (dead.state, "接着做" in dead.error) == ("failed", True)
        jobs.run_batch.call_local(batch.pk, "write", dead.pk)
        assert ImportBatch.objects.get().state == "done"
        told = [
            json.loads(event)["kind"]
            for event in OutboxEvent.objects.values_list("event", flat=True)
        ]
        assert told.count("order") == Order.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_the_same_file_is_said_to_be_the_same(shop: World) -> None:
    client = shop.client()
    batch = upload(shop, client, REFUNDED)
    page = client.get(shop.url("imports:batch", batch.key)).content.decode()
    assert "这份文件已经入库" in page
    client.post(shop.url("imports:cancel", batch.key))
    with shop.scope():
        assert ImportBatch.objects.count() == 1


def test_what_is_no_table_is_said_on_the_page(world: World, home: Any) -> None:
    client = world.client()
    page = client.post(
        world.url("imports:upload"), {"file": SimpleUploadedFile("a.pdf", b"%PDF-1.7"), "kind": ""}
    )
    assert "其实是一份 PDF，不是表格" in page.content.decode()
    assert "还没有选文件" in client.post(world.url("imports:upload"), {"kind": ""}).content.decode()


def test_a_mapping_that_lacks_something_says_what(world: World, home: Any) -> None:
    client = world.client()
    batch = upload(world, client, FILE)
    chosen = mapped(batch) | {"f-number": ""}
    page = client.post(world.url("imports:mapping", batch.key), chosen).content.decode()
    assert "还没有对应：订单号" in page


def test_template_error_file_and_history(shop: World) -> None:
    client = shop.client()
    assert "订单号" in client.get(shop.url("imports:template", "orders")).content.decode(
        "utf-8-sig"
    )
    assert client.get(shop.url("imports:history")).status_code == 200
    with shop.scope():
        key = ImportBatch.objects.get().key
    assert client.get(shop.url("imports:errors", key)).status_code == 404


def urls_of(world: World) -> list[str]:
    with world.scope():
        order, batch = Order.objects.first(), ImportBatch.objects.first()
        assert order
        assert batch
    return [
        *(world.url(name) for name in PAGES),
        world.url("commerce:order", order.key),
        world.url("commerce:new"),
        world.url("commerce:refund", order.key),
        world.url("imports:upload"),
        world.url("imports:history"),
        world.url("imports:batch", batch.key),
        world.url("imports:template", "orders"),
    ]


def test_strangers_see_none_of_it(shop: World) -> None:
    client = shop.client(shop.stranger)
    assert {client.get(url).status_code for url in urls_of(shop)} == {404}


def test_their_own_space_holds_none_of_our_rows(shop: World) -> None:
    from shemei.kernel.urls import wurl

    client = shop.client(shop.stranger)
    ours = of(shop, "D1").key
    assert client.get(wurl(shop.other_brand, "commerce:order", ours)).status_code == 404
    assert ">D1<" not in client.get(wurl(shop.other_brand, "commerce:orders")).content.decode()


def test_who_may_not_is_told_so(shop: World) -> None:
    external, editor = shop.client(shop.external), shop.client(shop.editor)
    assert {external.get(url).status_code for url in urls_of(shop)} == {403}
    assert editor.get(shop.url("commerce:new")).status_code == 403
    assert editor.get(shop.url("commerce:orders")).status_code == 200


def test_orders_that_only_the_tag_told_are_mentioned(world: World, home: Any) -> None:
    from tests.warehouse import cast

    told = cast.event(
        "order", "11-05 10:00", world.brand.key, order_id="T-1", amount=9_900, source="tag"
    )
    cast.put(home, [told])
    shown = world.client().get(world.url("commerce:orders")).content.decode()
    assert "另有 1 单只由网站代码报来" in shown
