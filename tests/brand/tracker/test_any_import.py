"""Any two files of readings, one after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.brand.tracker.files import HEADS, bring_in, counts, sheet, stand

from shemei.apps.brand.models import BrandReading, ReadingTelling
from shemei.kernel.imports import actions

if TYPE_CHECKING:
    from tests.world import World


shares = st.one_of(st.just(""), st.integers(0, 1000).map(lambda n: f"{n / 10}%"))

rows = st.lists(
    st.tuples(
        st.sampled_from(["2026-03-14", "2026-06-14", "2026-09-14"]),
        st.sampled_from(["提示知名度", "考虑度", "美誉度"]),
        shares,
        st.one_of(st.just(""), st.integers(1, 5_000).map(str)),
        st.sampled_from(["甲", "乙"]),
        st.sampled_from(["", "说明"]),
    ),
    max_size=6,
)


def as_sheet(lines: list[tuple[str, ...]]) -> bytes:
    return sheet(HEADS, *[[d, m, v, n, "", s, note] for d, m, v, n, s, note in lines])


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
@given(first=rows, second=rows)
def test_any_two_files(
    place: World, first: list[tuple[str, ...]], second: list[tuple[str, ...]]
) -> None:
    """The same again changes nothing, the latter one wins, an empty cell takes nothing, undo returns."""
    BrandReading.objects.all().delete()
    ReadingTelling.objects.all().delete()
    held: dict[tuple[str, str, str], dict[str, str]] = {}
    before: list[tuple[Any, ...]] = []
    batch = None
    for lines in (first, second):
        before = stand()
        batch = bring_in(place, as_sheet(lines), kind="brand_readings")
        for day, metric, value, asked, source, note in lines:
            if value:
                told = {"value": value, "asked": asked, "note": note}
                mine = held.setdefault((metric, day, source), {})
                mine.update({name: one for name, one in told.items() if one})
        assert counts(bring_in(place, as_sheet(lines), kind="brand_readings"))[:2] == [0, 0]
    kept = BrandReading.objects.kept()
    assert {(r.get_metric_display(), str(r.day), r.source) for r in kept} == held.keys()
    for r in kept:
        mine = held[r.get_metric_display(), str(r.day), r.source]
        assert r.said.value == pytest.approx(float(mine["value"][:-1]) / 100)
        assert (str(r.asked or ""), r.note) == (mine.get("asked", ""), mine.get("note", ""))
    assert batch is not None
    actions.undo(batch, by=place.owner.actor)
    assert stand() == before
