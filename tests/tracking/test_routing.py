"""Rules of a link: the editor, what is stored, what the edge is told, who is refused."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from shemei.apps.tracking import actions, book, jobs, routing
from shemei.apps.tracking.models import Link
from shemei.edge.linkbook import LinkBook
from shemei.edge.linkrules import read_rules
from shemei.edge.passwords import is_password
from shemei.warehouse.computed.settling import settle
from shemei.warehouse.log.segments import write_segment
from shemei.warehouse.vocabulary import Event, stamp, to_ts

if TYPE_CHECKING:
    from tests.world import World

    from shemei.warehouse.home import Home

pytestmark = pytest.mark.usefixtures("home")
GUIDE = {"in_app": ["wechat"], "ways": [{"kind": "guide"}]}


@pytest.fixture
def link(inside: World, home: Home) -> Link:
    return actions.create_link(inside.brand, by=inside.owner.actor, url="https://brand.cn/a")


def send(world: World, link: Link, *, act: str = "save", cases: int = 0, **fields: Any) -> Any:
    data = {key.replace("__", "-"): value for key, value in fields.items()}
    return world.client(world.editor).post(
        world.url("tracking:rules", link.key), {"act": act, "cases": cases, **data}
    )


def test_a_rule_is_saved_and_the_edge_is_told_at_once(
    world: World, link: Link, home: Home, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        answer = send(
            world, link, cases=1, case0__kind="guide", case0__in_app=["wechat", "browser"]
        )
    assert answer.status_code == 302
    link.refresh_from_db()
    assert link.routing == {"cases": [{"in_app": ["wechat", ""], "ways": [{"kind": "guide"}]}]}
    record = LinkBook(home).get(link.code)
    assert record is not None
    assert record.rules == {**link.routing, "used": 0}
    assert record.v == link.version == 2


def test_a_link_without_rules_is_told_none(link: Link) -> None:
    assert book.record_of(link).rules == {}


def test_every_field_of_the_form_reaches_the_rules(world: World, link: Link) -> None:
    send(
        world,
        link,
        cases=2,
        case0__kind="split",
        case0__url="brand.cn/one",
        case0__url_b="https://brand.cn/two",
        case0__share=30,
        case0__device="ios",
        case0__starts="2026-11-11T00:00",
        case0__ends="2026-11-12T00:00",
        case1__kind="app",
        case1__app="weixin://dl/business/?t=a",
        case1__url="https://brand.cn/web",
        expires="2026-12-01T00:00",
        limit=500,
        after="https://brand.cn/home",
        password="春天",
    )
    link.refresh_from_db()
    rules = read_rules(link.routing)
    one, two = rules.cases
    assert [(way.url, way.weight) for way in one.ways] == [
        ("https://brand.cn/one", 30),
        ("https://brand.cn/two", 70),
    ]
    assert (one.ends - one.starts) == 86_400_000_000
    assert routing.moment(one.starts).isoformat() == "2026-11-10T16:00:00+00:00"
    assert (two.ways[0].kind, two.ways[0].url) == ("app", "https://brand.cn/web")
    assert (rules.limit, rules.after) == (500, "https://brand.cn/home")
    assert is_password("春天", rules.password)


def test_an_empty_password_keeps_the_old_one_and_a_tick_takes_it_away(
    world: World, link: Link
) -> None:
    send(world, link, password="one")
    link.refresh_from_db()
    kept = link.routing["password"]
    send(world, link, limit=5)
    link.refresh_from_db()
    assert link.routing == {"limit": 5, "password": kept}
    send(world, link, no_password="on")
    link.refresh_from_db()
    assert link.routing == {}


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"kind": "split", "url": "https://a.cn", "url_b": "https://a.cn"}, "分了等于没分"),
        ({"kind": "app", "app": "javascript:alert(1)"}, "认不出这是哪个应用"),
        ({"kind": "url", "url": "ftp://a.cn"}, "http"),
        ({"kind": "url", "starts": "2026-11-02T00:00", "ends": "2026-11-01T00:00"}, "结束早于开始"),
    ],
)
def test_a_rule_that_cannot_be_is_refused_where_it_was_typed(
    world: World, link: Link, fields: dict[str, str], told: str
) -> None:
    answer = send(world, link, cases=1, **{f"case0__{key}": v for key, v in fields.items()})
    assert answer.status_code == 200
    assert told in answer.content.decode()
    link.refresh_from_db()
    assert link.routing == {}


def test_cases_are_added_moved_and_dropped_and_keep_what_was_typed(
    world: World, link: Link
) -> None:
    two = {"cases": 2, "case0__kind": "guide", "case1__kind": "url", "case1__url": "brand.cn/pc"}
    added = send(world, link, act="add", **two).content.decode()
    assert "规则 3" in added
    moved = send(world, link, act="up-1", **two).content.decode()
    assert moved.index("brand.cn/pc") < moved.index('value="guide" selected')
    dropped = send(world, link, act="drop-1", **two).content.decode()
    assert "规则 2" not in dropped
    assert 'value="brand.cn/pc"' not in dropped
    link.refresh_from_db()
    assert link.routing == {}


def test_the_preview_says_who_goes_where(world: World, link: Link) -> None:
    client = world.client(world.editor)
    data = {"act": "look", "cases": 1, "case0-kind": "guide", "case0-in_app": "wechat"}
    shown = client.post(
        world.url("tracking:rules", link.key), data, headers={"HX-Request": "true"}
    ).content.decode()
    assert "在微信里打开，看到「请在浏览器打开」" in shown
    assert shown.count("规则 1") == 2
    assert "去 brand.cn/a" in shown


def test_sentences_are_whole_chinese() -> None:
    rules = read_rules(
        {
            "cases": [
                {
                    "in_app": ["douyin", "xhs"],
                    "device": ["ios"],
                    "ways": [{"url": "https://b.cn/x"}],
                },
                {"ways": [{"url": "https://b.cn/1", "weight": 25}, {"weight": 75}]},
            ],
            "limit": 1000,
            "password": "kept",
        }
    )
    assert routing.sentences(rules) == [
        "打开约 1,000 次以后，只看到「名额已满」。",
        "先输对密码，才往下走。",
        "在抖音或小红书里打开、用iPhone，去 b.cn/x。",
        "所有人，A 25% 去 b.cn/1，B 75% 去 短链的目标网址。",
    ]
    assert routing.blocked_after(rules) == 0


def test_a_case_for_everybody_hides_those_below() -> None:
    rules = read_rules({"cases": [{"ways": [{}]}, GUIDE]})
    assert routing.blocked_after(rules) == 1


def test_a_rule_may_not_lead_back_to_a_short_link(inside: World, link: Link) -> None:
    loop = {"cases": [{"ways": [{"url": book.short_url(link)}]}]}
    with pytest.raises(ValidationError, match="绕圈子"):
        actions.change_rules(link, by=inside.owner.actor, given=loop)


def test_the_edge_learns_how_often_a_limited_link_was_opened(
    inside: World, link: Link, home: Home
) -> None:
    actions.change_rules(link, by=inside.owner.actor, given={"limit": 2})
    click = Event(
        kind="click",
        workspace=inside.brand.key,
        ts=to_ts(timezone.now()),
        visitor="one",
        source="edge",
        link=link.key,
    )
    robot = replace(click, visitor="robot", suspect="crawler")
    write_segment(home.spool / "test-stream", 1, [stamp(click), stamp(robot)])
    settle(home)
    assert jobs.count_clicks_of_limited() == 1
    record = LinkBook(home).get(link.code)
    assert record is not None
    assert record.rules == {"limit": 2, "used": 1}
    assert jobs.count_clicks_of_limited() == 0


def test_nobody_without_the_permission_changes_rules(world: World, link: Link) -> None:
    answer = world.client(world.analyst).post(world.url("tracking:rules", link.key), {})
    assert answer.status_code == 403


def test_the_links_page_tells_its_rules(world: World, inside: World, link: Link) -> None:
    actions.change_rules(link, by=inside.owner.actor, given={"cases": [GUIDE]})
    page = world.client(world.analyst).get(world.url("tracking:link", link.key)).content.decode()
    assert "在微信里打开，看到「请在浏览器打开」" in page
