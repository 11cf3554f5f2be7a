"""Every page of the product in a real browser: no complaint in the console, sound to axe, no wider than the screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.test import Client

from tests.architecture.house import INSIDE, OUTSIDE, furnished
from tests.browser import overflow, serious, settled

if TYPE_CHECKING:
    from collections.abc import Iterable

    from playwright.sync_api import Page

    from shemei.warehouse.home import Home
    from tests.browser import Visit
    from tests.world import World

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
]
LOOKS = {"desktop": ("light", False), "phone": ("dark", True)}
GOES_OUT = "account/logout/"
WITHOUT = ("account/inactive/", "account/password/reset/key/")
"""Addresses outside a brand that a person reaches with a letter, or never."""


def page_among(paths: Iterable[str], client: Client) -> str:
    """The first path that is a whole page, or a record beside one; "" where none is (a part, a file)."""
    for path in paths:
        answer = client.get(path)
        if answer.status_code == 302 and "drawer=" in answer.url:
            beside = client.get(path, headers={"HX-Request": "true"})
            if beside.status_code == 200:
                return path
        if answer.status_code == 200 and not answer.streaming and b"<html" in answer.content:
            return path
    return ""


def faults(page: Page, path: str, heard: list[str], look_alone: bool) -> list[str]:
    """What is wrong with the page at ``path``, each fault with its address; axe looks at all of it once."""
    heard.clear()
    page.goto(path)
    settled(page)
    wide = overflow(page)
    found = [
        *heard,
        *serious(page, look_alone=look_alone),
        *([f"{wide} px too wide"] if wide > 0 else []),
    ]
    heard.clear()
    return [f"{path}: {fault}" for fault in found]


def in_both_looks(visit: Visit, client: Client, paths: list[str]) -> dict[str, list[str]]:
    told: dict[str, list[str]] = {}
    for look, (theme, phone) in LOOKS.items():
        page = visit.page(client, theme=theme, phone=phone)
        heard, again = visit.complaints, bool(told)
        told[look] = [fault for path in paths for fault in faults(page, path, heard, again)]
    return told


SOUND: dict[str, list[str]] = {look: [] for look in LOOKS}


def test_every_page_of_a_brand_is_sound(world: World, home: Home, visit: Visit) -> None:
    house, client = furnished(world), world.client()
    found = [page_among(house.paths(address), client) for address in INSIDE]
    paths = [path for path in found if path]
    assert len(paths) > 70
    assert in_both_looks(visit, client, paths) == SOUND


def test_the_pages_before_a_brand_are_sound(world: World, home: Home, visit: Visit) -> None:
    nobody, owner = Client(), world.client()
    plain = [a for a in OUTSIDE if not a.takes and str(a) not in (GOES_OUT, *WITHOUT)]
    for client in (nobody, owner):
        paths = [path for a in plain if (path := page_among([a.at()], client))]
        assert len(paths) >= 3, paths
        assert in_both_looks(visit, client, paths) == SOUND
