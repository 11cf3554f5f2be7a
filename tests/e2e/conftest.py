"""A browser for the session and visits to the live server."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from tests.browser import Visit, chromium
from tests.portal.fixtures import gallery, told

__all__ = ["gallery", "told"]

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One for a file of stories: while it is open its event loop runs in this process."""
    with chromium() as opened:
        yield opened


@pytest.fixture
def visit(browser: Browser, live_server: Any) -> Iterator[Visit]:
    """Pages of the live server; at the end no page may have met a script error or a refused resource."""
    visit = Visit(browser, live_server.url)
    yield visit
    visit.close()
    assert visit.complaints == []
