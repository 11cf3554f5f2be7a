"""What is left out of the clicks and why; what looks odd and counts all the same."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from shemei.apps.tracking import actions, figures, suspicion
from shemei.kernel.periods import period_from
from shemei.warehouse.maintenance import settle
from shemei.warehouse.segments import write_segment
from shemei.warehouse.vocabulary import Event, stamp, to_ts

if TYPE_CHECKING:
    from tests.world import World

    from shemei.apps.tracking.models import Link
    from shemei.warehouse.home import Home

pytestmark = pytest.mark.usefixtures("home")
SECOND = 1_000_000


def click(n: int, ts: int, **fields: Any) -> dict[str, Any]:
    return {"link": "a", "device": "ios", "in_app": "wechat", "visitor": f"v{n}", "ts": ts,
            "click_id": f"c{n}", **fields}  # fmt: skip


def test_a_rush_of_new_visitors_is_found_and_a_steady_stream_is_not() -> None:
    rush = [click(n, 100 * SECOND + n * 400_000) for n in range(25)]
    steady = [click(n, n * SECOND, link="b") for n in range(200)]
    same = [click(1, n * 1000, link="c") for n in range(200)]
    (found,) = suspicion.bursts([*steady, *same, *rush])
    assert (found.link, found.clicks, found.ts) == ("a", 25, 100 * SECOND)


def test_a_rush_of_mixed_browsers_is_no_rush() -> None:
    rows = [click(n, n, device=("ios", "android")[n % 2]) for n in range(38)]
    assert suspicion.bursts(rows) == []


def test_clicks_that_never_arrive_are_found_once_they_had_time() -> None:
    hour = 3600 * SECOND
    rows = [click(n, n) for n in range(40)]
    visits = [{"click_id": f"c{n}"} for n in range(4)] + [{"click_id": ""}]
    (found,) = suspicion.unarrived(rows, visits, hour)
    assert (found.clicks, found.arrived, found.share) == (40, 4, 0.1)
    assert suspicion.unarrived(rows, visits, 60 * SECOND) == []
    assert suspicion.unarrived(rows[:19], [], hour) == []
    arrived = [{"click_id": f"c{n}"} for n in range(20)]
    assert suspicion.unarrived(rows, arrived, hour) == []


@pytest.fixture
def link(inside: World, home: Home) -> Link:
    """A link with 2 clicks that count and 3 that do not."""
    made = actions.create_link(inside.brand, by=inside.owner.actor, url="https://brand.cn/a")
    ts = to_ts(timezone.now())
    person = Event(
        kind="click", workspace=inside.brand.key, ts=ts, visitor="one", source="edge",
        link=made.key, device="ios",
    )  # fmt: skip
    robots = [replace(person, visitor=f"r{n}", suspect="crawler") for n in range(2)]
    told = [person, replace(person, visitor="two"), *robots,
            replace(person, visitor="p", suspect="guided")]  # fmt: skip
    write_segment(home.spool / "test-stream", 1, [stamp(event) for event in told])
    settle(home)
    return made


def test_what_is_left_out_is_counted_with_its_reason(inside: World, link: Link) -> None:
    report = figures.suspect_report(inside.brand, period_from({}))
    assert (report.counted, report.left_out, report.share) == (2, 3, 0.6)
    assert [(row.key, row.clicks) for row in report.reasons] == [("crawler", 2), ("guided", 1)]
    (row,) = report.links
    assert (row.key, row.counted, row.left_out) == (link.key, 2, 3)
    assert len(report.latest) == 3
    narrowed = figures.suspect_report(inside.brand, period_from({}), "guided")
    assert [one.suspect for one in narrowed.latest] == ["停在「请在浏览器打开」页，还没打开目标"]


def test_the_page_says_what_and_why(world: World, link: Link) -> None:
    client = world.client(world.analyst)
    page = client.get(world.url("tracking:suspects")).content.decode()
    assert "3 次没有计入，占全部点击的 60.00%" in page
    assert "搜索引擎或其他爬虫" in page
    assert "不存来访的 IP" in page
    odd = client.get(world.url("tracking:suspects"), {"reason": "<script>"})
    assert odd.status_code == 200


def test_an_empty_brand_has_nothing_to_suspect(world: World) -> None:
    page = world.client(world.editor).get(world.url("tracking:suspects")).content.decode()
    assert "这段时间还没有点击" in page
