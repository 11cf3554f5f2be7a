"""Links from a file: recognised, made once, refused with a reason, taken back."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone
from django_scopes import scope

from shemei.apps.tracking import actions as actions_of_links
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


@pytest.fixture
def agreed(world: World) -> None:
    actions_of_links.set_naming(
        world.brand, by=world.editor.actor, pattern="{platform}-{creator}-{date}", plain=True
    )


ODD_ROWS = (
    "https://brand.cn/a,随便,,小红书,,阿栀,,,xhs!kol",
    "https://brand.cn/a,别的,,小红书,,阿栀,,,xhs",
    "https://brand.cn/b,,,小红书,,阿栀,,,xhs",
)


def check(world: World, *rows: str, mend: bool = False) -> ImportBatch:
    by = world.editor.actor
    data = io.BytesIO("\n".join([f"{HEAD},utm_source", *rows]).encode())
    batch = actions.check(actions.receive(world.brand, data, "短链.csv", by=by), by=by)
    if mend:
        (offer,) = batch.kind_of.offers(batch)
        batch = actions.check(actions.accept_suggestion(batch, offer.key, by=by), by=by)
    return batch


def test_the_check_says_what_the_rules_would_write_and_changes_nothing_unasked(
    world: World, agreed: None
) -> None:
    batch = check(world, *ODD_ROWS)
    name = f"小红书-阿栀-{timezone.localdate():%Y%m%d}"
    said = "\n".join(batch.warnings)
    assert (
        "utm_source「xhs!kol」只能用字母、数字和 - _ .，照规则是「xhs_kol」：1 行（第 2 行）"
        in said
    )
    assert f"名称「别的」没有照「平台-达人-日期」写，照规则是「{name}」：1 行（第 3 行）" in said
    assert batch.counts["extra"] == {"不合命名规则": 2, "其中能照规则改好": 2}
    assert [offer.button for offer in batch.kind_of.offers(batch)] == ["按规则改好 2 条"]
    done = actions.write(batch, by=world.editor.actor)
    assert set(Link.objects.values_list("name", flat=True)) == {"随便", "别的", name}
    ((label, url),) = done.kind_of.further(done)
    assert label == "看不合命名规则的 2 条"
    assert "这次导入里 2 条" in world.client(world.editor).get(url).content.decode()


def test_one_choice_mends_all_rows_and_the_same_file_is_still_known(
    world: World, agreed: None
) -> None:
    batch = check(world, *ODD_ROWS, mend=True)
    assert batch.warnings == []
    assert batch.counts["extra"] == {"已照规则改好": 2}
    assert [offer.button for offer in batch.kind_of.offers(batch)] == [""]
    done = actions.write(batch, by=world.editor.actor)
    name = f"小红书-阿栀-{timezone.localdate():%Y%m%d}"
    assert [row.name for row in Link.objects.all()] == [name] * 3
    assert sorted(row.utm_source for row in Link.objects.all()) == ["xhs", "xhs", "xhs_kol"]
    assert done.kind_of.further(done) == []
    Link.objects.filter(url__endswith="/b").update(name="后来改的")
    again = check(world, *ODD_ROWS)
    assert (again.count("new"), again.count("same")) == (0, 3)
    assert again.kind_of.offers(again) == []


def test_the_pages_of_an_import_offer_the_mending_and_the_report(
    world: World, agreed: None
) -> None:
    client = world.client(world.editor)
    batch = check(world, *ODD_ROWS)
    url = world.url("imports:batch", batch.key)
    page = client.get(url).content.decode()
    assert "按规则改好 2 条" in page and 'name="group" value="naming"' in page
    actions.write(batch, by=world.editor.actor)
    page = client.get(url).content.decode()
    assert f"{world.url('tracking:naming_report')}?batch={batch.key}" in page
