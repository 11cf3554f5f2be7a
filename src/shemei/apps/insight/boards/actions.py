"""Putting boards together: making, renaming, arranging, removing with a way back, sharing, mailing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from shemei.apps.accounts.queries import address_of, permissions_of
from shemei.apps.insight.boards.rules import RHYTHMS, moved, next_due, reordered
from shemei.apps.insight.boards.sharing import may_be_given
from shemei.apps.insight.models import BoardMail, BoardPanel, BoardShare, OwnBoard
from shemei.apps.insight.policies import REMOVE_BOARD, TAKE_GIVEN
from shemei.kernel import audit
from shemei.kernel.actor import SYSTEM, Actor
from shemei.kernel.keys import new_key
from shemei.kernel.permissions import Permission, require

if TYPE_CHECKING:
    from shemei.kernel.workspace import Workspace

MOST_PANELS = 24
REMOVED_KEPT = timedelta(days=7)


class TooManyPanels(ValueError):
    """A board holds only so many pictures."""


@transaction.atomic
def make_board(
    workspace: Workspace, *, title: str, note: str = "", period: str = "28d", by: Actor
) -> OwnBoard:
    require(by, Permission.ANALYSE)
    board = OwnBoard.objects.create(
        workspace=workspace, title=title, note=note, period=period, made_by=by.label, made_by_key=by.id,
    )  # fmt: skip
    audit.record("board.created", board, by=by)
    return board


@transaction.atomic
def change_board(
    board: OwnBoard, *, title: str, note: str = "", period: str = "28d", by: Actor
) -> OwnBoard:
    require(by, Permission.ANALYSE)
    before = board.title
    board.title, board.note, board.period = title, note, period
    board.save(update_fields=["title", "note", "period"])
    audit.record("board.changed", board, by=by, before=before)
    return board


@transaction.atomic
def remove_board(board: OwnBoard, *, by: Actor) -> None:
    """Put a board away; its links and mails rest until it is brought back."""
    REMOVE_BOARD.demand(by, board)
    board.removed_at = timezone.now()
    board.save(update_fields=["removed_at"])
    audit.record("board.removed", board, by=by)


@transaction.atomic
def restore_board(board: OwnBoard, *, by: Actor) -> None:
    REMOVE_BOARD.demand(by, board)
    board.removed_at = None
    board.save(update_fields=["removed_at"])
    audit.record("board.restored", board, by=by)


@transaction.atomic
def set_panel(
    board: OwnBoard, *, by: Actor, panel: BoardPanel | None = None, **values: Any
) -> BoardPanel:
    """Add a picture at the end of a board, or change one."""
    require(by, Permission.ANALYSE)
    if panel is None:
        kept = board.panels.kept()
        if kept.count() >= MOST_PANELS:
            raise TooManyPanels(f"一个看板最多 {MOST_PANELS} 张图。请另建一个看板。")
        last = board.panels.aggregate(last=Max("place"))["last"]
        panel = BoardPanel(workspace=board.workspace, board=board, place=(last or 0) + 1)
    for name, value in values.items():
        setattr(panel, name, value)
    panel.save()
    audit.record("board.panel_set", board, by=by, panel=str(panel))
    return panel


@transaction.atomic
def add_metric(board: OwnBoard, metric: str, *, before: str = "", by: Actor) -> BoardPanel:
    """One figure as a picture of its own, before another picture or at the end."""
    panel = set_panel(board, by=by, metrics=[metric], kind="number", width=4)
    keys = list(board.panels.kept().values_list("key", flat=True))
    if before in keys and before != panel.key:
        keys.remove(panel.key)
        keys.insert(keys.index(before), panel.key)
        arrange(board, keys, by=by)
    return panel


@transaction.atomic
def arrange(board: OwnBoard, wanted: Sequence[str], *, by: Actor) -> None:
    """Put the pictures of a board into an order."""
    require(by, Permission.ANALYSE)
    rows = {panel.key: panel for panel in board.panels.kept().select_for_update()}
    for place, key in enumerate(reordered(list(rows), wanted)):
        rows[key].place = place
    BoardPanel.objects.bulk_update(rows.values(), ["place"])
    audit.record("board.arranged", board, by=by)


def move_panel(panel: BoardPanel, step: int, *, by: Actor) -> None:
    """One place up or down: what dragging does, for those who cannot drag."""
    keys = list(panel.board.panels.kept().values_list("key", flat=True))
    arrange(panel.board, moved(keys, panel.key, step), by=by)


@transaction.atomic
def remove_panel(panel: BoardPanel, *, by: Actor) -> None:
    require(by, Permission.ANALYSE)
    panel.removed_at = timezone.now()
    panel.save(update_fields=["removed_at"])
    audit.record("board.panel_removed", panel.board, by=by, panel=str(panel))


@transaction.atomic
def restore_panel(panel: BoardPanel, *, by: Actor) -> None:
    require(by, Permission.ANALYSE)
    panel.removed_at = None
    panel.save(update_fields=["removed_at"])
    audit.record("board.panel_restored", panel.board, by=by, panel=str(panel))


def _made(by: Actor) -> dict[str, str]:
    """Who answers for a link or a mail; what the system made is nobody's."""
    return {"made_by": by.label, "made_by_key": by.id if by.kind == "member" else ""}


