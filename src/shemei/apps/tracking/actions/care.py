"""The switch that lets the targets of links be asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from shemei.apps.tracking.checkup import care_of
from shemei.apps.tracking.models import LinkCare
from shemei.kernel import audit
from shemei.kernel.permissions import Permission, require

if TYPE_CHECKING:
    from shemei.kernel.actor import Actor
    from shemei.kernel.workspace import Workspace


@transaction.atomic
def change_care(workspace: Workspace, *, by: Actor, ask_targets: bool) -> LinkCare:
    """Switch on or off that this machine asks the targets of a brand's links."""
    require(by, Permission.TRACK)
    care = care_of(workspace)
    if care.ask_targets != ask_targets:
        care.ask_targets = ask_targets
        care.save()
        audit.record("care.changed", care, by=by, switch="开启" if ask_targets else "关闭")
    return care
