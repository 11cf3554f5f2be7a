"""What the edge has, its reference page has."""

from __future__ import annotations

from pathlib import Path

import pytest

from shemei.commands.edge import edge as command
from shemei.edge.bots import SUSPECT_NAMES
from shemei.edge.collect import TAG_KINDS
from shemei.edge.health import METRICS
from shemei.edge.useragent import DEVICE_NAMES, IN_APP_NAMES

PAGE = (Path(__file__).resolve().parents[2] / "docs/reference/edge.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "name",
    sorted({*METRICS, *SUSPECT_NAMES, *TAG_KINDS, *DEVICE_NAMES, *IN_APP_NAMES} - {""}),
)
def test_every_metric_reason_kind_device_and_app_is_documented(name: str) -> None:
    assert f"`{name}`" in PAGE


def test_every_reason_is_documented_in_its_own_words() -> None:
    for key, name in SUSPECT_NAMES.items():
        assert not key or f"| `{key}` | {name} |" in PAGE


def test_every_option_is_documented() -> None:
    for option in command.params:
        assert option.opts[0] in PAGE
