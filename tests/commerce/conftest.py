"""Bringing an order file in, in one line."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from shemei.kernel.actor import SYSTEM
from shemei.kernel.imports import actions

if TYPE_CHECKING:
    from tests.world import World

    from shemei.kernel.imports.models import ImportBatch

Bring = Callable[..., "ImportBatch"]


def brought(world: World, text: str | bytes, name: str = "订单.csv", **options: Any) -> ImportBatch:
    """Receive, map as proposed, check and write."""
    data = text.encode() if isinstance(text, str) else text
    batch = actions.receive(
        world.brand, io.BytesIO(data), name, by=SYSTEM, kind="orders", options=options
    )
    actions.set_mapping(batch, batch.mapping, {}, by=SYSTEM)
    actions.check(batch, by=SYSTEM)
    return actions.write(batch, by=SYSTEM)


@pytest.fixture
def bring(inside: World, home: Any) -> Bring:
    def run(text: str | bytes, name: str = "订单.csv", **options: Any) -> ImportBatch:
        return brought(inside, text, name, **options)

    return run
