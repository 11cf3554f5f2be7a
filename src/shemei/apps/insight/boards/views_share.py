"""Giving a board away: read-only links, mails now and again, a PDF."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST

from shemei.apps.insight.boards import actions as board_actions
from shemei.apps.insight.boards.panels import OwnBoardView
from shemei.apps.insight.boards.pdf import NoPdf, board_pdf
from shemei.apps.insight.boards.sharing import is_live, may_be_given, token_of, with_makers
from shemei.apps.insight.forms import MailForm, OriginsForm, ShareForm
from shemei.apps.insight.models import BoardMail, BoardShare, OwnBoard
from shemei.apps.insight.policies import TAKE_GIVEN
from shemei.kernel import audit
from shemei.kernel.permissions import Permission
from shemei.kernel.toasts import toast
from shemei.kernel.urls import wurl
from shemei.kernel.views import View, allow, get_row, recently_authenticated

if TYPE_CHECKING:
    from collections.abc import Callable

    from shemei.kernel.http import BrandRequest


def _board(key: str) -> OwnBoard:
    found: OwnBoard = get_row(OwnBoard.objects.kept().select_related("workspace"), key)
    return found


@allow(Permission.EXPORT)
@recently_authenticated
def sharing(request: BrandRequest, key: str) -> HttpResponse:
    """The links and mails of a board, and a form for one more of each."""
    row, what = _board(key), request.POST.get("_what", "")
    share = ShareForm(request.POST if what == "share" else None)
    mail = MailForm(request.POST if what == "mail" else None)
    if what == "share" and share.is_valid():
        board_actions.share_board(row, **share.cleaned_data, by=request.actor)
        toast(request, f"已建分享链接，{share.cleaned_data['days']} 天后到期")
        return redirect(wurl(request.workspace, "insight:board_share", row.key))
    if what == "mail" and mail.is_valid():
        link = request.build_absolute_uri(wurl(request.workspace, "insight:board", row.key))
        made = board_actions.set_mail(row, **mail.cleaned_data, link=link, by=request.actor)
        toast(request, f"已定下邮件，第一封 {timezone.localtime(made.due_at):%m-%d %H:%M}")
        return redirect(wurl(request.workspace, "insight:board_share", row.key))
    context = {
        "row": row,
        "shares": _shares(request, row),
        "now": timezone.now(),
        "mails": _mails(request, row),
        "share_form": share,
        "mail_form": mail,
        "sends": not settings.EMAIL_BACKEND.endswith("console.EmailBackend"),
    }
    bad = share.errors or mail.errors
    return render(request, "insight/board_share.html", context, status=422 if bad else 200)


def _shares(request: BrandRequest, row: OwnBoard) -> list[tuple[BoardShare, str, bool, bool]]:
    """Each link with its whole address, whether it opens, and whether this member may answer for it."""
    now = timezone.now()
    return [
        (
            one,
            request.build_absolute_uri(reverse("shared:board", args=[token_of(one)])),
            is_live(one, now),
            _may_take(request, one),
        )
        for one in with_makers(row.shares.all())
    ]


def _mails(request: BrandRequest, row: OwnBoard) -> list[tuple[BoardMail, bool, bool]]:
    """Each mail that was not stopped, whether it goes out, and whether this member may answer for it."""
    rows = row.mails.exclude(state=BoardMail.State.STOPPED)
    return [(one, may_be_given(one), _may_take(request, one)) for one in with_makers(rows)]


def _may_take(request: BrandRequest, given: BoardShare | BoardMail) -> bool:
    return TAKE_GIVEN.allows(request.actor, given)


@allow(Permission.EXPORT)
@recently_authenticated
def origins(request: BrandRequest, key: str) -> HttpResponse:
    """Which websites may frame a link, and the lines to put there."""
    share = get_row(BoardShare.objects.select_related("board"), key)
    if share.board.removed_at or not is_live(share, timezone.now()):
        toast(request, "这条链接已经打不开了，不能再嵌")
        return redirect(wurl(request.workspace, "insight:board_share", share.board.key))
    given = request.POST if request.method == "POST" else None
    form = OriginsForm(given, initial={"origins": "\n".join(share.origins)})
    if form.is_valid():
        board_actions.set_origins(share, form.cleaned_data["origins"], by=request.actor)
        toast(request, "已保存可嵌入的网站" if share.origins else "谁都不能嵌这条链接了")
        return redirect(wurl(request.workspace, "insight:share_origins", share.key))
    frame = request.build_absolute_uri(reverse("shared:frame", args=[token_of(share)]))
    context = {"share": share, "row": share.board, "form": form, "frame": frame}
    return render(
        request, "insight/share_origins.html", context, status=422 if form.errors else 200
    )


def _given(model: type[BoardShare] | type[BoardMail], act: Callable[..., None], said: str) -> View:
    """A button beside a link or a mail: do it, say so or why not, and show the list again."""

    @require_POST
    @allow(Permission.EXPORT)
    def pressed(request: BrandRequest, key: str) -> HttpResponse:
        row = get_row(model.objects.select_related("board"), key)
        try:
            act(row, by=request.actor)
        except ValidationError as error:
            toast(request, str(error.messages[0]))
        else:
            toast(request, said)
        return redirect(wurl(request.workspace, "insight:board_share", row.board.key))

    return pressed


revoke = _given(BoardShare, board_actions.revoke_share, "已停用这条分享链接")
share_take = _given(
    BoardShare, board_actions.take_over, "这条分享链接现在由你负责。网址换了新的，旧网址打不开了"
)
mail_stop = _given(BoardMail, board_actions.stop_mail, "已停发这条邮件")
mail_now = _given(BoardMail, board_actions.send_now, "几分钟内发出")
mail_take = _given(BoardMail, board_actions.take_over, "这条邮件现在由你负责，到时照常发")


@allow(Permission.EXPORT)
@recently_authenticated
def pdf(request: BrandRequest, key: str) -> HttpResponse:
    """The board as a PDF, recorded in the audit log."""
    row = _board(key)
    try:
        body = board_pdf(OwnBoardView(row, request.GET))
    except NoPdf as missing:
        return HttpResponse(str(missing), status=503, content_type="text/plain; charset=utf-8")
    audit.record("data.exported", row, by=request.actor, what=f"看板「{row.title}」的 PDF", rows=1)
    name = content_disposition_header(True, f"{row.title}.pdf") or ""
    return HttpResponse(body, content_type="application/pdf", headers={"Content-Disposition": name})
