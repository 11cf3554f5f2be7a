"""What is left out of the clicks and why; what looks odd and counts all the same."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone
from django_scopes import scope

from shemei.apps.tracking import actions, figures, suspicion
from shemei.apps.tracking.actions.suspects import COUNTS_ALREADY
from shemei.apps.tracking.models import PutBackClicks
from shemei.config import worker
from shemei.kernel.models import AuditEntry
from shemei.kernel.periods import Period, period_from
from shemei.warehouse.computed import settling
from shemei.warehouse.computed.settling import settle
from shemei.warehouse.log.segments import write_segment
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


def put_back(world: World, why: str = "同事在试", **told: Any) -> PutBackClicks:
    given = {"reason": "crawler", "period": period_from({}), "clicks": 2, **told}
    return actions.put_back_clicks(world.brand, by=world.editor.actor, why=why, **given)


def test_what_is_put_back_counts_and_what_is_taken_back_does_not(
    inside: World, link: Link, home: Home, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        made = put_back(inside)
    settle(home)
    report = figures.suspect_report(inside.brand, period_from({}))
    assert (report.counted, report.left_out) == (4, 1)
    with django_capture_on_commit_callbacks(execute=True):
        actions.take_back_clicks(made, by=inside.owner.actor)
    settle(home)
    report = figures.suspect_report(inside.brand, period_from({}))
    assert (report.counted, report.left_out) == (2, 3)
    made.refresh_from_db()
    assert (made.author, made.taken_back_by) == ("阿丽", "陈总")
    verbs = list(AuditEntry.objects.values_list("verb", flat=True)[:2])
    assert verbs == ["suspects.taken_back", "suspects.put_back"]


@pytest.mark.django_db(transaction=True)
def test_two_who_put_the_same_back_at_once_do_it_once(world: World) -> None:
    def ask(_: int) -> str:
        try:
            with world.scope():
                return put_back(world).reason
        except ValidationError as error:
            return error.messages[0]
        finally:
            connection.close()

    with ThreadPoolExecutor(4 if connection.vendor == "postgresql" else 1) as pool:
        told = sorted(pool.map(ask, range(4)))
    assert told[0] == "crawler" and set(told[1:]) == {COUNTS_ALREADY}


def test_clicks_yet_to_come_are_not_decided(inside: World) -> None:
    made = put_back(inside)
    assert made.until_at <= timezone.now()
    with pytest.raises(ValidationError, match="还没有到"):
        put_back(inside, period=Period(date(2090, 1, 1), date(2090, 1, 2)))


def test_what_cannot_be_put_back_is_told(inside: World, link: Link) -> None:
    with pytest.raises(ValidationError, match="为什么"):
        put_back(inside, why=" ")
    with pytest.raises(ValidationError, match="原因"):
        put_back(inside, reason="weather")
    with pytest.raises(ValidationError, match="短链不在了"):
        put_back(inside, link="nowhere")
    with pytest.raises(ValidationError, match="没有这样的点击"):
        put_back(inside, clicks=0)
    put_back(inside, period=period_from({"from": "2026-11-01", "to": "2026-11-10"}))
    within = period_from({"from": "2026-11-02", "to": "2026-11-03"})
    with pytest.raises(ValidationError, match="已经改为计入"):
        put_back(inside, period=within, link=link.key)


def test_the_page_puts_back_with_a_reason_and_offers_the_way_back(
    world: World, link: Link, home: Home, django_capture_on_commit_callbacks: Any
) -> None:
    client = world.client(world.editor)
    sent = {"reason": "crawler", "link": link.key, "why": "公司内网在试打开"}
    with django_capture_on_commit_callbacks(execute=True):
        page = client.post(world.url("tracking:put_back"), sent, follow=True).content.decode()
    with world.scope():
        (row,) = PutBackClicks.objects.all()
    assert (row.clicks, row.link_key) == (2, link.key)
    assert "已把 2 次点击改为计入" in page
    assert world.url("tracking:take_back", row.key) in page
    settle(home)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(world.url("tracking:take_back", row.key))
    settle(home)
    assert "3 次没有计入" in client.get(world.url("tracking:suspects")).content.decode()


def test_a_missing_reason_keeps_what_was_typed(world: World, link: Link) -> None:
    sent = {"reason": "", "link": "", "why": "写好的话"}
    page = world.client().post(world.url("tracking:put_back"), sent).content.decode()
    assert 'value="写好的话"' in page


def test_who_may_not_track_or_is_foreign_puts_nothing_back(world: World, link: Link) -> None:
    sent = {"reason": "crawler", "link": "", "why": "x"}
    assert world.client(world.analyst).post(world.url("tracking:put_back"), sent).status_code == 403
    with world.scope():
        row = put_back(world)
    taking = world.url("tracking:take_back", row.key)
    assert world.client(world.analyst).post(taking).status_code == 403
    foreign = f"/w/{world.other_brand.key}/links/suspects/{row.key}/take-back/"
    assert world.client(world.stranger).post(foreign).status_code == 404
    row.refresh_from_db()
    assert row.is_active


def test_the_worker_counts_again_without_waiting_for_the_next_event(
    inside: World,
    link: Link,
    home: Home,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
) -> None:
    monkeypatch.setattr(worker, "SETTLE_AFTER", -1.0)
    working = worker.Worker(home)
    working.beat()
    with django_capture_on_commit_callbacks(execute=True):
        put_back(inside)
    working.beat()
    assert figures.suspect_report(inside.brand, period_from({})).counted == 4


def test_the_page_tells_how_far_the_counting_again_has_come(
    world: World,
    link: Link,
    home: Home,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
) -> None:
    monkeypatch.setattr(settling, "DUTY", 1e6)
    settle(home)
    client = world.client(world.editor)
    page, asked = world.url("tracking:suspects"), world.url("tracking:recount")
    assert 'id="recount"' not in client.get(page).content.decode()
    with world.scope(), django_capture_on_commit_callbacks(execute=True):
        row = put_back(world)
    assert "正在重算 1 天的点击和人数" in client.get(page).content.decode()
    settle(home, full=False)
    told = client.get(asked).content.decode()
    assert "点击和人数已经改好" in told and "every 3s" in told
    settle(home)
    told = client.get(asked).content.decode()
    assert "已经重算完" in told and "every 3s" not in told
    assert 'id="recount"' not in client.get(page).content.decode()
    with world.scope(), django_capture_on_commit_callbacks(execute=True):
        actions.take_back_clicks(row, by=world.editor.actor)
    assert "正在重算 1 天" in client.get(page).content.decode()


def test_other_days_and_other_brands_wait_for_nothing(world: World, link: Link, home: Home) -> None:
    settle(home)
    with world.scope():
        put_back(world)
        waits = figures.recount()
    with scope(workspace=world.other_brand):
        assert waits is not None and figures.recount() is None
