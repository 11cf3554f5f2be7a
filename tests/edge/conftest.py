"""One edge for the tests that only ask it things."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.edge.support import EdgeProcess, events, prepare, running

from shemei.warehouse.home import Home

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any


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
