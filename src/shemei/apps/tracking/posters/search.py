"""What the search box finds of offline spots, whose page holds the poster."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q

from shemei.apps.tracking.posters.models import Spot
from shemei.kernel.registry import Hit
from shemei.kernel.urls import wurl

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shemei.kernel.http import BrandRequest


def find_spots(request: BrandRequest, text: str, limit: int) -> Iterator[Hit]:
    """Spots by name, by place, or by what their poster says."""
    rows = Spot.objects.filter(
        Q(name__icontains=text) | Q(address__icontains=text) | Q(headline__icontains=text)
    )
    for spot in rows[:limit]:
        url = wurl(request.workspace, "posters:spot", spot.key)
        yield Hit("点位与海报", spot.name, url, "map-pin", spot.address or spot.headline)
