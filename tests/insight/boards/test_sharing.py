"""Links to boards: without a login, only while they last, only summed figures."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from tests.insight.own_boards import made, shared

from shemei.apps.insight.boards import actions as board_actions
from shemei.apps.insight.boards import views_shared
from shemei.apps.insight.boards.sharing import opened, token_of
from shemei.apps.insight.models import BoardShare
from shemei.kernel.actor import SYSTEM
from shemei.kernel.models import AuditEntry
from shemei.kernel.throttle import Limit

if TYPE_CHECKING:
    from django.http import HttpResponse
    from tests.world import World


def test_nobody_in_particular_reads_a_shared_board(told: World) -> None:
    _, share, url = shared(told)
    answer = Client().get(url)
    text = answer.content.decode()
    assert answer.status_code == 200
    assert "周一例会" in text and "可追踪成交额" in text
    assert answer["X-Robots-Tag"] == "noindex, nofollow"
    assert "no-store" in answer["Cache-Control"]
    with told.scope():
        share.refresh_from_db()
    assert share.views == 1 and share.seen_at is not None


def test_it_leads_nowhere_inside(told: World) -> None:
    text = Client().get(shared(told)[2]).content.decode()
    assert f"/w/{told.brand.key}/" not in text
    assert "NO-1" not in text and "ph-ali" not in text


def test_an_address_cannot_be_made_up(told: World) -> None:
    share = shared(told)[1]
    key, mark, seal = token_of(share).partition(".")
    other = "y" if key.endswith("x") else "x"
    for wrong in (
        key,
        f"{key}{mark}{seal[:-1]}",
        f"{key[:-1]}{other}{mark}{seal}",
        "1",
        f"{key}..{seal}",
    ):
        assert opened(wrong, timezone.now()) is None
        assert Client().get(reverse("shared:board", args=[wrong])).status_code == 404


def test_one_address_cannot_keep_the_machine_drawing(
    told: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views_shared, "LOOKING", Limit("shared-board", burst=2, per_second=0.01))
    url = shared(told)[2]
    assert [Client().get(url).status_code for _ in range(3)] == [200, 200, 429]
    late = Client().get(url)
    assert "再刷新一次" in late.content.decode() and int(late["Retry-After"]) > 60
    assert "可追踪成交额" not in late.content.decode()
    assert Client(REMOTE_ADDR="203.0.113.9").get(url).status_code == 200
    assert Client().get(shared(told)[2]).status_code == 200


def test_it_ends_on_its_day(told: World) -> None:
    _, share, _ = shared(told, days=7)
    token = token_of(share)
    assert opened(token, share.created_at + timedelta(days=6)) is not None
    assert opened(token, share.created_at + timedelta(days=7, seconds=5)) is None


def test_it_is_revoked_at_once(told: World) -> None:
    _, share, url = shared(told)
    answer = told.client().post(told.url("insight:share_revoke", share.key))
    assert answer.status_code == 302
    gone = Client().get(url)
    assert gone.status_code == 404 and "这个链接打不开了" in gone.content.decode()
    with told.scope():
        verbs = list(AuditEntry.objects.values_list("verb", flat=True))
    assert "board.shared" in verbs and "board.share_revoked" in verbs


def test_a_board_put_away_is_shared_no_more(told: World) -> None:
    board, _, url = shared(told)
    told.client().post(told.url("insight:board_remove", board.key))
    assert Client().get(url).status_code == 404
    told.client().post(told.url("insight:board_restore", board.key))
    assert Client().get(url).status_code == 200


def test_a_brand_that_is_switched_off_shows_nothing(told: World) -> None:
    share, frame = framed(told, WIKI)
    told.brand.is_active = False
    told.brand.save()
    for url in (frame, reverse("shared:board", args=[token_of(share)])):
        assert Client().get(url).status_code == 404


def test_links_are_listed_with_how_often_they_opened(told: World) -> None:
    board, _, url = shared(told)
    Client().get(url)
    page = told.client().get(told.url("insight:board_share", board.key)).content.decode()
    assert "代理商" in page and "1 次" in page and url in page


def test_a_link_is_made_on_the_page(told: World) -> None:
    board = made(told)
    url = told.url("insight:board_share", board.key)
    answer = told.client().post(url, {"_what": "share", "days": "30", "note": "老板"})
    assert answer.status_code == 302
    with told.scope():
        assert BoardShare.objects.get().note == "老板"


def test_it_needs_the_permission_and_a_fresh_proof(told: World) -> None:
    board = made(told)
    url = told.url("insight:board_share", board.key)
    assert told.client(told.editor).get(url).status_code == 403
    answer = told.client(recently=False).get(url)
    assert answer.status_code == 302 and "reauthenticate" in answer.url


WIKI = "https://wiki.example.com"


def framed(world: World, *origins: str) -> tuple[BoardShare, str]:
    share = shared(world)[1]
    with world.scope():
        board_actions.set_origins(share, list(origins), by=SYSTEM)
    return share, reverse("shared:frame", args=[token_of(share)])


def ancestors(answer: HttpResponse) -> str:
    """Who may frame an answer, by its policy; every other directive is as everywhere."""
    rules = dict(one.split(" ", 1) for one in answer["Content-Security-Policy"].split("; "))
    assert rules["default-src"] == "'none'" and rules["script-src"] == "'self'"
    return rules["frame-ancestors"]


def test_each_link_is_framed_by_the_websites_it_names(told: World) -> None:
    _, one = framed(told, WIKI, "http://intranet:8080")
    _, other = framed(told, "https://agency.example")
    answer = Client().get(one)
    assert ancestors(answer) == f"{WIKI} http://intranet:8080"
    assert "X-Frame-Options" not in answer
    assert "可追踪成交额" in answer.content.decode()
    assert ancestors(Client().get(other)) == "https://agency.example"


def test_nothing_else_may_be_framed(told: World) -> None:
    share, url = framed(told, WIKI)
    page = Client().get(reverse("shared:board", args=[token_of(share)]))
    inside = told.client().get(told.url("insight:board", share.board.key))
    for answer in (page, inside):
        assert ancestors(answer) == "'none'" and answer["X-Frame-Options"] == "DENY"
    _, closed = framed(told)
    answer = Client().get(closed)
    assert answer.status_code == 404, "no website is named by default"
    assert ancestors(answer) == "'none'" and answer["X-Frame-Options"] == "DENY"
    assert Client().get(url).status_code == 200


def test_a_frame_ends_with_its_link(told: World) -> None:
    share, url = framed(told, WIKI)
    with told.scope():
        BoardShare.objects.filter(pk=share.pk).update(expires_at=timezone.now())
    answer = Client().get(url)
    assert answer.status_code == 404 and "建它的人不能再分享" in answer.content.decode()
    assert ancestors(answer) == "'none'" and answer["X-Frame-Options"] == "DENY"
    page = told.client().get(told.url("insight:share_origins", share.key))
    assert page.status_code == 302, "what is over is not framed any more"


def test_websites_are_named_on_a_page(told: World) -> None:
    share = shared(told)[1]
    url = told.url("insight:share_origins", share.key)
    given = f" {WIKI}/some/page?x=1 \n\nHTTP://Intranet:8080\n{WIKI}:443"
    assert told.client().post(url, {"origins": given}).status_code == 302
    with told.scope():
        share.refresh_from_db()
        said = AuditEntry.objects.get(verb="board.framed")
    assert share.origins == [WIKI, "http://intranet:8080"]
    assert WIKI in str(said.sentence)
    code = told.client().get(url).content.decode()
    assert f"{token_of(share)}/frame/&quot;" in code and "&lt;iframe" in code
    told.client().post(url, {"origins": ""})
    with told.scope():
        share.refresh_from_db()
    assert share.origins == []


@pytest.mark.parametrize(
    "wrong",
    ["*", "*.example.com", "https://*.example.com", "wiki", "https://a.example; script-src *", "javascript:1",
     "https://user@a.example", "https://a.example:99999", "data:text/html,x", "https://"],
)  # fmt: skip
def test_what_is_no_website_is_named_and_refused(told: World, wrong: str) -> None:
    share = shared(told)[1]
    answer = told.client().post(told.url("insight:share_origins", share.key), {"origins": wrong})
    assert answer.status_code == 422 and "不是网站地址" in answer.content.decode()
    with told.scope():
        share.refresh_from_db()
    assert share.origins == []


def test_naming_websites_needs_the_permission_and_a_fresh_proof(told: World) -> None:
    url = told.url("insight:share_origins", shared(told)[1].key)
    assert told.client(told.editor).post(url, {"origins": WIKI}).status_code == 403
    assert told.client(recently=False).get(url).status_code == 302
