"""The brand's mark in its QR codes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from shemei.apps.tracking import qr
from shemei.apps.tracking.actions.shared import checked
from shemei.apps.tracking.models import QrMark
from shemei.kernel import audit
from shemei.kernel.permissions import Permission, require

if TYPE_CHECKING:
    from shemei.kernel.actor import Actor
    from shemei.kernel.workspace import Workspace


@transaction.atomic
def set_mark(workspace: Workspace, *, by: Actor, picture: bytes) -> QrMark:
    """Put a picture in the middle of every code of the brand from now on."""
    require(by, Permission.TRACK)
    tidied = checked("picture", qr.tidy_mark, picture)
    row = QrMark.objects.filter(workspace=workspace).first() or QrMark(workspace=workspace)
    row.picture = tidied
    row.save()
    audit.record("mark.set", row, by=by)
    return row


@transaction.atomic
def remove_mark(workspace: Workspace, *, by: Actor) -> None:
    require(by, Permission.TRACK)
    for row in QrMark.objects.filter(workspace=workspace):
        audit.record("mark.removed", row, by=by)
        row.delete()
