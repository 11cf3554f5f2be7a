"""A November whose right answers are known by hand, seen by a brand's members from December."""

from __future__ import annotations

import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from tests.warehouse import cast
from tests.world import BRAND_KEY
from time_machine import travel

from shemei.warehouse.home import Home

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.world import World


@pytest.fixture(scope="session")
def november(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """The home with everything computed, made once; tests get copies."""
    made = Home(tmp_path_factory.mktemp("november") / "home").ensure()
    ours = [replace(event, workspace=BRAND_KEY) for event in cast.everybody()]
    cast.put(made, [*ours, *cast.rivals()])
    return made


@pytest.fixture
def told(world: World, november: Home, home: Home) -> Iterator[World]:
    """阿丽, 博文, 陈总, 丁丁 and the others of November, seen from December."""
    shutil.copytree(november.path, home.path, dirs_exist_ok=True)
    with travel("2026-12-05T04:00:00Z", tick=True):
        yield world
