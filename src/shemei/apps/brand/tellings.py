"""Accounts follow what was told of them: what a file or a person told last holds."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from shemei.apps.brand.models import AccountTelling, PlatformAccount
from shemei.kernel.periods import today
from shemei.kernel.tellings import Ledger

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
