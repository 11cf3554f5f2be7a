"""How far what was put back, or taken back again, has come into the figures."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from shemei.apps.tracking.models import PutBackClicks
from shemei.warehouse.computed.settling import waiting
from shemei.warehouse.vocabulary import SHANGHAI, day_of, to_ts

if TYPE_CHECKING:
    from collections.abc import Iterable

WATCHED = timedelta(hours=12)
"""So long after the last change the page looks whether all has been computed again."""


@dataclass(frozen=True, slots=True)
class Recount:
    """Days whose clicks and people, and whose paths and credits, are still as before.

    ``begins`` is when the latter are computed at the latest, None where they are under way.
    """

    days: int
    walks: int
    begins: datetime | None
    takes: int

    @property
    def is_done(self) -> bool:
        return not self.walks


def recount() -> Recount | None:
    """What the latest changes of this brand have still to change; None where nothing was put back of late."""
    late = timezone.now() - WATCHED
    rows = list(PutBackClicks.objects.filter(Q(created_at__gt=late) | Q(taken_back_at__gt=late)))
    if not rows:
        return None
    spans = [(day_of(to_ts(row.first_at)), day_of(to_ts(row.until_at))) for row in rows]
    found = waiting(
        settings.SHEMEI_HOME,
        lambda day: any(first <= day <= last for first, last in spans),
        _changed(rows).timestamp(),
    )
    begins = datetime.fromtimestamp(found.begins, SHANGHAI) if found.begins > time.time() else None
    return Recount(found.days, found.walks, begins, round(found.takes))


def _changed(rows: Iterable[PutBackClicks]) -> datetime:
    latest: datetime = max(row.taken_back_at or row.created_at for row in rows)
    return latest
