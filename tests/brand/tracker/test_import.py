"""Files of readings: long or wide, repeated or corrected, taken back; nothing is overwritten with nothing."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shemei.apps.brand.models import BrandReading, ReadingTelling
from shemei.apps.brand.tracker import actions as tracker
from shemei.apps.brand.tracker import tellings, views
from shemei.apps.brand.tracker.tellings import as_fields
from shemei.kernel.imports import actions
from shemei.kernel.imports.errors import Overtaken
from shemei.kernel.imports.models import ImportBatch
from shemei.kernel.policies import Refused

if TYPE_CHECKING:
    from tests.world import World

    from shemei.warehouse.home import Home

HEADS = ["日期", "指标", "数值", "样本量", "平台", "来源", "备注"]


@pytest.fixture
def place(inside: World, home: Home) -> World:
    return inside


def sheet(head: list[str], *rows: list[Any]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows([head, *rows])
    return out.getvalue().encode()


def checked(place: World, data: bytes, **options: str) -> ImportBatch:
    by = place.owner.actor
    batch = actions.receive(
        place.brand, io.BytesIO(data), "读数.csv", by=by, options=options or None
    )
    return actions.check(batch, by=by)


def bring_in(place: World, data: bytes, **options: str) -> ImportBatch:
    batch = checked(place, data, **options)
    assert batch.error_rows == 0, batch.warnings
    return actions.write(batch, by=place.owner.actor)


def counts(batch: ImportBatch) -> list[int]:
    return [batch.count(name) for name in ("new", "changed", "same")]


def stand() -> list[tuple[Any, ...]]:
    """What every kept reading says."""
    rows = BrandReading.objects.kept().order_by("metric", "day", "platform", "source")
    return [
        (r.metric, r.day, r.platform, r.source, r.said.value, r.asked, r.said.promoters, r.said.detractors, r.first, r.note)
        for r in rows
    ]  # fmt: skip


def test_a_long_file_is_recognised_and_the_same_again_changes_nothing(place: World) -> None:
    data = sheet(
        HEADS,
        ["2026-09-14", "提示知名度", "46.5%", 600, "", "某调研公司", "一二线"],
        ["2026-09-14", "NPS", "32", 168, "", "某调研公司", ""],
        ["2026-09-14", "品牌搜索指数", "1.28万", "", "微信", "微信指数", ""],
        ["2026-09-14", "声量份额", "0.18", "", "", "某监测工具", ""],
    )
    batch = bring_in(place, data)
    assert (batch.kind, counts(batch)) == ("brand_readings", [4, 0, 0])
    assert [(row[0], row[2], row[4], row[5]) for row in stand()] == [
        ("aided_awareness", "", 0.465, 600),
        ("brand_search", "wechat", 12_800.0, None),
        ("nps", "", 32.0, 168),
        ("share_of_voice", "", 0.18, None),
    ]
    assert counts(bring_in(place, data)) == [0, 0, 4]


def test_the_template_is_taken_as_it_is(place: World) -> None:
    told = place.client().get(place.url("brand:readings_template")).content
    batch = bring_in(place, told)
    assert counts(batch) == [len(views.EXAMPLES), 0, 0]
    assert {row[0] for row in stand()} == {key for key, _ in BrandReading.metric.field.choices}


def test_a_wide_file_has_a_column_per_metric(place: World) -> None:
    head = [
        "调研日期",
        "开始日期",
        "样本量",
        "来源",
        "无提示知名度(%)",
        "考虑度",
        "净推荐值",
        "推荐者占比",
        "贬损者占比",
    ]
    data = sheet(
        head,
        ["2026-06-14", "2026-06-01", 500, "某调研公司", "1", "26%", "30", "45%", "15%"],
        ["2026-09-14", "2026-09-01", 600, "某调研公司", "12.5", "", "", "50%", "14%"],
    )
    assert counts(bring_in(place, data)) == [5, 0, 0]
    told = {(row[0], row[1]): row[4:9] for row in stand()}
    autumn, summer = date(2026, 9, 14), date(2026, 6, 14)
    assert told["unaided_awareness", summer] == (0.01, 500, None, None, date(2026, 6, 1))
    assert told["unaided_awareness", autumn][0] == 0.125
    assert told["nps", autumn] == (36.0, 600, 0.5, 0.14, date(2026, 9, 1))
    assert ("consideration", autumn) not in told


def test_a_file_without_a_source_asks_for_one_and_an_index_names_its_platform(place: World) -> None:
    data = sheet(["日期", "品牌搜索指数"], ["2026-09-01", "9,800"], ["2026-09-02", "1.02万"])
    by = place.owner.actor
    batch = actions.receive(place.brand, io.BytesIO(data), "指数.csv", by=by, kind="brand_readings")
    assert "来源" in batch.kind_of.option_problem(batch)
    assert "来源" in batch.kind_of.mapping_problem(batch.mapping, batch.options)
    bring_in(place, data, source="百度指数")
    assert [row[2:5] for row in stand()] == [
        ("baidu", "百度指数", 9_800.0),
        ("baidu", "百度指数", 10_200.0),
    ]


def test_a_bare_one_in_a_column_of_shares_is_remarked(place: World) -> None:
    batch = checked(place, sheet(["日期", "来源", "考虑度"], ["2026-09-14", "某", "1"]))
    assert batch.error_rows == 0
    page = place.client().get(place.url("imports:batch", batch.key)).text
    assert "「考虑度」读成了 100%；要是 1%，请写上 %" in page


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (["2026-09-14", "点赞", "3", "", "", "某", ""], "不是这里记的指标"),
        (["2026-09-14", "考虑度", "1", "", "", "某", ""], "分不清是 1% 还是 100%"),
        (["2026-09-14", "考虑度", "130%", "", "", "某", ""], "0% 至 100%"),
        (["2026-09-14", "", "30%", "", "", "某", ""], "没有写是哪个指标"),
        (["2026-09-14", "考虑度", "30%", "", "", "", ""], "没有来源"),
        (["2026-09-14", "品牌搜索指数", "300", "", "", "某", ""], "哪个平台"),
        (["2099-09-14", "考虑度", "30%", "", "", "某", ""], "今天之后"),
        (["1999-12-31", "考虑度", "30%", "", "", "某", ""], "早于 2000 年"),
        (["1000-01-01", "考虑度", "30%", "", "", "某", ""], "1000 年不在 1990 至 2100 之间"),
        (["2026-09-14", "品牌搜索指数", "300", 600, "微信", "某", ""], "没有样本量"),
        (["2026-09-14", "净推荐值", "130", "", "", "某", ""], "−100 至 100"),
    ],
)
def test_a_wrong_row_says_what_is_wrong(place: World, row: list[str], why: str) -> None:
    batch = checked(place, sheet(HEADS, row))
    assert batch.error_rows == 1
    assert why in place.client().get(place.url("imports:batch", batch.key)).text
    assert not BrandReading.objects.exists()


@pytest.mark.parametrize(
    ("head", "row", "why"),
    [
        (["指标", "数值", "推荐者占比", "贬损者占比"], ["考虑度", "30%", "45%", "15%"], "只属于净推荐值"),
        (["指标", "数值", "贬损者占比"], ["考虑度", "30%", "15%"], "只属于净推荐值"),
        (["考虑度", "推荐者占比"], ["30%", "45%"], "要一起填"),
        (["考虑度", "推荐者占比"], ["", "45%"], "要一起填"),
        (["净推荐值", "推荐者占比"], ["30", "45%"], "要一起填"),
    ],
)  # fmt: skip
def test_parts_of_a_net_score_are_told_together_and_of_it_alone(
    place: World, head: list[str], row: list[str], why: str
) -> None:
    batch = checked(place, sheet(["日期", "来源", *head], ["2026-09-14", "某", *row]))
    assert batch.error_rows == 1
    assert why in place.client().get(place.url("imports:batch", batch.key)).text


def test_an_index_beside_a_survey_has_none_of_its_sample(place: World) -> None:
    head = ["日期", "来源", "平台", "样本量", "考虑度", "品牌搜索指数"]
    bring_in(place, sheet(head, ["2026-09-14", "某", "微信", 600, "30%", "1.2万"]))
    assert [(row[0], row[5]) for row in stand()] == [("brand_search", None), ("consideration", 600)]


def test_empty_cells_keep_what_is_known_and_the_check_lists_what_changes(place: World) -> None:
    bring_in(place, sheet(HEADS, ["2026-09-14", "考虑度", "28%", 600, "", "某", "首测"]))
    batch = checked(place, sheet(HEADS, ["2026-09-14", "考虑度", "29.5%", "", "", "某", ""]))
    page = place.client().get(place.url("imports:batch", batch.key)).text
    assert "28.0%" in page and "29.5%" in page
    actions.write(batch, by=place.owner.actor)
    assert [row[4:6] + row[9:] for row in stand()] == [(0.295, 600, "首测")]
    head = ["日期", "考虑度", "来源", "开始日期"]
    bring_in(
        place,
        sheet(
            head,
            ["2026-09-14", "", "某", "2026-09-01"],
            ["2026-09-14", "29.5%", "某", "2026-09-01"],
        ),
    )
    later = checked(place, sheet(head, ["2026-09-14", "29.5%", "某", "2026-09-03"]))
    page = place.client().get(place.url("imports:batch", later.key)).text
    assert "开始日期" in page and "2026-09-01" in page and "2026-09-03" in page


def test_a_file_over_what_was_typed_is_taken_back_to_it(place: World) -> None:
    by = place.owner.actor
    typed = {
        "metric": "consideration", "day": date(2026, 9, 14), "first": None, "value": 0.28, "asked": 600,
        "promoters": None, "detractors": None, "platform": "", "source": "某", "note": "手记",
    }  # fmt: skip
    row = tracker.enter_reading(place.brand, by=by, **typed)
    before = stand()
    same = bring_in(place, sheet(HEADS, ["2026-09-14", "考虑度", "28%", 600, "", "某", ""]))
    assert counts(same) == [0, 0, 1]
    batch = bring_in(place, sheet(HEADS, ["2026-09-14", "考虑度", "31%", "", "", "某", ""]))
    assert counts(batch) == [0, 1, 0] and stand()[0][4] == 0.31
    actions.undo(batch, by=by)
    assert stand() == before
    again = bring_in(place, sheet(HEADS, ["2026-09-14", "考虑度", "31%", "", "", "某", ""]))
    row.refresh_from_db()
    tracker.change_reading(row, by=by, **typed | {"value": 0.33})
    actions.undo(again, by=by)
    assert stand()[0][4] == 0.33


def test_what_a_person_corrected_stays_when_the_file_that_brought_it_goes(place: World) -> None:
    batch = bring_in(place, sheet(HEADS, ["2026-09-14", "考虑度", "31%", 600, "", "某", ""]))
    row = BrandReading.objects.get()
    browser = place.client()
    told = {
        "metric": "consideration",
        "value": "32%",
        "day": "2026-09-14",
        "asked": "600",
        "source": "某",
    }
    assert browser.post(place.url("brand:edit_reading", row.key), told).status_code == 302
    actions.undo(batch, by=place.owner.actor)
    assert [line[4:6] for line in stand()] == [(0.32, 600)]


def test_a_long_file_takes_few_statements_however_it_comes_in(
    place: World, django_assert_max_num_queries: Any
) -> None:
    """Row by row it would be thousands; the same again, a correction and the way back are no different."""
    days = [date(2026, 1, 1) + timedelta(n) for n in range(150)]
    data, other = (
        sheet(
            HEADS,
            *[
                [day, "考虑度", f"{n % 50 + more}%", 600, "", "某", ""]
                for n, day in enumerate(days)
            ],
        )
        for more in (1, 2)
    )
    tracker.enter_reading(place.brand, by=place.owner.actor, **TYPED | {"day": days[0]}, value=0.3)
    told = []
    for file in (data, data, other):
        batch = checked(place, file)
        with django_assert_max_num_queries(80):
            told.append(counts(actions.write(batch, by=place.owner.actor)))
        with django_assert_max_num_queries(40):
            actions.check(checked(place, file), by=place.owner.actor)
    assert told == [[149, 1, 0], [0, 0, 150], [0, 150, 0]]
    with django_assert_max_num_queries(80):
        actions.undo(batch, by=place.owner.actor)
    assert [row[4] for row in stand()] == [(n % 50 + 1) / 100 for n in range(150)]


def test_a_removed_reading_comes_back_with_the_file_as_a_new_one(place: World) -> None:
    data = sheet(HEADS, ["2026-09-14", "考虑度", "31%", 600, "", "某", ""])
    bring_in(place, data)
    tracker.remove_reading(BrandReading.objects.get(), by=place.owner.actor)
    assert stand() == []
    assert counts(bring_in(place, data)) == [1, 0, 0]
    assert len(stand()) == 1


def halted(place: World, data: bytes, monkeypatch: pytest.MonkeyPatch) -> ImportBatch:
    """An import whose rows are in and whose end is still to come, as one that was killed is left."""
    batch = checked(place, data)
    with monkeypatch.context() as stopped, pytest.raises(Overtaken):
        stopped.setattr(actions, "_finish", overtaken)
        actions.write(batch, by=place.owner.actor)
    return ImportBatch.objects.get(pk=batch.pk)


def overtaken(*_: Any) -> None:
    raise Overtaken


ROW = sheet(HEADS, ["2026-09-14", "考虑度", "31%", 600, "", "某", "表里的"])
TYPED: dict[str, Any] = {"metric": "consideration", "day": date(2026, 9, 14), "platform": "", "source": "某"}  # fmt: skip


def test_what_is_typed_while_a_file_comes_in_holds_and_stays(
    place: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    by = place.owner.actor
    batch = halted(place, ROW, monkeypatch)
    assert stand() == []
    tracker.enter_reading(place.brand, by=by, **TYPED, value=0.3, note="手记")
    typed = stand()
    assert [(row[4], row[5], row[9]) for row in typed] == [(0.3, None, "手记")]
    actions.write(batch, by=by)
    assert stand() == typed
    actions.undo(batch, by=by)
    assert stand() == typed


def test_a_reading_a_file_makes_room_for_is_said_to_be_on_its_way(
    place: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    by = place.owner.actor
    old = tracker.enter_reading(place.brand, by=by, **TYPED, value=0.3)
    other = tracker.enter_reading(place.brand, by=by, **TYPED | {"source": "乙"}, value=0.2)  # fmt: skip
    tracker.remove_reading(old, by=by)
    batch = halted(place, ROW, monkeypatch)
    with pytest.raises(Refused, match="正在导入"):
        tracker.restore_reading(old, by=by)
    with pytest.raises(ValidationError, match="正在导入"):
        tracker.change_reading(other, by=by, **TYPED, value=0.2)
    actions.write(batch, by=by)
    with pytest.raises(Refused, match="已另有一个读数"):
        tracker.restore_reading(old, by=by)


def test_a_file_taken_back_leaves_what_another_is_telling_meanwhile(
    place: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    by = place.owner.actor
    first = bring_in(place, sheet(HEADS, ["2026-09-14", "考虑度", "28%", "", "", "某", ""]))
    second = halted(place, ROW, monkeypatch)
    actions.undo(first, by=by)
    actions.write(second, by=by)
    assert [row[4:6] for row in stand()] == [(0.31, 600)]
    actions.undo(second, by=by)
    assert not BrandReading.objects.exists()


def test_a_file_that_repeats_a_correction_changes_nothing(place: World) -> None:
    bring_in(place, ROW)
    row = BrandReading.objects.get()
    told = TYPED | {"asked": 600, "note": "表里的"}
    tracker.change_reading(row, by=place.owner.actor, **told, value=0.33)
    corrected = stand()
    for value in ("33%", "31%"):
        data = sheet(HEADS, ["2026-09-14", "考虑度", value, 600, "", "某", ""])
        batch = checked(place, data)
        assert (counts(batch), batch.kind) == ([0, 0, 1], "brand_readings")
        assert counts(actions.write(batch, by=place.owner.actor)) == [0, 0, 1]
        assert stand() == corrected


def test_a_reading_removed_while_a_file_is_booked_stays_removed(
    place: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    bring_in(place, ROW)

    def removed_meanwhile(told: Any) -> dict[str, Any]:
        BrandReading.objects.update(removed_at=timezone.now())
        return as_fields(told)

    monkeypatch.setattr(tellings, "as_fields", removed_meanwhile)
    bring_in(place, sheet(HEADS, ["2026-09-14", "考虑度", "40%", "", "", "某", ""]))
    assert stand() == []
    assert BrandReading.objects.get().said.value == 0.4


shares = st.one_of(st.just(""), st.integers(0, 1000).map(lambda n: f"{n / 10}%"))
rows = st.lists(
    st.tuples(
        st.sampled_from(["2026-03-14", "2026-06-14", "2026-09-14"]),
        st.sampled_from(["提示知名度", "考虑度", "美誉度"]),
        shares,
        st.one_of(st.just(""), st.integers(1, 5_000).map(str)),
        st.sampled_from(["甲", "乙"]),
        st.sampled_from(["", "说明"]),
    ),
    max_size=6,
)


def as_sheet(lines: list[tuple[str, ...]]) -> bytes:
    return sheet(HEADS, *[[d, m, v, n, "", s, note] for d, m, v, n, s, note in lines])


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
@given(first=rows, second=rows)
def test_any_two_files(
    place: World, first: list[tuple[str, ...]], second: list[tuple[str, ...]]
) -> None:
    """The same again changes nothing, the latter one wins, an empty cell takes nothing, undo returns."""
    BrandReading.objects.all().delete()
    ReadingTelling.objects.all().delete()
    held: dict[tuple[str, str, str], dict[str, str]] = {}
    before: list[tuple[Any, ...]] = []
    batch = None
    for lines in (first, second):
        before = stand()
        batch = bring_in(place, as_sheet(lines), kind="brand_readings")
        for day, metric, value, asked, source, note in lines:
            if value:
                told = {"value": value, "asked": asked, "note": note}
                mine = held.setdefault((metric, day, source), {})
                mine.update({name: one for name, one in told.items() if one})
        assert counts(bring_in(place, as_sheet(lines), kind="brand_readings"))[:2] == [0, 0]
    kept = BrandReading.objects.kept()
    assert {(r.get_metric_display(), str(r.day), r.source) for r in kept} == held.keys()
    for r in kept:
        mine = held[r.get_metric_display(), str(r.day), r.source]
        assert r.said.value == pytest.approx(float(mine["value"][:-1]) / 100)
        assert (str(r.asked or ""), r.note) == (mine.get("asked", ""), mine.get("note", ""))
    assert batch is not None
    actions.undo(batch, by=place.owner.actor)
    assert stand() == before
