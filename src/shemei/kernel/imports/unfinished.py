"""Files that are not in as a whole, for whoever lists them: to-dos and the quality of the data say the same of them."""

from __future__ import annotations

from datetime import timedelta
from itertools import islice

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from shemei.kernel.imports.models import ImportBatch

State = ImportBatch.State
FRESH = timedelta(days=14)
MOST = 10


def unfinished() -> list[ImportBatch]:
    """Newest first: checked and not written, failed, or written without its wrong rows. Call inside the scope.

    Older than two weeks is history, and a later clean import of its kind repairs the rows.
    """
    waiting = Q(state__in=(State.READY, State.FAILED)) | Q(state=State.DONE, error_rows__gt=0)
    clean = ImportBatch.objects.filter(
        kind=OuterRef("kind"), pk__gt=OuterRef("pk"), state=State.DONE, error_rows=0
    )
    found = ImportBatch.objects.filter(waiting, touched_at__gte=timezone.now() - FRESH)
    left = found.exclude(Q(state=State.DONE) & Exists(clean)).select_related("workspace").iterator()
    return list(islice((one for one in left if not one.is_empty), MOST))
