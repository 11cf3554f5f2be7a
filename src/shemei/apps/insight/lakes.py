"""The lake of this installation, opened once per process."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from django.conf import settings

from shemei.warehouse.home import Home
from shemei.warehouse.lake import Lake


def lake() -> Lake:
    return _open(settings.SHEMEI_HOME.path)


@lru_cache(maxsize=4)
def _open(path: Path) -> Lake:
    return Lake(Home(path))
