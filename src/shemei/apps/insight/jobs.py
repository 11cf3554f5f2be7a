"""What this room does in the background."""

from __future__ import annotations

from shemei.apps.insight import mailing
from shemei.kernel.jobs import every


@every(minutes=5)
def send_due_mails() -> None:
    """Boards whose time has come go out by mail."""
    mailing.sweep()


@every(minutes=60)
def forget_removed_boards() -> None:
    """What was put away long ago needs no way back."""
    mailing.forget_removed()
