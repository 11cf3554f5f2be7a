"""A work whose title changed is the same work; two works that look alike are two."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest
from tests.content.files import DOUYIN, bring_in, csv, douyin

from shemei.apps.brand.actions import add_account
from shemei.apps.content.actions import create_post
from shemei.apps.content.matching import likeness
from shemei.apps.content.models import Post, PostMetric
from shemei.kernel.imports import actions
from shemei.warehouse.vocabulary import SHANGHAI

if TYPE_CHECKING:
    from tests.world import World

    from shemei.warehouse.home import Home


@pytest.fixture
def place(inside: World, home: Home) -> World:
    return inside


def row(title: str, at: str, plays: int = 1_000) -> list[Any]:
    return [title, at, *douyin(title, plays, 50)[2:]]


def test_a_retitled_work_does_not_double(place: World) -> None:
    bring_in(place, csv(DOUYIN, row("把修护霜放进冰箱", "2026-10-01 12:03")))
    later = bring_in(
        place, csv(DOUYIN, row("冷敷三分钟，泛红退一半", "2026-10-01 12:03", 1_400)), day="today"
    )
    assert (later.count("new"), later.count("changed"), Post.objects.count()) == (0, 1, 1)
    assert PostMetric.objects.order_by("-day").first().plays == 1_400
    actions.undo(later, by=place.editor.actor)
    assert PostMetric.objects.get().plays == 1_000


@pytest.mark.parametrize(
    ("title", "at"),
    [
        ("把修护霜放进冰箱", "2026-10-08 12:03"),
        ("冷敷三分钟，泛红退一半", "2026-10-01 12:04"),
        ("把修护霜放进冰箱 2", "2026-10-01 15:00"),
        ("把修护霜放进冰箱里", "2026-10-02 12:03"),
    ],
    ids=["a week later", "a minute later", "a sequel", "much alike, but another exact time"],
)
def test_near_misses_are_works_of_their_own(place: World, title: str, at: str) -> None:
    bring_in(place, csv(DOUYIN, row("把修护霜放进冰箱", "2026-10-01 12:03")))
    assert bring_in(place, csv(DOUYIN, row(title, at))).count("new") == 1
    assert Post.objects.count() == 2


def test_a_work_that_the_file_names_itself_is_not_given_to_another(place: World) -> None:
    """Two works in one minute, one of them known: the other is new, in whatever order they stand."""
    known, new = (
        row("把修护霜放进冰箱", "2026-10-01 12:03"),
        row("今天教你敷面膜", "2026-10-01 12:03", 7),
    )
    bring_in(place, csv(DOUYIN, known))
    for rows in ((known, new), (new, known)):
        batch = bring_in(place, csv(DOUYIN, *rows))
        assert Post.objects.count() == 2
    assert batch.count("same") == 2


def test_a_date_without_a_time_is_no_minute(place: World) -> None:
    bring_in(place, csv(DOUYIN, row("把修护霜放进冰箱", "2026-10-01")))
    assert bring_in(place, csv(DOUYIN, row("今天教你敷面膜", "2026-10-01"))).count("new") == 1


def test_what_was_entered_by_hand_is_found_by_a_title_much_alike(place: World) -> None:
    planned = datetime(2026, 10, 1, 12, 0, tzinfo=SHANGHAI)
    create_post(
        place.brand,
        by=place.editor.actor,
        title="把修护霜放进冰箱",
        platform="douyin",
        state="published",
        published_at=planned,
    )
    batch = bring_in(place, csv(DOUYIN, row("把修护霜放进冰箱！#护肤", "2026-10-01 12:17")))
    assert (batch.count("new"), Post.objects.count()) == (0, 1)


def test_two_titles_equally_alike_decide_nothing(place: World) -> None:
    planned = datetime(2026, 10, 1, 12, 0, tzinfo=SHANGHAI)
    for title in ("把修护霜放进冰箱（早）", "把修护霜放进冰箱（晚）"):
        create_post(
            place.brand,
            by=place.editor.actor,
            title=title,
            platform="douyin",
            state="published",
            published_at=planned,
        )
    assert (
        bring_in(place, csv(DOUYIN, row("把修护霜放进冰箱（午）", "2026-10-01 12:17"))).count("new")
        == 1
    )


def test_another_account_is_another_work(place: World) -> None:
    head = ["标题", "账号", "平台", "发布时间", "曝光"]
    for name in ("屿禾护肤", "屿禾实验室"):
        add_account(place.brand, by=place.owner.actor, platform="xhs", name=name)
    bring_in(place, csv(head, ["晚安", "屿禾护肤", "小红书", "2026-10-01 08:03", 10]))
    bring_in(place, csv(head, ["早安呀", "屿禾实验室", "小红书", "2026-10-01 08:03", 20]))
    assert Post.objects.count() == 2
    bring_in(
        place, csv(head, ["晚安，朋友", "屿禾护肤", "小红书", "2026-10-01 08:03", 30]), day="today"
    )
    assert Post.objects.count() == 2
    assert PostMetric.objects.get(impressions=30).post.account.name == "屿禾护肤"


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("换季护肤 第1集", "换季护肤 第2集", False),
        ("换季护肤第三期", "换季护肤第四期", False),
        ("618 好物清单", "双11 好物清单", False),
        ("敏感肌怎么过冬？", "敏感肌，怎么过冬", True),
        ("", "", False),
    ],
)
def test_how_alike(one: str, other: str, alike: bool) -> None:
    assert (likeness(one, other) >= 0.75) is alike
