"""Who takes back an import: its member, who manages the team, and anybody for what a program brought in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests.world import World, member

from shemei.kernel.actor import SYSTEM
from shemei.kernel.imports.models import ImportBatch
from shemei.kernel.imports.policies import UNDO_IMPORT

if TYPE_CHECKING:
    from shemei.kernel.actor import Actor
    from shemei.warehouse.home import Home


@pytest.fixture
def place(inside: World, home: Home) -> World:
    return inside


def done(world: World, by: Actor) -> ImportBatch:
    row: ImportBatch = ImportBatch.objects.create(
        workspace=world.brand, kind="post_metrics", file_name="十一月.csv", sha256="0" * 64,
        state=ImportBatch.State.DONE, started_by=by.label, counts={"new": 3},
        actor={"kind": by.kind, "id": by.id, "name": by.name},
    )  # fmt: skip
    return row


def offered(world: World, who: Any, batch: ImportBatch) -> tuple[str, bool]:
    page = world.client(who).get(world.url("imports:batch", batch.key)).text
    return page, world.url("imports:undo", batch.key) in page


def test_another_member_may_not_and_both_page_and_action_say_why(place: World) -> None:
    batch = done(place, place.editor.actor)
    why = UNDO_IMPORT.why_not(place.approver.actor, batch)
    assert "阿丽" in why
    page, may = offered(place, place.approver, batch)
    assert why in page and not may
    refused = place.client(place.approver).post(place.url("imports:undo", batch.key))
    assert refused.status_code == 403 and why in refused.text
    batch.refresh_from_db()
    assert batch.state == ImportBatch.State.DONE


@pytest.mark.parametrize("who", ["editor", "owner", "admin"])
def test_its_member_and_managers_take_it_back(place: World, who: str) -> None:
    by = (
        member(place.brand, "小管", "admin@yuhe.example", "admin")
        if who == "admin"
        else getattr(place, who)
    )
    batch = done(place, place.editor.actor)
    assert offered(place, by, batch)[1]
    assert place.client(by).post(place.url("imports:undo", batch.key)).status_code == 302
    batch.refresh_from_db()
    assert batch.state == ImportBatch.State.UNDONE


def test_what_a_program_brought_in_is_anybodys_to_take_back(place: World) -> None:
    assert offered(place, place.approver, done(place, SYSTEM))[1]
