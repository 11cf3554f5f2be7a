"""Files of readings beside what people typed, corrected or removed: nothing told is lost, undo returns to it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from tests.brand.tracker.files import HEADS, TYPED, bring_in, checked, counts, sheet, stand

from shemei.apps.brand.models import BrandReading
from shemei.apps.brand.tracker import actions as tracker
from shemei.apps.brand.tracker import tellings
from shemei.apps.brand.tracker.tellings import as_fields
from shemei.kernel.imports import actions
from shemei.kernel.imports.errors import Overtaken
from shemei.kernel.imports.models import ImportBatch
from shemei.kernel.policies import Refused

if TYPE_CHECKING:
    from tests.world import World


def test_a_file_over_what_was_typed_is_taken_back_to_it(place: World) -> None:
    by = place.owner.actor
    typed = {
        "metric": "consideration", "day": date(2026, 9, 14), "first": None, "value": 0.28, "asked": 600,
        "promoters": None, "detractors": None, "platform": "", "source": "某", "note": "手记",
    }  # fmt: skip
    row = tracker.enter_reading(place.brand, by=by, **typed)
    before = stand()
    same = bring_in(place, sheet(HEADS, ["2026-09-14", "考虑度", "28%", 600, "", "某", ""]))
    assert counts(same) == [0, 0, 1]
    batch = bring_in(place, sheet(HEADS, ["2026-09-14", "考虑度", "31%", "", "", "某", ""]))
    assert counts(batch) == [0, 1, 0] and stand()[0][4] == 0.31
    actions.undo(batch, by=by)
    assert stand() == before
    again = bring_in(place, sheet(HEADS, ["2026-09-14", "考虑度", "31%", "", "", "某", ""]))
    row.refresh_from_db()
    tracker.change_reading(row, by=by, **typed | {"value": 0.33})
    actions.undo(again, by=by)
    assert stand()[0][4] == 0.33


def test_what_a_person_corrected_stays_when_the_file_that_brought_it_goes(place: World) -> None:
    batch = bring_in(place, sheet(HEADS, ["2026-09-14", "考虑度", "31%", 600, "", "某", ""]))
    row = BrandReading.objects.get()
    browser = place.client()
    told = {
        "metric": "consideration",
        "value": "32%",
        "day": "2026-09-14",
        "asked": "600",
        "source": "某",
    }
    assert browser.post(place.url("brand:edit_reading", row.key), told).status_code == 302
    actions.undo(batch, by=place.owner.actor)
    assert [line[4:6] for line in stand()] == [(0.32, 600)]


def test_a_removed_reading_comes_back_with_the_file_as_a_new_one(place: World) -> None:
    data = sheet(HEADS, ["2026-09-14", "考虑度", "31%", 600, "", "某", ""])
    bring_in(place, data)
    tracker.remove_reading(BrandReading.objects.get(), by=place.owner.actor)
    assert stand() == []
    assert counts(bring_in(place, data)) == [1, 0, 0]
    assert len(stand()) == 1


def halted(place: World, data: bytes, monkeypatch: pytest.MonkeyPatch) -> ImportBatch:
    """An import whose rows are in and whose end is still to come, as one that was killed is left."""
    batch = checked(place, data)
    with monkeypatch.context() as stopped, pytest.raises(Overtaken):
        stopped.setattr(actions, "_finish", overtaken)
        actions.write(batch, by=place.owner.actor)
    return ImportBatch.objects.get(pk=batch.pk)


def overtaken(*_: Any) -> None:
    raise Overtaken


ROW = sheet(HEADS, ["2026-09-14", "考虑度", "31%", 600, "", "某", "表里的"])


def test_what_is_typed_while_a_file_comes_in_holds_and_stays(
    place: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    by = place.owner.actor
    batch = halted(place, ROW, monkeypatch)
    assert stand() == []
    tracker.enter_reading(place.brand, by=by, **TYPED, value=0.3, note="手记")
    typed = stand()
    assert [(row[4], row[5], row[9]) for row in typed] == [(0.3, None, "手记")]
    actions.write(batch, by=by)
    assert stand() == typed
    actions.undo(batch, by=by)
    assert stand() == typed


def test_a_reading_a_file_makes_room_for_is_said_to_be_on_its_way(
    place: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    by = place.owner.actor
    old = tracker.enter_reading(place.brand, by=by, **TYPED, value=0.3)
    other = tracker.enter_reading(place.brand, by=by, **TYPED | {"source": "乙"}, value=0.2)  # fmt: skip
    tracker.remove_reading(old, by=by)
    batch = halted(place, ROW, monkeypatch)
    with pytest.raises(Refused, match="正在导入"):
        tracker.restore_reading(old, by=by)
    with pytest.raises(ValidationError, match="正在导入"):
        tracker.change_reading(other, by=by, **TYPED, value=0.2)
    actions.write(batch, by=by)
    with pytest.raises(Refused, match="已另有一个读数"):
        tracker.restore_reading(old, by=by)


def test_a_file_taken_back_leaves_what_another_is_telling_meanwhile(
    place: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    by = place.owner.actor
    first = bring_in(place, sheet(HEADS, ["2026-09-14", "考虑度", "28%", "", "", "某", ""]))
    second = halted(place, ROW, monkeypatch)
    actions.undo(first, by=by)
    actions.write(second, by=by)
    assert [row[4:6] for row in stand()] == [(0.31, 600)]
    actions.undo(second, by=by)
    assert not BrandReading.objects.exists()


def test_a_file_that_repeats_a_correction_changes_nothing(place: World) -> None:
    bring_in(place, ROW)
    row = BrandReading.objects.get()
    told = TYPED | {"asked": 600, "note": "表里的"}
    tracker.change_reading(row, by=place.owner.actor, **told, value=0.33)
    corrected = stand()
    for value in ("33%", "31%"):
        data = sheet(HEADS, ["2026-09-14", "考虑度", value, 600, "", "某", ""])
        batch = checked(place, data)
        assert (counts(batch), batch.kind) == ([0, 0, 1], "brand_readings")
        assert counts(actions.write(batch, by=place.owner.actor)) == [0, 0, 1]
        assert stand() == corrected


def test_a_reading_removed_while_a_file_is_booked_stays_removed(
    place: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    bring_in(place, ROW)

    def removed_meanwhile(told: Any) -> dict[str, Any]:
        BrandReading.objects.update(removed_at=timezone.now())
        return as_fields(told)

    monkeypatch.setattr(tellings, "as_fields", removed_meanwhile)
    bring_in(place, sheet(HEADS, ["2026-09-14", "考虑度", "40%", "", "", "某", ""]))
    assert stand() == []
    assert BrandReading.objects.get().said.value == 0.4
