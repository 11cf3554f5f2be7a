"""Walking through pages as four people see them: at a desk and on a phone, in the light and in the dark.

A page is sound when the console is silent, axe finds nothing serious and nothing is wider than the screen; so are the bar
that appears when rows are chosen and the question before something is done for good.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from tests.architecture.house import INSIDE, furnished
from tests.browser import overflow, serious, settled, spilled

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.test import Client
    from playwright.sync_api import Page

    from tests.browser import Visit
    from tests.world import World

WALKED = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
"""The marks of a module that walks through pages."""
PICK = "tbody .s-pick input >> nth=0"
ASK = "main form[data-confirm] button[type=submit]:visible >> nth=0"
UNHEARD = "ERR_CONNECTION_REFUSED"
"""A landing page's tag speaks to the edge, which does not run beside these stories."""


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


def looked_at(page: Page, what: str, *, look_alone: bool) -> list[str]:
    """What axe and the ruler say of the page as it stands now."""
    found = [*serious(page, look_alone=look_alone), *measured(page)]
    return [f"{what}: {fault}" for fault in found]


def measured(page: Page) -> list[str]:
    """What the ruler says: nothing is wider than the screen, nothing sticks out of where it stands."""
    wide = overflow(page)
    return [*([f"{wide} px too wide"] if wide > 0 else []), *spilled(page)]


def by_day_and_night(page: Page, what: str, *, look_alone: bool) -> list[str]:
    """Both themes of what is on the screen; the structure is looked at once."""
    found = []
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        settled(page)
        found += looked_at(page, f"{what} {theme}", look_alone=look_alone or theme == "dark")
    return found


@dataclass(slots=True)
class Walk:
    """What is wrong with the pages walked through, and how often a bar and a question were met on the way."""

    faults: list[str] = field(default_factory=list)
    bars: int = 0
    questions: int = 0

    def uncover(self, page: Page, what: str) -> None:
        """The page again with the first row chosen, or with the first question asked and declined."""
        if page.locator(PICK).count() and page.locator(PICK).is_visible():
            self.bars += 1
            page.check(PICK)
            page.wait_for_selector("[data-bulk]:not([hidden])")
            self.faults += by_day_and_night(page, f"{what} chosen", look_alone=True)
        elif page.locator(ASK).count():
            self.questions += 1
            page.click(ASK)
            page.wait_for_selector("#confirm[open]")
            if not page.inner_text("#confirm-title").strip():
                self.faults.append(f"{what}: a question without words")
            self.faults += by_day_and_night(page, f"{what} asked", look_alone=False)
            page.keyboard.press("Escape")


def walk(visit: Visit, client: Client | None, paths: Iterable[str]) -> Walk:
    """Through the pages at ``paths``, in all four looks."""
    walked = Walk()
    for phone in (False, True):
        page = visit.page(client, phone=phone)
        for path in paths:
            page.goto(path)
            settled(page)
            what = f"{path} {'phone' if phone else 'desk'}"
            walked.faults += by_day_and_night(page, what, look_alone=phone)
            walked.uncover(page, what)
            walked.faults += [f"{what}: {said}" for said in visit.complaints if UNHEARD not in said]
            visit.complaints.clear()
    return walked


def faults(visit: Visit, client: Client | None, paths: Iterable[str]) -> list[str]:
    """What is wrong with the pages at ``paths``, in all four looks."""
    return walk(visit, client, paths).faults


def pages_of(world: World, client: Client, *rooms: str) -> list[str]:
    """The addresses of these rooms that are pages, in a house with a row of everything."""
    house = furnished(world)
    found = [page_among(house.paths(address), client) for address in INSIDE if address.app in rooms]
    return [path for path in found if path]
