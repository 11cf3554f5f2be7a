"""Landing pages under attack: what a visitor or a member sends that nobody meant to be sent."""

from __future__ import annotations

import io
import random
import re
from typing import TYPE_CHECKING

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image
from tests.tracking.landing.support import FORM, events, make, ready, variant_of, write

from shemei.apps.tracking.landing import content, pictures, rules
from shemei.apps.tracking.landing.models import Lead
from shemei.edge.tag import tag_source
from shemei.kernel.addresses import BadInput

if TYPE_CHECKING:
    from tests.world import World

    from shemei.warehouse.home import Home


@pytest.mark.parametrize("moment", ["0001-01-01T00:00+23:59", "9999-12-31T23:59-23:59"])
def test_a_moment_beyond_all_calendars_does_not_lock_the_builder(
    inside: World, moment: str
) -> None:
    variant = variant_of(make(inside))
    write(inside, variant, "countdown", ends=moment)
    assert "ends" in {one.field for one in content.read_draft(variant).problems}


@pytest.mark.parametrize("phone", ["138٠٠١٣٨٠٠٠", "1380013800०"])
def test_digits_of_other_scripts_are_no_second_number(phone: str) -> None:
    with pytest.raises(BadInput):
        rules.tidy_mobile(phone)


def test_utm_of_a_button_stays_inside_its_address() -> None:
    told = rules.web_address("https://a.cn/?utm_source=%22%3E%3Cscript%3E&x=1")
    assert told == "https://a.cn/?x=1&utm_source=%22%3E%3Cscript%3E"


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_forged_camera_notes_are_left_out_and_break_nothing() -> None:
    notes = Image.Exif()
    notes[0x0112], notes[0x010E] = 6, "at home in Hangzhou"
    notes[0x8825] = {1: "N", 2: (31.0, 14.0, 0.0)}
    out = io.BytesIO()
    Image.new("RGB", (60, 40), "red").save(out, "JPEG", exif=notes.tobytes())
    light = pictures.lighten(out.getvalue())
    assert (light.width, light.height) == (40, 60) and b"Hangzhou" not in light.data
    draw = random.Random(4)
    for _ in range(400):
        forged = bytearray(out.getvalue())
        for _ in range(draw.randrange(1, 12)):
            forged[draw.randrange(20, 20 + len(notes.tobytes()))] = draw.randrange(256)
        try:
            assert pictures.lighten(bytes(forged)).data[8:12] == b"WEBP"
        except BadInput as error:
            assert "读不出" in str(error)


def test_a_form_is_small_and_carries_no_files(inside: World, home: Home) -> None:
    ready(inside, make(inside))
    file = SimpleUploadedFile("x.bin", b"x" * 20_000)
    assert Client().post("/p/huanji", FORM | {"file": file}).status_code == 413
    long = "name=" + "x" * 20_000
    kind = "application/x-www-form-urlencoded"
    assert Client().post("/p/huanji", long, content_type=kind).status_code == 413
    unsaid = Client().generic("POST", "/p/huanji", long, kind, CONTENT_LENGTH="")
    assert unsaid.status_code == 413 and not Lead.objects.exists()


def test_nothing_unseen_gets_into_a_lead_or_the_log(inside: World, home: Home) -> None:
    ready(inside, make(inside))
    form = FORM | {"name": "林\0小满\u202e", "version": "a\0b", "visitor": "访客٣", "click": "x\0"}
    answer = Client().post("/p/huanji?utm_source=%00xhs%1b&_c=%00", form)
    lead = Lead.objects.get()
    assert (answer.status_code, lead.name, lead.visitor, lead.click_id) == (200, "林小满", "", "")
    assert lead.utm == {"utm_source": "xhs-"}
    assert [e["utm_source"] for e in events() if e["kind"] == "lead"] == ["xhs-"]
    assert Client().get("/p/i/%00.webp").status_code == 404


def test_a_brand_brings_no_script_to_the_address_that_all_brands_share(
    inside: World, home: Home
) -> None:
    inside.brand.link_host = "https://s.brand.cn"
    inside.brand.save()
    ready(inside, make(inside))
    answer = Client().get("/p/huanji")
    rules = dict(one.split(" ", 1) for one in answer["Content-Security-Policy"].split("; "))
    assert (rules["script-src"], rules["connect-src"]) == ("'self'", "https://s.brand.cn")
    html = answer.content.decode()
    scripts = re.findall(r'<script src="([^"]*)"', html)
    assert len(scripts) == 2 and all(re.match(r"/[a-z]", src) for src in scripts)
    assert 'src="/p/tag.js" data-to="https://s.brand.cn"' in html
    tag = Client().get("/p/tag.js")
    assert tag.content == tag_source() and tag["Content-Type"].startswith("text/javascript")


def test_what_identifies_a_person_in_utm_is_masked_in_a_lead_and_the_log(
    inside: World, home: Home
) -> None:
    ready(inside, make(inside))
    Client().post("/p/huanji?utm_source=sms&utm_term=13800138000&utm_content=a%40b.cn", FORM)
    [event] = [e for e in events() if e["kind"] == "lead"]
    assert (event["utm_source"], event["utm_term"], event["utm_content"]) == (
        "sms", "[手机号]", "[邮箱]",
    )  # fmt: skip
    assert Lead.objects.get().utm["utm_term"] == "[手机号]"


def test_a_line_of_many_pixels_is_refused_before_it_is_scaled() -> None:
    out = io.BytesIO()
    Image.new("1", (30_000, 10)).save(out, "PNG")
    with pytest.raises(BadInput, match="太扁"):
        pictures.lighten(out.getvalue())
