"""Whoever's figures have stopped coming is named; who never had any, or is given up, is not nagged about."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from shemei.apps.brand.actions import add_account
from shemei.apps.content.models import Post, PostMetric
from shemei.kernel.imports.health import LATE, Subject, subjects

if TYPE_CHECKING:
    from tests.world import World


def with_figures(world: World, name: str, days_ago: int | None, platform: str = "douyin") -> None:
    account = add_account(world.brand, by=world.owner.actor, platform=platform, name=name)
    if days_ago is None:
        return
    post = Post.objects.create(
        workspace=world.brand, title=name, platform=platform, account=account
    )
    for extra in (0, 40):
        day = timezone.localdate() - timedelta(days_ago + extra)
        PostMetric.objects.create(workspace=world.brand, post=post, day=day, plays=1)


@pytest.mark.parametrize(("days_ago", "late"), [(0, False), (1, False), (LATE, False), (LATE + 1, True), (90, True)])  # fmt: skip
def test_late_counts_from_yesterday(days_ago: int, late: bool) -> None:
    last = timezone.localdate() - timedelta(days_ago)
    assert Subject("a", "b", "douyin", last).is_late is late


def test_the_longest_silent_stands_first_and_is_a_todo(inside: World) -> None:
    with_figures(inside, "屿禾抖音", 1)
    with_figures(inside, "屿禾小红书", 9, "xhs")
    with_figures(inside, "屿禾微博", 20, "weibo")
    with_figures(inside, "屿禾 B 站", None, "bilibili")
    found = subjects(inside.brand)
    assert [s.name for s in found] == ["屿禾微博", "屿禾小红书", "屿禾抖音", "屿禾 B 站"]
    assert [s.is_late for s in found] == [True, True, False, False]
    client = inside.client(inside.editor)
    page = client.get(inside.url("imports:health")).content.decode()
    assert "19 天没有新数据" in page
    assert "还没有导入过" in page


def test_the_todo_names_them_and_only_those_who_import_see_it(inside: World) -> None:
    from types import SimpleNamespace

    from shemei.kernel.imports.health import silent

    with_figures(inside, "屿禾小红书", 9, "xhs")
    asked = SimpleNamespace(actor=inside.editor.actor, workspace=inside.brand)
    (told,) = silent(asked)
    assert told.title == f"1 个账号 {LATE} 天以上没有新数据"
    assert "屿禾小红书" in told.note
    assert list(silent(SimpleNamespace(actor=inside.external.actor, workspace=inside.brand))) == []


def test_an_account_that_was_given_up_is_not_expected_to_tell(inside: World) -> None:
    with_figures(inside, "旧号", 30)
    from shemei.apps.brand.models import PlatformAccount

    PlatformAccount.objects.update(is_active=False)
    assert subjects(inside.brand) == []
