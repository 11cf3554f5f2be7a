"""Readings follow what was told of them: what a file or a person told last holds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from shemei.apps.brand.models import BrandReading, ReadingTelling
from shemei.kernel.tellings import PAGE, Ledger, Telling, fold, news

Told = tuple[Mapping[str, Any], BrandReading]
"""What a file tells, and of which reading."""
State = Telling.State


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

    def fresh(self, lines: Sequence[Told]) -> list[dict[str, Any]]:
        """What of each telling is news both against what imports said last and against what stands."""
        return _fresh(lines, _said_of(reading for _, reading in lines))

    def put_down_all(self, lines: Sequence[Told]) -> list[dict[str, Any]]:
        """Put down what a chunk of a file tells, each reading once, in a few statements; returns what is news."""
        said = _said_of(reading for _, reading in lines)
        fresh = _fresh(lines, said)
        self._adopt(reading for _, reading in lines if not said[reading.pk])
        new, more = [], []
        for (_, reading), told in zip(lines, fresh, strict=True):
            mine = next((one for one in said[reading.pk] if one.batch == self.batch), None)
            if mine and news(told, mine.told):
                mine.told |= told
                more.append(mine)
            elif told and not mine:
                new.append(self._telling(reading, told, batch=self.batch, state=State.PENDING))
        ReadingTelling.objects.bulk_update(more, ["told"], batch_size=PAGE)
        ReadingTelling.objects.bulk_create(new, batch_size=PAGE)
        return fresh

    def adopt(self, subject: BrandReading) -> None:
        self._adopt([] if subject.tellings.exists() else [subject])

    def _adopt(self, readings: Iterable[BrandReading]) -> None:
        """What was typed before any file spoke stays under it: an undo returns to it."""
        typed = [reading for reading in readings if reading.value is not None]
        rows = [self._telling(reading, reading.told) for reading in typed]
        ReadingTelling.objects.bulk_create(rows, batch_size=PAGE)

    def _telling(
        self, reading: BrandReading, told: Mapping[str, Any], **how: str
    ) -> ReadingTelling:
        return ReadingTelling(workspace_id=self.workspace.pk, reading=reading, told=told, **how)

    def settle(self, subjects: Sequence[Any]) -> None:
        """Only what is told is written: a person may remove the reading, or move it, meanwhile."""
        rows = {
            row.pk: row for row in BrandReading.objects.select_for_update().filter(pk__in=subjects)
        }
        names: set[str] = set()
        changed = []
        for pk, tellings in _said_of(rows.values()).items():
            held = fold(one.told for one in tellings if one.state == State.APPLIED)
            fields = BrandReading.NOTHING | as_fields(held) if held else {}
            differing = {name for name in fields if getattr(rows[pk], name) != fields[name]}
            for name in differing:
                setattr(rows[pk], name, fields[name])
            names |= differing
            changed += [rows[pk]] if differing else []
        if changed:
            BrandReading.objects.bulk_update(changed, sorted(names))

    def brought(self) -> QuerySet[BrandReading]:
        return BrandReading.objects.filter(batch=self.batch)


def _said_of(readings: Iterable[BrandReading]) -> dict[int | None, list[ReadingTelling]]:
    """Everything that was said of some readings, the first told first; none of one that is not kept yet."""
    said: dict[int | None, list[ReadingTelling]] = defaultdict(list)
    known = [reading.pk for reading in readings if reading.pk]
    for start in range(0, len(known), PAGE):
        rows = ReadingTelling.objects.filter(reading__in=known[start : start + PAGE])
        for row in rows.order_by("id"):
            said[row.reading_id].append(row)
    return said


def _fresh(
    lines: Sequence[Told], said: Mapping[int | None, Sequence[ReadingTelling]]
) -> list[dict[str, Any]]:
    return [news(news(told, _imported(said[row.pk])), row.told) for told, row in lines]


def _imported(tellings: Sequence[ReadingTelling]) -> dict[str, Any]:
    return fold(one.told for one in tellings if one.batch and one.state == State.APPLIED)
