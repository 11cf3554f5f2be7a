"""Landing pages from the first block to the lead: what is kept, what is refused, what the log hears."""

from __future__ import annotations

import io
import os
import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import orjson
import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone
from django_scopes import scope, scopes_disabled
from PIL import Image

from shemei.apps.commerce.models import Product
from shemei.apps.tracking import actions as tracking
from shemei.apps.tracking import book
from shemei.apps.tracking.landing import (
    actions,
    content,
    erasure,
    public,
    queries,
    rules,
    views_public,
)
from shemei.apps.tracking.landing.models import LandingPage, LandingVariant, Lead
from shemei.kernel.models import Allowance, Notification, OutboxEvent
from shemei.kernel.permissions import Forbidden
from shemei.warehouse.tombstones import Erased

if TYPE_CHECKING:
    from tests.world import World

    from shemei.warehouse.home import Home

FORM = {"name": "林小满", "phone": "138 0013 8000", "agree": "1"}


def make(world: World, **values: Any) -> LandingPage:
    values = {"name": "换季修护", "slug": "huanji"} | values
    return actions.create_page(world.brand, by=world.owner.actor, **values)


def variant_of(page: LandingPage, letter: str = "A") -> LandingVariant:
    return page.variants.select_related("page__workspace", "version").get(letter=letter)


def write(world: World, variant: LandingVariant, kind: str, **values: Any) -> dict[str, Any]:
    block = next((b for b in variant.draft if b["kind"] == kind), None)
    if block is None:
        block = actions.add_block(variant, by=world.owner.actor, kind=kind)
    actions.write_block(variant, block["id"], by=world.owner.actor, values=block | values)
    variant.refresh_from_db()
    return next(b for b in variant.draft if b["id"] == block["id"])


def ready(world: World, page: LandingPage, letter: str = "A") -> LandingVariant:
    variant = variant_of(page, letter)
    write(world, variant, "hero", title="换季也安稳")
    write(world, variant, "text", body="两周试用，不合适就退。")
    actions.publish(variant, by=world.owner.actor)
    return variant_of(page, letter)


def picture(width: int = 1600, height: int = 1200) -> bytes:
    out = io.BytesIO()
    Image.frombytes("RGB", (width, height), os.urandom(width * height * 3)).save(out, "PNG")
    return out.getvalue()


def events() -> list[dict[str, Any]]:
    with scopes_disabled():
        return [orjson.loads(row.event) for row in OutboxEvent.objects.order_by("id")]


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


def test_what_was_typed_is_drawn_as_text(inside: World, home: Home) -> None:
    page = make(inside, name="<b>名</b>")
    variant = variant_of(page)
    write(inside, variant, "hero", title="<script>alert(1)</script>")
    write(inside, variant, "text", body='<img src=x onerror="alert(1)">')
    actions.publish(variant, by=inside.owner.actor)
    html = Client().get("/p/huanji").content.decode()
    assert "<script>alert" not in html and "<img src=x" not in html
    assert "&lt;script&gt;alert(1)" in html
    answer = Client().post("/p/huanji", FORM | {"name": '"><script>x</script>', "phone": "1"})
    assert "<script>x" not in answer.content.decode()


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "data:text/html,x",
        " java\tscript:x",
        "vbscript:x",
        "//evil@x.cn",
    ],
)
def test_an_address_that_a_browser_would_run_is_never_published(inside: World, url: str) -> None:
    variant = variant_of(make(inside))
    write(inside, variant, "button", title="去看", url=url)
    read = content.read_draft(variant)
    assert all(
        block["kind"] != "button" or block["url"].startswith("https://") for block in read.blocks
    )
    assert "javascript" not in str(read.blocks).lower()


def test_a_draft_keeps_what_is_wrong_and_publishing_says_it(inside: World) -> None:
    variant = variant_of(make(inside))
    kept = write(inside, variant, "hero", title="长" * 35)
    assert kept["title"] == "长" * 35
    with pytest.raises(ValidationError, match="超了 5 字"):
        actions.publish(variant, by=inside.owner.actor)
    assert variant.versions.count() == 0


def test_absolute_words_block_and_name_the_law(inside: World) -> None:
    variant = variant_of(make(inside))
    write(inside, variant, "hero", title="全网最 低价，第一次就爱上")
    write(inside, variant, "text", body="正文")
    read = content.read_draft(variant)
    [must] = [f for f in read.findings if f.blocks]
    assert must.word == "全网最低价" and "广告法" in must.law and "头图" in must.where
    with pytest.raises(ValidationError, match="绝对化用语"):
        actions.publish(variant, by=inside.owner.actor)
    write(inside, variant, "hero", title="第一次就爱上，最近两周")
    assert [f for f in content.read_draft(variant).findings if "绝对" in f.reason] == []


