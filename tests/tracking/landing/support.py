"""Landing pages to test with: made, written, published; and what the log heard."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
from django_scopes import scopes_disabled

from shemei.apps.tracking.landing import actions
from shemei.apps.tracking.landing.models import LandingPage, LandingVariant
from shemei.kernel.models import OutboxEvent

if TYPE_CHECKING:
    from tests.world import World

FORM = {"name": "林小满", "phone": "138 0013 8000", "agree": "1"}


def make(world: World, **values: Any) -> LandingPage:
    values = {"name": "换季修护", "slug": "huanji"} | values
    return actions.create_page(world.brand, by=world.owner.actor, **values)


def variant_of(page: LandingPage, letter: str = "A") -> LandingVariant:
    return page.variants.select_related("page__workspace", "version").get(letter=letter)


def write(world: World, variant: LandingVariant, kind: str, **values: Any) -> dict[str, Any]:
    block = next((b for b in variant.draft if b["kind"] == kind), None)
    if block is None:
        block = actions.add_block(variant, by=world.owner.actor, kind=kind)
    actions.write_block(variant, block["id"], by=world.owner.actor, values=block | values)
    variant.refresh_from_db()
    return next(b for b in variant.draft if b["id"] == block["id"])


def ready(world: World, page: LandingPage, letter: str = "A") -> LandingVariant:
    variant = variant_of(page, letter)
    write(world, variant, "hero", title="换季也安稳")
    write(world, variant, "text", body="两周试用，不合适就退。")
    actions.publish(variant, by=world.owner.actor)
    return variant_of(page, letter)


def events() -> list[dict[str, Any]]:
    with scopes_disabled():
        return [orjson.loads(row.event) for row in OutboxEvent.objects.order_by("id")]
