"""What other rooms may know of the brand tracker: its lines, wave by wave. Call inside the workspace's scope."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from shemei.apps.brand.models import BrandReading
from shemei.apps.brand.tracker import rules

if TYPE_CHECKING:
    from collections.abc import Iterable

    from shemei.kernel.workspace import Workspace

FIVE_POINTS, THREE_POINTS = rules.FIVE_POINTS, rules.THREE_POINTS
shown = rules.shown
"""How a value of a metric is written."""
is_sampled = rules.is_sampled


@dataclass(frozen=True, slots=True)
class Wave:
    """One reading: how sure it is, and how far it lies from the one before of the same line."""

    key: str
    day: date
    first: date | None
    value: float
    asked: int | None
    note: str
    low: float | None
    high: float | None
    unsure: str
    """Why it has no interval; empty where it has one."""
    gap: rules.Gap | None
    """None for the first wave."""

    @property
    def span(self) -> str:
        return f"{self.first} 至 {self.day}" if self.first and self.first != self.day else f"{self.day}"  # fmt: skip


@dataclass(frozen=True, slots=True)
class Tracked:
    """One metric as one source measured it, on one platform where there is one; waves oldest first.

    Other sources ask otherwise: their waves are never compared with these.
    """

    metric: str
    platform: str
    source: str
    waves: tuple[Wave, ...]

    @property
    def place(self) -> str:
        return rules.PLACE_NAMES.get(self.platform, "")

    @property
    def last(self) -> Wave:
        return self.waves[-1]


def tracked(workspace: Workspace, metric: str = "") -> list[Tracked]:
    """The lines in the order of the catalogue, of each metric the one measured last first."""
    rows = BrandReading.objects.kept().filter(workspace=workspace)
    rows = rows.filter(metric=metric) if metric else rows
    lines: dict[tuple[str, str, str], list[BrandReading]] = {}
    for row in rows.order_by("day", "id"):
        lines.setdefault((row.metric, row.platform, row.source), []).append(row)
    found = [Tracked(*key, tuple(_waves(found))) for key, found in lines.items()]
    order = list(rules.KNOWN)
    return sorted(found, key=lambda one: (order.index(one.metric), -one.last.day.toordinal()))


def _waves(rows: Iterable[BrandReading]) -> Iterable[Wave]:
    before: rules.Said | None = None
    for row in rows:
        said = row.said
        low, high = rules.interval(row.metric, said) or (None, None)
        gap = rules.gap(row.metric, said, before) if before else None
        unsure = rules.why_unsure(row.metric, said)
        yield Wave(
            row.key, row.day, row.first, said.value, said.asked, row.note, low, high, unsure, gap
        )
        before = said


def reading_sources(workspace: Workspace) -> list[tuple[str, str]]:
    """Who has measured before, for a select."""
    rows = BrandReading.objects.kept().filter(workspace=workspace).order_by("source")
    return [(name, name) for name in rows.values_list("source", flat=True).distinct()]
