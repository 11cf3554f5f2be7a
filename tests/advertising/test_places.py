"""Where an ad of 腾讯广告 was shown: said by the file row by row, else chosen by a person, never assumed."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
from django.db.models import Sum

from shemei.apps.advertising.models import Spend
from shemei.kernel.imports import actions, together
from shemei.kernel.imports.models import ImportBatch

if TYPE_CHECKING:
    from tests.world import World

    from shemei.warehouse.home import Home

NEWCOMER = "日期,推广计划名称,花费,曝光量,点击量\n20261117,视频号加热,￥117.83,6115,181\n"
KNOWN = "日期,广告名称,花费,曝光次数,点击次数\n2026-11-17,加热,117.83,6115,181\n"


@pytest.fixture
def place(inside: World, home: Home) -> World:
    return inside


def received(
    world: World, text: str, name: str = "腾讯广告_报表.csv", **options: str
) -> ImportBatch:
    by = world.owner.actor
    return actions.receive(world.brand, io.BytesIO(text.encode()), name, by=by, options=options)


@pytest.mark.parametrize("text", [NEWCOMER, KNOWN])
def test_the_place_is_asked_for_beside_the_file(place: World, text: str) -> None:
    batch = received(place, text)
    assert (batch.kind, batch.option("platform")) == ("spend", "")
    assert not together.is_clear(batch)
    url, browser = f"{place.url('imports:together')}?in={batch.key}", place.client()
    page = browser.get(url).text
    assert "是哪个平台的</label>" in page
    assert '<option value="channels">视频号</option>' in page
    assert page.count('<span class="s-none">—</span></td>') == 3, "no label stands without a cell"
    browser.post(url, {"for": batch.key, "platform": "火星"})
    batch.refresh_from_db()
    assert batch.state == "draft"
    browser.post(url, {"for": batch.key, "platform": "channels"})
    batch.refresh_from_db()
    assert batch.option("platform") == "channels"
    assert batch.state in ("checking", "ready")


def test_a_file_that_lacks_more_is_opened(place: World) -> None:
    batch = actions.receive(
        place.brand, io.BytesIO("推广计划名称,花费\nA,5\n".encode()), "腾讯广告.csv",
        by=place.owner.actor, kind="spend",
    )  # fmt: skip
    [line] = together.lines([batch])
    assert line.ask is None
    assert "还没有对应：日期" in line.need


def test_the_file_says_the_place_row_by_row(place: World) -> None:
    rows = ["微信视频号", "自动版位", "微信公众号与小程序", "微信朋友圈", "朋友圈；视频号", "火星"]
    text = "日期,广告名称,投放版位,花费,曝光次数,点击次数\n" + "".join(
        f"2026-11-17,P{n},{where},{n}.00,10,1\n" for n, where in enumerate(rows, 1)
    )
    by = place.owner.actor
    batch = actions.check(received(place, text), by=by)
    assert (batch.preset, batch.error_rows, batch.count("new")) == ("tencent_ads", 3, 3)
    page = place.client().get(place.url("imports:batch", batch.key)).text
    assert "没有平台" in page
    batch = actions.set_mapping(batch, batch.mapping, {"platform": "wechat"}, by=by)
    shown = place.client().get(place.url("imports:mapping", batch.key)).text
    assert "（没有写明）" in shown
    batch = actions.write(actions.check(batch, by=by), by=by)
    assert batch.error_rows == 1
    told = dict(Spend.objects.values_list("plan", "platform"))
    assert told == {"P1": "channels", "P2": "wechat", "P3": "wechat", "P4": "other", "P5": "wechat"}


def test_a_file_that_was_put_on_the_wrong_platform_moves(place: World) -> None:
    by = place.owner.actor
    for platform in ("wechat", "channels", "channels"):
        batch = received(place, NEWCOMER, platform=platform)
        actions.write(actions.check(batch, by=by), by=by)
    assert Spend.objects.get().platform == "channels"
    assert Spend.objects.aggregate(sum=Sum("amount"))["sum"] == 11_783


def test_two_accounts_with_the_same_form_both_stay(place: World) -> None:
    by = place.owner.actor
    for platform, text in (("wechat", NEWCOMER), ("channels", NEWCOMER.replace("117.83", "9"))):
        batch = received(place, text, platform=platform)
        actions.write(actions.check(batch, by=by), by=by)
    assert set(Spend.objects.values_list("platform", "amount")) == {
        ("wechat", 11_783),
        ("channels", 900),
    }
