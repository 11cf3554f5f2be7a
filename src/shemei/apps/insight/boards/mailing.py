"""Boards by mail. A row says when it is due; the sweeper takes it, sends once, and writes down how it went."""

from __future__ import annotations

import logging
from contextlib import suppress
from datetime import datetime, timedelta
from smtplib import SMTPException

from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone
from django_scopes import scope, scopes_disabled

from shemei.apps.accounts.queries import members_with
from shemei.apps.insight.boards.actions import REMOVED_KEPT, go_on
from shemei.apps.insight.boards.panels import OwnBoardView
from shemei.apps.insight.boards.pdf import NoPdf, board_pdf
from shemei.apps.insight.boards.rules import next_due
from shemei.apps.insight.boards.sharing import may_be_given, with_makers
from shemei.apps.insight.models import BoardMail, OwnBoard
from shemei.kernel import audit, figures
from shemei.kernel.actor import SYSTEM
from shemei.kernel.notify import notify
from shemei.kernel.permissions import Permission
from shemei.kernel.urls import wurl
from shemei.portal.numbers import stamp

log = logging.getLogger(__name__)

TRIES = 3
RETRY = timedelta(minutes=10)
LOST = timedelta(minutes=30)
PATIENCE = 20
"""Seconds that a mail server may take."""


def sweep(now: datetime | None = None) -> int:
    """Send what is due; returns how many went out. A row is taken by one sweeper alone.

    While all is computed again after an upgrade, letters wait for their figures.
    """
    at = now or timezone.now()
    if not figures.are_there():
        return 0
    with scopes_disabled():
        _settle_lost(at)
        _rest_or_go_on(at)
        rows = BoardMail.objects.filter(
            state=BoardMail.State.WAITING, due_at__lte=at, rests_since=None
        )
        due = list(rows.values_list("pk", flat=True))
        return sum(_send_one(pk, at) for pk in due)


def forget_removed(now: datetime | None = None) -> None:
    """Boards put away for a week are gone, with their links and mails."""
    with scopes_disabled():
        OwnBoard.objects.filter(removed_at__lt=(now or timezone.now()) - REMOVED_KEPT).delete()


def _rest_or_go_on(at: datetime) -> None:
    """A mail rests while who set it up may not give data away, and the brand's owners are told once."""
    rows = BoardMail.objects.filter(
        state=BoardMail.State.WAITING, board__removed_at=None, workspace__is_active=True
    )
    for mail in with_makers(rows.select_related("board", "workspace")):
        if may_be_given(mail) != (mail.rests_since is None):
            with scope(workspace=mail.workspace):
                _rest(mail, at) if mail.rests_since is None else go_on(mail, by=SYSTEM, now=at)


@transaction.atomic
def _rest(mail: BoardMail, at: datetime) -> None:
    if not BoardMail.objects.filter(pk=mail.pk, rests_since=None).update(rests_since=at):
        return
    to, maker = "、".join(mail.recipients), mail.made_by
    audit.record("board.mail_rests", mail.board, by=SYSTEM, to=to, maker=maker)
    text = f"{maker}不能再导出数据，看板「{mail.board.title}」的定时邮件先停着。请接手，或停发"
    owners = [owner.id for owner in members_with(Permission.WORKSPACE)]
    notify(
        mail.workspace, text, wurl(mail.workspace, "insight:board_share", mail.board.key), to=owners
    )


def _settle_lost(at: datetime) -> None:
    """A sweeper that died while sending leaves the outcome unknown: the mail is not sent again."""
    rows = BoardMail.objects.filter(state=BoardMail.State.SENDING, taken_at__lt=at - LOST)
    for mail in rows:
        _finish(mail, at, error="上次发送中断，不知道有没有发出。下次照常。")


def _send_one(pk: int, at: datetime) -> bool:
    rows = BoardMail.objects.filter(pk=pk, state=BoardMail.State.WAITING, due_at__lte=at)
    if not rows.update(state=BoardMail.State.SENDING, taken_at=at):
        return False
    mail = BoardMail.objects.select_related("board__workspace", "workspace").get(pk=pk)
    put_away = mail.board.removed_at is not None or not mail.workspace.is_active
    if put_away or not may_be_given(mail):
        _finish(mail, at)
        return False
    try:
        with scope(workspace=mail.workspace):
            message_of(mail, at).send()
    except (OSError, SMTPException) as error:
        _failed(mail, at, f"没有发出：{error}")
        return False
    except Exception:  # whatever is wrong with one board, the letters of others go out
        log.exception("看板 %s 的邮件没有画出来", mail.board.key)
        _failed(mail, at, "没有发出：看板画不出来。请打开看板看看，问题在日志里。")
        return False
    _finish(mail, at, sent=True)
    with scope(workspace=mail.workspace):
        audit.record("board.mailed", mail.board, by=SYSTEM, to="、".join(mail.recipients))
    return True


def _finish(mail: BoardMail, at: datetime, *, sent: bool = False, error: str = "") -> None:
    """Wait for the next time; one that was stopped meanwhile stays stopped."""
    BoardMail.objects.filter(pk=mail.pk, state=BoardMail.State.SENDING).update(
        state=BoardMail.State.WAITING,
        due_at=next_due(mail.rhythm, mail.hour, at),
        sent_at=at if sent else mail.sent_at,
        error=error[:300],
        attempts=0,
    )


def _failed(mail: BoardMail, at: datetime, error: str) -> None:
    """Try again soon, a few times; then wait for the next regular time and say why."""
    tries = mail.attempts + 1
    if tries >= TRIES:
        _finish(mail, at, error=f"{error}（试了 {tries} 次，下次照常）")
        return
    BoardMail.objects.filter(pk=mail.pk, state=BoardMail.State.SENDING).update(
        state=BoardMail.State.WAITING, due_at=at + RETRY, attempts=tries, error=error[:300]
    )


def message_of(mail: BoardMail, at: datetime) -> EmailMultiAlternatives:
    """The board as text, as a plain HTML page, and as a PDF."""
    view = OwnBoardView(mail.board, {})
    context = {"view": view, "row": mail.board, "mail": mail, "at": stamp(at)}
    message = EmailMultiAlternatives(
        subject=" ".join(f"{mail.board.title}，{view.period.span}".split()),
        body=render_to_string("insight/mail.txt", context),
        to=mail.recipients,
        connection=get_connection(timeout=PATIENCE),
    )
    message.attach_alternative(render_to_string("insight/mail.html", context), "text/html")
    with suppress(NoPdf):  # the figures stand in the text; the file is an extra
        message.attach(f"{mail.board.title}.pdf", board_pdf(view), "application/pdf")
    return message
