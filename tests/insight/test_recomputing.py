"""After an upgrade that computes all figures anew, pages say so until they are there; none shows a nought."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.urls import reverse
from tests.commands.process import shemei
from tests.insight.own_boards import made

from shemei.apps.accounts import actions_keys
from shemei.apps.insight.boards import actions as board_actions
from shemei.apps.insight.boards import mailing
from shemei.apps.insight.boards.sharing import token_of
from shemei.apps.insight.models import BoardMail, BoardShare
from shemei.apps.tracking.jobs import count_clicks_of_limited
from shemei.kernel.errors import Recomputing
from shemei.kernel.permissions import Permission
from shemei.warehouse.computed import settling, shelf

if TYPE_CHECKING:
    from tests.world import World

    from shemei.warehouse.home import Home

PAGES = ("insight:overview", "insight:attribution", "insight:report", "insight:quality", "tracking:suspects", "audience:people")  # fmt: skip
WORDS = "正在重新计算，约 1 分钟"


@pytest.fixture
def upgraded(told: World, home: Home, monkeypatch: pytest.MonkeyPatch) -> World:
    """November as a program that computes it otherwise finds it."""
    assert told.client().get(told.url("insight:overview")).status_code == 200
    monkeypatch.setattr(shelf, "LAYOUT", shelf.LAYOUT + 1)
    (home.lake / shelf.MANIFEST).touch()
    return told


@pytest.mark.parametrize("name", PAGES)
def test_a_page_of_figures_says_how_long_it_takes_and_opens_when_they_are_there(
    upgraded: World, home: Home, name: str
) -> None:
    browser, ready = upgraded.client(), upgraded.url("portal:figures")
    answer = browser.get(upgraded.url(name))
    assert answer.status_code == 503 and answer["Retry-After"] == "5" and "Refresh" not in answer
    assert WORDS in answer.text and ready in answer.text
    assert "HX-Refresh" not in browser.get(ready)
    settling.settle(home)
    assert browser.get(ready)["HX-Refresh"] == "true"
    assert browser.get(upgraded.url(name)).status_code == 200


def test_pages_without_figures_work_meanwhile(upgraded: World) -> None:
    for name in ("tracking:new", "imports:upload", "insight:todos", "accounts:members"):
        assert upgraded.client().get(upgraded.url(name)).status_code == 200, name


def test_a_program_is_told_to_come_again(upgraded: World) -> None:
    with upgraded.scope():
        _, secret = actions_keys.create_key(
            by=upgraded.owner, name="BI", scopes=[Permission.VIEW], days=30
        )
    said = Client().get("/api/v1/figures/totals?metrics=orders&from=2026-11-01&to=2026-11-30", headers={"Authorization": f"Bearer {secret}"})  # fmt: skip
    assert said.status_code == 503 and said["Retry-After"] == "5"
    assert said.json()["code"] == "recomputing" and WORDS in said.json()["detail"]


def test_a_shared_board_says_so_too_and_mails_wait(upgraded: World, home: Home) -> None:
    board = made(upgraded, 数={"kind": "number", "metrics": ["clicks"]})
    with upgraded.scope():
        by = upgraded.owner.actor
        share = board_actions.share_board(board, days=7, by=by)
        mail = board_actions.set_mail(
            board, recipients=["a@b.example"], rhythm="day", hour=9, by=by
        )
        board_actions.set_origins(share, ["https://wiki.example.com"], by=by)
    url, frame = (reverse(f"shared:{name}", args=[token_of(share)]) for name in ("board", "frame"))
    for address in (url, frame):
        answer = Client().get(address)
        assert answer.status_code == 503 and WORDS in answer.text and "导入" not in answer.text
        assert answer["Refresh"] == answer["Retry-After"] == "5" and "自己打开" in answer.text
        assert "no-store" in answer["Cache-Control"] and "noindex" in answer["X-Robots-Tag"]
        framed = "https://wiki.example.com" in answer["Content-Security-Policy"]
        assert framed == (address == frame) == ("X-Frame-Options" not in answer)
    with upgraded.scope():
        assert BoardShare.objects.get().views == 0, "nobody has seen it"
    assert mailing.sweep(mail.due_at + timedelta(minutes=1)) == count_clicks_of_limited() == 0
    with upgraded.scope():
        kept = BoardMail.objects.get()
        assert (kept.attempts, kept.error, kept.due_at) == (0, "", mail.due_at)
    settling.settle(home)
    assert Client().get(url).status_code == 200


def test_the_minutes_grow_with_the_log() -> None:
    told = [
        Recomputing(rows / settling.ROWS_A_SECOND).minutes for rows in (10, 4_000_000, 50_000_000)
    ]
    assert told == [1, 2, 17]
    assert [Recomputing(seconds).retry_after for seconds in (0, 20.5, 999)] == [5, 21, 60]


def test_a_drawer_says_so_in_a_sentence(upgraded: World) -> None:
    url = upgraded.url("insight:overview")
    said = upgraded.client().get(url, headers={"HX-Request": "true"})
    assert said.status_code == 503 and said["Content-Type"].startswith("text/plain")
    assert said.text.startswith(WORDS)


def test_paths_are_not_exported_as_if_there_were_none(told: World, home: Home) -> None:
    manifest = home.lake / shelf.MANIFEST
    manifest.write_text(manifest.read_text().replace(f'"layout":{shelf.LAYOUT}', '"layout":1'))
    asked: tuple[Any, ...] = ("--workspace", told.brand.key, "--home", home.path)
    said = shemei("export", "paths", *asked)
    assert said.returncode == 1 and "还没有重新计算，没有导出" in said.stderr
    assert shemei("export", "events", *asked).returncode == 0
