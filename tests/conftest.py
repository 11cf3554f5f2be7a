"""Fixtures shared by every floor."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from shemei.warehouse.home import Home

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.world import World

SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture
def shared_data() -> Path:
    """The folder of real inputs; where it is absent the test skips and says so."""
    if not SHARED_DATA.is_dir():
        pytest.skip("needs the real inputs in ../shared/data, which are not here")
    return SHARED_DATA


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Any) -> Home:
    """An empty home of its own for one test; Django's settings name it too."""
    made = Home(tmp_path / "home").ensure()
    monkeypatch.setitem(os.environ, "SHEMEI_HOME", str(made.path))
    settings.SHEMEI_HOME, settings.MEDIA_ROOT = made, made.media
    return made


@pytest.fixture
def world(db: None) -> World:
    """One brand with its people, and a stranger from the brand next door (``tests/world.py``)."""
    from tests.world import tell

    return tell()


@pytest.fixture
def inside(world: World) -> Iterator[World]:
    """The world, with queries scoped to its brand."""
    with world.scope():
        yield world


@pytest.fixture(autouse=True)
def _empty_cache() -> Iterator[None]:
    yield
    from django.core.cache import cache

    cache.clear()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests marked ``postgres`` run where the suite was started with ``SHEMEI_TEST_DATABASE=postgres``."""
    if os.environ.get("SHEMEI_TEST_DATABASE") != "postgres":
        skip = pytest.mark.skip(reason="set SHEMEI_TEST_DATABASE=postgres to run on PostgreSQL")
        for item in items:
            if "postgres" in item.keywords:
                item.add_marker(skip)
