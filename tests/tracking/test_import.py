"""Links from a file: recognised, made once, refused with a reason, taken back."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest
from django_scopes import scope

from shemei.apps.tracking.actions import create_link
from shemei.apps.tracking.models import Link
from shemei.kernel.imports import actions

if TYPE_CHECKING:
    from tests.world import World

    from shemei.kernel.imports.models import ImportBatch

pytestmark = pytest.mark.usefixtures("home", "inside")
HEAD = "目标网址,名称,短码,平台,投放位置,达人,营销计划,文件夹"


def bring_in(world: World, *rows: str) -> ImportBatch:
    by = world.editor.actor
    data = io.BytesIO(("\ufeff" + "\n".join([HEAD, *rows])).encode())
    batch = actions.receive(world.brand, data, "短链.csv", by=by)
    assert batch.kind == "links"
    return actions.write(actions.check(batch, by=by), by=by)


def test_rows_become_links_with_their_owners(world: World, campaign: Any) -> None:
    batch = bring_in(
        world,
        "https://brand.cn/a,,azhi-11,小红书,,阿栀,双11,双11",
        "brand.cn/b?utm_term=x,门店立牌,,,收银台,,,门店",
    )
    assert (batch.count("new"), batch.error_rows) == (2, 0)
    one, two = Link.objects.get(code="azhi-11"), Link.objects.get(folder="门店")
    assert (one.creator_key, one.campaign, one.platform) == ("creator-azhi", campaign, "xhs")
    assert (one.utm_campaign, one.name) == ("double11", "小红书 · 阿栀 · 双11")
    assert (two.name, two.spot, two.utm_term, len(two.code)) == ("门店立牌", "收银台", "x", 7)


def test_the_same_file_twice_makes_nothing_new(world: World) -> None:
    rows = ("https://brand.cn/a,,,小红书,,阿栀,,", "https://brand.cn/b,,code-b,,,,,")
    bring_in(world, *rows)
    again = bring_in(world, *rows)
    assert (again.count("new"), again.count("same")) == (0, 2)
    assert Link.objects.count() == 2


@pytest.mark.parametrize(
    "row",
    [
        "ftp://brand.cn/a,,,,,,,",
        "https://brand.cn/a,,a b c,,,,,",
        "https://brand.cn/a,,,人人网,,,,",
        "https://brand.cn/a,,,,,不认识的人,,",
        "https://brand.cn/a,,,,,,没有的计划,",
    ],
)
def test_a_row_that_cannot_be_used_is_left_out_with_a_reason(world: World, row: str) -> None:
    batch = bring_in(world, "https://brand.cn/good,,,,,,,", row)
    assert (batch.count("new"), batch.error_rows) == (1, 1)
    assert [link.url for link in Link.objects.all()] == ["https://brand.cn/good"]


def test_a_code_of_another_brand_is_taken(world: World) -> None:
    with scope(workspace=world.other_brand):
        create_link(world.other_brand, by=world.stranger.actor, url="https://x.cn", alias="theirs")
    batch = bring_in(world, "https://brand.cn/a,,theirs,,,,,")
    assert (batch.count("new"), batch.error_rows) == (0, 1)


def test_undo_archives_and_the_next_import_restores(world: World) -> None:
    batch = bring_in(world, "https://brand.cn/a,,code-a,,,,,")
    actions.undo(batch, by=world.editor.actor)
    assert not Link.objects.get(code="code-a").is_active
    again = bring_in(world, "https://brand.cn/a,,code-a,,,,,")
    assert again.count("changed") == 1
    assert Link.objects.get(code="code-a").is_active
