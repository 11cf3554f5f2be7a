"""Leaving an undone batch out of the log's answers, once its rows are gone from the database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction

from shemei.warehouse.log.tombstones import Tombstone, exclude

if TYPE_CHECKING:
    from shemei.kernel.periods import Period


def exclude_batch(workspace: str, batch: str, days: Period | None) -> None:
    """Exclude the events of ``batch``, which lie within ``days``, when the transaction commits."""
    if days is None:
        return
    tombstone = Tombstone(batch, workspace, days.first_day, days.last_day)
    transaction.on_commit(lambda: exclude(settings.SHEMEI_HOME, tombstone))
