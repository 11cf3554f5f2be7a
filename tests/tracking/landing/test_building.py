"""Building a landing page: drafts, versions, pictures, and what is never published."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django_scopes import scope
from PIL import Image
from tests.tracking.landing.support import make, ready, variant_of, write

from shemei.apps.commerce.models import Product
from shemei.apps.tracking.landing import actions, content, public
from shemei.apps.tracking.landing.models import LandingPage
from shemei.kernel.permissions import Forbidden

if TYPE_CHECKING:
    from tests.world import World

    from shemei.warehouse.home import Home


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
