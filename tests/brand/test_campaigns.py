"""Campaigns, pillars and accounts: names, dates, states that follow the days."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django_scopes import scope

from shemei.apps.brand import actions, queries, rules
from shemei.apps.brand.jobs import turn_all_campaigns
from shemei.apps.brand.models import Campaign
from shemei.kernel.models import AuditEntry
from shemei.kernel.periods import today
from shemei.kernel.permissions import Forbidden

if TYPE_CHECKING:
    from tests.world import World

D = date(2026, 11, 1)


def campaign(world: World, name: str = "双11 主推", first: int = 0, last: int = 10) -> Campaign:
    day = today()
    return actions.create_campaign(
        world.brand,
        by=world.editor.actor,
        name=name,
        starts_on=day + timedelta(first),
        ends_on=day + timedelta(last),
    )


@pytest.mark.parametrize(
    ("day", "state", "words"),
    [
        (D - timedelta(5), "planned", "5 天后开始，共 10 天"),
        (D, "running", "第 1 天，共 10 天"),
        (D + timedelta(9), "running", "第 10 天，共 10 天"),
        (D + timedelta(12), "ended", "已结束 3 天，共 10 天"),
    ],
)
def test_state_and_words_follow_the_day(day: date, state: str, words: str) -> None:
    last = D + timedelta(9)
    assert rules.state_on(day, D, last) == state
    assert rules.progress_sentence(day, D, last) == words


def test_share_of_time_stays_between_none_and_all() -> None:
    days = [D - timedelta(3), D, D + timedelta(4), D + timedelta(20)]
    assert [rules.share_of_time(day, D, D + timedelta(9)) for day in days] == [0, 10, 50, 100]


def test_the_utm_word_is_made_from_the_name() -> None:
    assert rules.utm_word(" 双11 Main Push! ") == "双11-main-push"


def test_a_new_campaign_starts_in_the_state_of_its_days(inside: World) -> None:
    assert campaign(inside).state == "running"
    assert campaign(inside, "明年", 40, 60).state == "planned"


def test_a_name_is_taken_once_per_brand(inside: World) -> None:
    campaign(inside)
    with pytest.raises(ValidationError, match="同名的营销计划"):
        campaign(inside)
    with scope(workspace=inside.other_brand):
        actions.create_campaign(
            inside.other_brand, by=inside.stranger.actor, name="双11 主推", starts_on=D, ends_on=D
        )


def test_ending_keeps_the_days_it_ran(inside: World) -> None:
    row = actions.end_campaign(campaign(inside, first=-3), by=inside.editor.actor)
    assert (row.state, row.ends_on) == ("ended", today())
    actions.end_campaign(row, by=inside.editor.actor)
    assert AuditEntry.objects.filter(verb="campaign.ended").count() == 1


def test_days_turn_campaigns_once(inside: World) -> None:
    soon, done = campaign(inside, "将开", 3, 9), campaign(inside, "将完", -9, 0)
    Campaign.objects.filter(pk=soon.pk).update(starts_on=today())
    Campaign.objects.filter(pk=done.pk).update(ends_on=today() - timedelta(1))
    for _ in range(2):
        turn_all_campaigns.call_local()
    soon.refresh_from_db()
    done.refresh_from_db()
    assert (soon.state, done.state) == ("running", "ended")
    assert AuditEntry.objects.filter(verb__in=["campaign.started", "campaign.ended"]).count() == 2


def test_only_who_may_changes_accounts(inside: World) -> None:
    with pytest.raises(Forbidden):
        actions.add_account(inside.brand, by=inside.editor.actor, platform="xhs", name="屿禾")
    account = actions.add_account(inside.brand, by=inside.owner.actor, platform="xhs", name="屿禾")
    actions.change_account(account, by=inside.owner.actor, is_active=False)
    assert queries.accounts(inside.brand) == []
    assert AuditEntry.objects.latest("id").sentence == "修改平台账号「屿禾」的在用"


def test_a_key_of_another_brand_is_no_key_here(inside: World) -> None:
    with scope(workspace=inside.other_brand):
        theirs = actions.create_pillar(inside.other_brand, by=inside.stranger.actor, name="成分")
    with pytest.raises(LookupError):
        queries.id_of("pillar", inside.brand, theirs.key)
    assert queries.id_of("pillar", inside.brand, "") is None


@pytest.mark.django_db(transaction=True)
def test_of_several_who_make_the_same_pillar_at_once_all_but_one_are_told(world: World) -> None:
    def make(_: int) -> str:
        try:
            with world.scope():
                return actions.create_pillar(
                    world.brand, by=world.owner.actor, name="成分科普"
                ).name
        except ValidationError as error:
            return error.messages[0]
        finally:
            connection.close()

    with ThreadPoolExecutor(6 if connection.vendor == "postgresql" else 1) as pool:
        told = sorted(pool.map(make, range(6)))
    assert told.count("成分科普") == 1
    assert sum("已有同名的内容支柱" in one for one in told) == 5
