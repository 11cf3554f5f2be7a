"""Landing pages as a visitor gets them: what stands in them, how heavy, which version, how long."""

from __future__ import annotations

import io
import os
import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image
from tests.tracking.landing.support import FORM, make, ready, variant_of, write

from shemei.apps.commerce.models import Product
from shemei.apps.tracking import actions as tracking
from shemei.apps.tracking import book
from shemei.apps.tracking.landing import actions, public, queries

if TYPE_CHECKING:
    from tests.world import World

    from shemei.warehouse.home import Home


def picture(width: int = 1600, height: int = 1200) -> bytes:
    out = io.BytesIO()
    Image.frombytes("RGB", (width, height), os.urandom(width * height * 3)).save(out, "PNG")
    return out.getvalue()


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


def test_a_variant_with_no_weight_is_seen_by_nobody_new(inside: World, home: Home) -> None:
    page = make(inside)
    ready(inside, page)
    actions.add_variant(page, by=inside.owner.actor)
    ready(inside, page, "B")
    actions.weigh(page, {"A": 0}, by=inside.owner.actor)
    assert {public.choose(page, "A").letter for _ in range(10)} == {"B"}
    with pytest.raises(ValidationError, match="至少有一个"):
        actions.weigh(page, {"A": 0, "B": 0}, by=inside.owner.actor)


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


def test_no_script_stands_in_the_page_and_its_policy_allows_none(inside: World, home: Home) -> None:
    ready(inside, make(inside))
    answer = Client().get("/p/huanji")
    html, policy = answer.content.decode(), answer["Content-Security-Policy"]
    assert not re.findall(r"<script(?![^>]*src=)", html) and "style=" not in html
    assert "unsafe-inline" not in policy and "default-src 'none'" in policy


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


def test_a_picture_is_shown_as_long_as_its_brand_is_in_use(inside: World, home: Home) -> None:
    row = actions.add_picture(make(inside), by=inside.owner.actor, data=picture(40, 30))
    where = reverse("pages:picture", args=[row.key])
    first = Client().get(where)
    assert (first.status_code, first["Content-Type"]) == (200, "image/webp")
    assert first["Cache-Control"] == "public, max-age=600, must-revalidate"
    known = {"If-None-Match": first["ETag"]}
    again = Client().get(where, headers=known)
    assert (again.status_code, again.content) == (304, b"")
    assert (again["ETag"], again["Cache-Control"]) == (first["ETag"], first["Cache-Control"])
    assert Client().get(where, headers={"If-None-Match": '"another"'}).content == first.content
    inside.brand.is_active = False
    inside.brand.save(update_fields=["is_active"])
    assert Client().get(where).status_code == 404
    assert Client().get(where, headers=known).status_code == 404
