"""Readings follow what was told of them: what a file or a person told last holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from shemei.apps.brand.models import BrandReading, ReadingTelling
from shemei.kernel.edits import assign
from shemei.kernel.tellings import Ledger, news


def as_fields(told: Mapping[str, Any]) -> dict[str, Any]:
    """What a telling says of a reading, as the row's fields."""
    fields = dict(told)
    for name in ("value", "promoters", "detractors"):
        if fields.get(name) is not None:
            fields[name] = Decimal(str(round(fields[name], 6)))
    if fields.get("first"):
        fields["first"] = date.fromisoformat(fields["first"])
    return fields


def tell_reading_by_hand(reading: BrandReading) -> None:
    """What a person typed over a file holds, also when the file is taken back."""
    if reading.tellings.exists():
        whole = BrandReading.NOTHING | reading.told
        ReadingTelling.objects.create(
            workspace_id=reading.workspace_id, reading=reading, told=whole
        )


class ReadingLedger(Ledger):
    """A file that repeats what stands, typed or told, is no news."""

    tellings = ReadingTelling
    subject = "reading"

    def fresh(self, told: Mapping[str, Any], reading: BrandReading) -> dict[str, Any]:
        """What of a telling is news both against what imports said last and against what stands."""
        imported = self.held(reading) if reading.pk else {}
        return news(news(told, imported), reading.told)

    def adopt(self, subject: BrandReading) -> None:
        """What was typed before any file spoke stays under it: an undo returns to it."""
        if subject.value is not None and not subject.tellings.exists():
            ReadingTelling.objects.create(
                workspace_id=subject.workspace_id, reading=subject, told=subject.told
            )

    def settle(self, subjects: Sequence[Any]) -> None:
        """Only what is told is written: a person may remove the reading, or move it, meanwhile."""
        for reading in BrandReading.objects.select_for_update().filter(pk__in=subjects):
            if held := reading.tellings.standing().order_by("id").held():
                assign(reading, BrandReading.NOTHING | as_fields(held))
                reading.save(update_fields=list(BrandReading.NOTHING))

    def brought(self) -> QuerySet[BrandReading]:
        return BrandReading.objects.filter(batch=self.batch)
