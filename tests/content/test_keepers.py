"""Whose posts somebody sees and edits: the team all of them, an outside partner those they answer for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from shemei.apps.content import actions
from shemei.apps.content.models import Post
from shemei.apps.content.policies import EDIT_POST
from shemei.apps.content.queries import posts_of_creator
from shemei.kernel.models import AuditEntry
from shemei.kernel.permissions import Forbidden
from shemei.kernel.policies import Refused

if TYPE_CHECKING:
    from tests.world import World

    from shemei.warehouse.home import Home


@pytest.fixture
def place(inside: World, home: Home) -> World:
    return inside


@pytest.fixture
def posts(place: World) -> tuple[Post, Post]:
    """One that the partner answers for, one of the team; both a creator's."""
    made = {"platform": "xhs", "creator_key": "azhi"}
    theirs = actions.create_post(place.brand, by=place.external.actor, title="代写的一篇", **made)
    ours = actions.create_post(place.brand, by=place.editor.actor, title="自家的一篇", **made)
    return theirs, ours


def test_whoever_makes_a_post_answers_for_it(place: World, posts: tuple[Post, Post]) -> None:
    assert [post.keeper_key for post in posts] == [place.external.key, place.editor.key]
    page = place.client().get(place.url("content:post", posts[0].key)).text
    assert "负责人" in page and "合作方小周" in page


def test_a_partner_meets_no_post_of_others(place: World, posts: tuple[Post, Post]) -> None:
    theirs, ours = posts
    client = place.client(place.external)
    listed = client.get(place.url("content:posts")).text
    assert theirs.title in listed and ours.title not in listed and "共 1 篇" in listed
    for name in ("post", "edit_post", "enter_metrics"):
        assert client.get(place.url(f"content:{name}", ours.key)).status_code == 404
        assert client.get(place.url(f"content:{name}", theirs.key)).status_code == 200
    found = client.get(place.url("portal:search"), {"q": "一篇"}).text
    assert theirs.title in found and ours.title not in found
    assert [p.key for p in posts_of_creator(place.brand, "azhi", by=place.external.actor)] == [
        theirs.key
    ]


def test_the_team_sees_and_edits_all_of_them(place: World, posts: tuple[Post, Post]) -> None:
    listed = place.client(place.approver).get(place.url("content:posts")).text
    assert all(post.title in listed for post in posts)
    assert all(EDIT_POST.allows(place.approver.actor, post) for post in posts)
    assert not EDIT_POST.allows(place.analyst.actor, posts[0]), "an analyst reads"


def test_the_action_refuses_what_the_pages_do_not_show(
    place: World, posts: tuple[Post, Post]
) -> None:
    why = EDIT_POST.why_not(place.external.actor, posts[1])
    with pytest.raises(Refused, match=why):
        actions.change_post(posts[1], by=place.external.actor, title="改了")
    with pytest.raises(Refused):
        actions.record_metrics(
            posts[1], by=place.external.actor, day=place.brand.created_at.date(), likes=1
        )
    posts[1].refresh_from_db()
    assert posts[1].title == "自家的一篇"


def test_a_post_is_handed_to_a_partner_and_taken_back(
    place: World, posts: tuple[Post, Post]
) -> None:
    ours = posts[1]
    edit = place.url("content:edit_post", ours.key)
    typed = {"title": ours.title, "platform": "xhs", "form": "图文", "state": "draft"}
    place.client(place.editor).post(edit, typed | {"keeper_key": place.external.key})
    assert "负责人" in AuditEntry.objects.latest("id").sentence
    assert place.client(place.external).post(edit, typed | {"title": "改好了"}).status_code == 302
    ours.refresh_from_db()
    assert (ours.title, ours.keeper_key) == ("改好了", place.external.key)
    place.client(place.editor).post(edit, typed | {"keeper_key": place.editor.key})
    assert place.client(place.external).get(edit).status_code == 404


def test_a_partner_hands_nothing_on_and_nobody_to_who_cannot_edit(
    place: World, posts: tuple[Post, Post]
) -> None:
    form = place.client(place.external).get(place.url("content:edit_post", posts[0].key))
    assert "keeper_key" not in form.text
    with pytest.raises(Forbidden):
        actions.change_post(posts[0], by=place.external.actor, keeper_key=place.editor.key)
    with pytest.raises(Exception, match="不能编辑内容"):
        actions.change_post(posts[0], by=place.editor.actor, keeper_key=place.analyst.key)


def test_many_posts_are_handed_over_from_the_list(place: World, posts: tuple[Post, Post]) -> None:
    url = place.url("content:posts")
    nobodys = actions.create_post(
        place.brand, by=place.owner.actor, title="导入的", platform="xhs", keeper_key=""
    )
    assert "导入的" in place.client().get(url, {"keeper": "none"}).text
    form = {"_action": "keeper", "keys": [posts[1].key, nobodys.key]}
    form |= {"_choice_keeper": place.external.key}
    told = place.client(place.editor).post(url, form, follow=True).text
    assert "2 篇已交给合作方小周" in told
    assert Post.objects.filter(keeper_key=place.external.key).count() == 3
    for who, may in ((place.editor, True), (place.external, False)):
        page = place.client(who).get(url).text
        assert ('"_choice_keeper"' in page, "keeper=none" in page) == (may, may)
    refused = place.client(place.external).post(url, form | {"_choice_keeper": place.editor.key})
    assert refused.status_code == 422 or "还没有选" in refused.text
    assert Post.objects.filter(keeper_key=place.external.key).count() == 3
