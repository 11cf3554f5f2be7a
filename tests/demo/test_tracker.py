"""The demo's brand tracker: four waves that the rules accept, the same every time, none of them in the future."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from shemei.apps.brand.models import BrandReading
from shemei.apps.brand.tracker import rules
from shemei.apps.brand.tracker.queries import tracked
from shemei.demo import tracker
from shemei.demo.plan import DAYS

if TYPE_CHECKING:
    from tests.world import World

TODAY = date(2026, 11, 24)


def test_every_metric_has_four_waves_that_anybody_could_have_entered(inside: World) -> None:
    tracker.put_up(inside.brand, TODAY - timedelta(DAYS - 1))
    lines = tracked(inside.brand)
    assert [one.metric for one in lines] == list(rules.KNOWN)
    assert {len(one.waves) for one in lines} == {4}
    assert {one.source for one in lines} == {"示例调研"}
    for row in BrandReading.objects.all():
        told = row.told | {"day": row.day, "first": row.first, "platform": row.platform}
        assert list(rules.faults(row.metric, told | {"source": row.source}, TODAY)) == []
    verdicts = {one.last.gap.beyond_chance for one in lines if one.last.gap}
    assert verdicts == {True, False, None}, "the page shows every verdict"


def test_the_same_day_gives_the_same_readings(inside: World) -> None:
    said = []
    for _ in range(2):
        BrandReading.objects.all().delete()
        tracker.put_up(inside.brand, TODAY)
        said.append([(r.metric, r.day, r.value, r.told) for r in BrandReading.objects.all()])
    assert said[0] == said[1]
