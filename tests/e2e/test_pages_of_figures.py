"""Every page that tells a brand its figures, in all four looks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.e2e.walking import WALKED, pages_of, walk

if TYPE_CHECKING:
    from shemei.warehouse.home import Home
    from tests.browser import Visit
    from tests.world import World

pytestmark = WALKED


def test_every_page_of_figures_is_sound(world: World, home: Home, visit: Visit) -> None:
    client = world.client()
    paths = pages_of(world, client, "insight")
    assert len(paths) > 20
    walked = walk(visit, client, paths)
    assert walked.faults == []
    assert walked.questions >= 2
