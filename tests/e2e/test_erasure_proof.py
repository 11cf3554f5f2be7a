"""The proof of an erasure in a browser: its button prints it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from shemei.apps.audience import proofs
from shemei.apps.commerce.models import Customer
from shemei.kernel.crypto import phone_hash
from tests.e2e.walking import measured

if TYPE_CHECKING:
    from django.test import Client

    from shemei.warehouse.home import Home
    from tests.browser import Visit
    from tests.world import World

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
]
PHONE = "13800138000"
COUNT_PRINTS = "window.prints = 0; window.print = () => { window.prints += 1; };"


def proven(world: World, client: Client) -> str:
    """The address of a proof."""
    with world.scope():
        told = phone_hash(world.brand.key, PHONE)
        Customer.objects.create(
            workspace=world.brand, ref="TB-77", phone_hash=told, phone_tail="8000"
        )
        client.post(world.url("audience:personal_erase"), {"who": PHONE})
        [proof] = proofs.carried_out(world.brand)
    return world.url("audience:proof", proof["person"])


def test_the_proof_fits_a_phone(world: World, home: Home, visit: Visit) -> None:
    client = world.client()
    page = visit.page(client, phone=True)
    page.goto(proven(world, client))
    assert measured(page) == []


def test_the_proof_is_printed_once_by_its_button(world: World, home: Home, visit: Visit) -> None:
    client = world.client()
    page = visit.page(client)
    page.add_init_script(COUNT_PRINTS)
    page.goto(proven(world, client))
    page.click("text=打印或存为 PDF")
    assert page.evaluate("window.prints") == 1
    assert visit.complaints == []
