"""The pages of exchange rates, and whatever else tells of orders in another currency."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from tests.commerce.conftest import Bring
from tests.commerce.programs import ORDER, Program
from tests.commerce.rate_files import FILE, figures, pounds, rate

from shemei.apps.commerce import rates
from shemei.apps.commerce.models import ExchangeRate, Order
from shemei.kernel import outbox
from shemei.kernel.actor import SYSTEM
from shemei.kernel.models import AuditEntry
from shemei.kernel.permissions import Permission as P
from shemei.warehouse.computed.settling import settle

if TYPE_CHECKING:
    from tests.world import World

    from shemei.warehouse.home import Home


def text_of(response: Any) -> str:
    """What a page says, in one line."""
    plain = re.sub(r"<[^>]*>", "", response.content.decode())
    return re.sub(r"\s+", " ", plain)


def test_the_empty_page_teaches_and_leads_on(inside: World) -> None:
    page = inside.client().get(inside.url("commerce:rates"))
    said = text_of(page)
    assert "还没有汇率" in said and "退款按它那一单的汇率" in said
    assert inside.url("commerce:rate_new") in page.content.decode()


def test_what_waits_is_said_where_people_look_with_the_form_filled_in(
    bring: Bring, inside: World, home: Home
) -> None:
    bring(FILE, currency="GBP")
    client, sentence = inside.client(), "3 单以英镑计价，还没有汇率，没算进看板"
    link = f"{inside.url('commerce:rate_new')}?currency=GBP&amp;since=2026-11-03"
    for name in ("commerce:rates", "insight:todos", "insight:quality"):
        page = client.get(inside.url(name))
        assert sentence in text_of(page), name
        assert link in page.content.decode(), name
    assert "3 单等汇率，没算在内" in text_of(client.get(inside.url("insight:overview")))
    order = Order.objects.get(number="G1")
    assert "还没有英镑的汇率，这一单没算进看板" in text_of(
        client.get(inside.url("commerce:order", order.key))
    )
    form = client.get(link.replace("&amp;", "&")).content.decode()
    assert 'value="2026-11-03"' in form and '<option value="GBP" selected>' in form


def test_who_may_not_see_money_is_told_nothing(bring: Bring, inside: World, home: Home) -> None:
    bring(FILE, currency="GBP")
    todos = inside.client(inside.external).get(inside.url("insight:todos"))
    assert "英镑" not in todos.content.decode()
    assert inside.client(inside.external).get(inside.url("commerce:rates")).status_code == 403
    assert inside.client(inside.external).get(inside.url("commerce:rate_new")).status_code == 403


def test_a_rate_is_entered_corrected_and_removed(bring: Bring, inside: World, home: Home) -> None:
    bring(FILE, currency="GBP")
    client = inside.client(inside.editor)
    told = {"currency": "GBP", "since": "2026-11-01", "rate": "9.2"}
    page = client.post(inside.url("commerce:rate_new"), told, follow=True)
    assert "3 单按它算进看板" in page.content.decode()
    row = ExchangeRate.objects.get()
    assert (row.rate, row.set_by) == (Decimal("9.2"), "阿丽")
    assert "1 英镑 = 9.2 人民币" in text_of(client.get(inside.url("commerce:rates")))
    form = client.get(inside.url("commerce:rate", row.key)).content.decode()
    assert 'value="9.2"' in form and "删除这一条" in form
    client.post(inside.url("commerce:rate", row.key), told | {"rate": "9.3"})
    row.refresh_from_db()
    assert row.rate == Decimal("9.3")
    client.post(inside.url("commerce:rate_remove", row.key))
    assert not ExchangeRate.objects.exists()
    verbs = AuditEntry.objects.filter(verb__startswith="rate.").order_by("id")
    assert [entry.sentence for entry in verbs] == [
        "填写汇率：1 英镑 = 9.2 人民币（2026-11-01 起）",
        "更正汇率：1 英镑 = 9.3 人民币（2026-11-01 起），原为2026-11-01 起 1 英镑 = 9.2 人民币",
        "删除汇率：1 英镑 = 9.3 人民币（2026-11-01 起）",
    ]


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"rate": "0"}, "汇率须大于 0"),
        ({"rate": "九"}, "汇率：要填数字，例如 329.00。"),
        ({"since": ""}, "从哪天起：这里要填。"),
        ({"currency": "CNY"}, "币种：选项里没有这一个，请重新选。"),
    ],
)
def test_a_form_that_cannot_be_keeps_what_was_typed(
    inside: World, values: dict[str, str], said: str
) -> None:
    told = {"currency": "GBP", "since": "2026-11-01", "rate": "9.2"} | values
    page = inside.client().post(inside.url("commerce:rate_new"), told)
    assert page.status_code == 200 and said in text_of(page)
    assert f'value="{told["rate"]}"' in page.content.decode()
    assert not ExchangeRate.objects.exists()


def test_the_list_says_until_when_a_rate_is_in_force(inside: World) -> None:
    rate(inside, "9", "2026-11-01")
    rate(inside, "10", "2026-11-05")
    assert "11-04" in text_of(inside.client().get(inside.url("commerce:rates")))


def test_an_order_and_its_way_show_both_amounts_as_they_stand(inside: World, home: Home) -> None:
    row = rate(inside, "9")
    order = pounds(inside, "G1", 13_000)
    rates.correct_rate(row, since=date(2026, 11, 1), rate=Decimal("9.2"), by=SYSTEM)
    outbox.relay(home)
    settle(home)
    said = text_of(inside.client().get(inside.url("commerce:order", order.key)))
    assert "实付£130.00" in said.replace(" ", "")
    assert "¥1,196.00" in said and "汇率 9.2，看板按它算" in said
    assert "¥1,196.00（£130.00，汇率9.2）" in said.replace(" ", "")
    assert "退款" not in said.partition("一路走来")[2]


def test_orders_are_found_that_wait(bring: Bring, inside: World, home: Home) -> None:
    rate(inside, "9", "2026-11-04")
    bring(FILE, currency="GBP")
    said = text_of(inside.client().get(inside.url("commerce:orders") + "?rate=waiting"))
    assert "G1" in said and "G2" not in said


def test_a_program_keeps_rates_and_reads_what_an_order_is_worth(inside: World, home: Home) -> None:
    erp = Program(inside.owner, [P.ORDERS, P.CUSTOMERS])
    order = erp.post("/orders", ORDER | {"currency": "GBP"}).json()
    assert (order["worth"], order["rate"]) == (None, "")
    told = {"currency": "GBP", "since": "2026-11-01", "rate": "9.2"}
    for value, orders in (("9.2", 1), ("9.20", 0), ("9.3", 1)):
        said = erp.put("/rates", told | {"rate": value})
        assert said.status_code == 200, said.content
        assert said.json()["orders"] == orders
    assert erp.get("/rates").json() == [told | {"rate": "9.3", "orders": 0}]
    read = erp.get("/orders/A-1").json()
    assert (read["worth"], read["rate"]) == (305_970, "9.3")
    assert erp.put("/rates", told | {"currency": "CNY"}).status_code == 422
    assert figures(inside, home)[:2] == (1, 305_970)
