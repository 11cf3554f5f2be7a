"""A link that a colleague sends opens a record in the drawer; it never runs what somebody wrote into a file."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest

from shemei.apps.accounts.models import Member
from shemei.apps.content.models import Post

if TYPE_CHECKING:
    from tests.browser import Visit
    from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_file_is_never_shown_as_a_page(visit: Visit, world: World) -> None:
    target = world.url("accounts:member", world.external.key)
    written = f"<p hx-post='{target}' hx-vals='{{\"role\":\"owner\"}}' hx-trigger=load>"
    with world.scope():
        Post.objects.create(workspace=world.brand, title=written, platform="xhs")
    page = visit.page(world.client())
    posts = world.url("content:posts")
    with page.expect_response(lambda answer: "export=csv" in answer.url):
        page.goto(f"{posts}?{urlencode({'drawer': f'{posts}?export=csv'})}")
    page.wait_for_timeout(700)
    assert not page.query_selector("#drawer [hx-post]")
    with world.scope():
        assert Member.objects.get(pk=world.external.pk).role == "external"
