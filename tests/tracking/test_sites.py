"""Sites that carry the tag, and what the edge is told of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction

from shemei.apps.tracking import actions, book
from shemei.edge.sites import Sites
from shemei.kernel.permissions import Forbidden

if TYPE_CHECKING:
    from tests.world import World

    from shemei.apps.tracking.models import Site
    from shemei.warehouse.home import Home


def make(world: World, **values: Any) -> Site:
    values = {"name": "官方商城", "hosts": "https://shop.brand.cn/\nbrand.cn"} | values
    return actions.create_site(world.brand, by=world.editor.actor, **values)


def test_a_site_reaches_the_edge_when_it_is_saved(
    inside: World, home: Home, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        site = make(inside, consent_required=True)
    told = Sites(home).get(site.key)
    assert told is not None
    assert told.workspace == inside.brand.key
    assert told.hosts == {"shop.brand.cn", "brand.cn"}
    assert told.consent


@pytest.mark.django_db(transaction=True)
def test_a_closed_site_is_taken_from_the_edge_and_given_back(inside: World, home: Home) -> None:
    with transaction.atomic():
        site = make(inside)
        actions.close_site(site, by=inside.editor.actor)
    edge = Sites(home)
    assert edge.get(site.key) is None
    actions.reopen_site(site, by=inside.editor.actor)
    edge.refresh()
    assert edge.get(site.key) is not None


def test_the_whole_file_is_written_from_the_database(inside: World, home: Home) -> None:
    site = make(inside)
    assert Sites(home).get(site.key) is None
    book.republish()
    assert Sites(home).get(site.key) is not None


def test_a_change_of_hosts_is_recorded(inside: World) -> None:
    site = make(inside)
    actions.change_site(site, by=inside.editor.actor, name="商城", hosts="mall.brand.cn")
    assert site.hosts == ["mall.brand.cn"]


def test_what_is_no_host_is_told_at_its_field(inside: World) -> None:
    with pytest.raises(ValidationError) as told:
        make(inside, hosts="我的商城")
    assert list(told.value.message_dict) == ["hosts"]


def test_who_may_not_track_is_refused(inside: World) -> None:
    with pytest.raises(Forbidden):
        actions.create_site(inside.brand, by=inside.analyst.actor, name="a", hosts="a.cn")
