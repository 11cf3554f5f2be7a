"""Every address is walked by everybody: the owner, members with less, the brand next door, nobody."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import pytest
from django.test import Client

from shemei.apps.accounts.rules import PERMISSIONS
from tests.architecture.house import INSIDE, KNOWN, OUTSIDE, House, furnished, visited

if TYPE_CHECKING:
    from shemei.warehouse.home import Home
    from tests.world import World

OPEN_TO_ALL = {
    "entry:home", "entry:start", "entry:join", "portal:theme", "openapi-json", "pages:tag"
}  # fmt: skip
"""Pages for people who are not signed in; allauth's stand under ``account/``."""
NEED_MORE = {
    "imports:preview": "an uploaded file",
    "imports:errors": "a checked file",
    "audience:person": "a person in the log",
    "audience:erasing": "an erasure that was asked for",
    "audience:proof": "an erasure that was asked for",
    "insight:journey": "an order in the log",
    "insight:cohort": "the first day of a cohort",
    "insight:spent": "a channel that money was spent on",
    "insight:board_pdf": "the library that writes PDFs, which an older installation lacks",
    "portal:task_file": "a file that a task made",
}
"""Pages that one row alone does not open; the tests of their rooms do."""
OF_EVERY_MEMBER = {
    f"portal:{name}"
    for name in (
        "search",
        "notifications",
        "help",
        "tasks",
        "task_line",
        "task",
        "task_cancel",
        "figures",
    )
}
"""The shell: whoever is in the brand has it, and finds in it what they may see."""
OF_WHOM_IT_IS = {"portal:task", "portal:task_file"}
"""A task is seen by who began it."""
GOES_OUT = "account/logout/"


@pytest.fixture
def house(world: World, home: Home, caplog: pytest.LogCaptureFixture) -> House:
    caplog.set_level("ERROR", logger="django.request")
    return furnished(world)


def test_there_is_a_map() -> None:
    assert len(INSIDE) > 60
    names = [(a.app, a.name) for a in INSIDE]
    assert len(names) == len(set(names)), "a name stands twice"


@pytest.mark.slow
def test_the_owner_opens_every_page(house: House) -> None:
    client, closed = house.world.client(), []
    for address in INSIDE:
        answers = {visited(client, path).status_code for path in house.paths(address)}
        name = f"{address.app}:{address.name}"
        if not answers & {200, 204, 302, 405} and name not in NEED_MORE:
            closed.append((str(address), answers))
    assert not closed, "pages that no row of their room opens"


@pytest.mark.slow
def test_an_empty_form_is_answered(house: House) -> None:
    client = house.world.client()
    for address in INSIDE:
        for path in house.paths(address):
            assert visited(client, path, "post").status_code < 500, path


def test_every_room_says_who_may_enter() -> None:
    silent = {f"{a.app}:{a.name}" for a in INSIDE if not hasattr(a.view, "permission")}
    assert silent == OF_EVERY_MEMBER


@pytest.mark.slow
def test_members_are_answered_by_their_permissions(house: House) -> None:
    """As the owner is, where they have what the view asks for; else refused."""
    world, wrong = house.world, []
    members = (world.editor, world.approver, world.analyst, world.external)
    owner, clients = world.client(), [(world.client(member), member.role) for member in members]
    for address in INSIDE:
        needed = getattr(address.view, "permission", None)
        for path in house.paths(address):
            expected = visited(owner, path).status_code
            for client, role in clients:
                if needed and needed not in PERMISSIONS[role]:
                    is_right = refused(client, path)
                elif f"{address.app}:{address.name}" in OF_WHOM_IT_IS:
                    continue
                else:
                    is_right = visited(client, path).status_code == expected
                if not is_right:
                    wrong.append((role, needed, str(address)))
    assert wrong == []


def refused(client: Client, path: str) -> bool:
    """Whether neither reading nor writing is allowed; one of them may not exist at all."""
    answers = {visited(client, path, method).status_code for method in ("get", "post")}
    return 403 in answers <= {403, 405}


METHODS = ("get", "post")


def test_the_brand_next_door_finds_nothing_here(house: House) -> None:
    client = house.world.client(house.world.stranger)
    for method, address in product(METHODS, INSIDE):
        path = house.paths(address)[0]
        assert visited(client, path, method).status_code == 404, f"{method} {path}"


def test_our_rows_are_not_there_from_another_brand(house: House) -> None:
    client, elsewhere = house.world.client(house.world.stranger), house.world.other_brand.key
    for method, address in product(METHODS, INSIDE):
        if len(address.takes) > 1 and f"{address.app}:{address.name}" not in KNOWN:
            for path in house.paths(address, elsewhere):
                status = visited(client, path, method).status_code
                assert status in (404, 405), f"{method} {path} answers {status}"


def test_nobody_is_sent_to_the_login(house: House) -> None:
    for method, address in product(METHODS, INSIDE):
        response = visited(Client(), house.paths(address)[0], method)
        assert response.status_code == 302, f"{method} {address}"
        assert response.url.startswith("/account/login/"), f"{method} {address}"


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
