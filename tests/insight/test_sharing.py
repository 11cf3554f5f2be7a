"""Links to boards: without a login, only while they last, only summed figures."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.test import Client
from django.urls import reverse
from django.utils import timezone
from tests.insight.test_boards import made

from shemei.apps.insight import board_actions
from shemei.apps.insight.models import BoardShare, OwnBoard
from shemei.apps.insight.sharing import opened, token_of
from shemei.kernel.actor import SYSTEM
from shemei.kernel.models import AuditEntry

if TYPE_CHECKING:
    from tests.world import World


def shared(world: World, days: int = 7) -> tuple[OwnBoard, BoardShare, str]:
    board = made(
        world,
        数={"kind": "number", "metrics": ["traced_value", "clicks"]},
        表={"kind": "table", "metrics": ["traced_value"], "split": "channel"},
    )
    with world.scope():
        share = board_actions.share_board(board, days=days, note="代理商", by=SYSTEM)
    return board, share, reverse("shared:board", args=[token_of(share)])


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
    for wrong in (
        key,
        f"{key}{mark}{seal[:-1]}",
        f"{key[:-1]}x{mark}{seal}",
        "1",
        f"{key}..{seal}",
    ):
        assert opened(wrong, timezone.now()) is None
        assert Client().get(reverse("shared:board", args=[wrong])).status_code == 404


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
