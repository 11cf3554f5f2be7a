"""The page 「对表头」: what a person must choose, what is folded away, and what stops the check."""

from __future__ import annotations

import io
import re
from itertools import chain, combinations
from typing import TYPE_CHECKING

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from shemei.kernel.imports import actions
from shemei.kernel.imports.forms import MappingForm
from shemei.kernel.imports.kinds import all_kinds, kind_of
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


KINDS = pytest.mark.parametrize("kind", [one.key for one in all_kinds()])


@KINDS
def test_no_empty_choice_is_demanded(world: World, home: Home, kind: str) -> None:
    batch = received(world, kind)
    with world.scope():
        fields = MappingForm(None, batch).fields.items()
        first = {name: field.choices[0][0] for name, field in fields}  # type: ignore[attr-defined]
        form = MappingForm(first, batch)
        assert form.is_valid(), form.errors
        assert not [name for name in form.fields if "required" in str(form[name])]


@KINDS
def test_what_the_mapping_would_refuse_is_not_shown_as_left_open(kind: str) -> None:
    """Whatever columns a file has: an option is needed just where its being empty changes the refusal."""
    of = kind_of(kind)
    named = sorted({one.instead_of for one in of.options if one.instead_of} | {"account", "title"})
    for present in chain.from_iterable(combinations(named, n) for n in range(len(named) + 1)):
        columns = {key: at for at, key in enumerate(("metric", "value", *present))}
        for option in of.options:
            told = {one.key: one.default for one in of.options}
            empty, chosen = (
                of.mapping_problem(columns, told | {option.key: value}) for value in ("", "x")
            )
            if any(value == "" for value, _ in option.choices):
                assert of.needs_option(option, columns) is (empty != chosen), (option.key, present)


def test_looking_at_the_choices_changes_nothing(world: World, home: Home) -> None:
    batch = received(world)
    with world.scope():
        form = MappingForm(None, batch)
        needed = {name: field.required for name, field in form.fields.items()}
        assert needed["o-platform"] is True
        assert needed["o-account"] is False
        form.option_fields()
        assert {name: field.required for name, field in form.fields.items()} == needed


def test_a_column_that_says_it_takes_the_need_away(world: World, home: Home) -> None:
    batch = received(world)
    with world.scope():
        for column, needed in (("", True), ("0", False)):
            form = MappingForm({"f-platform": column, "o-platform": "", "o-day": "today", "o-unnamed": "row"}, batch)  # fmt: skip
            assert form.is_valid(), form.errors
            assert form.fields["o-platform"].required is needed


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


def test_phones_are_not_shown_before_anybody_said_which_column_holds_them(
    world: World, home: Home
) -> None:
    rows = "订单号,备注\nNO-13800003391,请电 138 0000 3391\n".encode()
    with world.scope():
        batch = actions.receive(
            world.brand, io.BytesIO(rows), "单.csv", by=world.owner.actor, kind="orders"
        )
    page = world.client().get(world.url("imports:batch", batch.key)).content.decode()
    preview = page[page.index("原表的前几行") :]
    assert "请电 138****3391" in preview and "0000 3391" not in preview


def test_where_no_column_is_left_what_is_missing_is_folded(world: World, home: Home) -> None:
    client, by = world.client(), world.owner.actor
    pages = []
    for head in ("订单编号,付款时间,实付金额", "订单编号,付款时间,实付金额,说不清的"):
        data = io.BytesIO(f"{head}\nD1,2026-06-01 10:00,99,1\n".encode())
        with world.scope():
            batch = actions.receive(world.brand, data, "orders.csv", by=by, kind="orders")
        pages.append(client.get(world.url("imports:batch", batch.key)).content.decode())
    assert "退款金额" in pages[0].split("<details", 1)[1]
    assert "退款金额" in pages[1].split("原表的前几行", 1)[0] and "<details" not in pages[1]


def test_a_page_that_hides_phones_says_so(world: World, home: Home) -> None:
    client, by = world.client(), world.owner.actor
    for cell, said in (("请打 138 0000 3391", True), ("老客", False)):
        data = io.BytesIO(f"订单编号,付款时间,实付金额,说明\nD1,2026-06-01,99,{cell}\n".encode())
        with world.scope():
            batch = actions.receive(world.brand, data, "orders.csv", by=by, kind="orders")
        page = client.get(world.url("imports:batch", batch.key)).content.decode()
        assert ("手机号只在这里遮住中间四位" in page) is said
        assert "0000" not in page.split("原表的前几行", 1)[1]
