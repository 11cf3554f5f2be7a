"""Campaigns start and end when their day has come."""

from __future__ import annotations

from django_scopes import scope, scopes_disabled

from shemei.apps.brand.actions import turn_campaigns
from shemei.apps.brand.models import Campaign
from shemei.kernel.jobs import every
from shemei.kernel.periods import today


@every(minutes=10)
def turn_all_campaigns() -> None:
    """Idempotent: a campaign that has turned is not turned again."""
    day = today()
    with scopes_disabled():
        due = Campaign.objects.to_start(day) | Campaign.objects.to_end(day)
        workspaces = {c.workspace for c in due.select_related("workspace")}
    for workspace in workspaces:
        with scope(workspace=workspace):
            turn_campaigns(day)
