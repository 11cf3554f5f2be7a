"""Every page of the other rooms of a brand, in all four looks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.architecture.house import INSIDE
from tests.e2e.walking import WALKED, pages_of, walk

if TYPE_CHECKING:
    from shemei.warehouse.home import Home
    from tests.browser import Visit
    from tests.world import World

pytestmark = WALKED
ELSEWHERE = {"insight", "tracking", "landing", "posters"}
REST = sorted({address.app for address in INSIDE} - ELSEWHERE)


def test_every_page_of_the_other_rooms_is_sound(world: World, home: Home, visit: Visit) -> None:
    client = world.client()
    paths = pages_of(world, client, *REST)
    assert len(paths) > 30
    walked = walk(visit, client, paths)
    assert walked.bars >= 8 and walked.questions >= 8
    assert walked.faults == []
