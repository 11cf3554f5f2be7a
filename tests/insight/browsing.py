"""Opening a board's pages for November."""

from __future__ import annotations

import csv
import io
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


def table(response: HttpResponse) -> tuple[list[dict[str, str]], list[str]]:
    """A CSV as its rows, and what it says of them below."""
    text = response.content.decode("utf-8-sig")
    rows, _, notes = text.partition("\r\n\r\n说明\r\n")
    told = [line for [line] in csv.reader(io.StringIO(notes))]
    return list(csv.DictReader(io.StringIO(rows))), told
