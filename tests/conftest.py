"""Fixtures shared by every floor."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings

from shemei.warehouse.home import Home

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.world import World

# How fast the machine is just now proves nothing.
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
# The gate answers the same twice: fresh examples are looked for at every run but its own.
settings.register_profile("gate", settings.get_profile("house"), derandomize=True, database=None)
settings.load_profile("gate" if os.environ.get("CI") else "house")
LONG = {"e2e", "chaos", "commands", "architecture", "edge", "warehouse", "commerce"}
"""Folders whose files take long: begun first, so that no worker is left with one at the end."""
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


def _marked(item: pytest.Item, names: set[str]) -> bool:
    """By its marks alone: an item's keywords also hold the names of its folders, such as ``engines``."""
    return any(mark.name in names for mark in item.iter_markers())


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out tests that are of a run of their own, and only of that one.

    ``slow`` is of the strict run and of whoever names it, ``postgres`` of the run with ``SHEMEI_TEST_DATABASE=postgres``, ``engines`` of ``-m engines``.
    """
    wanted = {
        "postgres": os.environ.get("SHEMEI_TEST_DATABASE") == "postgres",
        "engines": "engines" in config.option.markexpr,
        "slow": os.environ.get("SHEMEI_TEST_QUICK") != "1",
    }
    apart = {name for name, here in wanted.items() if not here}
    elsewhere = [item for item in items if _marked(item, apart)]
    config.hook.pytest_deselected(items=elsewhere)
    items[:] = [item for item in items if not _marked(item, apart)]
    items.sort(key=lambda item: not LONG & set(item.path.parts))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]):
    """In strict runs a skip is a failure: what CI skips nobody checks. Real inputs may be absent."""
    report = yield
    strict = os.environ.get("SHEMEI_TEST_STRICT") == "1"
    if (
        strict
        and report.skipped
        and not hasattr(report, "wasxfail")
        and "shared_data" not in item.keywords
    ):
        report.outcome = "failed"
        report.longrepr = f"skipped in a strict run: {report.longrepr}"
    return report
