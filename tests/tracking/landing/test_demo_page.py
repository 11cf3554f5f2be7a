"""The demo company's page passes its own checks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.test import Client

from shemei.apps.commerce.models import Product
from shemei.apps.tracking.landing.models import LandingPage
from shemei.apps.tracking.posters.models import Spot
from shemei.demo import pages

if TYPE_CHECKING:
    from tests.world import World

    from shemei.warehouse.home import Home


def test_the_demo_has_a_page_that_opens_and_a_spot(inside: World, home: Home) -> None:
    Product.objects.create(workspace=inside.brand, sku="b5", name="屏障修护霜", price=32900)
    pages.put_up(inside.brand)
    assert LandingPage.objects.get().variants.get().version.number == 1
    html = Client().get("/p/huanji").content.decode()
    assert "敏感肌" in html and "屏障修护霜" in html
    assert Spot.objects.get().link.is_active
