"""A landing page that is on the web."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from tests.edge.support import free_port

from shemei.apps.tracking import actions as tracking
from shemei.apps.tracking.landing import actions

if TYPE_CHECKING:
    from tests.world import World

    from shemei.apps.tracking.landing.models import LandingPage


def published(world: World, settings: Any) -> LandingPage:
    """A page with a form, a code, a countdown and a button; its tag tells a port nobody listens at."""
    settings.SHEMEI_EDGE_PORT = free_port()
    by = world.owner.actor
    ends = timezone.localtime(timezone.now() + timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M")
    with world.scope():
        code = tracking.create_code(
            world.brand, by=by, code="XINKE30", owner_kind="spot", spot="落地页"
        )
        made = actions.create_page(world.brand, by=by, name="换季修护", slug="huanji")
        variant = made.variants.get()
        hero, text, _ = variant.draft
        actions.write_block(variant, hero["id"], by=by, values={"title": "换季也稳得住"})
        actions.write_block(variant, text["id"], by=by, values={"body": "先试后买。"})
        for kind, values in (
            ("code", {"code": code.key}),
            ("countdown", {"title": "还剩", "ends": ends, "after": "结束了。"}),
            ("button", {"title": "看成分表", "url": "https://shop.example/"}),
        ):
            variant.refresh_from_db()
            actions.add_block(variant, by=by, kind=kind, values=values)
        actions.publish(made.variants.select_related("page__workspace").get(), by=by)
    return made
