"""A file that does not name its platform is asked about it; nothing is filed under one by habit."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest

from shemei.apps.advertising.models import Spend
from shemei.apps.brand.actions import add_account
from shemei.apps.commerce.models import MarketGood
from shemei.apps.creators.models import Creator
from shemei.kernel.imports import actions, together

if TYPE_CHECKING:
    from tests.world import World

    from shemei.kernel.imports.models import ImportBatch
    from shemei.warehouse.home import Home

ROWS = {
    "spend": "日期,花费\n2026-11-01,100\n",
    "creators": "昵称,粉丝\n阿枝,1200\n",
    "market_goods": "商品名称,近7天销量\n修护霜,500\n",
}
MODELS = {"spend": Spend, "creators": Creator, "market_goods": MarketGood}
KINDS = sorted(ROWS)


@pytest.fixture
def place(inside: World, home: Home) -> World:
    return inside


def received(world: World, kind: str, name: str, text: str = "") -> ImportBatch:
    data = io.BytesIO((text or ROWS[kind]).encode())
    return actions.receive(world.brand, data, name, by=world.owner.actor, kind=kind)


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_that_says_nothing_waits_for_a_choice(place: World, kind: str) -> None:
    by, batch = place.owner.actor, received(place, kind, "导出.csv")
    assert batch.option("platform") == ""
    assert not together.is_clear(batch)
    client, url = place.client(), place.url("imports:mapping", batch.key)
    page = client.get(url).text
    assert '<option value="" selected>请选一个平台</option>' in page
    label = page.split('for="id_o-platform"')[1].split("</label>")[0]
    assert "选填" not in label
    chosen = {f"f-{key}": column for key, column in batch.mapping.items()}
    chosen |= {f"o-{key}": value for key, value in batch.options.items()}
    assert "这份表来自哪个平台，从表里看不出来" in client.post(url, chosen).text
    batch = actions.set_mapping(batch, batch.mapping, {"platform": "kuaishou"}, by=by)
    actions.write(actions.check(batch, by=by), by=by)
    assert MODELS[kind].objects.get().platform == "kuaishou"


@pytest.mark.parametrize("kind", ["creators", "spend"])
def test_a_row_of_an_unchosen_platform_is_wrong_also_where_nobody_looked(
    place: World, kind: str
) -> None:
    batch = actions.check(received(place, kind, "导出.csv"), by=place.owner.actor)
    assert (batch.error_rows, batch.count("new")) == (1, 0)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("name", "platform", "said"),
    [("快手_11月.csv", "kuaishou", "快手"), ("千川日报.csv", "douyin", "抖音"), ("weibo.csv", "weibo", "微博")],
)  # fmt: skip
def test_the_name_of_the_file_is_taken_and_said(
    place: World, kind: str, name: str, platform: str, said: str
) -> None:
    by, batch = place.owner.actor, received(place, kind, name)
    assert batch.option("platform") == platform
    assert together.is_clear(batch)
    batch = actions.check(batch, by=by)
    page = place.client().get(place.url("imports:batch", batch.key)).text
    assert f"，算在{said}" in page
    actions.write(batch, by=by)
    assert MODELS[kind].objects.get().platform == platform


def test_headers_tell_the_platform_and_two_of_them_tell_none(place: World) -> None:
    one = received(place, "creators", "达人.csv", "昵称,抖音号,粉丝\n阿枝,a1,9\n")
    two = received(place, "creators", "达人.csv", "昵称,抖音号,小红书号,粉丝\n阿枝,a1,b1,9\n")
    assert (one.option("platform"), two.option("platform")) == ("douyin", "")


def test_a_column_of_platforms_needs_no_choice_but_its_blanks_are_wrong(place: World) -> None:
    text = "日期,平台,花费\n2026-11-01,小红书,100\n2026-11-02,,5\n"
    batch = received(place, "spend", "导出.csv", text)
    assert together.is_clear(batch)
    batch = actions.check(batch, by=place.owner.actor)
    assert (batch.error_rows, batch.count("new")) == (1, 1)
    assert batch.kind_of.belongs_to(batch) == ""
    page = place.client().get(place.url("imports:mapping", batch.key)).text
    assert "选填" in page.split('for="id_o-platform"')[1].split("</label>")[0]


def test_the_known_export_says_more_than_the_name(place: World) -> None:
    text = "时间,消费,展现量,点击量\n2026-11-01,100,9,1\n"
    assert received(place, "spend", "抖音同事给的.csv", text).option("platform") == "xhs"


def test_the_days_of_an_account_are_not_taken_for_another_platforms(place: World) -> None:
    by = place.owner.actor
    ours = add_account(place.brand, by=by, platform="wechat", name="屿禾护肤")
    text = "日期,粉丝数\n2026-11-01,100\n"
    assert received(place, "account_days", "抖音每日.csv", text).option("account") == ""
    assert received(place, "account_days", "每日.csv", text).option("account") == ""
    assert received(place, "account_days", "公众号每日.csv", text).option("account") == ours.key
    named = received(place, "account_days", "每日.csv", "日期,账号,粉丝数\n2026-11-01,屿禾护肤,9\n")
    with pytest.raises(actions.ImportError_, match="这份表来自哪个平台"):
        actions.set_mapping(named, named.mapping, {}, by=by)