def test_a_form_without_consent_and_selling_without_a_label_are_remarked(inside: World) -> None:
    page = make(inside)
    variant = variant_of(page)
    write(inside, variant, "form", consent="")
    assert any("同意说明" in p.text for p in content.read_draft(variant).problems)
    actions.change_page(page, by=inside.owner.actor, name=page.name, slug=page.slug, says_ad=False)
    write(inside, variant, "button", title="去买", url="https://shop.example/")
    told = content.read_draft(variant_of(page)).findings
    assert any("互联网广告管理办法" in f.law and not f.blocks for f in told)


def test_keys_of_another_brand_are_not_there(inside: World) -> None:
    with scope(workspace=inside.other_brand):
        foreign = Product.objects.create(workspace=inside.other_brand, sku="x", name="沙发")
    variant = variant_of(make(inside))
    write(inside, variant, "product", product=foreign.key)
    read = content.read_draft(variant)
    assert any("不在商品列表" in p.text for p in read.problems)
    assert all(block["kind"] != "product" for block in read.blocks)


def test_a_product_shows_its_price_of_today(inside: World, home: Home) -> None:
    row = Product.objects.create(workspace=inside.brand, sku="b5", name="屏障修护霜", price=32900)
    page = make(inside)
    write(inside, variant_of(page), "product", product=row.key, url="https://shop.example/b5")
    ready(inside, page)
    assert "¥329.00" in Client().get("/p/huanji").content.decode()


