"""Goods of the market follow what files told of them, day by day; ranges keep both ends."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet

from shemei.apps.commerce.models import MarketGood, MarketTelling
from shemei.kernel.edits import assign
from shemei.kernel.tellings import Ledger


class MarketLedger(Ledger):
    tellings = MarketTelling
    subject = "good"

    def settle(self, subjects: Sequence[Any]) -> None:
        for good in MarketGood.objects.filter(pk__in=subjects):
            standing = good.tellings.standing().order_by("day", "id")
            last, held = standing.last(), standing.held()
            ends = {f"{name}_low": (held.get(name) or [None])[0] for name in ("sold_7", "sold_30")}
            assign(good, {"held": held, "day": last.day if last else None, **ends})
            good.save()

    def brought(self) -> QuerySet[MarketGood]:
        return MarketGood.objects.filter(batch=self.batch)
