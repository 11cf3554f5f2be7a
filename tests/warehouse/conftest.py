"""The small log, loaded once for all tests that only ask."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.warehouse import cast

from shemei.warehouse.home import Home
from shemei.warehouse.lake import Lake

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session")
def november(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """The cast's November, with the rival and the walkers in the same lake. Only to be asked."""
    path: Path = tmp_path_factory.mktemp("november") / "home"
    home = Home(path).ensure()
    cast.put(home, [*cast.everybody(), *cast.rivals(), *cast.walkers()])
    return Lake(home)
