"""Files of readings on their way into a brand, and what stands there afterwards."""

from __future__ import annotations

import csv
import io
from datetime import date
from typing import TYPE_CHECKING, Any

from shemei.apps.brand.models import BrandReading
from shemei.kernel.imports import actions
from shemei.kernel.imports.models import ImportBatch

if TYPE_CHECKING:
    from tests.world import World

HEADS = ["日期", "指标", "数值", "样本量", "平台", "来源", "备注"]


def sheet(head: list[str], *rows: list[Any]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows([head, *rows])
    return out.getvalue().encode()


def checked(place: World, data: bytes, **options: str) -> ImportBatch:
    by = place.owner.actor
    batch = actions.receive(
        place.brand, io.BytesIO(data), "读数.csv", by=by, options=options or None
    )
    return actions.check(batch, by=by)


def bring_in(place: World, data: bytes, **options: str) -> ImportBatch:
    batch = checked(place, data, **options)
    assert batch.error_rows == 0, batch.warnings
    return actions.write(batch, by=place.owner.actor)


def counts(batch: ImportBatch) -> list[int]:
    return [batch.count(name) for name in ("new", "changed", "same")]


def stand() -> list[tuple[Any, ...]]:
    """What every kept reading says."""
    rows = BrandReading.objects.kept().order_by("metric", "day", "platform", "source")
    return [
        (r.metric, r.day, r.platform, r.source, r.said.value, r.asked, r.said.promoters, r.said.detractors, r.first, r.note)
        for r in rows
    ]  # fmt: skip


TYPED: dict[str, Any] = {"metric": "consideration", "day": date(2026, 9, 14), "platform": "", "source": "某"}  # fmt: skip
