"""What the search box finds of this room: the boards that members put together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q

from shemei.apps.insight.models import OwnBoard
from shemei.kernel.registry import Hit
from shemei.kernel.urls import wurl

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shemei.kernel.http import BrandRequest


def find_boards(request: BrandRequest, text: str, limit: int) -> Iterator[Hit]:
    """Boards by name, by their note, or by the title of one of their pictures; none that was removed."""
    pictured = Q(panels__title__icontains=text, panels__removed_at=None)
    rows = OwnBoard.objects.kept().filter(
        Q(title__icontains=text) | Q(note__icontains=text) | pictured
    )
    for board in rows.distinct()[:limit]:
        url = wurl(request.workspace, "insight:board", board.key)
        yield Hit("看板", board.title, url, "layout-dashboard", board.note)
