"""What this room does in the background."""

from __future__ import annotations

from datetime import datetime

from shemei.apps.accounts.facts import MemberRemoved
from shemei.apps.insight.boards import actions as board_actions
from shemei.apps.insight.boards import mailing
from shemei.kernel.jobs import every
from shemei.kernel.outbox import listens


@listens(MemberRemoved)
def end_what_was_given_away(fact: MemberRemoved) -> None:
    """A link ends with the membership of its maker, who has its address; no board is mailed to them either."""
    board_actions.end_shares_of(fact.member, until=datetime.fromisoformat(fact.at))
    board_actions.stop_mailing_to(fact.member)


@every(minutes=5)
def send_due_mails() -> None:
    """Boards whose time has come go out by mail."""
    mailing.sweep()


@every(minutes=60)
def forget_removed_boards() -> None:
    """What was put away long ago needs no way back."""
    mailing.forget_removed()
