"""Promo codes: one of each in a brand, and an owner that orders are credited to."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django_scopes import scope

from shemei.apps.tracking import actions, queries
from shemei.apps.tracking.models import PromoCode
from shemei.kernel.permissions import Forbidden

if TYPE_CHECKING:
    from tests.world import World


def make(world: World, code: str = "AZHI30", **values: Any) -> PromoCode:
    values = {"creator": "creator-azhi"} | values
    return actions.create_code(world.brand, by=world.editor.actor, code=code, **values)


def test_a_code_is_kept_as_it_is_compared(inside: World) -> None:
    row = make(inside, " azhi 30")
    assert (row.code, row.platform, row.creator_key) == ("AZHI30", "xhs", "creator-azhi")


def test_a_code_exists_once_in_a_brand_however_it_is_written(inside: World) -> None:
    make(inside)
    with pytest.raises(ValidationError, match="已有优惠码") as told:
        make(inside, "azhi30")
    assert list(told.value.message_dict) == ["code"]
    with scope(workspace=inside.other_brand):
        actions.create_code(
            inside.other_brand,
            by=inside.stranger.actor,
            code="AZHI30",
            owner_kind="spot",
            spot="门店",
        )


def test_the_database_itself_refuses_the_second_of_two_at_once(inside: World) -> None:
    make(inside)
    with pytest.raises(IntegrityError), transaction.atomic():
        PromoCode.objects.create(workspace=inside.brand, code="azhi30")


def test_a_code_says_whose_it_is(inside: World, campaign: Any) -> None:
    with pytest.raises(ValidationError, match="还没有填达人"):
        make(inside, creator="")
    with pytest.raises(ValidationError, match="不在名单"):
        make(inside, creator="creator-of-others")
    row = make(inside, "POSTER", owner_kind="spot", spot="地铁海报", creator="creator-azhi")
    assert (row.spot, row.creator_key) == ("地铁海报", "")
    row = make(inside, "D11", owner_kind="campaign", campaign=campaign.key, creator="")
    assert row.campaign == campaign


def test_validity_must_not_end_before_it_begins(inside: World) -> None:
    with pytest.raises(ValidationError, match="结束日期早于"):
        make(inside, starts_on=date(2026, 11, 12), ends_on=date(2026, 11, 11))


def test_the_state_of_a_code_follows_the_day(inside: World) -> None:
    row = make(inside, starts_on=date(2026, 11, 1), ends_on=date(2026, 11, 11))
    states = [row.state_on(date(2026, month, 11)) for month in (10, 11, 12)]
    assert states == ["early", "live", "over"]
    assert PromoCode.objects.valid_on(date(2026, 11, 11)).count() == 1
    assert PromoCode.objects.valid_on(date(2026, 11, 12)).count() == 0
    actions.archive_code(row, by=inside.editor.actor)
    assert row.state_on(date(2026, 11, 11)) == "off"


def test_a_code_for_each_creator(inside: World) -> None:
    rows = actions.create_codes_for(
        inside.brand,
        by=inside.editor.actor,
        prefix="d11",
        creators=["creator-azhi", "creator-mu", "creator-azhi"],
        discount_note="满 299 减 30",
    )
    assert [row.creator_key for row in rows] == ["creator-azhi", "creator-mu"]
    assert all(row.code.startswith("D11") and len(row.code) == 6 for row in rows)


def test_a_code_for_each_creator_throws_again_where_taken(
    inside: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(inside, "D11AAA")
    thrown = iter(["aaa", "bbb"])
    monkeypatch.setattr("shemei.apps.tracking.actions.codes.new_code", lambda n: next(thrown))
    rows = actions.create_codes_for(
        inside.brand, by=inside.editor.actor, prefix="D11", creators=["creator-azhi"]
    )
    assert [row.code for row in rows] == ["D11BBB"]


def test_codes_for_several_creators_are_all_or_none(inside: World) -> None:
    with pytest.raises(ValidationError, match="不在名单"):
        actions.create_codes_for(
            inside.brand,
            by=inside.editor.actor,
            prefix="D11",
            creators=["creator-azhi", "nobody"],
        )
    assert PromoCode.objects.count() == 0


def test_who_may_not_track_is_refused(inside: World) -> None:
    with pytest.raises(Forbidden):
        actions.create_code(inside.brand, by=inside.analyst.actor, code="AZHI30", creator="x")
    row = make(inside)
    with pytest.raises(Forbidden):
        actions.archive_code(row, by=inside.analyst.actor)


def test_owners_of_codes_are_told_to_other_rooms(inside: World, campaign: Any) -> None:
    make(inside, campaign=campaign.key, content="post-1")
    owners = queries.code_owners(inside.brand, ["azhi 30", "NOBODY", ""])
    assert list(owners) == ["azhi 30"]
    owner = owners["azhi 30"]
    assert (owner.creator, owner.content, owner.platform) == ("creator-azhi", "post-1", "xhs")
    assert owner.campaign == campaign.key
