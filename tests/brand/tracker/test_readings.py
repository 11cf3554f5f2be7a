"""Readings of the brand tracker: entered, corrected, removed and brought back; how sure, and moved by chance or not."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.core.exceptions import ValidationError

from shemei.apps.brand.models import BrandReading
from shemei.apps.brand.tracker import actions, rules
from shemei.apps.brand.tracker.queries import tracked
from shemei.engines.proportions import newcombe, wilson
from shemei.kernel.models import AuditEntry
from shemei.kernel.periods import today
from shemei.kernel.permissions import Forbidden
from shemei.kernel.policies import Refused

if TYPE_CHECKING:
    from tests.world import World


DAY = date(2026, 9, 14)


def values(**changes: Any) -> dict[str, Any]:
    return {
        "metric": "aided_awareness", "day": DAY, "first": None, "value": 0.465, "asked": 600, "promoters": None,
        "detractors": None, "platform": "", "source": "某调研公司", "note": "", **changes,
    }  # fmt: skip


def entered(place: World, **changes: Any) -> BrandReading:
    return actions.enter_reading(place.brand, by=place.owner.actor, **values(**changes))


def form(**changes: str) -> dict[str, str]:
    return {
        "metric": "aided_awareness", "value": "46.5%", "day": "2026-09-14", "first": "2026-09-01", "asked": "600",
        "platform": "", "source": "某调研公司", "note": "一二线城市", "promoters": "", "detractors": "", **changes,
    }  # fmt: skip


def sentences(verb: str) -> list[str]:
    return [entry.sentence for entry in AuditEntry.objects.filter(verb=verb)]


def test_a_reading_is_entered_shown_corrected_removed_and_brought_back(place: World) -> None:
    browser = place.client()
    browser.post(place.url("brand:new_reading"), form())
    row = BrandReading.objects.kept().get()
    assert (float(row.value), row.asked, row.first) == (0.465, 600, date(2026, 9, 1))
    assert sentences("reading.entered") == [
        "记下「提示知名度 2026-09-14」的读数 46.5%（某调研公司）"
    ]
    page = browser.get(place.url("brand:readings")).text
    assert "46.5%" in page and "42.5% 至 50.5%" in page and "某调研公司" in page
    edit = place.url("brand:edit_reading", row.key)
    assert 'value="46.5%"' in browser.get(edit).text
    browser.post(edit, form(value="４７", asked=""))
    row.refresh_from_db()
    assert (float(row.value), row.asked) == (0.47, None)
    assert sentences("reading.changed") == ["修改「提示知名度 2026-09-14」的读数：数值、样本量"]
    told = browser.post(place.url("brand:remove_reading", row.key), follow=True).text
    assert not BrandReading.objects.kept().exists()
    undo = place.url("brand:restore_reading", row.key)
    assert undo in told
    assert browser.get(edit).status_code == 404
    browser.post(undo)
    assert BrandReading.objects.kept().get() == row
    assert len(sentences("reading.removed")) == len(sentences("reading.restored")) == 1


def test_what_another_has_taken_is_not_brought_back(place: World) -> None:
    row = entered(place)
    actions.remove_reading(row, by=place.owner.actor)
    entered(place, value=0.5)
    with pytest.raises(Refused, match="已另有一个读数"):
        actions.restore_reading(row, by=place.owner.actor)
    url = place.url("brand:restore_reading", row.key)
    answer = place.client().post(url)
    assert answer.status_code == 403 and "已另有一个读数" in answer.text


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"value": 1.2}, "value"),
        ({"metric": "nps", "value": 101.0}, "value"),
        ({"metric": "brand_search", "value": -1.0, "platform": "wechat", "asked": None}, "value"),
        ({"metric": "brand_search", "value": 900.0, "asked": None}, "platform"),
        ({"source": ""}, "source"),
        ({"asked": 0}, "asked"),
        ({"metric": "brand_search", "value": 900.0, "platform": "wechat"}, "asked"),
        ({"day": today() + timedelta(1)}, "day"),
        ({"day": date(1000, 1, 1)}, "day"),
        ({"first": DAY + timedelta(1)}, "first"),
        ({"first": date(1999, 12, 31)}, "first"),
        ({"promoters": 0.5, "detractors": 0.2}, "promoters"),
        ({"detractors": 0.2}, "detractors"),
        ({"metric": "nps", "value": 30.0, "promoters": 0.5}, "detractors"),
        ({"metric": "nps", "value": 30.0, "promoters": 0.8, "detractors": 0.5}, "promoters"),
        ({"metric": "nps", "value": 40.0, "promoters": 0.5, "detractors": 0.2}, "value"),
    ],
)
def test_what_cannot_be_is_refused_on_its_field(
    place: World, changes: dict[str, Any], field: str
) -> None:
    with pytest.raises(ValidationError) as told:
        entered(place, **changes)
    assert set(told.value.message_dict) == {field}
    assert not BrandReading.objects.exists()


def test_the_form_says_what_is_wrong_and_keeps_what_was_typed(place: World) -> None:
    browser, url = place.client(), place.url("brand:new_reading")
    page = browser.post(url, form(value="1", note="很长的说明")).text
    assert "分不清是 1% 还是 100%" in page and "很长的说明" in page
    assert "不是数" in browser.post(url, form(value="很多")).text
    assert "日期早于 2000 年。请核对年份。" in browser.post(url, form(day="1000-01-01")).text
    entered(place)
    assert "已有这个指标的读数" in browser.post(url, form()).text
    assert BrandReading.objects.count() == 1


def test_a_net_score_is_typed_with_its_parts(place: World) -> None:
    typed = form(metric="nps", value="32", promoters="45%", detractors="13")
    answer = place.client().post(place.url("brand:new_reading"), typed)
    assert answer.status_code == 302
    said = BrandReading.objects.get().said
    assert (said.value, said.promoters, said.detractors) == (32.0, 0.45, 0.13)
    long = typed | {"day": "2026-09-15", "promoters": "0.45" + "0" * 20}
    page = place.client().post(place.url("brand:new_reading"), long).text
    assert re.search(r'name="promoters"[^>]*aria-invalid="true"', page)


def test_a_correction_stands_on_what_the_reading_says_by_now(place: World) -> None:
    row = entered(place)
    by = place.owner.actor
    BrandReading.objects.update(asked=800)
    told = {name: values()[name] for name in ("metric", "day", "platform", "source")}
    actions.change_reading(row, by=by, **told, value=0.5)
    row.refresh_from_db()
    assert (row.said.value, row.asked) == (0.5, 800)
    seen, too = BrandReading.objects.get(), BrandReading.objects.get()
    actions.remove_reading(row, by=by)
    with pytest.raises(ValidationError, match="刚被删除了"):
        actions.change_reading(seen, by=by, **told, value=0.6)
    actions.remove_reading(too, by=by)
    assert len(sentences("reading.removed")) == 1
    BrandReading.objects.all().delete()
    with pytest.raises(Refused, match="没有改动"):
        actions.restore_reading(seen, by=by)


def test_readings_are_for_those_who_may(place: World) -> None:
    row = entered(place)
    for member in (place.editor, place.analyst):
        browser = place.client(member)
        page = browser.get(place.url("brand:readings")).text
        assert "46.5%" in page and place.url("brand:edit_reading", row.key) not in page
        assert browser.get(place.url("brand:new_reading")).status_code == 403
        assert browser.post(place.url("brand:remove_reading", row.key)).status_code == 403
    assert place.client(place.external).get(place.url("brand:readings")).status_code == 403
    with pytest.raises(Forbidden):
        actions.change_reading(row, by=place.editor.actor, **values(value=0.9))
    assert place.client(place.stranger).get(place.url("brand:readings")).status_code == 404
    assert BrandReading.objects.kept().count() == 1


def test_a_share_has_wilsons_interval_and_newcombes_difference() -> None:
    said, before = rules.Said(0.48, 600), rules.Said(0.40, 500)
    assert rules.interval("consideration", said) == pytest.approx(wilson(288, 600))
    told = rules.gap("consideration", said, before)
    assert (told.low, told.high) == pytest.approx(newcombe((200, 500), (288, 600)))
    assert told.beyond_chance is True


def test_a_net_score_has_an_interval_only_with_its_parts() -> None:
    whole = rules.Said(30.0, 400, 0.45, 0.15)
    assert rules.interval("nps", whole) == pytest.approx((22.8, 36.8), abs=0.05)
    assert rules.interval("nps", rules.Said(30.0, 400)) is None
    assert "推荐者" in rules.why_unsure("nps", rules.Said(30.0, 400))
    assert rules.gap("nps", rules.Said(45.0, 400, 0.55, 0.10), whole).beyond_chance is True
    assert rules.gap("nps", rules.Said(33.0, 400, 0.47, 0.14), whole).beyond_chance is False
    assert rules.gap("nps", rules.Said(33.0, 400), whole).beyond_chance is None


def test_an_index_and_counted_posts_are_no_sample() -> None:
    for metric in ("brand_search", "share_of_voice"):
        assert rules.interval(metric, rules.Said(0.2, 5_000)) is None
        assert rules.gap(metric, rules.Said(0.3, 5_000), rules.Said(0.2, 5_000)).why


def test_waves_are_compared_within_one_source_and_platform(place: World) -> None:
    before = DAY - timedelta(91)
    entered(place, day=before, value=0.40)
    entered(place, value=0.48)
    entered(place, value=0.60, source="另一家")
    entered(
        place, metric="brand_search", value=900.0, platform="wechat", source="微信指数", asked=None
    )
    entered(
        place, metric="brand_search", value=5.0, platform="baidu", source="百度指数", asked=None
    )
    lines = {(one.metric, one.place, one.source): one for one in tracked(place.brand)}
    assert len(lines) == 4
    ours = lines["aided_awareness", "", "某调研公司"]
    assert [wave.day for wave in ours.waves] == [before, DAY]
    assert ours.last.gap and ours.last.gap.size == pytest.approx(0.08)
    assert lines["aided_awareness", "", "另一家"].last.gap is None
    assert lines["brand_search", "百度", "百度指数"].last.gap is None


def test_readings_are_exported_as_numbers(place: World) -> None:
    entered(place)
    told = place.client().get(place.url("brand:readings") + "?export=csv")
    text = told.getvalue().decode("utf-8-sig")
    assert "提示知名度" in text and "0.465" in text and "某调研公司" in text
