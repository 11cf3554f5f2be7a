"""A morning's upload: several files at once, each with its own state, one button for all that are clean."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.content.files import CHANNELS, DOUYIN, csv, douyin

from shemei.apps.advertising.models import Spend
from shemei.apps.brand.actions import add_account
from shemei.apps.commerce.models import Order
from shemei.apps.content.models import Post
from shemei.kernel.imports.models import ImportBatch

if TYPE_CHECKING:
    from tests.world import World

    from shemei.warehouse.home import Home

pytestmark = pytest.mark.django_db(transaction=True)

CHANNEL = [
    "冬天的脸",
    "export/UzFfAgtgekIEAQxyz",
    "2026-10-01 12:00",
    "5%",
    "14.7秒",
    800,
    3,
    20,
    4,
    6,
    1,
]
FILES = {
    "抖音.csv": csv(DOUYIN, douyin("冰箱", 1_000, 50)),
    "视频号.csv": csv(CHANNELS, CHANNEL),
    "订单.csv": "订单号,付款时间,实付\nA1,2026-11-03,5\n".encode(),
    "坏订单.csv": "订单号,付款时间,实付\nA2,2026-11-03,6\nA3,从前,7\n".encode(),
    "花费.csv": "日期,投放平台,消耗\n2026-11-01,巨量千川,12.5\n".encode(),
    "缺列.csv": "订单号,实付\nA4,5\n".encode(),
    "照片.csv": b"\x89PNG\r\n\x1a\n\x00",
}


@pytest.fixture
def place(home: Home) -> World:
    from tests.world import tell

    return tell()


def drop(place: World, *names: str) -> tuple[Any, str]:
    client = place.client()
    files = [SimpleUploadedFile(name, FILES[name]) for name in names]
    answer = client.post(place.url("imports:upload"), {"file": files})
    assert answer.status_code == 302
    return client, answer.url


def states(place: World) -> dict[str, str]:
    with place.scope():
        return dict(ImportBatch.objects.values_list("file_name", "state"))


def test_each_file_has_its_own_state_and_one_button_writes_the_clean_ones(place: World) -> None:
    client, page = drop(place, *FILES)
    shown = client.get(page).content.decode()
    assert states(place) == {
        "抖音.csv": "ready", "视频号.csv": "ready", "订单.csv": "ready", "坏订单.csv": "ready", "花费.csv": "ready", "缺列.csv": "draft",
    }  # fmt: skip
    assert "照片.csv" in shown
    assert "没有收下" in shown
    assert "1 行有错" in shown
    assert "付款时间或下单时间" in shown
    assert "入库没有错的 4 份" in shown
    with place.scope():
        assert not Order.objects.exists()
        assert not Post.objects.exists()
    assert client.post(page, {"write": "1"}).status_code == 302
    assert {name for name, state in states(place).items() if state == "done"} == {
        "抖音.csv", "视频号.csv", "订单.csv", "花费.csv",
    }  # fmt: skip
    with place.scope():
        assert (Order.objects.count(), Post.objects.count(), Spend.objects.count()) == (1, 2, 1)
    assert "已入库 4 份" in client.get(page).content.decode()


def test_a_second_click_writes_nothing_more(place: World) -> None:
    client, page = drop(place, "订单.csv", "抖音.csv")
    for _ in range(2):
        client.post(page, {"write": "1"})
    with place.scope():
        assert (Order.objects.count(), Post.objects.count()) == (1, 1)


def test_the_only_account_of_a_platform_gets_the_file_and_of_two_the_named_one(
    place: World,
) -> None:
    with place.scope():
        add_account(place.brand, by=place.owner.actor, platform="douyin", name="屿禾护肤")
    drop(place, "抖音.csv", "视频号.csv")
    with place.scope():
        batch = ImportBatch.objects.get(file_name="抖音.csv")
        assert batch.kind_of.belongs_to(batch) == "屿禾护肤"
        add_account(place.brand, by=place.owner.actor, platform="douyin", name="屿禾实验室")
    client, page = drop(place, "抖音.csv", "视频号.csv")
    shown = client.get(page).content.decode()
    assert "是哪个账号的" in shown
    assert "屿禾护肤" in shown and "屿禾实验室" in shown, "both can be chosen beside the file"


def test_what_another_brand_uploaded_is_not_shown(place: World) -> None:
    _, page = drop(place, "订单.csv", "抖音.csv")
    query = page.split("?")[1]
    other = place.client(place.stranger)
    from shemei.kernel.urls import wurl

    shown = other.get(f"{wurl(place.other_brand, 'imports:together')}?{query}").content.decode()
    assert "订单.csv" not in shown
    other.post(f"{wurl(place.other_brand, 'imports:together')}?{query}", {"write": "1"})
    assert states(place)["订单.csv"] == "ready"


def test_who_may_not_see_spend_sees_no_spend_file(place: World) -> None:
    _, page = drop(place, "花费.csv", "抖音.csv")
    shown = place.client(place.editor).get(page).content.decode()
    assert "抖音.csv" in shown
    assert "花费.csv" not in shown
