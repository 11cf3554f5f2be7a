"""Orders through the API: once, in one's own brand, with words that a programmer can act on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from tests.commerce.programs import ORDER, Program

from shemei.apps.commerce.models import Customer, Order, Refund
from shemei.kernel.models import OutboxEvent
from shemei.kernel.permissions import Permission as P

if TYPE_CHECKING:
    from tests.world import World


@pytest.fixture
def erp(world: World) -> Program:
    return Program(world.owner, [P.ORDERS, P.CUSTOMERS])


def test_an_order_is_recorded_once_and_told_to_the_log(erp: Program, world: World) -> None:
    made = erp.post("/orders", ORDER)
    assert made.status_code == 201, made.content
    told = made.json()
    assert (
        told["number"],
        told["amount"],
        told["promo_code"],
        told["phone_tail"],
        told["result"],
    ) == ("A-1", 32900, "AZHI30", "3391", "new")
    assert told["lines"][0]["amount"] == 32900
    again = erp.post("/orders", ORDER)
    assert (again.status_code, again["Idempotency-Replayed"], again.json()) == (201, "true", told)
    other_key = erp.post("/orders", ORDER, key="k-2")
    assert (other_key.status_code, other_key.json()["result"]) == (200, "same")
    with world.scope():
        assert Order.objects.count() == 1
        assert OutboxEvent.objects.count() == 2  # the use of the code and the order
        assert "13800003391" not in str(Customer.objects.values_list("phone_hash", "name_masked"))


def test_the_same_number_with_other_values_updates(erp: Program, world: World) -> None:
    erp.post("/orders", ORDER)
    changed = erp.post("/orders", ORDER | {"state": "shipped"}, key="k-2")
    assert (changed.status_code, changed.json()["result"], changed.json()["state"]) == (
        200,
        "changed",
        "shipped",
    )


def test_a_key_for_another_order_is_a_conflict(erp: Program) -> None:
    erp.post("/orders", ORDER)
    assert erp.post("/orders", ORDER | {"number": "A-2"}).status_code == 409


def test_an_order_is_read_by_its_number(erp: Program) -> None:
    erp.post("/orders", ORDER)
    assert erp.get("/orders/A-1").json()["customer"]
    missing = erp.get("/orders/nope")
    assert (missing.status_code, "nope" in missing.json()["detail"]) == (404, True)


def test_refunds_are_booked_once_and_never_more_than_was_paid(erp: Program, world: World) -> None:
    erp.post("/orders", ORDER)
    refund = {
        "amount": 10000,
        "number": "R-1",
        "refunded_at": "2026-11-12T10:00:00+08:00",
        "reason": "破损",
    }
    assert erp.post("/orders/A-1/refunds", refund, key="r-1").status_code == 201
    assert erp.post("/orders/A-1/refunds", refund, key="r-2").status_code == 200
    other = erp.post("/orders/A-1/refunds", refund | {"amount": 9900}, key="r-5")
    assert other.status_code == 409
    assert "100.00" in other.json()["detail"]
    assert "99.00" in other.json()["detail"]
    too_much = erp.post("/orders/A-1/refunds", {"amount": 22901, "number": "R-2"}, key="r-3")
    assert too_much.status_code == 422
    assert "229.00" in too_much.json()["detail"]
    rest = erp.post("/orders/A-1/refunds", {"amount": 22900}, key="r-4")
    assert rest.status_code == 201
    with world.scope():
        assert Refund.objects.count() == 2
        assert Order.objects.get().state == "refunded"


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"amount": -1}, "amount"),
        ({"amount": "很多"}, "amount"),
        ({"paid_at": "昨天"}, "paid_at"),
        ({"number": ""}, "number"),
        ({"state": "lost"}, "state"),
        ({"currency": "元"}, "currency"),
        ({"phone": "12"}, "phone"),
        ({"lines": [{"quantity": 0}]}, "quantity"),
        ({"colour": "red"}, "colour"),
        ({"number": "   "}, "number"),
        ({"number": "A/1"}, "number"),
        ({"number": "A\u00011"}, "number"),
        ({"paid_at": "0001-01-01T00:00:00"}, "paid_at"),
        ({"paid_at": "9999-12-31T23:59:59Z"}, "paid_at"),
        ({"placed_at": "1900-01-01T00:00:00Z"}, "placed_at"),
        ({"lines": [{"quantity": 1_000_000, "unit_price": 10**13}]}, "lines.0"),
    ],
)
def test_what_is_wrong_is_named(erp: Program, change: dict[str, Any], where: str) -> None:
    refused = erp.post("/orders", ORDER | change)
    assert refused.status_code == 422
    assert refused["Content-Type"].startswith("application/problem+json")
    assert any(where in problem["where"] for problem in refused.json()["errors"])


def test_a_refund_of_an_impossible_day_is_refused(erp: Program) -> None:
    erp.post("/orders", ORDER)
    for day in ("9999-12-31T23:59:59Z", "1900-01-01T00:00:00Z", "2099-01-01T00:00:00Z"):
        refused = erp.post("/orders/A-1/refunds", {"amount": 1, "refunded_at": day}, key=day)
        assert refused.status_code == 422, day
        assert refused.json()["errors"][0]["where"].endswith("refunded_at")


def test_the_nul_character_is_refused_wherever_it_stands(erp: Program, world: World) -> None:
    assert erp.post("/orders", ORDER | {"region": "浙\0江"}).status_code == 400
    assert erp.get("/orders/%00").status_code == 400
    client = world.client()
    for address in (f"{world.url('commerce:orders')}?q=%00", f"/w/{world.brand.key}/orders/%00/"):
        assert client.get(address).status_code == 400
    assert erp.post("/orders", ORDER).status_code == 201


def test_a_body_that_django_refuses_is_a_problem_too(erp: Program) -> None:
    refused = erp.post("/orders", '{"number": "' + "x" * 6_000_000 + '"}')
    assert refused.status_code == 400
    assert refused["Content-Type"].startswith("application/problem+json")


def test_the_idempotency_key_is_demanded(erp: Program) -> None:
    refused = erp.post("/orders", ORDER, key="")
    assert (refused.status_code, "Idempotency-Key" in refused.json()["detail"]) == (400, True)


def test_a_key_without_the_permission_and_no_key_at_all(erp: Program, world: World) -> None:
    reader = Program(world.owner, [P.CUSTOMERS])
    assert reader.post("/orders", ORDER).status_code == 403
    assert Client().get("/api/v1/orders/A-1").status_code == 401


def test_a_strangers_key_sees_nothing_of_this_brand(erp: Program, world: World) -> None:
    erp.post("/orders", ORDER)
    stranger = Program(world.stranger, [P.ORDERS, P.CUSTOMERS])
    assert stranger.get("/orders/A-1").status_code == 404
    assert stranger.post("/orders/A-1/refunds", {"amount": 1}).status_code == 404
    assert stranger.post("/orders", ORDER).status_code == 201
    with world.scope():
        assert Order.objects.count() == 1


def test_the_document_declares_every_answer(erp: Program) -> None:
    document = erp.get("/openapi.json").json()
    answers = document["paths"]["/api/v1/orders"]["post"]["responses"]
    assert {"200", "201", "400", "401", "403", "409", "422"} <= set(answers)
