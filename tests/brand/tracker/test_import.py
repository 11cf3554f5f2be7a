"""Files of readings, long or wide: what is recognised, what is refused, what an empty cell keeps."""

from __future__ import annotations

import io
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from tests.brand.tracker.files import HEADS, TYPED, bring_in, checked, counts, sheet, stand

from shemei.apps.brand.models import BrandReading
from shemei.apps.brand.tracker import actions as tracker
from shemei.apps.brand.tracker import views
from shemei.kernel.imports import actions

if TYPE_CHECKING:
    from tests.world import World


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
