"""Lists of creators as 星图, 蒲公英 and WEIQ give them: stored with source and day, matched, taken back."""

from __future__ import annotations

import io
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from shemei.apps.creators import dossier
from shemei.apps.creators.actions import change_creator, create_creator
from shemei.apps.creators.models import Creator, CreatorTelling
from shemei.kernel.imports import actions, files, together
from shemei.kernel.imports.models import ImportBatch

if TYPE_CHECKING:
    from tests.world import World

    from shemei.warehouse.home import Home

XINGTU = ["达人昵称", "星图ID", "粉丝数", "预期CPM", "预期CPE", "预期播放量", "1-20s报价", "21-60s报价", "女性粉丝占比"]  # fmt: skip
PGY = ["昵称", "小红书ID", "粉丝数", "蒲公英链接", "图文报价", "视频报价", "数据日期"]


def csv(head: list[str], *rows: list[Any]) -> bytes:
    lines = [",".join(map(str, row)) for row in (head, *rows)]
    return ("\ufeff" + "\n".join(lines)).encode()


def bring_in(world: World, data: bytes, name: str = "达人.csv") -> ImportBatch:
    by = world.owner.actor
    batch = actions.receive(world.brand, io.BytesIO(data), name, by=by)
    return actions.write(actions.check(batch, by=by), by=by)


def xingtu(name: str, own: str, followers: str, first: str = "1w-3w") -> list[Any]:
    return [name, own, followers, "35.5", "1.2", "≥10万", first, "28000", "72.0%"]


@pytest.fixture
def place(inside: World, home: Home) -> World:
    return inside


def held(creator: Creator) -> dict[str, Any]:
    return creator.tellings.standing().order_by("day", "id").held()


def test_a_list_makes_creators_with_ranges_at_both_ends(place: World) -> None:
    batch = bring_in(
        place, csv(XINGTU, xingtu("阿枝", "6801", "12.5w"), xingtu("小满", "6802", "8600", "--"))
    )
    assert (batch.kind, batch.preset, batch.count("new"), batch.error_rows) == ("creators", "xingtu", 2, 0)  # fmt: skip
    azhi = Creator.objects.get(name="阿枝")
    assert (azhi.platform, azhi.followers, azhi.tier, azhi.external_id) == ("douyin", 125_000, "KOL", "6801")  # fmt: skip
    told = held(azhi)
    assert told["quote_1_20"] == [1_000_000, 3_000_000]
    assert told["expected_plays"] == [100_000, None]
    assert (told["cpm"], told["female_share"]) == ([3550, 3550], [0.72, 0.72])
    assert (azhi.quote_from, azhi.cpm) == (1_000_000, 3550)
    small = Creator.objects.get(name="小满")
    assert "quote_1_20" not in held(small)
    assert small.quote_from == 2_800_000


def test_the_same_list_twice_changes_nothing(place: World) -> None:
    data = csv(XINGTU, xingtu("阿枝", "6801", "12.5w"))
    bring_in(place, data)
    again = bring_in(place, data)
    assert (again.count("new"), again.count("changed"), again.count("same")) == (0, 0, 1)
    assert CreatorTelling.objects.count() == 1


def test_a_renamed_creator_is_known_by_the_platforms_number(place: World) -> None:
    bring_in(place, csv(XINGTU, xingtu("阿枝", "6801", "12.5w")))
    batch = bring_in(place, csv(XINGTU, xingtu("阿枝护肤日记", "6801", "13w")))
    assert (batch.count("new"), batch.count("changed")) == (0, 1)
    only = Creator.objects.get()
    assert (only.name, only.followers) == ("阿枝护肤日记", 130_000)


def test_one_entered_by_hand_is_known_by_name_and_undo_returns_to_it(place: World) -> None:
    azhi = create_creator(
        place.brand,
        by=place.owner.actor,
        name="阿枝",
        platform="douyin",
        followers=9_000,
        city="杭州",
    )
    batch = bring_in(
        place, csv(XINGTU, xingtu("阿枝", "6801", "12.5w"), xingtu("小满", "6802", "8600"))
    )
    azhi.refresh_from_db()
    assert (azhi.followers, azhi.city, azhi.tier, azhi.external_id) == (125_000, "杭州", "KOL", "6801")  # fmt: skip
    actions.undo(batch, by=place.owner.actor)
    azhi.refresh_from_db()
    assert (azhi.followers, azhi.city, azhi.tier, azhi.external_id) == (9_000, "杭州", "素人", "")
    assert (azhi.quote_from, azhi.cpm) == (None, None)
    assert not Creator.objects.filter(name="小满").exists()


def test_two_of_one_name_are_not_guessed_at(place: World) -> None:
    by = place.owner.actor
    for handle in ("a", "b"):
        create_creator(place.brand, by=by, name="阿枝", platform="douyin", handle=handle)
    bring_in(place, csv(XINGTU, xingtu("阿枝", "6801", "12.5w")))
    assert Creator.objects.filter(name="阿枝").count() == 3


def test_prices_have_a_history_with_source_and_day(place: World) -> None:
    for day, price in (("2026-06-01", "3000-5000"), ("2026-07-01", "3000-5000"), ("2026-08-01", "6000")):  # fmt: skip
        bring_in(place, csv(PGY, ["阿枝", "azhi01", "8.6万", "https://pgy.example/1", price, "9000", day]))  # fmt: skip
    azhi = Creator.objects.get()
    [note] = [line for line in dossier.prices(azhi) if line.label == "图文"]
    assert (note.shown, note.day, note.source) == (
        "¥6,000.00",
        date(2026, 8, 1),
        "蒲公英「博主列表」",
    )
    assert [(one.shown, one.day) for one in note.earlier] == [
        ("¥3,000.00 至 ¥5,000.00", date(2026, 6, 1))
    ]


