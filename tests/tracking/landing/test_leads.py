"""A sent form becomes a lead: what is kept, what is refused, who may read it, what the log hears."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
import pytest
import time_machine
from django.test import Client
from tests.tracking.landing.support import FORM, events, make, ready

from shemei.apps.tracking import actions as tracking
from shemei.apps.tracking.landing import erasure, views_public
from shemei.apps.tracking.landing.models import Lead
from shemei.kernel.models import Allowance, Notification
from shemei.warehouse.log.tombstones import Erased

if TYPE_CHECKING:
    from tests.world import World

    from shemei.warehouse.home import Home


def test_a_page_is_published_and_a_sent_form_becomes_a_lead(
    inside: World, home: Home, campaign: Any
) -> None:
    page = make(inside, campaign=campaign.key)
    variant = ready(inside, page)
    client = Client()
    shown = client.get("/p/huanji?utm_source=xhs")
    assert "换季也安稳" in shown.content.decode()
    done = client.post(
        "/p/huanji?utm_source=xhs&_c=018bcfe5-6800-7000-8000-000000000001",
        FORM | {"version": variant.version.key},
    )
    assert "已收到" in done.content.decode()
    lead = Lead.objects.get()
    assert (lead.phone, lead.phone_tail, lead.name) == ("13800138000", "8000", "林小满")
    assert lead.version == variant.version and "同意" in lead.consent
    [event] = [e for e in events() if e["kind"] == "lead"]
    assert event["campaign"] == campaign.key and event["phone"] == lead.phone_hash
    assert event["click_id"].endswith("0001") and event["utm_source"] == "xhs"
    assert orjson.loads(event["props"])["variant"] == "A"
    assert "13800138000" not in str(event) and "林小满" not in str(event)
    assert Notification.objects.filter(member=inside.owner).count() == 1


def test_what_identifies_a_person_is_not_readable_in_the_database(
    inside: World, home: Home
) -> None:
    ready(inside, make(inside))
    Client().post("/p/huanji", FORM)
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT name, phone, wechat FROM landing_lead")
        stored = str(cursor.fetchall())
    assert "林小满" not in stored and "13800138000" not in stored


def test_a_form_sent_again_is_one_lead_and_one_event(inside: World, home: Home) -> None:
    ready(inside, make(inside))
    for phone in ("13800138000", "+86 138-0013-8000", "１３８００１３８０００"):
        Client().post("/p/huanji", FORM | {"phone": phone})
    assert Lead.objects.get().times == 3
    assert len([e for e in events() if e["kind"] == "lead"]) == 1


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"agree": ""}, "还没有勾选同意"),
        ({"phone": "123"}, "手机号不对"),
        ({"phone": "", "name": "林"}, "手机号不对"),
        ({"name": "\u202e\x00"}, "还没有填姓名"),
    ],
)
def test_a_form_that_is_not_whole_is_told_why_and_keeps_what_was_typed(
    inside: World, home: Home, given: dict[str, str], told: str
) -> None:
    ready(inside, make(inside))
    answer = Client().post("/p/huanji", FORM | given)
    assert answer.status_code == 422 and told in answer.content.decode()
    kept = (FORM | given)["name"] if "name" not in given or given["name"] == "林" else ""
    assert kept in answer.content.decode()
    assert not Lead.objects.exists() and events() == []


def test_a_robot_that_fills_the_trap_is_thanked_and_forgotten(inside: World, home: Home) -> None:
    ready(inside, make(inside))
    answer = Client().post("/p/huanji", FORM | {"website": "http://spam"})
    assert answer.status_code == 200 and not Lead.objects.exists()


@time_machine.travel("2026-11-11 12:00", tick=False)
def test_a_flood_of_forms_is_slowed_down(inside: World, home: Home) -> None:
    page = make(inside)
    ready(inside, page)
    for _ in range(views_public.SENDING.burst - 1):
        assert not views_public.SENDING.take(inside.brand, f"{page.pk}:2001:db8:0:1::")

    def send(n: int, address: str) -> Any:
        sent = FORM | {"phone": f"1380013800{n}"}
        return Client(REMOTE_ADDR=address).post("/p/huanji", sent)

    answers = [send(1, "2001:db8:0:1::7"), send(2, "2001:db8:0:1:ffff::9"), send(3, "2001:db8::9")]
    assert [a.status_code for a in answers] == [200, 429, 200]
    assert answers[1]["Retry-After"].isdecimal() and Lead.objects.count() == 2
    assert "13800138002" in answers[1].content.decode()
    assert not Allowance.objects.filter(name__contains="2001").exists()


def test_an_office_behind_one_address_leaves_its_leads(inside: World, home: Home) -> None:
    ready(inside, make(inside))
    answers = [Client().post("/p/huanji", FORM | {"phone": f"138001380{n}"}) for n in range(10, 40)]
    assert {a.status_code for a in answers} == {200} and Lead.objects.count() == 30


def test_a_version_of_another_page_is_not_taken_for_this_ones(inside: World, home: Home) -> None:
    other = ready(inside, make(inside, slug="other", name="别的"))
    mine = ready(inside, make(inside))
    Client().post("/p/huanji", FORM | {"version": other.version.key})
    assert Lead.objects.get().version == mine.version


def test_a_lead_is_in_the_channel_that_the_brand_says(inside: World, home: Home) -> None:
    ready(inside, make(inside))
    row = {"channel": "门店屏", "field": "utm_source", "pattern": "shop-screen"}
    tracking.set_channel_rules(inside.brand, by=inside.owner.actor, rows=[row])
    Client().post("/p/huanji?utm_source=shop-screen", FORM)
    [event] = [e for e in events() if e["kind"] == "lead"]
    assert event["channel"] == Lead.objects.get().channel == "门店屏"


@pytest.mark.parametrize(
    ("query", "passed", "channel"),
    [
        ("?_sh=0123456789ab-2", "", "share"),
        ("?_sh=ffffffffffff-3", "0123456789ab-2", "share"),
        ("?_sh=ffffffffffff-1", "nobody", "direct"),
        ("?_sh=0123456789ab-2&utm_source=xhs", "", "xhs"),
        ("?_sh=0123456789ab-51", "", "direct"),
    ],
)
def test_a_lead_from_a_page_passed_on_is_in_the_channel_of_the_visit(
    inside: World, home: Home, query: str, passed: str, channel: str
) -> None:
    ready(inside, make(inside))
    Client().post(f"/p/huanji{query}", FORM | {"passed": passed})
    [event] = [e for e in events() if e["kind"] == "lead"]
    assert event["channel"] == Lead.objects.get().channel == channel


def test_an_erased_person_leaves_no_lead(inside: World, home: Home) -> None:
    ready(inside, make(inside))
    Client().post("/p/huanji", FORM)
    Client().post("/p/huanji", FORM | {"phone": "13900139000"})
    mine = Lead.objects.get(phone_tail="8000")
    gone = Erased(
        key="e",
        workspace=inside.brand.key,
        until=1,
        days=(),
        person=1,
        visitors=(),
        customers=(),
        phones=(mine.phone_hash,),
        orders=(),
        clicks=(),
        rows=1,
        at=1,
        rewritten=0,
    )
    [told] = erasure.tell_leads(gone)
    assert (told["手机"], told["姓名"]) == ("13800138000", "林小满") and "同意" in told["同意的话"]
    assert Notification.objects.count() == 2
    assert erasure.erase_leads(gone) == 1 and erasure.erase_leads(gone) == 0
    assert Notification.objects.count() == 1
    assert Lead.objects.get().phone_tail == "9000"


def test_a_whole_contact_is_for_those_who_may_and_leaves_a_trace(inside: World, home: Home) -> None:
    from shemei.kernel.models import AuditEntry

    ready(inside, make(inside))
    Client().post("/p/huanji", FORM)
    lead = Lead.objects.get()
    url = inside.url("landing:lead", lead.key)
    assert "13800138000" not in inside.client().get(url).content.decode()
    assert inside.client(inside.editor).post(url).status_code == 403
    assert "13800138000" in inside.client().post(url).content.decode()
    assert AuditEntry.objects.filter(verb="lead.seen").count() == 1
    assert (
        "13800138000"
        not in inside.client(inside.editor).get(inside.url("landing:leads")).content.decode()
    )
