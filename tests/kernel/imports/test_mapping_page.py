"""The page 「对表头」: what a person must choose, what is folded away, and what stops the check."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from shemei.kernel.imports import actions
from shemei.kernel.imports.forms import MappingForm
from shemei.kernel.imports.kinds import all_kinds
from shemei.kernel.imports.models import ImportBatch

if TYPE_CHECKING:
    from tests.world import World

    from shemei.warehouse.home import Home

NAMELESS = b"Tipo;like;comment;5s\xcd\xea\xb2\xa5\xc2\xca\nPhoto;79;4;12%\n"
"""No title, no id, no address: only figures. 「5s完播率」 in GBK is a rare column that is there."""


def received(world: World, kind: str = "post_metrics") -> ImportBatch:
    data, by = io.BytesIO(NAMELESS), world.owner.actor
    with world.scope():
        return actions.receive(world.brand, data, "pagina.csv", by=by, kind=kind)


@pytest.mark.parametrize("kind", [one.key for one in all_kinds()])
def test_no_empty_choice_is_demanded(world: World, home: Home, kind: str) -> None:
    batch = received(world, kind)
    with world.scope():
        form = MappingForm(None, batch)
        for name, field in form.fields.items():
            empty = any(value == "" for value, _ in field.choices)  # type: ignore[attr-defined]
            assert field.required is not empty, name
            assert "required" not in str(form[name]), name


def test_rare_fields_are_folded_until_the_file_has_them(world: World, home: Home) -> None:
    batch, client = received(world), world.client()
    page = client.get(world.url("imports:batch", batch.key)).content.decode()
    seen, folded = page.split("<details", 1)
    assert "5 秒完播率" in seen
    assert "推广曝光" not in seen
    assert "推广曝光" in folded
    assert not re.match(r"[^>]* open", folded)
    chosen = {f"f-{key}": str(index) for key, index in batch.mapping.items()}
    chosen |= {f"o-{key}": value for key, value in batch.options.items()}
    ask = world.url("imports:preview", batch.key)
    part = client.get(ask, chosen | {"f-coins": "2", "f-comments": ""}).content.decode()
    assert re.search(r"<details[^>]* open", part)


def test_figures_without_a_name_are_not_checked_unasked(world: World, home: Home) -> None:
    batch, client = received(world), world.client()
    chosen = {f"f-{key}": str(index) for key, index in batch.mapping.items()}
    options = {f"o-{key}": value for key, value in batch.options.items()}
    url = world.url("imports:mapping", batch.key)
    page = client.post(url, chosen | options).content.decode()
    assert "每一行都会是错行" in page
    assert (
        client.post(url, chosen | options | {"o-unnamed": "row", "o-platform": "other"}).status_code
        == 302
    )


def test_ranges_and_shares_are_read_back_as_people_write_them(world: World, home: Home) -> None:
    table = (
        "商品名称,近7天销量,近30天销量,佣金比例,关联达人,到手价\n霜,7.5w~10w,≥50w,20%,1k~2k,99.9\n"
    )
    client = world.client()
    file = SimpleUploadedFile("goods.csv", table.encode())
    page = client.post(world.url("imports:upload"), {"file": file}, follow=True).content.decode()
    told = re.findall(r'<span class="num">(.*?)</span>', page)
    assert told == ["霜", "75,000 至 100,000", "≥ 500,000", "20.00%", "1,000 至 2,000", "99.90"]
    assert "认出是蝉妈妈「商品列表」" in page
