"""What pages say links, codes and sites brought, asked of a real log."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from shemei.apps.tracking import actions, figures
from shemei.kernel.periods import Period, today
from shemei.warehouse.channels import channel_of
from shemei.warehouse.computed.settling import settle
from shemei.warehouse.log.segments import write_segment
from shemei.warehouse.vocabulary import Event, stamp, to_ts

if TYPE_CHECKING:
    from tests.world import World

    from shemei.apps.tracking.models import Link
    from shemei.warehouse.home import Home

PERIOD = Period(today() - timedelta(2), today())


def at(hours: float) -> int:
    """So many hours before now."""
    return to_ts(timezone.now() - timedelta(hours=hours))


def write(home: Home, *events: Event) -> None:
    write_segment(home.spool / "test-stream", 1, [stamp(event) for event in events])
    settle(home)


@pytest.fixture
def link(inside: World, home: Home) -> Link:
    inside.brand.attribution_model = "last"
    inside.brand.save()
    return actions.create_link(
        inside.brand, by=inside.owner.actor, url="https://brand.cn/a", platform="xhs"
    )


def click(link: Link, hours: float, visitor: str, **given: Any) -> Event:
    return Event(
        kind="click",
        workspace=link.workspace.key,
        ts=at(hours),
        link=link.key,
        platform=link.platform,
        channel=channel_of(platform=link.platform),
        visitor=visitor,
        source="edge",
        **{"in_app": "xhs", "device": "ios"} | given,
    )


def order(workspace: Any, hours: float, visitor: str, number: str, **given: Any) -> Event:
    return Event(
        kind="order",
        workspace=workspace.key,
        ts=at(hours),
        visitor=visitor,
        order_id=number,
        amount=32_900,
        **given,
    )


def test_a_link_without_events_has_nothing_rather_than_zero(inside: World, link: Link) -> None:
    report = figures.link_report(inside.brand, link, PERIOD)
    assert report.figure == figures.NOTHING
    assert report.trend.is_empty
    assert (report.latest, report.steps, report.in_apps) == ([], [], [])


def test_clicks_people_and_orders_of_a_link(inside: World, home: Home, link: Link) -> None:
    write(
        home,
        click(link, 5, "visitor-one"),
        click(link, 4, "visitor-one", in_app="wechat"),
        click(link, 3, "visitor-two"),
        click(link, 3, "robot", suspect="crawler"),
        order(inside.brand, 1, "visitor-one", "D1"),
    )
    figure = figures.of_links(inside.brand, PERIOD)[link.key]
    assert (figure.clicks, figure.people) == (3, 2)
    assert (figure.orders, figure.revenue) == (1, 32_900)
    report = figures.link_report(inside.brand, link, PERIOD)
    assert report.figure == figure
    assert [(share.name, share.count) for share in report.in_apps] == [("小红书", 2), ("微信", 1)]
    assert [(share.name, share.count) for share in report.suspects] == [("搜索引擎或其他爬虫", 1)]
    assert sum(report.trend.series[0].values) == 3
    assert report.trend.series[0].values[-1] + report.trend.series[0].values[-2] == 3
    assert len(report.latest) == 3
    assert report.latest[0].device == "iPhone"


def test_clicks_by_where_the_link_stood_and_by_the_way_it_took(
    inside: World, home: Home, link: Link
) -> None:
    said = ({"via": "门店"}, {"via": "门店", "rule": "1", "way": "B"}, {"rule": "late"}, {})
    write(
        home,
        *(click(link, n, f"visitor-{n}", props=json.dumps(one)) for n, one in enumerate(said, 1)),
    )
    report = figures.link_report(inside.brand, link, PERIOD)
    assert [(share.name, share.count) for share in report.vias] == [("门店", 2), ("没写名字", 2)]
    assert {share.name for share in report.ways} == {"第 1 条 · B", "到期或用完以后"}


def test_where_a_link_stood_adds_up_to_all_its_clicks(
    inside: World, home: Home, link: Link
) -> None:
    said = [{"via": f"门店 {n}"} for n in range(10)] + [{}]
    write(
        home,
        *(
            click(link, 1 + n / 60, f"visitor-{n}", props=json.dumps(one))
            for n, one in enumerate(said)
        ),
    )
    vias = figures.link_report(inside.brand, link, PERIOD).vias
    assert [(share.name, share.count) for share in vias[8:]] == [
        ("其余 2 个名字", 2),
        ("没写名字", 1),
    ]
    assert sum(share.count for share in vias) == 11


def test_a_link_nobody_named_has_no_table_of_places(inside: World, home: Home, link: Link) -> None:
    write(home, click(link, 1, "visitor-one", props="{}"))
    assert figures.link_report(inside.brand, link, PERIOD).vias == []


def test_suspect_clicks_count_where_the_switch_says_so(
    inside: World, home: Home, link: Link
) -> None:
    write(home, click(link, 3, "visitor-two"), click(link, 3, "robot", suspect="crawler"))
    report = figures.link_report(inside.brand, link, PERIOD, include_suspect=True)
    assert report.figure.clicks == 2
    assert [series.name for series in report.trend.series] == ["点击", "可疑点击"]
    assert {row.suspect for row in report.latest} == {"", "搜索引擎或其他爬虫"}


def test_the_paths_a_link_stands_in(inside: World, home: Home, link: Link) -> None:
    other = actions.create_link(
        inside.brand, by=inside.owner.actor, url="https://brand.cn/b", platform="weibo"
    )
    write(
        home,
        click(other, 30, "visitor-one", in_app="weibo"),
        click(link, 3, "visitor-one"),
        order(inside.brand, 1, "visitor-one", "D1"),
    )
    (step,) = figures.link_report(inside.brand, link, PERIOD).steps
    assert (step.order_id, step.position, step.length, step.value) == ("D1", 2, 2, 32_900)
    assert step.seconds_before == pytest.approx(7200, abs=60)
    assert figures.of_links(inside.brand, PERIOD)[other.key].orders in (None, 0)


def test_a_code_counts_its_orders_and_shows_its_credit(
    inside: World, home: Home, link: Link
) -> None:
    row = actions.create_code(
        inside.brand, by=inside.owner.actor, code="AZHI30", creator="creator-azhi"
    )
    owner = {"promo_code": "AZHI30", "creator": "creator-azhi", "platform": "xhs", "channel": "xhs"}
    redeem = Event(
        kind="redeem", workspace=inside.brand.key, ts=at(1), order_id="D1", visitor="v-1", **owner
    )
    write(
        home,
        redeem,
        order(inside.brand, 1, "v-1", "D1", **owner),
        order(inside.brand, 2, "v-2", "D2"),
    )
    assert figures.of_codes(inside.brand, PERIOD)["AZHI30"].orders == 1
    report = figures.code_report(inside.brand, row, PERIOD)
    assert (report.figure.orders, report.figure.revenue, report.average) == (1, 32_900, 32_900)
    assert report.credited_revenue == 32_900
    assert [event.order_id for event, _ in report.latest] == ["D1"]


def test_an_order_told_and_corrected_is_one_of_the_latest_orders_of_its_code(
    inside: World, home: Home, link: Link
) -> None:
    row = actions.create_code(
        inside.brand, by=inside.owner.actor, code="AZHI30", creator="creator-azhi"
    )
    owner = {"promo_code": "AZHI30", "creator": "creator-azhi", "platform": "xhs", "channel": "xhs"}
    write(
        home,
        order(inside.brand, 3, "v-1", "D1", source="tag", **owner),
        order(inside.brand, 2, "v-1", "D1", source="import", **owner),
        order(inside.brand, 1, "v-1", "D1", source="correction", **owner),
    )
    ((used, _),) = figures.code_report(inside.brand, row, PERIOD).latest
    assert (used.order_id, used.amount) == ("D1", 32_900)
    assert to_ts(used.at) == pytest.approx(at(1), abs=60_000_000)


def test_a_code_says_which_of_its_orders_came_back(inside: World, home: Home, link: Link) -> None:
    row = actions.create_code(
        inside.brand, by=inside.owner.actor, code="AZHI30", creator="creator-azhi"
    )
    owner = {"promo_code": "AZHI30", "creator": "creator-azhi", "platform": "xhs", "channel": "xhs"}

    def back(number: str, amount: int) -> Event:
        told = {"workspace": inside.brand.key, "order_id": number, "source": "import"}
        return Event(kind="refund", ts=at(1), amount=amount, **told)

    url = inside.url("tracking:code", row.key)
    write(home, *(order(inside.brand, 2, f"v-{n}", f"D{n}", **owner) for n in (1, 2, 3)))
    assert "全额退款" not in inside.client().get(url).text.split("每天的用码订单")[0]
    write_segment(home.spool / "more", 1, [stamp(back("D1", 32_900)), stamp(back("D2", 900))])
    settle(home)
    report = figures.code_report(inside.brand, row, PERIOD)
    assert (report.figure.orders, report.lost) == (3, 1)
    assert {one.order_id: one.is_lost for one, _ in report.latest} == {
        "D1": True, "D2": False, "D3": False,
    }  # fmt: skip
    shown = " ".join(inside.client().get(url).text.split())
    assert "全数，不分摊；含全额退款或取消的 1 单" in shown and "按实付，没扣退款" in shown
    assert shown.count("已全额退款或取消") == 1 and "已退 ¥9.00" in shown


def test_a_site_says_when_its_tag_was_last_heard(inside: World, home: Home) -> None:
    mine, quiet, rare = (
        actions.create_site(inside.brand, by=inside.owner.actor, name=name, hosts=f"{name}.cn")
        for name in ("mine", "quiet", "rare")
    )
    view = Event(
        kind="visit",
        workspace=inside.brand.key,
        ts=at(1),
        visitor="visitor-one",
        source="tag",
        batch=mine.key,
        page="/p/8",
    )
    foreign = Event(
        kind="view",
        workspace=inside.brand.key,
        ts=at(2),
        visitor="visitor-two",
        source="tag",
        batch=mine.key,
        suspect="foreign_host",
    )
    past = replace(view, batch=rare.key, ts=at(30 * 24))
    write(home, view, foreign, past)
    seen = figures.site_figures(inside.brand, [mine, quiet, rare])
    assert (seen[mine.key].events, seen[mine.key].people, seen[mine.key].suspect) == (1, 1, 1)
    assert to_ts(seen[mine.key].last_at) == view.ts
    assert seen[quiet.key].last_at is None
    assert (seen[rare.key].events, to_ts(seen[rare.key].last_at)) == (0, past.ts)
    assert len(figures.site_events(inside.brand, mine)) == 2


def test_a_brands_only_site_owns_all_that_tags_sent(inside: World, home: Home) -> None:
    site = actions.create_site(inside.brand, by=inside.owner.actor, name="官网", hosts="a.cn")
    visit = Event(
        kind="visit", workspace=inside.brand.key, ts=at(1), visitor="visitor-one", source="tag"
    )
    write(home, visit)
    assert figures.site_figures(inside.brand, [site])[site.key].events == 1


def test_what_a_landing_page_sent_is_not_its_brands_only_site_s(inside: World, home: Home) -> None:
    """A site just registered must not look as if its code were at work."""
    site = actions.create_site(inside.brand, by=inside.owner.actor, name="官网", hosts="a.cn")
    write(
        home,
        Event(
            kind="visit",
            workspace=inside.brand.key,
            ts=at(1),
            visitor="visitor-one",
            source="tag",
            batch="key-of-a-landing-page",
        ),
    )
    figure = figures.site_figures(inside.brand, [site])[site.key]
    assert (figure.events, figure.last_at) == (0, None)
    assert figures.site_events(inside.brand, site) == []


def test_a_site_says_by_which_channel_each_event_came(inside: World, home: Home) -> None:
    site = actions.create_site(
        inside.brand, by=inside.owner.actor, name="商城", hosts="shop.brand.cn"
    )
    view = Event(
        kind="view",
        workspace=inside.brand.key,
        ts=at(1),
        visitor="visitor-one",
        source="tag",
        batch=site.key,
        channel="direct",
    )
    found = replace(view, ts=at(0.5), channel="search", referrer_host="www.baidu.com")
    write(home, view, found)
    page = inside.client().get(inside.url("tracking:site", site.key)).content.decode()
    told = " ".join(page.split("最近收到的", 1)[1].split())
    assert "直接访问" in told and "没有来源" not in told
    assert '搜索 <span class="t3 sm">www.baidu.com</span>' in told
