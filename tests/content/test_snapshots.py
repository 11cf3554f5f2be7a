"""Day after day the same export of a platform: totals become what was added, corrections stay, empties wipe nothing."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone
from tests.content.files import bring_in, csv, log_sums

from shemei.apps.content.exports import PRESETS
from shemei.apps.content.models import Post, PostMetric
from shemei.kernel.imports import actions
from shemei.kernel.imports.errors import ImportError_
from shemei.kernel.imports.kinds import Preset

if TYPE_CHECKING:
    from tests.world import World

    from shemei.warehouse.home import Home

TAKEN = [preset for preset in PRESETS if not preset.refusal]
TODAY = timezone.localdate()
NAMED = {"title": "换季烂脸自救", "external_id": "64b0aa", "published_at": "2026-10-01 12:03", "form": "视频"}  # fmt: skip


@pytest.fixture
def place(inside: World, home: Home) -> World:
    return inside


def table(preset: Preset, day: Any, **figures: object) -> bytes:
    """The preset's own columns, and 数据日期 for the day it was told."""
    titled = {} if "title" in preset.columns else {"title": "标题"}
    columns = {**preset.columns, **titled, "day": preset.columns.get("day", "数据日期")}
    extra = sorted(preset.signature - set(columns.values()))
    told = {**NAMED, "day": day, **figures}
    head = [*columns.values(), *extra]
    return csv(head, [*(told.get(field, "") for field in columns), *[""] * len(extra)])


@pytest.mark.parametrize("preset", TAKEN, ids=lambda p: p.key)
def test_totals_of_days_become_what_each_day_added(place: World, preset: Preset) -> None:
    days = [TODAY - timedelta(n) for n in (3, 2, 1)]
    for day, plays, likes in zip(days, (1_000, 1_500, 1_400), ("50", "80", ""), strict=True):
        batch = bring_in(place, table(preset, day, plays=plays, likes=likes))
        assert (batch.preset, batch.error_rows) == (preset.key, 0)
    assert Post.objects.count() == 1
    kept = list(PostMetric.objects.order_by("day").values_list("plays", "likes"))
    assert kept == [(1_000, 50), (1_500, 80), (1_400, None)], "each day keeps what it was told"
    sums = log_sums()
    assert (sums[("impression", "")], sums[("engage", "like")]) == (1_400, 80)
    assert "少" in "".join(batch.warnings), "a total that fell is said out loud"
    again = bring_in(place, table(preset, days[2], plays=1_400, likes=""))
    assert (again.count("new"), again.count("changed"), again.count("same")) == (0, 0, 1)
    assert log_sums() == sums
    late = bring_in(place, table(preset, days[1], plays=1_600, likes=""))
    assert late.count("changed") == 1
    assert PostMetric.objects.get(day=days[1]).likes == 80, "an empty cell wipes nothing"
    assert log_sums() == sums, "a corrected middle day moves what was added, not the sum"


def test_a_missing_column_is_refused_with_what_is_missing_and_what_was_found(place: World) -> None:
    by = place.owner.actor
    for kind, head, lacks in (
        ("spend", ["计划名称", "展现量"], "日期、花费"),
        ("orders", ["订单号", "实付"], "付款时间或下单时间"),
    ):
        batch = _received(place, csv(head, ["a", "1"]), kind)
        with pytest.raises(ImportError_) as refused:
            actions.set_mapping(batch, batch.mapping, {}, by=by)
        assert lacks in str(refused.value)
        assert all(name in str(refused.value) for name in head)


def _received(place: World, data: bytes, kind: str) -> Any:
    return actions.receive(place.brand, io.BytesIO(data), "a.csv", by=place.owner.actor, kind=kind)
