"""个人信息请求: found wherever it is, handed out, erased with a proof; nobody else sees or gets it."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from shemei.apps.audience import jobs, personal, proofs
from shemei.apps.commerce.models import Customer, Order
from shemei.apps.creators.models import Creator
from shemei.kernel import outbox, tasks
from shemei.kernel.crypto import phone_hash
from shemei.kernel.erasure import GONE, blanked
from shemei.kernel.erasure_own import erase_texts
from shemei.kernel.imports import files
from shemei.kernel.imports.models import ImportBatch
from shemei.kernel.models import (
    AuditEntry,
    IdempotencyRecord,
    LongTask,
    Notification,
    SavedView,
)
from shemei.kernel.urls import wurl
from shemei.warehouse.computed.settling import settle
from shemei.warehouse.log.tombstones import Erased
from shemei.warehouse.upkeep.backup import backup
from shemei.warehouse.vocabulary import Event, Kind, to_ts

if TYPE_CHECKING:
    from django.test import Client
    from tests.world import World

    from shemei.warehouse.home import Home

NOW = datetime.now(UTC) - timedelta(hours=3)
PHONE, OTHER = "13800138000", "13900139000"


def event(world: World, kind: str, minutes: int, **values: Any) -> Event:
    moment = to_ts(NOW + timedelta(minutes=minutes))
    return Event(kind=kind, workspace=world.brand.key, ts=moment, **values)


@pytest.fixture
def buyer(inside: World, home: Home) -> World:
    """小美 clicked, left her number, ordered; her number stands in a note and in a file with mistakes."""
    phone = phone_hash(inside.brand.key, PHONE)
    who = Customer.objects.create(
        workspace=inside.brand,
        key="84JikARZ2WW54hpac7ir1H",
        ref="TB-77",
        phone_hash=phone,
        phone_tail="8000",
        name_masked="小**",
    )
    Order.objects.create(
        workspace=inside.brand, number="A1", customer=who, amount=32_900, placed_at=NOW, paid_at=NOW,
        region="上海", visitor="v1",
    )  # fmt: skip
    Creator.objects.create(
        workspace=inside.brand, name="阿宝", platform="xhs", note=f"联系 {PHONE}，备用 {OTHER}"
    )
    batch = ImportBatch.objects.create(
        workspace=inside.brand, kind="orders", file_name="坏行.csv", state="done"
    )
    (files.make(batch.key) / files.ERRORS).write_text(
        f"订单号,手机\nB9,{PHONE}\nB8,{OTHER}\n", encoding="utf-8-sig"
    )
    outbox.log(
        [
            event(inside, Kind.CLICK, 0, visitor="v1", click_id="c1", channel="xhs"),
            event(inside, Kind.LEAD, 4, visitor="v1", phone=phone),
            event(
                inside, Kind.ORDER, 31, phone=phone, customer=who.key, order_id="A1", amount=32_900
            ),
            event(inside, Kind.CLICK, 40, visitor="v4", click_id="c4", channel="search"),
        ],
        workspace=inside.brand,
    )
    outbox.relay(home)
    settle(home)
    return inside


@pytest.fixture
def browser(buyer: World) -> Client:
    return buyer.client()


@pytest.mark.parametrize("wanted", [PHONE, " 138 0013 8000".replace(" ", ""), "A1", "v1", "TB-77"])
def test_a_person_is_found_by_whatever_they_are_known_by(
    buyer: World, browser: Client, wanted: str
) -> None:
    said = browser.post(buyer.url("audience:personal"), {"who": wanted}).content.decode()
    assert "存了什么" in said
    found = personal.look_up(buyer.brand, wanted)
    assert found is not None
    held = {one.name: one.count for one in found.held}
    assert held["订单与顾客"] == 2
    assert len(found.events) == 3
    assert (held["达人备注"], held["上传的文件"]) == (1, 1)


def test_who_is_not_there_is_said_so(buyer: World, browser: Client) -> None:
    said = browser.post(buyer.url("audience:personal"), {"who": "13711112222"}).content.decode()
    assert "没有「13711112222」的任何记录" in said
    assert browser.post(buyer.url("audience:personal_erase"), {"who": "nobody"}).status_code == 404


@pytest.mark.parametrize("name", ["林小满", "Lin Xiaoman", "小美88"])
def test_a_name_is_answered_with_what_to_look_for_instead(
    buyer: World, browser: Client, name: str
) -> None:
    said = browser.post(buyer.url("audience:personal"), {"who": name}).content.decode()
    assert "这里不按姓名查，请用手机号、微信号、订单号、顾客编号或访客号" in said
    assert "任何记录" not in said and "没有查到" not in said


def test_letters_may_be_a_wechat_number_or_a_name(buyer: World, browser: Client) -> None:
    said = browser.post(buyer.url("audience:personal"), {"who": "xiaoman"}).content.decode()
    assert "没有查到微信号「xiaoman」。这里不按姓名查" in said and "任何记录" not in said


def test_the_days_of_a_person_are_of_shanghai(inside: World, home: Home) -> None:
    """Half past midnight in Shanghai is still the day before in UTC."""
    late, noon = datetime(2026, 3, 1, 16, 30, tzinfo=UTC), datetime(2026, 3, 5, 4, tzinfo=UTC)
    outbox.log(
        [
            Event(
                kind=Kind.CLICK, workspace=inside.brand.key, ts=to_ts(at), visitor="v9",
                click_id=f"c{at.day}", channel="xhs",
            )
            for at in (late, noon)
        ],
        workspace=inside.brand,
    )  # fmt: skip
    outbox.relay(home)
    settle(home)
    said = inside.client().post(inside.url("audience:personal"), {"who": "v9"}).content.decode()
    assert "2026-03-02 至 2026-03-05" in said


def test_what_is_held_is_handed_out_as_json_and_tables(buyer: World, browser: Client) -> None:
    answer = browser.post(buyer.url("audience:personal_export"), {"who": PHONE})
    box = zipfile.ZipFile(io.BytesIO(answer.content))
    assert {"person.json", "events.csv", "说明.txt", "订单与顾客.csv"} <= set(box.namelist())
    whole = json.loads(box.read("person.json"))
    assert [row["行为"] for row in whole["行为"]] == ["点击短链", "留资", "下单"]
    assert OTHER not in box.read("上传的文件.csv").decode()
    entry = AuditEntry.objects.get(verb="person.exported")
    assert PHONE not in json.dumps(entry.details)
    assert phone_hash(buyer.brand.key, PHONE) not in json.dumps(entry.details)


def test_a_person_is_erased_everywhere_with_a_proof(
    buyer: World, browser: Client, home: Home, settings: Any, tmp_path: Any,
    django_capture_on_commit_callbacks: Any,
) -> None:  # fmt: skip
    settings.SHEMEI_BACKUP_DAYS = 30
    backup(home, tmp_path / "before.tar")
    with django_capture_on_commit_callbacks(execute=True):
        answer = browser.post(buyer.url("audience:personal_erase"), {"who": PHONE})
    assert "已完成" in browser.get(answer["location"]).content.decode()
    order = Order.objects.get(number="A1")
    assert (order.customer, order.visitor, order.region) == (None, "", "")
    assert not Customer.objects.exists()
    assert Creator.objects.get().note == f"联系 （已按要求删除），备用 {OTHER}"
    left = (files.folder(ImportBatch.objects.get().key) / files.ERRORS).read_text("utf-8-sig")
    assert PHONE not in left and OTHER in left
    assert personal.look_up(buyer.brand, PHONE) is None
    [proof] = proofs.carried_out(buyer.brand)
    assert (proof["complete"], proof["hits"], proof["erased_rows"]) == (True, 0, 3)
    assert proof["rooms"]["订单与顾客"] == 2
    page = browser.get(buyer.url("audience:proof", proof["person"])).content.decode()
    assert "before.tar" in page and "最迟" in page and proofs.grouped(proof["fingerprint"]) in page
    told = browser.get(buyer.url("audience:proof", proof["person"]) + "?as=json")
    assert PHONE not in told.content.decode()
    entry = AuditEntry.objects.get(verb="person.erased")
    assert entry.details["events"] == 3


def test_others_are_refused(buyer: World, home: Home) -> None:
    for name in ("personal", "personal_export", "personal_erase"):
        refused = buyer.client(buyer.editor).post(buyer.url(f"audience:{name}"), {"who": PHONE})
        assert refused.status_code == 403
        foreign = buyer.client(buyer.stranger).post(buyer.url(f"audience:{name}"), {"who": PHONE})
        assert foreign.status_code in (403, 404)
    assert Customer.objects.count() == 1
    assert not LongTask.objects.exists()


def test_the_brand_next_door_finds_nothing_and_sees_no_proof(
    buyer: World, browser: Client, home: Home, django_capture_on_commit_callbacks: Any
) -> None:
    theirs = buyer.client(buyer.stranger)
    url = wurl(buyer.other_brand, "audience:personal")
    assert "没有「A1」的任何记录" in theirs.post(url, {"who": "A1"}).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        browser.post(buyer.url("audience:personal_erase"), {"who": PHONE})
    [proof] = proofs.carried_out(buyer.brand)
    assert theirs.get(wurl(buyer.other_brand, "audience:proof", proof["person"])).status_code == 404


def test_export_and_erasure_ask_who_it_is_again(buyer: World) -> None:
    stale = buyer.client(recently=False)
    for name in ("personal_export", "personal_erase"):
        answer = stale.post(buyer.url(f"audience:{name}"), {"who": PHONE})
        assert answer.status_code == 302 and "next=" in answer["location"]
    assert Customer.objects.exists()


def test_only_the_persons_own_numbers_leave_a_text(inside: World) -> None:
    phones = (phone_hash(inside.brand.key, PHONE),)
    person = Erased(
        key="k", workspace=inside.brand.key, until=1, phones=phones, customers=("TB-77",)
    )
    text = f"+86 138-0013-8000 和 {OTHER}，TB-77，TB-778，订单 9{PHONE}1"
    gone = "（已按要求删除）"
    assert blanked(text, person) == f"{gone} 和 {OTHER}，{gone}，TB-778，订单 9{PHONE}1"


def test_words_to_members_views_and_kept_answers_lose_the_number(buyer: World) -> None:
    """And keep the numbers of others; what stands in them is told, of answers only that it does."""
    told = f"联系 {PHONE}、{OTHER}，顾客 TB-77"
    Notification.objects.create(workspace=buyer.brand, member=buyer.owner, text=told)
    SavedView.objects.create(
        workspace=buyer.brand, member=buyer.owner, listing="orders", title=PHONE, query=f"q={PHONE}"
    )
    IdempotencyRecord.objects.create(
        workspace=buyer.brand, name="n", request_hash="r", status=201,
        body=json.dumps({"phone": PHONE, "other": OTHER}),
    )  # fmt: skip
    found = personal.look_up(buyer.brand, PHONE)
    assert found is not None
    (held,) = [one.rows for one in found.held if one.name == "通知与保存的视图"]
    assert [row["内容"] for row in held] == [told, PHONE, f"q={PHONE}", "其中有你的号码"]
    person = Erased(
        key="k", workspace=buyer.brand.key, until=to_ts(NOW), customers=("TB-77",),
        phones=(phone_hash(buyer.brand.key, PHONE),),
    )  # fmt: skip
    assert (erase_texts(person), erase_texts(person)) == (4, 0)
    assert Notification.objects.get().text == f"联系 {GONE}、{OTHER}，顾客 {GONE}"
    view = SavedView.objects.get()
    assert (view.title, view.query) == (GONE, f"q={GONE}")
    assert json.loads(IdempotencyRecord.objects.get().body) == {"phone": GONE, "other": OTHER}


def test_an_erasure_that_stopped_says_what_holds_and_who_does_the_rest(
    buyer: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> None:
        raise OSError("disk full")

    person = Erased(key="p", workspace=buyer.brand.key, until=to_ts(NOW), days=(), person=1)
    monkeypatch.setattr(jobs, "excluded", lambda _: [person])
    monkeypatch.setattr(jobs.maintenance, "erase_now", fail)
    task = tasks.create(buyer.brand, LongTask.Kind.ERASURE, "删除", by=buyer.owner.actor)
    with pytest.raises(OSError, match="disk full"):
        jobs.carry_out.call_local(task.pk, "p", {})
    task.refresh_from_db()
    assert (task.state, task.error) == (LongTask.State.FAILED, jobs.STOPPED)
