"""The tracking room's stage: a creator and a post that other rooms would know."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from shemei.kernel import registry
from shemei.kernel.registry import Named, NameSource

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.world import World

PEOPLE = {
    "creator-azhi": Named("creator-azhi", "阿栀", "KOC", "xhs"),
    "creator-mu": Named("creator-mu", "木木实验室", "KOL", "bilibili"),
}
POSTS = {"post-1": Named("post-1", "换季烂脸自救", "阿栀", "xhs")}


def _source(label: str, rows: dict[str, Named]) -> NameSource:
    def lookup(workspace: Any, keys: Iterable[str]) -> dict[str, Named]:
        return {key: rows[key] for key in keys if key in rows}

    def choose(workspace: Any, text: str, limit: int) -> list[Named]:
        return [row for row in rows.values() if text in row.name][:limit]

    return NameSource(label, lookup, choose)


@pytest.fixture(autouse=True)
def _owners(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(registry.names, "creator", _source("达人", PEOPLE))
    monkeypatch.setitem(registry.names, "content", _source("内容", POSTS))


@pytest.fixture
def campaign(inside: World) -> Any:
    from shemei.apps.brand.actions import create_campaign
    from shemei.kernel.periods import today

    return create_campaign(
        inside.brand,
        by=inside.owner.actor,
        name="双11",
        starts_on=today(),
        ends_on=today(),
        utm_campaign="double11",
    )