def test_followers_typed_later_win_over_an_older_file(place: World) -> None:
    bring_in(place, csv(PGY, ["阿枝", "azhi01", "8.6万", "", "3000", "9000", "2026-06-01"]))
    azhi = Creator.objects.get()
    change_creator(azhi, by=place.owner.actor, followers=90_000)
    bring_in(place, csv(PGY, ["阿枝", "azhi01", "8.7万", "", "3000", "9000", "2026-06-02"]))
    azhi.refresh_from_db()
    assert azhi.followers == 90_000


def test_a_file_without_names_is_refused_with_the_list(place: World) -> None:
    weiq = ["粉丝数", "直发CPM", "阅读中位数", "供稿直发", "供稿转发"]
    by = place.owner.actor
    batch = actions.receive(place.brand, io.BytesIO(csv(weiq, [1, 2, 3, 4, 5])), "w.csv", by=by)
    with pytest.raises(actions.ImportError_, match="还没有对应：昵称.*表里有：粉丝数"):
        actions.set_mapping(batch, batch.mapping, batch.options, by=by)


def test_the_page_shows_what_is_known_with_source_and_day(place: World) -> None:
    bring_in(place, csv(XINGTU, xingtu("阿枝", "6801", "12.5w")))
    url = place.url("creators:creator", Creator.objects.get().key)
    page = place.client().get(url).content.decode()
    for said in (
        "1–20 秒视频",
        "¥1.0 万 至 ¥3.0 万",
        "≥ 10.0 万",
        "女性粉丝",
        "72.0%",
        "巨量星图「达人列表」",
    ):
        assert said in page, said


def test_one_source_is_said_once_and_changes_have_a_column(place: World) -> None:
    bring_in(place, csv(PGY, ["阿枝", "azhi01", "8.6万", "", "3000", "9000", "2026-06-01"]))
    azhi, client = Creator.objects.get(), place.client()
    page = client.get(place.url("creators:creator", azhi.key)).text
    assert page.count("蒲公英「博主列表」") == 1
    assert "此前" not in page
    bring_in(place, csv(PGY, ["阿枝", "azhi01", "8.6万", "", "4000", "9000", "2026-07-01"]))
    page = client.get(place.url("creators:creator", azhi.key)).text
    assert page.count("蒲公英「博主列表」") == 2
    assert "¥3,000.00" in page.split("此前", 1)[1]


def test_a_price_that_cannot_be_read_is_left_out_and_said(place: World) -> None:
    by = place.owner.actor
    rows = csv(
        ["昵称", "平台", "粉丝", "报价", "微信群", "合作意向"],
        ["阿枝", "小红书", "1.2万", "面议", "群一", "高"],
        ["小满", "小红书", "8600", "3000", "群二", "低"],
        ["无名", "火星", "900", "看心情", "", ""],
    )
    batch = actions.receive(place.brand, io.BytesIO(rows), "报价.csv", by=by, kind="creators")
    batch = actions.check(batch, by=by)
    assert (batch.count("new"), batch.error_rows, batch.count("left_out")) == (2, 1, 1)
    assert batch.warnings[0] == "「报价」有 1 格读不懂，没有收，那一行的其余照收（第 2 行）"
    assert batch.unused == ["微信群", "合作意向"]
    [line] = together.lines([batch])
    assert not line.is_clean
    page = place.client(place.owner).get(place.url("imports:batch", batch.key)).content.decode()
    assert "1 格没有收" in page and '<code class="s-raw">面议</code>' in page
    assert "表里有 2 列没有用到：微信群、合作意向" in page
    mended = (files.folder(batch.key) / files.ERRORS).read_text(encoding="utf-8-sig").splitlines()
    assert [row.split(",")[0] for row in mended[1:]] == ["阿枝", "无名"]
    actions.write(batch, by=by)
    azhi, xiaoman = (Creator.objects.get(name=name) for name in ("阿枝", "小满"))
    assert (azhi.followers, azhi.quote_from, xiaoman.quote_from) == (12_000, None, 300_000)


def test_cells_left_out_alone_do_not_write_a_file_unseen(place: World) -> None:
    by = place.owner.actor
    rows = csv(["昵称", "平台", "报价"], ["阿枝", "小红书", "面议"])
    batch = actions.receive(place.brand, io.BytesIO(rows), "报价.csv", by=by, kind="creators")
    [line] = together.lines([actions.check(batch, by=by)])
    assert line.need == "1 格读不懂，没有收，打开看一下"
    assert together.write_clean([line.batch], by=by) == 0


def test_what_a_source_said_last_is_known_with_and_without_a_day(place: World) -> None:
    batch = bring_in(place, csv(XINGTU, xingtu("阿枝", "6801", "12.5w")))
    ledger, creator = batch.kind_of.ledger_of(batch), Creator.objects.get()
    (day,) = CreatorTelling.objects.filter(batch=batch.key).values_list("day", flat=True)
    assert ledger.held(creator)["followers"] == ledger.held(creator, day)["followers"] == [125_000] * 2  # fmt: skip
    assert ledger.held(creator, day - timedelta(1)) == {}
