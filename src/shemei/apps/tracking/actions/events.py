"""Events that the brand's own servers tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from shemei.apps.tracking.channeling import rules_of
from shemei.apps.tracking.server_events import Told, event_of
from shemei.kernel.erased import without_erased
from shemei.kernel.outbox import log_once
from shemei.kernel.permissions import Permission, require

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shemei.kernel.actor import Actor
    from shemei.kernel.workspace import Workspace


@transaction.atomic
def take_events(workspace: Workspace, told: Sequence[Told], *, by: Actor) -> set[str]:
    """Put events on their way to the log, each id once; returns the ids that are new.

    Like hits at the edge they leave no audit entry: the log itself says what came and from where.
    """
    require(by, Permission.EVENTS)
    rules = rules_of(workspace)
    events = without_erased(workspace, [event_of(workspace, one, rules) for one in told])
    return log_once(events, workspace=workspace)
