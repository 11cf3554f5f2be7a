"""A November whose right answers are known by hand, seen by a brand's members from December."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from tests.warehouse import cast
from time_machine import travel

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.world import World

    from shemei.warehouse.home import Home


@pytest.fixture
def told(world: World, home: Home) -> Iterator[World]:
    """阿丽, 博文, 陈总, 丁丁 and the others of November, seen from December."""
    ours = [replace(event, workspace=world.brand.key) for event in cast.everybody()]
    cast.put(home, ours)
    cast.put(home, cast.rivals(), stream="rivals")
    with travel("2026-12-05T04:00:00Z", tick=True):
        yield world
