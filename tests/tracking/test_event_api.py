"""What a brand's own servers tell through the API: whole or not at all, once, and nobody named in the clear."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import orjson
import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.utils import timezone
from django_scopes import scope

from shemei.apps.accounts import actions_keys
from shemei.kernel import outbox
from shemei.kernel.crypto import phone_hash
from shemei.kernel.erased import remember
from shemei.kernel.models import OutboxEvent, ToldEvent
from shemei.kernel.permissions import Permission as P
from shemei.warehouse.log.loader import accounting, load
from shemei.warehouse.vocabulary import to_ts, visitor_key

if TYPE_CHECKING:
    from tests.world import World

PHONE, OPENID = "138 0000 3391", "oXyZ-12345_openid"


class Server:
    """A backend with a key of one brand."""

    def __init__(self, member: Any, scopes: list[P]) -> None:
        self.client = Client()
        with scope(workspace=member.workspace):
            _, secret = actions_keys.create_key("商城后台", scopes, by=member)
        self.headers = {"Authorization": f"Bearer {secret}"}

    def send(self, body: Any, key: str = "") -> Any:
        extra = {"Idempotency-Key": key} if key else {}
        data = body if isinstance(body, str) else json.dumps(body)
        return self.client.post(
            "/api/v1/events", data, "application/json", headers=self.headers | extra
        )


@pytest.fixture
def server(world: World) -> Server:
    return Server(world.owner, [P.EVENTS])


def event(**fields: Any) -> dict[str, Any]:
    return {
        "event_id": str(uuid4()),
        "kind": "lead",
        "time": timezone.now().isoformat(),
        "visitor": "0123456789abcdef",
        **fields,
    }


def logged(world: World) -> list[dict[str, Any]]:
    with world.scope():
        return [orjson.loads(text) for text in OutboxEvent.objects.values_list("event", flat=True)]


def wrong(answer: Any) -> dict[str, str]:
    assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json")
    return {each["where"]: each["message"] for each in answer.json()["errors"]}


def test_one_event_becomes_a_whole_row_of_the_log(server: Server, world: World) -> None:
    told = event(
        phone=PHONE,
        openid=OPENID,
        url="https://shop.cn/p/9?utm_source=xhs&utm_campaign=%E6%98%A5&phone=138",
        referrer="https://www.xiaohongshu.com/explore/1",
        user_agent="Mozilla/5.0 (iPhone) MicroMessenger/8.0.49",
        promo_code="azhi30",
        props={"门店": "静安"},
    )
    answer = server.send(told)
    assert answer.status_code == 202, answer.content
    assert answer.json() == {
        "accepted": 1,
        "duplicates": 0,
        "events": [{"event_id": told["event_id"], "result": "accepted"}],
    }
    (row,) = logged(world)
    assert (row["kind"], row["source"], row["workspace"]) == ("lead", "api", world.brand.key)
    assert (row["event_id"], row["page"], row["channel"]) == (told["event_id"], "/p/9", "xhs")
    assert (row["utm_campaign"], row["referrer_host"]) == ("春", "www.xiaohongshu.com")
    assert (row["device"], row["in_app"], row["promo_code"]) == ("ios", "wechat", "AZHI30")
    assert len(row["phone"]) == 32
    assert row["customer"].startswith("openid-")
    text = json.dumps(row)
    assert OPENID not in text and "1380000" not in text


def test_a_visit_by_a_page_passed_on_says_so(server: Server, world: World) -> None:
    url = "https://shop.cn/p/9?_sh=0123456789ab-2"
    campaign = f"{url}&utm_source=xhs"
    told = [("visit", url), ("view", url), ("visit", campaign)]
    server.send({"events": [event(kind=kind, url=where) for kind, where in told]})
    rows = [
        (row["kind"], row.get("shared_by", ""), row.get("share_depth", 0), row["channel"])
        for row in logged(world)
    ]
    assert sorted(rows) == [
        ("view", "", 0, "direct"),
        ("visit", "0123456789ab", 2, "share"),
        ("visit", "0123456789ab", 2, "xhs"),
    ]


def test_what_identifies_a_person_in_free_words_is_masked_as_at_the_edge(
    server: Server, world: World
) -> None:
    told = event(
        kind="custom",
        action="回电 13800003391",
        url="https://shop.cn/u/13800003391?utm_term=a%40b.cn",
        region="静安 13800003391",
        utm_content="加微信 +86 138 0000 3391",
        props={"备注": ["11010519491231002X", {"call": 13800003391}], "sku": 1763179200000},
        order_id="13800003391",
    )
    assert server.send(told).status_code == 202
    (row,) = logged(world)
    assert (row["action"], row["page"], row["utm_term"]) == (
        "回电 [手机号]",
        "/u/[手机号]",
        "[邮箱]",
    )
    assert (row["region"], row["utm_content"]) == ("静安 [手机号]", "加微信 [手机号]")
    props = orjson.loads(row["props"])
    assert props == {"备注": ["[身份证号]", {"call": "[手机号]"}], "sku": 1763179200000}
    assert row["order_id"] == "13800003391"
    server.send(event(url="https://shop.cn/item/13800003391.html"))
    assert logged(world)[1]["page"] == "/item/13800003391.html", "the number of a product"


def test_the_same_person_has_the_same_mark_here_and_another_one_next_door(
    server: Server, world: World
) -> None:
    next_door = Server(world.stranger, [P.EVENTS])
    server.send({"events": [event(openid=OPENID) for _ in range(2)]})
    next_door.send(event(openid=OPENID))
    mine = {row["customer"] for row in logged(world)}
    with scope(workspace=world.other_brand):
        theirs = {orjson.loads(o.event)["customer"] for o in OutboxEvent.objects.all()}
    assert len(mine) == len(theirs) == 1
    assert mine != theirs


def test_a_batch_with_wrong_rows_is_refused_whole_with_row_and_field(
    server: Server, world: World
) -> None:
    batch = [event() for _ in range(6)]
    batch[1]["kind"] = "order"
    batch[2]["time"] = (timezone.now() - timedelta(days=31)).isoformat()
    batch[3]["time"] = (timezone.now() + timedelta(hours=1)).isoformat()
    batch[4]["props"] = {"deep": [{"Phone": "138"}]}
    batch[5] |= {"kind": "custom", "colour": "red"}
    said = wrong(server.send({"events": batch}))
    assert set(said) == {
        "body.events.1.kind",
        "body.events.2.time",
        "body.events.3.time",
        "body.events.4.props",
        "body.events.5.colour",
    }
    assert "30 天" in said["body.events.2.time"]
    assert "将来" in said["body.events.3.time"]
    assert "Phone" in said["body.events.4.props"]
    assert logged(world) == []
    del batch[5]["colour"]
    assert "action" in wrong(server.send(batch[5]))["body.events.0"]


@pytest.mark.parametrize(
    ("fields", "where"),
    [
        ({"event_id": "7"}, "event_id"),
        ({"phone": "138****3391"}, "phone"),
        ({"phone": "12"}, "phone"),
        ({"visitor": "a b"}, "visitor"),
        ({"visitor": "8613800003391"}, "visitor"),
        ({"visitor": "138-0000-3391"}, "visitor"),
        ({"amount": -1}, "amount"),
        ({"amount": 1.5}, "amount"),
        ({"quantity": 0}, "quantity"),
        ({"platform": "myspace"}, "platform"),
        ({"action": "a\nb"}, "action"),
        ({"props": {"x": "y" * 5000}}, "props"),
        ({"props": []}, "props"),
        ({"time": "gestern"}, "time"),
        ({"click_id": "x"}, "click_id"),
    ],
)
def test_what_cannot_be_taken_is_named(
    server: Server, world: World, fields: dict[str, Any], where: str
) -> None:
    assert set(wrong(server.send(event(**fields)))) == {f"body.events.0.{where}"}
    assert logged(world) == []


def test_more_than_500_none_or_no_events_at_all_are_refused(server: Server, world: World) -> None:
    assert set(wrong(server.send({"events": [event()] * 501}))) == {"body.events"}
    assert set(wrong(server.send({"events": []}))) == {"body.events"}
    assert server.send("[1]").status_code == 422
    assert server.send("{").status_code == 400
    assert server.send('{"event_id": "\\u0000"}').status_code == 400
    assert server.send({"events": [event(props={"x": "y" * 4000})] * 2000}).status_code in (
        400,
        413,
        422,
    )
    assert logged(world) == []


def test_an_event_told_again_is_logged_once(server: Server, world: World) -> None:
    one, two = event(), event()
    assert server.send({"events": [one, one]}).json()["duplicates"] == 1
    answer = server.send({"events": [one, two]}).json()
    assert (answer["accepted"], answer["duplicates"]) == (1, 1)
    assert [each["result"] for each in answer["events"]] == ["duplicate", "accepted"]
    assert [row["event_id"] for row in logged(world)] == [one["event_id"], two["event_id"]]


def test_the_same_key_repeats_its_answer_and_another_body_is_a_conflict(
    server: Server, world: World
) -> None:
    body = event()
    first, again = server.send(body, key="k"), server.send(body, key="k")
    assert (again.json(), again["Idempotency-Replayed"]) == (first.json(), "true")
    assert server.send(event(), key="k").status_code == 409
    assert len(logged(world)) == 1


def test_ids_are_each_brands_own_and_a_key_needs_its_scope(server: Server, world: World) -> None:
    body = event()
    assert server.send(body).status_code == 202
    assert Server(world.stranger, [P.EVENTS]).send(body).json()["accepted"] == 1
    assert Server(world.owner, [P.ORDERS, P.VIEW]).send(event()).status_code == 403
    assert Client().post("/api/v1/events", "{}", "application/json").status_code == 401
    assert len(logged(world)) == 1


def test_ids_are_forgotten_when_the_event_would_be_too_old(server: Server, world: World) -> None:
    body = event()
    server.send(body)
    with world.scope():
        told = ToldEvent.objects.all()
        assert outbox.forget_told() == 0
        told.update(created_at=timezone.now() - outbox.TOLD_KEPT - timedelta(minutes=1))
        assert outbox.forget_told() == 1
    late = body | {"time": (timezone.now() - outbox.TOLD_KEPT).isoformat()}
    assert set(wrong(server.send(late))) == {"body.events.0.time"}


def test_what_was_taken_is_counted_until_it_is_in_the_log(server: Server, world: World) -> None:
    server.send({"events": [event() for _ in range(3)]})
    home = settings.SHEMEI_HOME
    before = accounting(home)
    with world.scope():
        assert OutboxEvent.objects.count() == 3
    assert outbox.relay(home) == 3
    load(home)
    after = accounting(home)
    assert (after.accepted - before.accepted, after.loaded - before.loaded) == (3, 3)
    assert (after.pending, after.failed) == (before.pending, before.failed)


def test_the_document_tells_both_shapes_and_every_status(client: Client) -> None:
    document = client.get("/api/v1/openapi.json").json()
    operation = document["paths"]["/api/v1/events"]["post"]
    assert {"202", "400", "401", "403", "409", "422", "429"} <= set(operation["responses"])
    body = operation["requestBody"]["content"]["application/json"]["schema"]
    shape = document["components"]["schemas"][body["$ref"].rsplit("/", 1)[-1]]
    listed, single = shape["anyOf"]
    assert listed["properties"]["events"]["maxItems"] == 500
    one = document["components"]["schemas"][single["$ref"].rsplit("/", 1)[-1]]
    assert set(one["required"]) == {"event_id", "kind", "time"}
    assert one["additionalProperties"] is False


@pytest.mark.django_db(transaction=True)
def test_two_that_tell_the_same_event_at_once_log_it_once(server: Server, world: World) -> None:
    body = event()

    def tell(_: int) -> int:
        try:
            return int(server.send(body).json()["accepted"])
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(tell, range(8))) == 1
    assert len(logged(world)) == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_batches_in_opposite_orders_at_once_do_not_stop_each_other(server: Server, world: World) -> None:  # fmt: skip
    batch = [event() for _ in range(300)]

    def tell(n: int) -> tuple[int, int]:
        try:
            answer = server.send({"events": batch[:: 1 if n % 2 else -1]})
            return answer.status_code, int(answer.json().get("accepted", -1))
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        told = list(pool.map(tell, range(8)))
    assert {status for status, _ in told} == {202} and sum(n for _, n in told) == 300


def test_ids_are_claimed_in_one_order_whatever_order_they_are_told_in(server: Server, world: World) -> None:  # fmt: skip
    batch = sorted((event() for _ in range(20)), key=lambda one: one["event_id"], reverse=True)
    assert server.send({"events": batch}).status_code == 202
    with world.scope():
        claimed = [str(one) for one in ToldEvent.objects.order_by("id").values_list("event_id", flat=True)]  # fmt: skip
    assert claimed == sorted(claimed) and len(claimed) == 20
    assert {row["event_id"] for row in logged(world)} == set(claimed)


def test_a_key_ends_with_its_makers_account(server: Server, world: World) -> None:
    assert server.send(event()).status_code == 202
    world.owner.user.is_active = False
    world.owner.user.save()
    assert server.send(event()).status_code == 401


def test_what_an_erased_person_did_before_is_told_without_the_person(
    server: Server, world: World
) -> None:
    noon = timezone.now() - timedelta(hours=1)
    with world.scope():
        mine = [("visitor", str(visitor_key("erased-visitor"))), ("phone", phone_hash(world.brand.key, PHONE))]  # fmt: skip
        remember(world.brand, [*mine, ("order", "E-1")], to_ts(noon))
    before, after = (noon - timedelta(minutes=1)).isoformat(), timezone.now().isoformat()
    told = [
        event(visitor="erased-visitor", time=before),
        event(phone=PHONE, time=before),
        event(visitor="erased-visitor", phone=PHONE, time=after),
        event(time=before),
        event(order_id="E-1", time=after),
    ]
    assert server.send({"events": told}).status_code == 202
    rows = {row["event_id"]: row for row in logged(world)}
    first, second, new, other, order = (rows[one["event_id"]] for one in told)
    assert [one.get("visitor", "") for one in (first, second, other)] == [
        "",
        "",
        "0123456789abcdef",
    ]
    assert not order.get("order_id") and not order.get("visitor")
    assert not first.get("phone") and not second.get("phone")
    assert new["visitor"] == "erased-visitor" and new["phone"]
