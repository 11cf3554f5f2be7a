"""The NUL character reaches no query, whatever way it is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test import Client

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.world import World


@pytest.fixture(autouse=True)
def _strict_database() -> Iterator[None]:
    """Refuse the character in queries, as PostgreSQL does and SQLite does not."""

    def refusing(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        for value in params or ():
            assert not (isinstance(value, str) and "\0" in value), sql
        return execute(sql, params, many, context)

    with connection.execute_wrapper(refusing):
        yield


def test_forms_lose_it_and_keep_the_rest(world: World) -> None:
    page = world.url("accounts:brand")
    answer = world.client().post(page, {"name": "屿\0禾", "link_host": "", "x\0y": "\0"})
    world.brand.refresh_from_db()
    assert (answer.status_code, world.brand.name) == (302, "屿禾")


FORMS = (
    "accounts:invitation_new", "accounts:key_new", "brand:new_campaign", "brand:new_account",
    "content:new_post", "creators:new_creator", "advertising:new_spend", "commerce:new",
    "landing:new", "posters:new", "tracking:new", "tracking:new_code", "tracking:new_site",
    "insight:board_new", "insight:goal_new",
)  # fmt: skip
FIELDS = ("name", "title", "code", "email", "role", "kind", "platform", "owner", "campaign", "creator", "target",
          "number", "slug", "hosts", "metric", "key", "form", "handle", "folder", "template", "scopes")  # fmt: skip


def test_no_form_breaks_on_it(world: World) -> None:
    client = world.client()
    for name in FORMS:
        sent = dict.fromkeys(FIELDS, "a\0b")
        assert client.post(world.url(name), sent).status_code < 500, name


def test_who_signs_in_with_it_is_told_so_by_the_form(world: World) -> None:
    sent = {"login": "chen\0@yuhe.example", "password": "a\0b"}
    assert Client().post("/account/login/", sent).status_code == 200


def test_questions_of_open_pages_lose_it(world: World) -> None:
    assert Client().get("/account/login/?next=%00/w/").status_code == 200


@pytest.mark.parametrize("path", ["/shared/a%00b/", "/invite/%00/", "/p/%00", "/p/i/%00.webp"])
def test_no_address_has_it(world: World, path: str) -> None:
    assert Client().get(path).status_code == 404


@pytest.mark.parametrize("name", ["sessionid", "csrftoken", "messages"])
def test_a_cookie_that_spells_it_is_none(world: World, name: str) -> None:
    client = Client()
    client.cookies[name] = "abcdefghijk\0lmnopqrstuvwxyz"
    assert r"\000" in client.cookies.output()
    assert client.get(world.url("accounts:brand")).status_code == 302
