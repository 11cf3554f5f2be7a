"""People and their ways, read from a real lake with a few events."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from shemei.apps.audience import pages, queries
from shemei.apps.content.actions import create_post
from shemei.kernel import outbox
from shemei.kernel.crypto import phone_hash
from shemei.kernel.elsewhere import EVER
from shemei.kernel.periods import period_from
from shemei.kernel.ways import words
from shemei.kernel.ways.way import way_to
from shemei.warehouse.computed.settling import settle
from shemei.warehouse.vocabulary import Event, Kind, to_ts

if TYPE_CHECKING:
    from tests.world import World

    from shemei.warehouse.home import Home

NOW = datetime.now(UTC) - timedelta(hours=3)
PHONE = "13800138000"


def event(world: World, kind: str, minutes: int, **values: Any) -> Event:
    moment = to_ts(NOW + timedelta(minutes=minutes))
    return Event(kind=kind, workspace=world.brand.key, ts=moment, **values)


@pytest.fixture
def lake(inside: World, home: Home) -> World:
    """A buyer who clicked a post on the phone and ordered on the computer, and a visitor who only looked."""
    post = create_post(inside.brand, by=inside.editor.actor, title="换季烂脸自救", platform="xhs")
    phone = phone_hash(inside.brand.key, PHONE)
    xhs: dict[str, Any] = {"platform": "xhs", "channel": "xhs", "visitor": "v1"}
    outbox.log(
        [
            event(inside, Kind.CLICK, 0, content=post.key, click_id="c1", **xhs),
            event(inside, Kind.VISIT, 1, click_id="c1", page="/p/cream", **xhs),
            event(inside, Kind.VIEW, 2, page="/p/cream", **xhs),
            event(inside, Kind.VIEW, 3, page="/p/mist", **xhs),
            event(inside, Kind.LEAD, 4, phone=phone, **xhs),
            event(inside, Kind.VISIT, 30, visitor="v2", channel="direct", page="/"),
            event(inside, Kind.ORDER, 31, visitor="v2", phone=phone, order_id="A1", amount=32_900),
            event(inside, Kind.REFUND, 50, order_id="A1", phone=phone, amount=2_900),
            event(inside, Kind.VISIT, 40, visitor="v3", channel="search", suspect="bot"),
            event(inside, Kind.VISIT, 41, visitor="v4", channel="search", page="/quiz"),
        ],
        workspace=inside.brand,
    )
    outbox.relay(home)
    settle(home)
    return inside


def test_a_person_is_one_line_with_both_browsers(lake: World) -> None:
    found = queries.Found(lake.brand, period_from({}, default="7d"), order="value")
    assert len(found) == 2
    first = found[0]
    assert (first.orders, first.value, first.first_platform, first.browsers) == (
        1,
        30_000,
        "xhs",
        2,
    )
    assert [p.orders for p in found.having(bought="no")] == [0]


def test_the_page_tells_the_whole_way_with_names(lake: World) -> None:
    key = queries.Found(lake.brand, EVER, order="value")[0].key
    told = pages.person(lake.brand, key)
    steps = [step for stage in told["way"].stages for step in stage.steps]
    titles = [step.title for step in steps]
    assert steps == sorted(steps, key=lambda step: step.at)
    assert "点击短链「换季烂脸自救」" in titles
    assert "浏览 2 次页面" in titles
    assert (told["row"].touches, told["row"].orders, told["row"].value) == (3, 1, 30_000)
    assert [step.kind for step, _ in told["orders"]] == ["refund", "order"]
    assert told["to_order"] == 31 * 60


def test_somebody_is_found_by_order_and_by_phone(lake: World) -> None:
    key = queries.Found(lake.brand, EVER, order="value")[0].key
    assert pages.find(lake.brand, " A1 ") == key
    assert pages.find(lake.brand, "138 0013 8000") == key
    assert pages.find(lake.brand, "13900000000") == ""


def test_the_way_behind_an_order_is_told_to_other_rooms(lake: World) -> None:
    way = way_to(lake.brand, "A1")
    steps = [step for stage in way.stages for step in stage.steps]
    assert [step.is_order for step in steps].count(True) == 1
    assert any(step.in_path for step in steps)


def test_only_who_may_sees_people(lake: World) -> None:
    key = queries.Found(lake.brand, EVER, order="value")[0].key
    page = lake.client(lake.editor).get(lake.url("audience:person", key))
    assert page.status_code == 200
    assert "换季烂脸自救" in page.content.decode()
    assert lake.client(lake.external).get(lake.url("audience:people")).status_code == 403
    assert lake.client().get(lake.url("audience:person", "nobody")).status_code == 404


def test_the_list_shows_people_and_find_leads_to_one(lake: World) -> None:
    browser = lake.client()
    listed = browser.get(lake.url("audience:people")).content.decode()
    assert "访客" in listed
    assert "¥300.00" in listed
    assert browser.get(lake.url("audience:people") + "?find=A1").status_code == 302
    assert (
        "没有找到「B9」" in browser.get(lake.url("audience:people") + "?find=B9").content.decode()
    )


def test_an_empty_log_teaches_how_to_begin(inside: World, home: Home) -> None:
    page = inside.client().get(inside.url("audience:people")).content.decode()
    assert "还没有认出任何人" in page
    assert "新建短链" in page


def test_words_of_events() -> None:
    told = {
        "kind": "visit",
        "action": "",
        "channel": "xhs",
        "in_app": "xhs",
        "device": "mobile",
    }
    assert words.whereabouts(told) == ["经小红书", "在小红书里", "手机"]
