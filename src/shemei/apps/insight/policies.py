"""Who may take away a note on a figure, and a board; who may answer for what was given away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone

from shemei.apps.insight.boards.sharing import may_be_given
from shemei.kernel.permissions import Permission
from shemei.kernel.policies import Policy

if TYPE_CHECKING:
    from shemei.apps.insight.models import BoardMail, BoardShare, FigureNote, OwnBoard
    from shemei.kernel.actor import Actor


def _note(actor: Actor, note: FigureNote) -> str:
    if note.author_key == actor.id or actor.can(Permission.WORKSPACE):
        return ""
    return f"这条留言由写下它的「{note.author}」或所有者删除。"


def _board(actor: Actor, board: OwnBoard) -> str:
    """Whoever analyses arranges every board; links and mails end with it, so it goes by its maker's hand."""
    if board.made_by_key in ("", actor.id) or actor.can(Permission.WORKSPACE):
        return ""
    return f"看板由新建它的「{board.made_by}」或所有者删除，它的链接与邮件会一起停。"


def _given(actor: Actor, given: BoardShare | BoardMail) -> str:
    """A link or a mail of the board goes on as its new maker's; one whose maker still answers for it is theirs.

    What is over cannot be taken over: nothing of it goes on.
    """
    if given.is_over(timezone.now()):
        return "它已经停了或到期了，不能接手。请新建一个。"
    if given.made_by_key and may_be_given(given):
        return f"它由「{given.made_by}」负责，还在用，不用接手。"
    return ""


REMOVE_NOTE: Policy[FigureNote] = Policy(_note, Permission.VIEW)
REMOVE_BOARD: Policy[OwnBoard] = Policy(_board, Permission.ANALYSE)
TAKE_GIVEN: Policy[BoardShare | BoardMail] = Policy(_given, Permission.WORKSPACE)
