"""What the check says of rows: wrong ones with the cell as it was typed, odd ones with a remark, and they come in."""

from __future__ import annotations

import io
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from django.db import IntegrityError

from shemei.apps.brand.actions import add_account
from shemei.apps.commerce.models import Order
from shemei.kernel.actor import SYSTEM
from shemei.kernel.errors import UNEXPECTED
from shemei.kernel.imports import actions, files, together
from shemei.kernel.imports.errors import ImportError_
from shemei.kernel.imports.models import ImportBatch
from shemei.kernel.imports.shown import shown
from shemei.kernel.imports.stage import Stage
from shemei.kernel.imports.todos import waiting

if TYPE_CHECKING:
    from tests.world import World

    from shemei.warehouse.home import Home

HEAD = "订单号,付款时间,实付金额,手机号,订单状态\n"


@pytest.fixture
def place(inside: World, home: Home) -> World:
    return inside


def checked(place: World, text: str) -> ImportBatch:
    batch = actions.receive(place.brand, io.BytesIO(text.encode()), "订单.csv", by=SYSTEM, kind="orders")  # fmt: skip
    return actions.check(batch, by=SYSTEM)


def test_a_wrong_cell_is_shown_as_it_was_typed(place: World) -> None:
    batch = checked(place, HEAD + 'D1,2026-06-01,"¥-129.00",,已付款\n')
    with Stage(files.folder(batch.key) / files.STAGE) as stage:
        [problem] = stage.problems()
    assert (problem.value, problem.problem) == ("¥-129.00", "实付金额是负数")


def test_a_short_phone_and_a_cancelled_paid_order_come_in_with_a_remark(place: World) -> None:
    text = HEAD + "D1,2026-06-01,129,1380,已付款\nD2,2026-06-01,99,13800003391,已取消\n"
    batch = checked(place, text)
    assert (batch.error_rows, batch.count("new")) == (0, 2)
    said = "\n".join(batch.warnings)
    assert "手机号位数不对，订单照样入库，只是不能靠手机号认人：1 行（第 2 行）" in said
    assert "付过款又「已取消」、没写退款金额的，按整单退款记：1 行（第 3 行）" in said
    actions.write(batch, by=SYSTEM)
    assert Order.objects.count() == 2


def test_a_missing_header_is_refused_with_the_list(place: World) -> None:
    batch = actions.receive(
        place.brand, io.BytesIO("付款时间,金额\n2026-06-01,5\n".encode()), "a.csv", by=SYSTEM, kind="orders"
    )  # fmt: skip
    with pytest.raises(ImportError_, match="还没有对应：订单号.*表里有：付款时间、金额"):
        actions.set_mapping(batch, batch.mapping, batch.options, by=SYSTEM)


def test_the_account_is_chosen_beside_the_file(place: World) -> None:
    by = place.owner.actor
    one, _ = (add_account(place.brand, by=by, platform="wechat", name=n) for n in ("服务号", "订阅号"))  # fmt: skip
    text = "时间,新关注人数,取消关注人数,净增关注人数,累积关注人数\n2026-06-01,1,0,1,900\n"
    batch = actions.receive(place.brand, io.BytesIO(text.encode()), "增长.csv", by=by)
    [line] = together.lines([batch])
    assert line.ask is not None
    assert [label for _, label in line.ask.choices] == ["微信公众号 服务号", "微信公众号 订阅号"]
    url = f"{place.url('imports:together')}?in={batch.key}"
    browser = place.client()
    assert "哪个账号的" in browser.get(url).content.decode()
    browser.post(url, {"for": batch.key, "account": one.key})
    batch.refresh_from_db()
    assert batch.option("account") == one.key
    assert batch.state in ("checking", "ready")


