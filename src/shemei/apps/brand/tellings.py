"""Accounts and readings follow what was told of them: what a file or a person told last holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from shemei.apps.brand.models import AccountTelling, BrandReading, PlatformAccount, ReadingTelling
from shemei.kernel.edits import assign
from shemei.kernel.periods import today
from shemei.kernel.tellings import Ledger, news

TYPED = date(1990, 1, 1)
"""The day under which the number that was typed stands: before anything that a file can tell."""


def days_of(account: PlatformAccount) -> dict[date, dict[str, int]]:
    """Every told day, the earliest first."""
    days: dict[date, dict[str, int]] = {}
    for telling in account.tellings.standing().exclude(day=TYPED).order_by("day", "id"):
        days.setdefault(telling.day, {}).update(telling.told)
    return days


def tell_by_hand(account: PlatformAccount) -> None:
    """A number typed over what files told holds from today on, also when one of them is taken back."""
    if account.tellings.exists():
        AccountTelling.objects.update_or_create(
            account=account,
            day=today(),
            batch="",
            defaults={
                "told": {"followers": account.followers},
                "workspace_id": account.workspace_id,
            },
        )


class AccountLedger(Ledger):
    tellings = AccountTelling
    subject = "account"

    def adopt(self, subject: PlatformAccount) -> None:
        """The number that was typed, or none yet, stays under what files tell: an undo returns to it."""
        if not subject.tellings.exists():
            AccountTelling.objects.create(
                workspace_id=subject.workspace_id, account=subject, day=TYPED, told={"followers": subject.followers},
            )  # fmt: skip

    def settle(self, subjects: Sequence[Any]) -> None:
        for account in PlatformAccount.objects.filter(pk__in=subjects):
            standing = account.tellings.standing().order_by("day", "id")
            told = [said["followers"] for said in standing.values_list("told", flat=True) if "followers" in said]  # fmt: skip
            if told:
                PlatformAccount.objects.filter(pk=account.pk).update(followers=told[-1])


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
