"""Boards by mail: due rows are taken once, sent over real SMTP, and every outcome is written down."""

from __future__ import annotations

import socketserver
import threading
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django_scopes import scopes_disabled
from tests.insight.own_boards import made

from shemei.apps.insight.boards import actions as board_actions
from shemei.apps.insight.boards import mailing
from shemei.apps.insight.models import BoardMail, OwnBoard
from shemei.kernel.actor import SYSTEM
from shemei.kernel.models import AuditEntry, Notification
from shemei.kernel.policies import Refused
from shemei.warehouse.vocabulary import SHANGHAI

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.world import World

NOON = datetime(2026, 12, 5, 12, 0, tzinfo=SHANGHAI)
MONDAY = datetime(2026, 12, 7, 9, 0, tzinfo=SHANGHAI)


class Post(socketserver.StreamRequestHandler):
    """As much of a mail server as a letter needs; ``server.refuses`` says no to every one."""

    def handle(self) -> None:
        self.say("220 post")
        while line := self.rfile.readline():
            word = line[:4].upper()
            if word == b"DATA":
                self.take()
            elif word == b"QUIT":
                self.say("221 bye")
                return
            else:
                refused = word == b"RCPT" and self.server.refuses  # type: ignore[attr-defined]
                self.say("550 no such person" if refused else "250 ok")

    def take(self) -> None:
        self.say("354 go on")
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line[1:] if line.startswith(b"..") else line)
        self.server.letters.append(b"".join(lines))  # type: ignore[attr-defined]
        self.say("250 taken")

    def say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


