"""One edge for the tests that only ask it things."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.browser import chromium
from tests.edge.shop import SITES, Shop
from tests.edge.support import EdgeProcess, events, free_port, prepare, running

from shemei.edge.sites import publish_sites
from shemei.warehouse.home import Home

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from playwright.sync_api import Browser, BrowserContext


@pytest.fixture(scope="module")
def edge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EdgeProcess]:
    """A running edge with the link ``spring`` and the sites ``SITE`` and ``ASKS``."""
    home = prepare(Home(tmp_path_factory.mktemp("edge") / "home").ensure())
    with running(home) as process:
        yield process


@pytest.fixture
def stored(edge: EdgeProcess) -> Callable[[], list[dict[str, Any]]]:
    """What the edge has stored since the test began."""
    before = len(events(edge.home))
    return lambda: events(edge.home)[before:]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    made = browser.new_context(locale="zh-CN")
    yield made
    made.close()


@pytest.fixture
def shop_home(home: Home) -> Home:
    publish_sites(home, SITES)
    return home


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def shop(port: int) -> Iterator[Shop]:
    made = Shop(port)
    yield made
    made.close()
