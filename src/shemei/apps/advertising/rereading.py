"""A report that came in before and is read otherwise now: with its plans, kinds or places, which went unread then.

The lines of the earlier reading are let go for those of the new one, so that no money counts twice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from shemei.apps.advertising.tellings import last_tellers
from shemei.kernel.imports.mapping import fingerprint
from shemei.kernel.imports.models import ImportBatch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

CHOSEN = ("platform", "kind")
NAMED = ("plan", "campaign")


def replaced(
    rows: Iterable[dict[str, Any]], batch: ImportBatch, identity: Callable[[dict[str, Any]], str]
) -> set[str]:
    """The standing lines that an earlier reading of the same report made of these rows, and this one does not."""
    rows = list(rows)
    mine = {identity(row) for row in rows}
    found: set[str] = set()
    for old in _earlier(batch):
        were = {identity(_as_read_by(old, row, batch)) for row in rows} - mine
        found |= {line for line, teller in last_tellers(were).items() if teller == old.key}
    return found


def _earlier(batch: ImportBatch) -> list[ImportBatch]:
    """Imports of a table with the same headers."""
    done = ImportBatch.objects.filter(kind=batch.kind, state=ImportBatch.State.DONE)
    headers = fingerprint(batch.headers)
    return [old for old in done.exclude(pk=batch.pk) if fingerprint(old.headers) == headers]


def _as_read_by(old: ImportBatch, row: dict[str, Any], batch: ImportBatch) -> dict[str, Any]:
    """A row without what the earlier reading did not know of it.

    Two reports of the same form may be of two accounts: what was chosen for the one says nothing of the other,
    unless it is the very same file.
    """
    read = {key: value for key, value in row.items() if key not in NAMED or key in old.mapping}
    for key in CHOSEN:
        is_read = key not in old.mapping and row[key] != batch.option(key)
        if is_read or (old.sha256 == batch.sha256 and key not in old.mapping):
            read[key] = old.option(key)
    return read
