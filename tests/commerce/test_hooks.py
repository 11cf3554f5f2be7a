"""Pushed orders: taken once from who holds the secret, refused to everybody else without a word too many."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import orjson
import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from django_scopes import scopes_disabled
from tests.commerce.programs import headers, push

from shemei.apps.commerce import hooks
from shemei.apps.commerce.models import Customer, HookNonce, Order, OrderHook
from shemei.kernel.models import AuditEntry, OutboxEvent
from shemei.kernel.permissions import Forbidden

if TYPE_CHECKING:
    from tests.world import World

    from shemei.warehouse.home import Home

ORDER = {"number": "P-1", "paid_at": "2026-11-03T12:00:00+08:00", "amount": 29900, "phone": "13800003391", "promo_code": "AZHI30"}  # fmt: skip


@pytest.fixture
def pushed(inside: World, home: Home) -> tuple[OrderHook, str]:
    return hooks.add_hook(inside.brand, by=inside.owner.actor, name="小程序商城")


def orders() -> int:
    with scopes_disabled():
        return Order.objects.count()


def test_a_signed_push_becomes_orders(pushed: tuple[OrderHook, str]) -> None:
    hook, secret = pushed
    body = orjson.dumps({"orders": [ORDER, {**ORDER, "number": "P-2"}]})
    answer = push(hook, headers(secret, body), body)
    assert (answer.status_code, answer.json()) == (200, {"new": 2, "changed": 0, "same": 0})
    order = Order.objects.get(number="P-1")
    assert (order.amount, order.promo_code, order.source) == (29900, "AZHI30", "hook")
    assert (order.workspace_id, Customer.objects.get().phone_tail) == (hook.workspace_id, "3391")
    hook.refresh_from_db()
    assert (hook.received, hook.last_at is not None) == (2, True)
    assert OutboxEvent.objects.filter(event__contains='"kind":"order"').count() == 2


def test_the_same_order_in_a_new_request_is_no_second_order(pushed: tuple[OrderHook, str]) -> None:
    hook, secret = pushed
    body = orjson.dumps(ORDER)
    for nonce, counts in (("first-0001", (1, 0)), ("second-001", (0, 1))):
        told = push(hook, headers(secret, body, nonce=nonce), body).json()
        assert (told["new"], told["same"]) == counts
    assert orders() == 1


def test_a_replay_is_refused(pushed: tuple[OrderHook, str]) -> None:
    hook, secret = pushed
    body = orjson.dumps(ORDER)
    signed = headers(secret, body)
    assert [push(hook, signed, body).status_code for _ in range(3)] == [200, 409, 409]
    changed = orjson.dumps({**ORDER, "amount": 1})
    assert (
        push(
            hook, {**headers(secret, changed), "X-Shemei-Nonce": "nonce-0001"}, changed
        ).status_code
        == 409
    )
    assert Order.objects.get().amount == 29900


def test_a_replay_with_another_nonce_does_not_fit_its_signature(pushed: tuple[OrderHook, str]) -> None:  # fmt: skip
    hook, secret = pushed
    body = orjson.dumps(ORDER)
    signed = headers(secret, body)
    for name, value in (
        ("Nonce", "nonce-0002"),
        ("Timestamp", str(int(signed["X-Shemei-Timestamp"]) + 1)),
    ):
        assert push(hook, {**signed, f"X-Shemei-{name}": value}, body).status_code == 401
    assert push(hook, signed, body.replace(b"29900", b"19900")).status_code == 401
    assert orders() == 0


@pytest.mark.parametrize(("seconds", "status"), [(-299, 200), (-301, 401), (290, 200), (305, 401)])
def test_the_window_of_time(pushed: tuple[OrderHook, str], monkeypatch: pytest.MonkeyPatch, seconds: int, status: int) -> None:  # fmt: skip
    hook, secret = pushed
    now = timezone.now().replace(microsecond=0)
    monkeypatch.setattr(hooks.timezone, "now", lambda: now)
    body = orjson.dumps(ORDER)
    signed = headers(secret, body, at=now.timestamp() + seconds)
    assert push(hook, signed, body).status_code == status
    assert orders() == (status == 200)


def test_nonces_outlive_their_window_and_no_more(pushed: tuple[OrderHook, str]) -> None:
    hook, secret = pushed
    body = orjson.dumps(ORDER)
    push(hook, headers(secret, body), body)
    made = HookNonce.objects.get()
    for age, left in ((2 * hooks.WINDOW, 1), (3 * hooks.WINDOW + timedelta(seconds=1), 0)):
        HookNonce.objects.filter(pk=made.pk).update(created_at=timezone.now() - age)
        hooks.forget_nonces()
        assert HookNonce.objects.count() == left


@pytest.mark.parametrize(
    "wrong",
    [
        {"X-Shemei-Signature": ""},
        {"X-Shemei-Signature": "v1=" + "0" * 64},
        {"X-Shemei-Signature": "v1=é" + "0" * 63},
        {"X-Shemei-Signature": "V1=" + "0" * 64},
        {"X-Shemei-Nonce": ""},
        {"X-Shemei-Nonce": "x" * 65},
        {"X-Shemei-Nonce": "a b' OR 1=1--"},
        {"X-Shemei-Timestamp": ""},
        {"X-Shemei-Timestamp": "-1"},
        {"X-Shemei-Timestamp": "１７６４００００００"},
        {"X-Shemei-Timestamp": "9" * 400},
        {"X-Shemei-Timestamp": "nan"},
    ],
)
def test_strangers_get_one_answer(pushed: tuple[OrderHook, str], wrong: dict[str, str]) -> None:
    hook, secret = pushed
    body = orjson.dumps(ORDER)
    answer = push(hook, headers(secret, body) | wrong, body)
    unknown = push("no-such-hook", headers(secret, body), body)
    assert (answer.status_code, answer.json()) == (401, unknown.json())
    assert (orders(), HookNonce.objects.count()) == (0, 0)


def test_an_empty_secret_signs_nothing(pushed: tuple[OrderHook, str]) -> None:
    """There is no secret before the first one: what is signed with nothing is not signed."""
    hook, _ = pushed
    body = orjson.dumps(ORDER)
    assert push(hook, headers("", body), body).status_code == 401
    OrderHook.objects.filter(pk=hook.pk).update(old_until=timezone.now() + timedelta(1))
    assert push(hook, headers("", body), body).status_code == 401


def test_rotation_leaves_a_day_to_change_over(pushed: tuple[OrderHook, str], inside: World) -> None:
    hook, first = pushed
    second = hooks.rotate_hook(hook, by=inside.owner.actor)
    body = orjson.dumps(ORDER)
    for n, secret in enumerate((first, second)):
        assert push(hook, headers(secret, body, nonce=f"rotate-{n}x"), body).status_code == 200
    OrderHook.objects.filter(pk=hook.pk).update(old_until=timezone.now())
    assert push(hook, headers(first, body, nonce="too-late-1"), body).status_code == 401
    third = hooks.rotate_hook(hook, by=inside.owner.actor)
    assert push(hook, headers(first, body, nonce="too-late-2"), body).status_code == 401
    assert push(hook, headers(third, body, nonce="in-time-01"), body).status_code == 200


def test_a_stopped_hook_and_a_stopped_brand_take_nothing(pushed: tuple[OrderHook, str], inside: World) -> None:  # fmt: skip
    hook, secret = pushed
    body = orjson.dumps(ORDER)
    inside.brand.is_active = False
    inside.brand.save()
    assert push(hook, headers(secret, body), body).status_code == 401
    inside.brand.is_active = True
    inside.brand.save()
    hooks.stop_hook(hook, by=inside.owner.actor)
    assert push(hook, headers(secret, body), body).status_code == 401
    assert orders() == 0


def test_a_secret_of_one_hook_opens_no_other(pushed: tuple[OrderHook, str], inside: World) -> None:
    hook, _ = pushed
    _, elsewhere = hooks.add_hook(inside.brand, by=inside.owner.actor, name="另一家")
    body = orjson.dumps(ORDER)
    assert push(hook, headers(elsewhere, body), body).status_code == 401


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 400),
        (b"\xff\xfe", 400),
        (b"[]", 422),
        (b"7", 422),
        (b'{"orders": []}', 422),
        (b'{"orders": 5}', 422),
        (orjson.dumps({"orders": [ORDER] * 201}), 422),
        (orjson.dumps({**ORDER, "amount": -1}), 422),
        (orjson.dumps({**ORDER, "workspace": "other"}), 422),
        (orjson.dumps({**ORDER, "phone": "1"}), 422),
        (orjson.dumps({"orders": [ORDER, {"number": "P-2"}]}), 422),
        (b'{"number": "' + b"9" * 1024 * 1024 + b'"}', 413),
    ],
)
def test_what_is_wrong_inside_leaves_nothing_and_may_be_sent_again(pushed: tuple[OrderHook, str], body: bytes, status: int) -> None:  # fmt: skip
    hook, secret = pushed
    answer = push(hook, headers(secret, body), body)
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    assert answer.json()["detail"]
    assert (orders(), HookNonce.objects.count(), OutboxEvent.objects.count()) == (0, 0, 0)
    mended = orjson.dumps(ORDER)
    assert push(hook, headers(secret, mended), mended).status_code == 200


def test_only_posts(pushed: tuple[OrderHook, str]) -> None:
    hook, _ = pushed
    assert Client().get(f"/hooks/orders/{hook.key}").status_code == 405


def test_the_secret_is_in_no_table_and_no_log(pushed: tuple[OrderHook, str], inside: World) -> None:
    hook, secret = pushed
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM commerce_orderhook")
        assert secret not in str(cursor.fetchall())
    assert secret not in str(list(AuditEntry.objects.values()))
    assert OrderHook.objects.get(pk=hook.pk).secret == secret


def test_the_settings_show_a_secret_once_and_only_to_who_may(inside: World, home: Home) -> None:
    client = inside.client()
    made = client.post(inside.url("commerce:hook_new"), {"name": "聚水潭"})
    hook = OrderHook.objects.get()
    assert hook.secret in made.content.decode()
    assert f"/hooks/orders/{hook.key}" in made.content.decode()
    listed = client.get(inside.url("commerce:hooks")).content.decode()
    assert "聚水潭" in listed
    assert hook.secret not in listed
    turned = client.post(inside.url("commerce:hook_rotate", hook.key)).content.decode()
    assert OrderHook.objects.get().secret in turned
    assert hook.secret not in turned
    client.post(inside.url("commerce:hook_stop", hook.key))
    assert not OrderHook.objects.get().is_active
    assert client.post(inside.url("commerce:hook_rotate", hook.key)).status_code == 404
    with pytest.raises(Forbidden):
        hooks.add_hook(inside.brand, by=inside.editor.actor, name="x")
    assert inside.client(inside.editor).get(inside.url("commerce:hooks")).status_code == 403


def test_a_push_with_a_character_no_database_keeps_is_refused_whole(pushed: tuple[OrderHook, str]) -> None:  # fmt: skip
    hook, secret = pushed
    body = orjson.dumps({"orders": [ORDER, ORDER | {"number": "P-2", "region": "浙\0江"}]})
    answer = push(hook, headers(secret, body), body)
    assert (answer.status_code, "NUL" in answer.json()["detail"], orders()) == (400, True, 0)
