"""Every page of links, codes, landing pages and posters, in all four looks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.e2e.walking import WALKED, pages_of, walk

if TYPE_CHECKING:
    from shemei.warehouse.home import Home
    from tests.browser import Visit
    from tests.world import World

pytestmark = WALKED


def test_every_page_of_links_is_sound(world: World, home: Home, visit: Visit) -> None:
    client = world.client()
    paths = pages_of(world, client, "tracking")
    assert len(paths) > 15
    walked = walk(visit, client, paths)
    assert walked.faults == []
    assert walked.bars >= 4 and walked.questions >= 2


def test_every_page_about_landing_pages_is_sound(world: World, home: Home, visit: Visit) -> None:
    client = world.client()
    paths = pages_of(world, client, "landing", "posters")
    assert len(paths) > 8
    walked = walk(visit, client, paths)
    assert walked.faults == []
    assert walked.bars >= 2
