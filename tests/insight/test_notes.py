"""Notes on figures: kept with their days, shown where the figure is opened, telling whom they name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.insight.browsing import NOVEMBER, page

from shemei.apps.insight.models import FigureNote
from shemei.apps.insight.policies import REMOVE_NOTE
from shemei.kernel.models import Notification

if TYPE_CHECKING:
    from django.http import HttpResponse
    from tests.world import World

QUERY = "?from=2026-11-01&to=2026-11-30"


def say(world: World, text: str, who: str = "owner") -> HttpResponse:
    client = world.client(getattr(world, who))
    return client.post(world.url("insight:figure_note", "orders") + QUERY, {"text": text})


def test_a_note_stands_with_its_figure_and_days(told: World) -> None:
    assert "双11 断货" in say(told, "双11 断货").content.decode()
    shown = page(told, "insight:metric", "orders", beside=True).content.decode()
    assert "双11 断货" in shown and "陈总" in shown
    assert "双11 断货" not in page(told, "insight:metric", "clicks", beside=True).content.decode()
    october = {"from": "2026-10-01", "to": "2026-10-31"}
    client, url = told.client(), told.url("insight:metric", "orders")
    earlier = client.get(url, october, headers={"HX-Request": "true"}).content.decode()
    assert "双11 断货" not in earlier


def test_who_is_named_is_told(told: World) -> None:
    say(told, "@阿丽 和 @陈总 看一下")
    with told.scope():
        words = Notification.objects.get()
    assert words.member_id == told.editor.pk, "the author is not told of their own words"
    assert "订单" in words.text and NOVEMBER["from"] in words.url


def test_nothing_said_is_refused_and_too_much_is_kept(told: World) -> None:
    assert say(told, "  ").status_code == 422
    long = say(told, "长" * 501)
    assert long.status_code == 422 and "长" * 501 in long.content.decode()
    with told.scope():
        assert not FigureNote.objects.exists()


def test_its_author_takes_it_back_and_brings_it_again(told: World) -> None:
    say(told, "写错了", "editor")
    with told.scope():
        note = FigureNote.objects.get()
    remove = told.url("insight:note_remove", note.key) + QUERY
    assert told.client(told.analyst).post(remove).status_code == 403
    assert "写错了" not in told.client(told.editor).post(remove).content.decode()
    restore = told.url("insight:note_restore", note.key) + QUERY
    assert "写错了" in told.client(told.editor).post(restore).content.decode()


def test_the_page_offers_to_take_away_what_the_action_takes_away(told: World) -> None:
    say(told, "写错了", "editor")
    with told.scope():
        note = FigureNote.objects.get()
    remove = told.url("insight:note_remove", note.key) + QUERY
    url = told.url("insight:metric", "orders") + QUERY
    for who, may in ((told.owner, True), (told.editor, True), (told.analyst, False)):
        shown = told.client(who).get(url, headers={"HX-Request": "true"}).content.decode()
        assert "写错了" in shown and (told.url("insight:note_remove", note.key) in shown) is may
    refused = told.client(told.analyst).post(remove)
    assert refused.status_code == 403
    assert REMOVE_NOTE.why_not(told.analyst.actor, note) in refused.content.decode()
    assert told.client(told.owner).post(remove).status_code == 200
