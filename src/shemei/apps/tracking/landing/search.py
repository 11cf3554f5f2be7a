"""What the search box finds of landing pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q

from shemei.apps.tracking.landing.models import LandingPage
from shemei.kernel.registry import Hit
from shemei.kernel.urls import wurl

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shemei.kernel.http import BrandRequest


def find_pages(request: BrandRequest, text: str, limit: int) -> Iterator[Hit]:
    """Landing pages by name, by the beginning of their address, or by the whole address pasted."""
    slug = text.strip().partition("?")[0].rstrip("/").rsplit("/", 1)[-1].lower()
    named = Q(name__icontains=text)
    for page in LandingPage.objects.filter(named | Q(slug__startswith=slug) if slug else named)[
        :limit
    ]:
        url = wurl(request.workspace, "landing:page", page.key)
        note = f"/p/{page.slug}" if page.is_active else f"/p/{page.slug}，已下线"
        yield Hit("落地页", page.name, url, "device-mobile", note)
