"""品牌健康: a card per metric and source, its interval, whether it moved; the drawer with its readings; the empty page."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from shemei.apps.brand.tracker.actions import enter_reading
from shemei.apps.insight.models import FigureNote
from shemei.apps.insight.reports import brand_health
from shemei.apps.insight.reports.brand_health import _labels, _spans
from shemei.kernel.periods import today
from shemei.warehouse.catalogue import METRICS
from shemei.warehouse.computed.settling import settle
from shemei.warehouse.log.segments import write_segment
from shemei.warehouse.vocabulary import SHANGHAI, Event, stamp, to_ts

if TYPE_CHECKING:
    from tests.world import World

    from shemei.warehouse.home import Home

SUMMER, AUTUMN = date(2026, 6, 14), date(2026, 9, 14)


@pytest.fixture
def place(inside: World, home: Home) -> World:
    return inside


def told(place: World, metric: str, day: date, value: float, **more: Any) -> None:
    values = {"asked": 600, "platform": "", "source": "某调研公司", "note": "", **more}
    enter_reading(place.brand, by=place.owner.actor, metric=metric, day=day, value=value, **values)


def text(place: World, address: str, who: Any = None, **headers: str) -> str:
    return " ".join(place.client(who).get(address, headers=headers).text.split())


def test_the_empty_page_teaches(place: World) -> None:
    page = text(place, place.url("insight:brand_health"))
    assert "±5 个百分点，随机问 n = 385 人；±3 要 1,068 人" in page
    assert place.url("brand:readings_template") in page
    assert place.url("brand:new_reading") in page
    reader = text(place, place.url("insight:brand_health"), place.analyst)
    assert place.url("brand:new_reading") not in reader
    assert place.url("brand:readings_template") in reader


def test_a_wave_says_how_sure_it_is_and_whether_it_moved(place: World) -> None:
    told(place, "aided_awareness", SUMMER, 0.40, asked=500)
    told(place, "aided_awareness", AUTUMN, 0.48)
    told(place, "consideration", SUMMER, 0.26)
    told(place, "consideration", AUTUMN, 0.28, asked=None)
    told(place, "favourability", SUMMER, 0.71)
    told(place, "favourability", AUTUMN, 0.70)
    page = text(place, place.url("insight:brand_health"))
    assert "95% 区间 44.0% 至 52.0%，问了 600 人" in page
    assert 'class="s-delta up good">升 8.0 个百分点' in page
    assert "与上一波（2026-06-14）比，超出抽样误差" in page
    assert "没有样本量，给不出区间" in page
    assert "两波都有样本量，才能判断是不是偶然" in page
    assert 'class="s-delta down ">降 1.0 个百分点' in page
    assert "在抽样误差之内，看不出变化" in page
    assert "提示知名度升 8.0 个百分点，超出抽样误差；其余 1 项在误差之内" in page
    assert "还没有人量过：无提示知名度、净推荐值 NPS" in page


def test_readings_stand_as_far_apart_as_their_days(place: World) -> None:
    days = (date(2026, 1, 31), SUMMER, AUTUMN)
    for n, day in enumerate(days):
        told(place, "aided_awareness", day, 0.40 + n / 100)
    page = text(place, place.url("insight:brand_health"))
    assert '"at": ["2026-01-31", "2026-06-14", "2026-09-14"]' in page


def test_up_is_good_only_where_the_catalogue_says_so(
    place: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    told(place, "aided_awareness", SUMMER, 0.40)
    told(place, "aided_awareness", AUTUMN, 0.48)
    for better, tone in (("down", "bad"), ("none", "")):
        metric = replace(METRICS["aided_awareness"], better=better)
        monkeypatch.setattr(brand_health, "METRICS", {**METRICS, metric.key: metric})
        page = text(place, place.url("insight:brand_health"))
        assert f'class="s-delta up {tone}">升 8.0 个百分点' in page


def test_the_page_is_of_all_that_the_readings_span(place: World) -> None:
    told(place, "aided_awareness", SUMMER, 0.40, first=SUMMER - timedelta(13))
    told(place, "aided_awareness", AUTUMN, 0.48)
    page = text(place, place.url("insight:brand_health") + "?from=2026-06-01&to=2026-07-31")
    assert "?from=2026-06-01&amp;to=2026-09-14" in page


def test_a_net_score_without_its_parts_says_so_and_indices_stand_apart(place: World) -> None:
    told(place, "nps", AUTUMN, 32.0)
    told(place, "brand_search", AUTUMN, 12_800.0, platform="wechat", source="微信指数", asked=None)
    told(place, "brand_search", AUTUMN, 310.0, platform="baidu", source="百度指数", asked=None)
    page = text(place, place.url("insight:brand_health"))
    assert "32<small>分</small>" in page
    assert "没有推荐者与贬损者的占比，给不出区间" in page
    assert "微信，微信指数，2026-09-14" in page and "百度，百度指数，2026-09-14" in page
    assert "12,800" in page and "13,110" not in page


def test_a_figure_opens_its_readings_with_their_sources_and_takes_notes(place: World) -> None:
    told(place, "aided_awareness", SUMMER, 0.40, note="线上问卷")
    told(place, "aided_awareness", AUTUMN, 0.48)
    url = place.url("insight:metric", "aided_awareness") + "?from=2026-06-01&to=2026-11-30"
    drawer = text(place, url, **{"HX-Request": "true"})
    for said in (
        "说知道本品牌的人 ÷ 被问的人",
        "某调研公司",
        "线上问卷",
        "36.2% 至 44.0%",
        "威尔逊",
    ):
        assert said in drawer
    assert f"{place.url('brand:readings')}?metric=aided_awareness" in drawer
    note = place.url("insight:figure_note", "aided_awareness") + "?from=2026-06-01&to=2026-11-30"
    said = (
        place.client().post(note, {"text": "@阿丽 换了题目"}, headers={"HX-Request": "true"}).text
    )
    assert "换了题目" in said
    assert str(FigureNote.objects.get()) == "提示知名度"
    reader = text(place, url, place.analyst, **{"HX-Request": "true"})
    assert place.url("brand:new_reading") not in reader and "某调研公司" in reader


def test_a_metric_of_accounts_has_no_drawer_of_its_own(place: World) -> None:
    url = place.url("insight:metric", "follower_growth")
    answer = place.client().get(url, headers={"HX-Request": "true"})
    assert answer.status_code == 404


def test_the_log_stands_beside_by_quarter_and_by_month(place: World, home: Home) -> None:
    page = text(place, place.url("insight:brand_health"))
    assert "日志里的长期指标" not in page
    noon = datetime.combine(today(), time(12), SHANGHAI)
    events = [
        Event(kind="order", workspace=place.brand.key, ts=to_ts(noon) + n, order_id=f"A{n}", customer="c1", amount=9_900)
        for n in range(4)
    ]  # fmt: skip
    events += [
        Event(kind="visit", workspace=place.brand.key, ts=to_ts(noon) + n, visitor=f"v{n}", channel=channel)
        for n, channel in enumerate(("direct", "xhs", "xhs", "xhs"))
    ]  # fmt: skip
    write_segment(home.spool / "test", 1, [stamp(one) for one in events])
    settle(home)
    page = text(place, place.url("insight:brand_health"))
    assert "日志里的长期指标" in page and "复购订单占比" in page and "75.00%" in page
    assert "直接访问占比" in page and "25.00%" in page
    assert "粉丝净增" not in page  # nobody has told of any
    assert "（未完）" in page
    assert f"{today():%Y-%m}" in text(place, place.url("insight:brand_health") + "?grain=month")


def test_days_below_a_chart_name_the_year_where_there_are_several() -> None:
    assert _labels([SUMMER, AUTUMN]) == ("06-14", "09-14")
    assert _labels([date(2025, 12, 1), AUTUMN]) == ("12-01\n2025", "09-14\n2026")


def test_spans_are_calendar_quarters_and_months() -> None:
    quarters = list(_spans(date(2026, 11, 30), "quarter"))
    assert [one.label for one in quarters[-3:]] == ["2026Q2", "2026Q3", "2026Q4（未完）"]
    assert (quarters[-2].first, quarters[-2].last) == (date(2026, 7, 1), date(2026, 9, 30))
    months = list(_spans(date(2026, 11, 30), "month"))
    assert [one.label for one in months[-2:]] == ["2026-10", "2026-11"]
    assert len(quarters) == 6 and len(months) == 12


def test_both_pages_of_the_tracker_have_the_buttons_that_a_member_may_use(place: World) -> None:
    enter, bring = place.url("brand:new_reading"), place.url("imports:upload")
    for name in ("insight:brand_health", "brand:readings"):
        told(place, "aided_awareness", AUTUMN, 0.48, source=name)
        page = text(place, place.url(name))
        assert f'<a class="s-btn is-primary" href="{enter}">' in page
        assert f'href="{bring}?kind=brand_readings"' in page and "导入读数" in page
        reader = text(place, place.url(name), place.analyst)
        assert f'"{enter}"' not in reader
        assert f'href="{bring}?kind=brand_readings"' in reader


def test_who_sees_no_figures_sees_no_tracker(place: World) -> None:
    told(place, "aided_awareness", AUTUMN, 0.48)
    url = place.url("insight:brand_health")
    assert place.client(place.external).get(url).status_code == 403
    assert place.client(place.stranger).get(url).status_code == 404


def test_many_sources_of_one_metric_do_not_make_an_endless_page(place: World) -> None:
    for n in range(7):
        told(place, "consideration", SUMMER + timedelta(n), 0.2, source=f"来源{n}")
    page = text(place, place.url("insight:brand_health"))
    assert "另有 3 条别的来源或平台" in page
    assert "来源6" in page and "来源3" in page and "来源2" not in page
