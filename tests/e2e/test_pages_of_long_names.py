"""Every page of a brand whose names are as long as they may be and have no blank to break at."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import models

from tests.architecture.house import INSIDE, furnished
from tests.architecture.rows import owned_models
from tests.browser import settled
from tests.e2e.walking import measured, page_among

if TYPE_CHECKING:
    from shemei.warehouse.home import Home
    from tests.browser import Visit
    from tests.world import World

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
]
WORDS = {
    "name",
    "title",
    "headline",
    "words",
    "address",
    "note",
    "city",
    "author_name",
    "plan",
    "spot",
}
LONG = "Averylongnamewithoutanyblanktobreakat0123456789面霜🎁مرطب"


def lengthen(world: World) -> int:
    """Every word that people write is as long as its field takes; how many there were."""
    changed = 0
    with world.scope():
        for model in owned_models():
            fields = {
                field.name: (LONG * 8)[: min(field.max_length or 200, 200)]
                for field in model._meta.concrete_fields
                if field.name in WORDS and isinstance(field, (models.CharField, models.TextField))
            }
            changed += model._default_manager.update(**fields) * len(fields) if fields else 0
    world.brand.name = (LONG * 2)[:60]
    world.brand.save()
    return changed


def test_long_names_stay_inside_their_panels(world: World, home: Home, visit: Visit) -> None:
    client, house = world.client(), furnished(world)
    assert lengthen(world) > 20
    paths = [path for a in INSIDE if (path := page_among(house.paths(a), client))]
    assert len(paths) > 60
    faults = []
    for phone in (False, True):
        page = visit.page(client, phone=phone)
        for path in paths:
            page.goto(path)
            settled(page)
            what = f"{path} {'phone' if phone else 'desk'}"
            faults += [f"{what}: {fault}" for fault in measured(page)]
    visit.complaints.clear()
    assert not faults, "\n".join(faults)
