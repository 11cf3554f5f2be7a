"""What people see who are not in a brand: sign-in, invitations, shared boards, landing pages, links; and what is shown once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.urls import reverse

from shemei.apps.accounts import actions as accounts
from shemei.edge import answers, pages
from tests.architecture.house import OUTSIDE
from tests.browser import settled
from tests.e2e.walking import WALKED, by_day_and_night, faults, page_among
from tests.insight.own_boards import shared
from tests.tracking.landing.pages import published

if TYPE_CHECKING:
    from shemei.apps.tracking.landing.models import LandingPage
    from shemei.edge.answers import Answer
    from shemei.warehouse.home import Home
    from tests.browser import Visit
    from tests.world import World

pytestmark = WALKED
GOES_OUT = "account/logout/"
WITHOUT = ("account/inactive/", "account/password/reset/key/")
"""Addresses that a person reaches with a letter, or never."""
OF_THE_EDGE: dict[str, Answer] = {
    "not found": answers.NOT_FOUND,
    "busy": answers.BUSY_PAGE,
    "failed": answers.FAILED_PAGE,
    "guide": pages.guide_page("wechat"),
    "guide elsewhere": pages.guide_page(""),
    "app": pages.app_page("taobao://item/1", "https://shop.example/"),
    "password": pages.PASSWORD,
    "wrong password": pages.WRONG_PASSWORD,
    "too many tries": pages.TOO_MANY_TRIES,
    "expired": pages.EXPIRED,
    "used up": pages.USED_UP,
}


@pytest.fixture
def landing_page(world: World, home: Home, live_server: Any, settings: Any) -> LandingPage:
    return published(world, settings)


def test_the_pages_before_a_brand_are_sound(world: World, home: Home, visit: Visit) -> None:
    plain = [a for a in OUTSIDE if not a.takes and str(a) not in (GOES_OUT, *WITHOUT)]
    for client in (Client(), world.client()):
        paths = [path for a in plain if (path := page_among([a.at()], client))]
        assert len(paths) >= 3, paths
        assert faults(visit, client, paths) == []


def test_an_invitation_is_sound_for_a_stranger_and_for_a_member(world: World, visit: Visit) -> None:
    with world.scope():
        _, token = accounts.invite(world.brand, "editor", by=world.owner)
    paths = [f"/invite/{token}/", "/invite/no-such-invitation/"]
    for client in (Client(), world.client()):
        assert faults_but_not_found(visit, client, paths) == []


def test_a_shared_board_is_sound_alone_and_in_a_frame(
    world: World, home: Home, visit: Visit
) -> None:
    _, _, url = shared(world)
    paths = [url, f"{url}frame/", reverse("shared:board", args=["no-such-board"])]
    assert faults_but_not_found(visit, Client(), paths) == []


def test_a_landing_page_is_sound_in_every_look(
    landing_page: LandingPage, home: Home, visit: Visit
) -> None:
    assert faults(visit, Client(), [f"/p/{landing_page.slug}"]) == []


def test_refusals_are_sound(world: World, visit: Visit) -> None:
    paths = [world.url("insight:overview"), world.url("accounts:members"), "/no/such/page/"]
    strangers = world.client(world.stranger), world.client(world.external)
    for client in strangers:
        assert faults_but_not_found(visit, client, paths) == []


def test_the_pages_of_the_edge_are_sound(visit: Visit) -> None:
    for phone in (False, True):
        page = visit.page(phone=phone)
        for name, answer in OF_THE_EDGE.items():
            page.set_content(answer.end["body"].decode())
            assert by_day_and_night(page, name, look_alone=False) == []


def test_a_secret_shown_once_is_sound(world: World, home: Home, visit: Visit) -> None:
    for phone in (False, True):
        page = visit.page(world.client(), phone=phone)
        page.goto(world.url("accounts:key_new"))
        page.fill("[name=name]", "数据仓库")
        page.check("[name=scopes] >> nth=0")
        page.click("main form button[type=submit]")
        page.wait_for_selector("#secret")
        settled(page)
        assert by_day_and_night(page, "key", look_alone=False) == []


def faults_but_not_found(visit: Visit, client: Client, paths: list[str]) -> list[str]:
    """A page that is refused or lost is a page, though the console calls it an error; what it loads must come."""
    found = faults(visit, client, paths)
    return [one for one in found if not ("status of 40" in one and one.endswith(_own(visit, one)))]


def _own(visit: Visit, fault: str) -> str:
    """How a fault ends that tells of the page itself, which stands at its beginning."""
    return f") {visit.base}{fault.split(' ')[0]}"
