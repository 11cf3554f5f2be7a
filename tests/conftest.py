"""Fixtures shared by every floor."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from shemei.warehouse.home import Home

SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture
def shared_data() -> Path:
    """The folder of real inputs; where it is absent the test skips and says so."""
    if not SHARED_DATA.is_dir():
        pytest.skip("needs the real inputs in ../shared/data, which are not here")
    return SHARED_DATA


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """An empty home of its own for one test."""
    made = Home(tmp_path / "home").ensure()
    monkeypatch.setitem(os.environ, "SHEMEI_HOME", str(made.path))
    return made
