"""What the edge is told of landing pages."""

from __future__ import annotations

from typing import Any

from django_scopes import scopes_disabled

from shemei.apps.tracking.landing.models import LandingPage


def tagged_pages() -> dict[str, dict[str, Any]]:
    """Published pages as the edge knows them: their key stands in the tag, their events carry their campaign."""
    with scopes_disabled():
        rows = LandingPage.objects.filter(is_active=True, variants__version__isnull=False)
        rows = rows.select_related("workspace", "campaign").distinct()
        return {
            page.key: {
                "workspace": page.workspace.key,
                "hosts": [],
                "campaign": page.campaign.key if page.campaign else "",
                "content": page.content_key,
            }
            for page in rows
            if page.workspace.is_active
        }
