"""Every address is walked by everybody: the owner, members with less, the brand next door, nobody."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django_scopes import scope

from shemei.apps.accounts.models import Member
from shemei.kernel.models import LongTask
from tests.architecture.addresses import Address, addresses
from tests.architecture.rows import one_of_each

if TYPE_CHECKING:
    from shemei.warehouse.home import Home
    from tests.world import World

OPEN_TO_ALL = {"entry:home", "entry:start", "entry:join", "portal:theme", "openapi-json"}
"""Pages for people who are not signed in; allauth's stand under ``account/``."""
KNOWN = {"imports:template": "orders", "insight:metric": "orders"}
"""Addresses whose last part is a word of the code, not a row."""
NEED_MORE = {
    "imports:preview": "an uploaded file",
    "imports:errors": "a checked file",
    "audience:person": "a person in the log",
    "insight:journey": "an order in the log",
}
"""Pages that one row alone does not open; the tests of their rooms do."""
GOES_OUT = "account/logout/"


@dataclass(frozen=True, slots=True)
class House:
    world: World
    keys: dict[str, list[str]]
    """By app label, the keys of one row of each of its models, all of 屿禾."""

    def paths(self, address: Address, brand: str = "") -> list[str]:
        """The address with this brand's key and, one after another, keys of its room's rows."""
        brand = brand or self.world.brand.key
        rest = [name for name in address.takes if name != "workspace_key"]
        if not rest:
            return [address.at(workspace_key=brand)]
        word = KNOWN.get(f"{address.app}:{address.name}")
        keys = [word] if word else self.keys.get(address.app, []) or ["nothing"]
        return [address.at(workspace_key=brand, **dict.fromkeys(rest, key)) for key in keys]


@pytest.fixture
def house(world: World, home: Home, caplog: pytest.LogCaptureFixture) -> House:
    caplog.set_level("ERROR", logger="django.request")
    with scope(workspace=world.brand):
        known = {
            type(world.brand): world.brand,
            Member: world.editor,
            type(world.editor.user): world.editor.user,
        }
        rows = one_of_each(world.brand, known)
    keys: dict[str, list[str]] = {}
    for model, row in rows.items():
        if hasattr(row, "workspace_id"):
            keys.setdefault(model._meta.app_label, []).append(row.key)
    keys["portal"] = [rows[LongTask].key]
    return House(world, keys)


INSIDE = [a for a in addresses() if a.is_inside]
OUTSIDE = [a for a in addresses() if not a.is_inside]


def visited(client: Client, path: str, method: str = "get") -> Any:
    """What a path answers; one that stands beside a page is asked for as that page asks."""
    client.raise_request_exception = True
    response = getattr(client, method)(path)
    if response.status_code == 302 and "drawer=" in response.url:
        response = getattr(client, method)(path, headers={"HX-Request": "true"})
    return response


def test_there_is_a_map() -> None:
    assert len(INSIDE) > 60
    names = [(a.app, a.name) for a in INSIDE]
    assert len(names) == len(set(names)), "a name stands twice"


def test_the_owner_opens_every_page(house: House) -> None:
    client, closed = house.world.client(), []
    for address in INSIDE:
        answers = {visited(client, path).status_code for path in house.paths(address)}
        name = f"{address.app}:{address.name}"
        if not answers & {200, 204, 302, 405} and name not in NEED_MORE:
            closed.append((str(address), answers))
    assert not closed, "pages that no row of their room opens"


def test_an_empty_form_is_answered(house: House) -> None:
    client = house.world.client()
    for address in INSIDE:
        for path in house.paths(address):
            assert visited(client, path, "post").status_code < 500, path


@pytest.mark.parametrize("who", ["analyst", "external"])
def test_members_with_less_get_pages_or_a_refusal(house: House, who: str) -> None:
    member = getattr(house.world, who)
    client = house.world.client(member)
    for address in INSIDE:
        for path in house.paths(address):
            assert visited(client, path).status_code in (200, 204, 302, 403, 404, 405), path


@pytest.mark.parametrize("method", ["get", "post"])
def test_the_brand_next_door_finds_nothing_here(house: House, method: str) -> None:
    client = house.world.client(house.world.stranger)
    for address in INSIDE:
        path = house.paths(address)[0]
        assert visited(client, path, method).status_code == 404, path


@pytest.mark.parametrize("method", ["get", "post"])
def test_our_rows_are_not_there_from_another_brand(house: House, method: str) -> None:
    client, elsewhere = house.world.client(house.world.stranger), house.world.other_brand.key
    for address in INSIDE:
        if len(address.takes) > 1 and f"{address.app}:{address.name}" not in KNOWN:
            for path in house.paths(address, elsewhere):
                status = visited(client, path, method).status_code
                assert status in (404, 405), f"{method} {path} answers {status}"


@pytest.mark.parametrize("method", ["get", "post"])
def test_nobody_is_sent_to_the_login(house: House, method: str) -> None:
    for address in INSIDE:
        response = visited(Client(), house.paths(address)[0], method)
        assert response.status_code == 302, address
        assert response.url.startswith("/account/login/"), address


def test_outside_a_brand_nobody_and_somebody_are_answered(house: House) -> None:
    for client in (Client(), house.world.client(house.world.stranger)):
        for address in OUTSIDE:
            if str(address) != GOES_OUT:
                path = address.at(**dict.fromkeys(address.takes, "1"))
                assert visited(client, path).status_code < 500, path


def test_what_is_outside_a_brand_is_known(house: House) -> None:
    for address in OUTSIDE:
        response = visited(Client(), address.at(**dict.fromkeys(address.takes, "1")))
        name = f"{address.app}:{address.name}" if address.app not in ("", "api") else address.name
        shown = response.status_code == 200 and not str(address).startswith("account/")
        assert not shown or name in OPEN_TO_ALL, f"{address} shows itself to nobody in particular"


def test_the_api_wants_a_key(house: House) -> None:
    for address in OUTSIDE:
        if str(address).startswith("api/") and address.name not in ("openapi-json", "api-root"):
            path = address.at(**dict.fromkeys(address.takes, "1"))
            for method in ("get", "post", "delete"):
                response = visited(Client(), path, method)
                assert response.status_code in (401, 405), path
                assert response["Content-Type"] == "application/problem+json"