def test_a_countdown_ends_when_it_says_and_never_begins_again(inside: World, home: Home) -> None:
    page = make(inside)
    ends = timezone.localtime(timezone.now() + timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M")
    write(inside, variant_of(page), "countdown", ends=ends, after="已经结束，下次请早。")
    ready(inside, page)
    before = [Client().get("/p/huanji").content.decode() for _ in range(2)]
    moments = {re.search(r'data-ends="([^"]+)"', html)[1] for html in before}
    assert len(moments) == 1
    with time_machine.travel(timezone.now() + timedelta(hours=3)):
        after = Client().get("/p/huanji").content.decode()
    assert "data-ends" not in after and "已经结束，下次请早。" in after


def test_a_code_that_has_run_out_says_so(inside: World, home: Home) -> None:
    code = tracking.create_code(
        inside.brand, by=inside.owner.actor, code="AZHI30", creator="creator-azhi"
    )
    page = make(inside)
    write(inside, variant_of(page), "code", code=code.key)
    ready(inside, page)
    assert "data-copy" in Client().get("/p/huanji").content.decode()
    tracking.archive_code(code, by=inside.owner.actor)
    from django.core.cache import cache

    cache.clear()
    assert "已结束" in Client().get("/p/huanji").content.decode()


def test_visitors_keep_their_variant_and_a_forged_one_is_drawn_anew(
    inside: World, home: Home
) -> None:
    page = make(inside)
    ready(inside, page)
    actions.add_variant(page, by=inside.owner.actor)
    ready(inside, page, "B")
    client = Client()
    client.get("/p/huanji")
    kept = client.cookies[f"lp_{page.key}"].value
    assert {
        client.get("/p/huanji") and client.cookies[f"lp_{page.key}"].value for _ in range(20)
    } == {kept}
    seen = set()
    for _ in range(40):
        forged = Client()
        forged.cookies[f"lp_{page.key}"] = "Z"
        forged.get("/p/huanji")
        seen.add(forged.cookies[f"lp_{page.key}"].value)
    assert seen == {"A", "B"}


def test_a_version_of_another_page_is_not_taken_for_this_ones(inside: World, home: Home) -> None:
    other = ready(inside, make(inside, slug="other", name="别的"))
    mine = ready(inside, make(inside))
    Client().post("/p/huanji", FORM | {"version": other.version.key})
    assert Lead.objects.get().version == mine.version


def test_a_variant_with_no_weight_is_seen_by_nobody_new(inside: World, home: Home) -> None:
    page = make(inside)
    ready(inside, page)
    actions.add_variant(page, by=inside.owner.actor)
    ready(inside, page, "B")
    actions.weigh(page, {"A": 0}, by=inside.owner.actor)
    assert {public.choose(page, "A").letter for _ in range(10)} == {"B"}
    with pytest.raises(ValidationError, match="至少有一个"):
        actions.weigh(page, {"A": 0, "B": 0}, by=inside.owner.actor)


def test_earlier_versions_stay_and_come_back(inside: World, home: Home) -> None:
    page = make(inside)
    first = ready(inside, page).version
    variant = variant_of(page)
    write(inside, variant, "hero", title="换一句")
    actions.publish(variant, by=inside.owner.actor)
    actions.take_back(first, by=inside.owner.actor)
    assert variant_of(page).draft[0]["title"] == "换季也安稳"
    assert "换一句" in Client().get("/p/huanji").content.decode()
    actions.publish(variant_of(page), by=inside.owner.actor)
    assert variant_of(page).version.number == 3


def test_a_removed_block_comes_back_to_its_place(inside: World) -> None:
    variant = variant_of(make(inside))
    before = [b["id"] for b in variant.draft]
    actions.remove_block(variant, before[1], by=inside.owner.actor)
    assert [b["id"] for b in variant.draft] == [before[0], before[2]]
    actions.restore_block(variant, before[1], by=inside.owner.actor)
    assert [b["id"] for b in variant.draft] == before
    actions.order_blocks(variant, before[::-1], by=inside.owner.actor)
    actions.move_block(variant, before[0], by=inside.owner.actor, up=True)
    assert [b["id"] for b in variant.draft] == [before[2], before[0], before[1]]


def test_the_whole_page_is_lighter_than_100_kb(inside: World, home: Home) -> None:
    """Three noisy pictures, the worst there are; all that a phone loads is fetched and weighed as it is sent."""
    page = make(inside)
    variant = variant_of(page)
    for _ in range(3):
        row = actions.add_picture(page, by=inside.owner.actor, data=picture())
        block = actions.add_block(variant, by=inside.owner.actor, kind="picture")
        actions.write_block(
            variant,
            block["id"],
            by=inside.owner.actor,
            values=block | {"picture": row.key, "alt": "质地"},
        )
        variant.refresh_from_db()
    ready(inside, page)
    html = Client().get("/p/huanji").content.decode()
    sources = re.findall(r'src="(/p/i/[^"]+)"', html)
    assert len(sources) == 3
    loaded = sum(len(Client().get(src).content) for src in sources)
    assert all(Client().get(src)["Content-Type"] == "image/webp" for src in sources)
    total = public.weight_of(page, variant_of(page).version.blocks)
    assert loaded < total < 100_000


def test_a_page_too_heavy_for_a_phone_is_refused_whoever_publishes(
    inside: World, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = make(inside)
    monkeypatch.setattr(public, "weight_of", lambda page, blocks: 123_456)
    with pytest.raises(ValidationError, match="整页 123 KB，超过 100 KB"):
        ready(inside, page)
    assert variant_of(page).version is None


def test_two_people_at_one_draft_lose_nothing(inside: World, home: Home) -> None:
    page = make(inside)
    mine, theirs = variant_of(page), variant_of(page)
    hero = mine.draft[0]
    actions.add_block(theirs, by=inside.editor.actor, kind="button")
    order = [block["id"] for block in mine.draft][::-1]
    actions.order_blocks(mine, order, by=inside.owner.actor)
    actions.remove_block(theirs, hero["id"], by=inside.editor.actor)
    actions.add_block(mine, by=inside.owner.actor, kind="countdown")
    left = [block["kind"] for block in variant_of(page).draft]
    assert left == ["form", "text", "button", "countdown"]


def test_a_lead_is_in_the_channel_that_the_brand_says(inside: World, home: Home) -> None:
    ready(inside, make(inside))
    row = {"channel": "门店屏", "field": "utm_source", "pattern": "shop-screen"}
    tracking.set_channel_rules(inside.brand, by=inside.owner.actor, rows=[row])
    Client().post("/p/huanji?utm_source=shop-screen", FORM)
    [event] = [e for e in events() if e["kind"] == "lead"]
    assert event["channel"] == Lead.objects.get().channel == "门店屏"


def test_no_script_stands_in_the_page_and_its_policy_allows_none(inside: World, home: Home) -> None:
    ready(inside, make(inside))
    answer = Client().get("/p/huanji")
    html, policy = answer.content.decode(), answer["Content-Security-Policy"]
    assert not re.findall(r"<script(?![^>]*src=)", html) and "style=" not in html
    assert "unsafe-inline" not in policy and "default-src 'none'" in policy


@pytest.mark.parametrize(
    "data", [b"", b"GIF89a", b"<svg onload=alert(1)>", b"\x89PNG\r\n\x1a\n" + b"0" * 100]
)
def test_what_is_no_picture_is_refused(inside: World, data: bytes) -> None:
    with pytest.raises(ValidationError, match="读不出"):
        actions.add_picture(make(inside), by=inside.owner.actor, data=data)


def test_a_picture_of_too_many_pixels_is_refused_before_it_is_read(inside: World) -> None:
    out = io.BytesIO()
    Image.new("1", (9000, 9000)).save(out, "PNG")
    with pytest.raises(ValidationError, match="像素太多"):
        actions.add_picture(make(inside), by=inside.owner.actor, data=out.getvalue())
    with pytest.raises(ValidationError, match="12 MB"):
        actions.add_picture(
            LandingPage.objects.get(), by=inside.owner.actor, data=b"0" * (12 << 20) + b"0"
        )


def test_a_slug_is_of_one_page_alone(inside: World) -> None:
    make(inside)
    with pytest.raises(ValidationError, match="已被用"):
        make(inside, name="另一页")
    with pytest.raises(ValidationError, match="只能用小写"):
        make(inside, slug="Bad/Slug")


def test_who_may_not_track_builds_nothing(inside: World) -> None:
    with pytest.raises(Forbidden):
        actions.create_page(inside.brand, by=inside.analyst.actor, name="x")


def test_a_page_taken_off_the_web_is_gone_and_its_tag_too(inside: World, home: Home) -> None:
    page = make(inside)
    ready(inside, page)
    assert page.key in queries.tagged_pages()
    actions.switch_page(page, by=inside.owner.actor, active=False)
    assert Client().get("/p/huanji").status_code == 404
    assert page.key not in queries.tagged_pages()


def test_the_edge_credits_visits_of_a_page_to_its_campaign(
    inside: World, home: Home, campaign: Any
) -> None:
    from shemei.edge.sites import Sites

    page = make(inside, campaign=campaign.key)
    ready(inside, page)
    book.publish_sites()
    site = Sites(home).get(page.key)
    assert site is not None and site.campaign == campaign.key


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


def test_pages_of_the_builder_answer(inside: World, home: Home) -> None:
    page = make(inside)
    variant = ready(inside, page)
    client = inside.client()
    for name, key in [
        ("pages", ()),
        ("page", page.key),
        ("build", variant.key),
        ("check", variant.key),
        ("preview", variant.key),
        ("edit", page.key),
        ("leads", ()),
    ]:
        answer = client.get(inside.url(f"landing:{name}", *([key] if key else [])))
        assert answer.status_code == 200, name
    block = variant.draft[0]
    kept = client.post(
        inside.url("landing:write", variant.key), {**block, "block": block["id"], "title": "新标题"}
    )
    assert "草稿已存" in kept.content.decode()
    assert variant_of(page).draft[0]["title"] == "新标题"
    assert (
        inside.client(inside.stranger).get(inside.url("landing:build", variant.key)).status_code
        == 404
    )


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


def said_of(*counted: tuple[str, int, int]) -> str:
    return rules.verdict(counted[0][0], rules.against(counted))


def test_a_difference_is_claimed_only_where_there_is_one() -> None:
    assert said_of(("A", 1, 10), ("B", 5, 12)).startswith("还看不出差别：比的两个版本")
    assert said_of(("A", 50, 500), ("B", 55, 500)).startswith("还看不出差别：现在")
    assert said_of(("A", 50, 1000), ("B", 120, 1000)).startswith("B 比 A 高 4.6 至")
    assert said_of(("A", 120, 1000), ("B", 50, 1000)).startswith("B 比 A 低 4.6 至")
    assert rules.verdict("A", rules.against([("A", 50, 1000)])) == ""
    assert rules.against([]) == []


def test_more_variants_need_a_larger_difference() -> None:
    alone = said_of(("A", 50, 1000), ("B", 71, 1000))
    assert alone.startswith("B 比 A 高")
    among = said_of(("A", 50, 1000), ("B", 71, 1000), ("C", 51, 1000), ("D", 49, 1000))
    assert among.startswith("还看不出差别")


def test_a_variant_with_few_visitors_keeps_no_other_from_being_told() -> None:
    told = rules.against([("A", 50, 1000), ("B", 120, 1000), ("C", 2, 9)])
    assert [one.words for one in told] == [
        "高 4.2 至 9.8 个百分点",
        "两边没有都到 30 位访客，先不比",
    ]
    assert "C" not in rules.verdict("A", told)


def test_a_write_that_was_overtaken_changes_nothing(inside: World, home: Home) -> None:
    """Turns order the writes of one open builder; another builder, or a program, writes as it comes."""
    page = make(inside)
    variant = variant_of(page)
    block_id, client = variant.draft[0]["id"], inside.client()

    def written(title: str, turn: str) -> str:
        told = {"block": block_id, "title": title, "turn": turn}
        answer = client.post(inside.url("landing:write", variant.key), told)
        assert "草稿已存" in answer.content.decode()
        variant.refresh_from_db()
        return str(variant.draft[0]["title"])

    assert written("第九下", "ab:9") == "第九下"
    assert written("第七下", "ab:7") == "第九下"
    assert written("第十下", "ab:10") == "第十下"
    assert written("没有次序", "ab:x") == "没有次序"
    assert written("第八下", "ab:8") == "没有次序"
    assert written("另一个窗口", "cd:1") == "另一个窗口"
    version = ready(inside, page).version
    assert version and all("turn" not in block for block in version.blocks)