@transaction.atomic
def take_over(given: BoardShare | BoardMail, *, by: Actor, now: datetime | None = None) -> None:
    """An owner answers from now on for a link or a mail that nobody answers for; what rested goes on.

    A link gets a new address: who had the old one, its maker among them, is not the new maker's to know.
    """
    TAKE_GIVEN.demand(by, given)
    before = given.made_by or "不知是谁"
    given.made_by, given.made_by_key = _made(by).values()
    given.save(update_fields=["made_by", "made_by_key"])
    if isinstance(given, BoardShare):
        given.key = new_key()
        given.save(update_fields=["key"])
        audit.record("board.share_taken", given.board, by=by, what=str(given), before=before)
        return
    to = "、".join(given.recipients)
    audit.record("board.mail_taken", given.board, by=by, what=to, before=before)
    go_on(given, by=by, now=now)


@transaction.atomic
def go_on(mail: BoardMail, *, by: Actor, now: datetime | None = None) -> None:
    """A mail that rested waits for its next regular time; what fell due meanwhile is not made up for."""
    due = next_due(mail.rhythm, mail.hour, now or timezone.now())
    rested = BoardMail.objects.filter(pk=mail.pk, rests_since__isnull=False)
    if rested.update(rests_since=None, due_at=due, attempts=0):
        _say_it_goes_on(mail, by)


def _say_it_goes_on(mail: BoardMail, by: Actor) -> None:
    audit.record("board.mail_goes_on", mail.board, by=by, to="、".join(mail.recipients))


@transaction.atomic
def share_board(board: OwnBoard, *, days: int, note: str = "", by: Actor) -> BoardShare:
    """A read-only link that shows a board's summed figures to whoever holds it, until a day."""
    require(by, Permission.EXPORT)
    expires = timezone.now() + timedelta(days=days)
    share = BoardShare.objects.create(
        workspace=board.workspace, board=board, note=note, expires_at=expires,
        **_made(by),
    )  # fmt: skip
    audit.record("board.shared", board, by=by, note=note or "未写明", days=days)
    return share


@transaction.atomic
def set_origins(share: BoardShare, origins: list[str], *, by: Actor) -> None:
    """The websites that may frame a link; none forbids it to all."""
    require(by, Permission.EXPORT)
    if share.origins == origins:
        return
    share.origins = origins
    share.save(update_fields=["origins"])
    told = "、".join(origins) or "没有网站"
    audit.record("board.framed", share.board, by=by, origins=told, note=share.note or "未写明")


@transaction.atomic
def revoke_share(share: BoardShare, *, by: Actor) -> None:
    require(by, Permission.EXPORT)
    if share.revoked_at is None:
        share.revoked_at = timezone.now()
        share.save(update_fields=["revoked_at"])
        audit.record("board.share_revoked", share.board, by=by, note=share.note or "未写明")


@transaction.atomic
def end_shares_of(maker: str, *, until: datetime) -> int:
    """End the links that a member made up to the moment they were removed; returns how many."""
    made = BoardShare.objects.filter(made_by_key=maker, created_at__lte=until, revoked_at=None)
    rows = list(made.filter(expires_at__gt=until).select_related("board"))
    for share in rows:
        share.revoked_at = until
        share.save(update_fields=["revoked_at"])
        told = {"note": share.note or "未写明", "maker": share.made_by}
        audit.record("board.share_ended", share.board, by=SYSTEM, **told)
    return len(rows)


@transaction.atomic
def stop_mailing_to(member: str) -> int:
    """Take a removed member off the mails of boards; one that nobody else gets stops. Returns how many."""
    address = "" if permissions_of(member) else address_of(member).casefold()
    mails = BoardMail.objects.exclude(state=BoardMail.State.STOPPED).select_related("board")
    theirs = [m for m in mails if address and address in map(str.casefold, m.recipients)]
    for mail in theirs:
        left = [one for one in mail.recipients if one.casefold() != address]
        if left:
            BoardMail.objects.filter(pk=mail.pk).update(recipients=left)
        else:
            BoardMail.objects.filter(pk=mail.pk).update(state=BoardMail.State.STOPPED)
        audit.record("board.mail_ended", mail.board, by=SYSTEM, to=address)
    return len(theirs)


@transaction.atomic
def set_mail(
    board: OwnBoard, *, recipients: list[str], rhythm: str, hour: int, by: Actor, link: str = "", now: datetime | None = None,
) -> BoardMail:  # fmt: skip
    """Send a board by mail from now on."""
    require(by, Permission.EXPORT)
    due = next_due(rhythm, hour, now or timezone.now())
    mail = BoardMail.objects.create(
        workspace=board.workspace, board=board, recipients=recipients, rhythm=rhythm, hour=hour,
        link=link, due_at=due, **_made(by),
    )  # fmt: skip
    audit.record("board.mail_set", board, by=by, rhythm=RHYTHMS[rhythm], to="、".join(recipients))
    return mail


@transaction.atomic
def send_now(mail: BoardMail, *, by: Actor) -> None:
    """Make a mail due at once; the sweeper sends it."""
    require(by, Permission.EXPORT)
    if not may_be_given(mail):
        raise ValidationError(
            f"建它的「{mail.made_by}」不能再导出数据，邮件停着。请所有者接手，再马上发。"
        )
    rows = BoardMail.objects.filter(pk=mail.pk, state=BoardMail.State.WAITING)
    rested = rows.select_for_update().filter(rests_since__isnull=False).exists()
    if not rows.update(due_at=timezone.now(), attempts=0, rests_since=None):
        raise ValidationError("这封邮件正在发送或已停发。请刷新页面再看。")
    if rested:
        _say_it_goes_on(mail, by)
    audit.record("board.mail_asked", mail.board, by=by, to="、".join(mail.recipients))


@transaction.atomic
def stop_mail(mail: BoardMail, *, by: Actor) -> None:
    require(by, Permission.EXPORT)
    mail.state = BoardMail.State.STOPPED
    mail.save(update_fields=["state"])
    audit.record("board.mail_stopped", mail.board, by=by, to="、".join(mail.recipients))