@pytest.mark.parametrize("step", ["compare", "write_batch"])
@pytest.mark.parametrize(
    ("error", "told"),
    [
        (ImportError_("第 2 行不见了。请重新上传。"), "第 2 行不见了。请重新上传。"),
        (KeyError("name"), UNEXPECTED),
        (IntegrityError("UNIQUE constraint failed: commerce_order.number"), UNEXPECTED),
    ],
)
def test_a_batch_says_what_went_wrong_in_words_for_people(
    place: World, monkeypatch: pytest.MonkeyPatch, step: str, error: Exception, told: str
) -> None:
    def fail(*_: Any) -> None:
        raise error

    batch = actions.receive(
        place.brand, io.BytesIO((HEAD + "D1,2026-06-01,129,,已付款\n").encode()), "订单.csv", by=SYSTEM, kind="orders"
    )  # fmt: skip
    monkeypatch.setattr(type(batch.kind_of), step, fail)
    with pytest.raises(type(error)):
        actions.write(actions.check(batch, by=SYSTEM), by=SYSTEM)
    batch.refresh_from_db()
    assert (batch.state, batch.error) == (ImportBatch.State.FAILED, told)
    assert not Order.objects.exists()


def page_of(place: World, batch: ImportBatch) -> str:
    return place.client().get(place.url("imports:batch", batch.key)).content.decode()


def test_a_file_of_headers_alone_has_nothing_to_write_and_nobody_waits_for_it(
    place: World,
) -> None:
    batch = checked(place, HEAD)
    page = page_of(place, batch)
    assert "这份表只有表头，没有行，无需入库" in page
    assert "待入库" not in page
    assert "没有行，无需入库" in place.client().get(place.url("imports:history")).content.decode()
    request = SimpleNamespace(actor=place.owner.actor, workspace=place.brand)
    assert list(waiting(request)) == []  # type: ignore[arg-type]
    checked(place, HEAD + "D1,2026-06-01,129,,已付款\n")
    assert len(list(waiting(request))) == 1  # type: ignore[arg-type]


def test_a_mistake_names_the_column_of_the_file_too(place: World) -> None:
    head = HEAD.replace("实付金额", "买家实际支付金额")
    batch = checked(place, head + "D1,2026-06-01,一百,,已付款\nD2,昨天,1,,已付款\n")
    with Stage(files.folder(batch.key) / files.STAGE) as stage:
        labels = [problem.label for problem in stage.problems()]
    assert labels == ["实付金额（表里的「买家实际支付金额」）", "付款时间"]


def test_masked_phones_are_said_once(place: World) -> None:
    text = HEAD + "D1,2026-06-01,129,138****2222,已付款\nD2,2026-06-01,99,139****1111,已付款\n"
    batch = checked(place, text)
    said = "不能靠手机号认出是同一个人：2 行（第 2、3 行）"
    assert said in page_of(place, batch)
    actions.write(batch, by=SYSTEM)
    assert said in page_of(place, batch)


def test_more_rows_than_are_named_are_told_without_a_gap(place: World) -> None:
    rows = "".join(f"D{n},2026-06-01,129,138****222{n},已付款\n" for n in range(4))
    assert "4 行（第 2、3、4 等行）" in page_of(place, checked(place, HEAD + rows))


def test_rows_left_out_are_told_before_anything_is_written(place: World) -> None:
    batch = checked(place, HEAD + "D1,2026-06-01,129,,已付款\nD2,,9,,待付款\n")
    client = place.client()
    assert "未付款：1 行" in page_of(place, batch)
    page = client.get(place.url("imports:together") + f"?in={batch.key}").content.decode()
    assert "未付款：1 行" in page


def test_a_name_is_shown_as_it_will_be_kept(place: World) -> None:
    text = "订单号,付款时间,实付金额,姓名\nD1,2026-06-01,129,林小满\n"
    batch = actions.receive(
        place.brand, io.BytesIO(text.encode()), "a.csv", by=SYSTEM, kind="orders"
    )
    [name] = [one for one in batch.kind_of.fields if one.key == "buyer_name"]
    assert shown(name, "林小满") == "林＊＊"
    assert "林＊＊" in page_of(place, batch)


def test_what_was_undone_promises_nothing(place: World) -> None:
    head = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"
    rows = "536365,A1,LANTERN,6,2026-06-01 08:26,2.55,17850,UK\nC536399,B2,LAMP,-1,2026-06-02 08:26,2.55,17850,UK\n"
    batch = checked(place, head + rows)
    actions.write(batch, by=SYSTEM)
    assert "已单独记为退款" in page_of(place, batch)
    actions.undo(batch, by=SYSTEM)
    page = page_of(place, batch)
    assert "可新增" not in page and "已单独记为退款" not in page
    assert "新增，已取走" in page
