"""Opening a board's pages for November."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.http import HttpResponse
    from tests.world import World

NOVEMBER = {"from": "2026-11-01", "to": "2026-11-30"}


def page(
    world: World, name: str, *args: object, beside: bool = False, **query: str
) -> HttpResponse:
    """What the owner gets; ``beside`` asks as the drawer does."""
    headers = {"HX-Request": "true"} if beside else {}
    return world.client().get(world.url(name, *args), NOVEMBER | query, headers=headers)