@pytest.fixture
def post(settings: Any) -> Iterator[Any]:
    """A mail server on this machine, which Django is told of."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Post) as server:
        server.daemon_threads = True
        server.letters, server.refuses = [], False  # type: ignore[attr-defined]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = server.server_address
        settings.EMAIL_USE_TLS = False
        yield server
        server.shutdown()


def due(world: World) -> BoardMail:
    """A board that goes to 老板 every Monday at nine, from now on."""
    board = made(
        world,
        数={"kind": "number", "metrics": ["traced_value"]},
        表={"kind": "table", "metrics": ["traced_value"], "split": "channel"},
    )
    with world.scope():
        return board_actions.set_mail(
            board, recipients=["boss@yuhe.example", "zhou@agency.example"], rhythm="week",
            hour=9, link="https://app.example/board", by=SYSTEM, now=NOON,
        )  # fmt: skip


def again(world: World, mail: BoardMail) -> BoardMail:
    with world.scope():
        return BoardMail.objects.get(pk=mail.pk)


def test_a_board_goes_out_on_its_day_once(told: World, post: Any) -> None:
    mail = due(told)
    assert mail.due_at == MONDAY
    assert mailing.sweep(MONDAY - timedelta(minutes=1)) == 0
    assert mailing.sweep(MONDAY + timedelta(minutes=2)) == 1
    assert mailing.sweep(MONDAY + timedelta(minutes=3)) == 0
    [raw] = post.letters
    letter = message_from_bytes(raw, policy=policy.default)
    assert letter["To"] == "boss@yuhe.example, zhou@agency.example"
    assert "周一例会" in letter["Subject"]
    text = letter.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "可追踪成交额" in text and "https://app.example/board" in text
    sent = again(told, mail)
    assert sent.sent_at and sent.due_at == MONDAY + timedelta(days=7) and not sent.error
    with told.scope():
        assert AuditEntry.objects.filter(verb="board.mailed").count() == 1


def test_a_refusal_is_tried_again_and_then_told(told: World, post: Any) -> None:
    mail, post.refuses = due(told), True
    at = MONDAY
    for attempt in (1, 2):
        assert mailing.sweep(at) == 0
        row = again(told, mail)
        assert row.attempts == attempt and row.due_at == at + mailing.RETRY
        at = row.due_at
    mailing.sweep(at)
    row = again(told, mail)
    assert "没有发出" in row.error and "试了 3 次" in row.error
    assert row.due_at == MONDAY + timedelta(days=7) and row.sent_at is None
    assert post.letters == []


def test_a_sweeper_that_died_leaves_the_outcome_unknown(told: World, post: Any) -> None:
    mail = due(told)
    with told.scope():
        BoardMail.objects.update(state="sending", taken_at=MONDAY)
    mailing.sweep(MONDAY + timedelta(minutes=5))
    assert again(told, mail).state == "sending", "perhaps it is still at it"
    mailing.sweep(MONDAY + timedelta(minutes=40))
    row = again(told, mail)
    assert row.state == "waiting" and "不知道有没有发出" in row.error
    assert post.letters == [], "never sent twice"


def test_stopped_mails_and_boards_put_away_send_nothing(told: World, post: Any) -> None:
    mail = due(told)
    with told.scope():
        board_actions.remove_board(mail.board, by=SYSTEM)
        mailing.sweep(MONDAY)
        board_actions.restore_board(mail.board, by=SYSTEM)
        board_actions.stop_mail(again(told, mail), by=SYSTEM)
    mailing.sweep(MONDAY + timedelta(days=30))
    assert post.letters == []


def test_a_title_of_two_lines_is_one_line_of_a_letter(told: World, post: Any) -> None:
    mail = due(told)
    with told.scope():
        OwnBoard.objects.filter(pk=mail.board.pk).update(title="周一\nBcc: x@y.example")
    mailing.sweep(MONDAY)
    letter = message_from_bytes(post.letters[0], policy=policy.default)
    assert letter["Subject"].startswith("周一 Bcc: x@y.example，") and letter["Bcc"] is None


def test_a_board_that_cannot_be_drawn_keeps_no_other_from_going_out(
    told: World, post: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, sound = due(told), due(told)
    draw = mailing.board_pdf

    def drawn(view: Any) -> bytes:
        if view.row.pk == broken.board.pk:
            raise ZeroDivisionError
        return draw(view)

    monkeypatch.setattr(mailing, "board_pdf", drawn)
    mailing.sweep(MONDAY)
    assert len(post.letters) == 1 and again(told, sound).sent_at == MONDAY
    left = again(told, broken)
    assert (left.state, left.attempts) == (BoardMail.State.WAITING, 1) and "画不出来" in left.error


def test_a_brand_that_is_switched_off_sends_nothing(told: World, post: Any) -> None:
    mail = due(told)
    told.brand.is_active = False
    told.brand.save()
    mailing.sweep(MONDAY)
    assert post.letters == [] and again(told, mail).state == BoardMail.State.WAITING


def test_a_mail_is_set_on_the_page(told: World) -> None:
    url = told.url("insight:board_share", made(told).key)
    form = {"_what": "mail", "recipients": "a@b.example，c@d.example", "rhythm": "day", "hour": "8"}
    assert told.client().post(url, form).status_code == 302
    with told.scope():
        mail = BoardMail.objects.get()
        assert mail.recipients == ["a@b.example", "c@d.example"]
    bad = told.client().post(url, form | {"recipients": "a@b.example\n不是邮箱"})
    assert bad.status_code == 422 and "「不是邮箱」不是邮箱地址" in bad.content.decode()


def test_boards_put_away_long_ago_are_gone(told: World) -> None:
    from shemei.apps.insight.models import OwnBoard

    mail = due(told)
    with told.scope():
        board_actions.remove_board(mail.board, by=SYSTEM)
        gone = mail.board.removed_at
        assert gone is not None
        mailing.forget_removed(gone + timedelta(days=6))
        assert OwnBoard.objects.count() == 1
        mailing.forget_removed(gone + timedelta(days=8))
        assert OwnBoard.objects.count() == 0


def test_asking_for_a_letter_now_is_recorded_and_a_stopped_one_stays_stopped(told: World) -> None:
    mail = due(told)
    now = told.url("insight:mail_now", mail.key)
    assert told.client(told.editor).post(now).status_code == 403
    assert "几分钟内发出" in told.client().post(now, follow=True).content.decode()
    with told.scope():
        assert AuditEntry.objects.filter(verb="board.mail_asked").count() == 1
        board_actions.stop_mail(mail, by=SYSTEM)
    assert "已停发" in told.client().post(now, follow=True).content.decode()
    with told.scope():
        assert AuditEntry.objects.filter(verb="board.mail_asked").count() == 1


def set_by(told: World, member: Any) -> BoardMail:
    board = made(told, 数={"kind": "number", "metrics": ["clicks"]})
    with told.scope():
        return board_actions.set_mail(
            board,
            recipients=["a@private.example"],
            rhythm="week",
            hour=9,
            by=member.actor,
            now=NOON,
        )


def change(told: World, member: Any, **fields: Any) -> None:
    with told.scope():
        for name, value in fields.items():
            setattr(member, name, value)
        member.save(update_fields=list(fields))


@pytest.mark.parametrize("change_to", [{"role": "editor"}, {"is_active": False}])
def test_a_mail_rests_while_who_set_it_up_may_not_give_data_away(
    told: World, post: Any, change_to: dict[str, Any]
) -> None:
    mail, before = (
        set_by(told, told.analyst),
        {name: getattr(told.analyst, name) for name in change_to},
    )
    change(told, told.analyst, **change_to)
    for minutes in (1, 2, 8 * 24 * 60):
        assert mailing.sweep(MONDAY + timedelta(minutes=minutes)) == 0
    assert post.letters == []
    page = told.client().get(told.url("insight:board_share", mail.board.key)).text
    assert "停着：建的人不能再导出" in page and told.url("insight:mail_now", mail.key) not in page
    with told.scope():
        texts = Notification.objects.filter(member=told.owner).values_list("text", flat=True)
        assert list(texts) == [
            "数据小秦不能再导出数据，看板「周一例会」的定时邮件先停着。请接手，或停发"
        ]
        assert AuditEntry.objects.filter(verb="board.mail_rests").count() == 1
        with pytest.raises(ValidationError, match="邮件停着"):
            board_actions.send_now(again(told, mail), by=told.owner.actor)
    change(told, told.analyst, **before)
    back = MONDAY + timedelta(days=9)
    assert mailing.sweep(back) == 0
    assert again(told, mail).due_at == MONDAY + timedelta(days=14), "nothing is made up for"
    assert mailing.sweep(MONDAY + timedelta(days=14)) == 1


def test_an_owner_takes_a_resting_mail_over_and_it_goes_on(told: World, post: Any) -> None:
    mail = set_by(told, told.analyst)
    change(told, told.analyst, is_active=False)
    mailing.sweep(MONDAY + timedelta(minutes=1))
    take = told.url("insight:mail_take", mail.key)
    assert told.client(told.editor).post(take).status_code == 403
    with told.scope():
        board_actions.take_over(
            again(told, mail), by=told.owner.actor, now=MONDAY + timedelta(minutes=2)
        )
    taken = again(told, mail)
    assert (taken.made_by, taken.rests_since) == ("陈总", None)
    assert taken.due_at == MONDAY + timedelta(days=7), "the page says at once when it is sent"
    assert mailing.sweep(MONDAY + timedelta(minutes=5)) == 0
    assert goes_on(told) == 1
    assert mailing.sweep(MONDAY + timedelta(days=7)) == 1
    assert "不用接手" in told.client().post(take, follow=True).text


def goes_on(world: World) -> int:
    with world.scope():
        return AuditEntry.objects.filter(verb="board.mail_goes_on").count()


def test_a_resting_mail_that_is_sent_at_once_is_said_to_go_on(told: World, post: Any) -> None:
    """Its maker may again, and a member presses before the sweeper has seen it."""
    mail = set_by(told, told.analyst)
    change(told, told.analyst, role="editor")
    mailing.sweep(MONDAY + timedelta(minutes=1))
    change(told, told.analyst, role="analyst")
    with told.scope():
        board_actions.send_now(again(told, mail), by=told.owner.actor)
        board_actions.send_now(again(told, mail), by=told.owner.actor)
    assert goes_on(told) == 1


def test_a_mail_does_not_rest_unless_its_owners_can_be_told(
    told: World, post: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    mail = set_by(told, told.analyst)
    change(told, told.analyst, is_active=False)

    def refuse(*_: Any, **__: Any) -> None:
        raise RuntimeError

    with monkeypatch.context() as broken:
        broken.setattr(mailing, "notify", refuse)
        with pytest.raises(RuntimeError):
            mailing.sweep(MONDAY + timedelta(minutes=1))
    assert again(told, mail).rests_since is None
    mailing.sweep(MONDAY + timedelta(minutes=2))
    with told.scope():
        assert again(told, mail).rests_since is not None
        assert AuditEntry.objects.filter(verb="board.mail_rests").count() == 1
        assert Notification.objects.filter(member=told.owner).count() == 1


def test_the_sweeper_asks_once_however_many_mails_a_maker_set_up(told: World) -> None:
    def asked() -> int:
        with scopes_disabled(), CaptureQueriesContext(connection) as queries:
            mailing._rest_or_go_on(MONDAY)
        return len(queries)

    set_by(told, told.analyst)
    few = asked()
    for _ in range(5):
        set_by(told, told.analyst)
    assert asked() == few


def test_a_stopped_mail_is_not_taken_over(told: World) -> None:
    mail = set_by(told, told.analyst)
    change(told, told.analyst, is_active=False)
    with told.scope():
        board_actions.stop_mail(mail, by=told.owner.actor)
        with pytest.raises(Refused, match="不能接手"):
            board_actions.take_over(mail, by=told.owner.actor)


def test_one_removed_between_the_look_and_the_sending_sends_nothing(
    told: World, post: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    mail = set_by(told, told.analyst)
    change(told, told.analyst, is_active=False)
    monkeypatch.setattr(mailing, "_rest_or_go_on", lambda at: None)
    assert mailing.sweep(MONDAY) == 0 and post.letters == []
    assert again(told, mail).state == "waiting"


def test_mails_set_before_learn_whose_they_are(told: World) -> None:
    mail = set_by(told, told.analyst)
    with told.scope():
        BoardMail.objects.update(made_by_key="")
        page = told.client().get(told.url("insight:board_share", mail.board.key)).text
        assert "不知是谁，写着数据小秦" in " ".join(page.split())
        import_module("shemei.apps.insight.migrations.0007_mail_makers").by_name(apps, None)
    assert again(told, mail).made_by_key == told.analyst.key
