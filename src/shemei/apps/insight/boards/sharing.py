"""The addresses of shared boards, a row's key signed with the installation's secret; and on whose word they are.

Nobody makes such an address without the secret, the row says until when and whether it still opens, and
a copy of the database alone opens nothing.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

from django.core.signing import BadSignature, Signer
from django.db.models import F
from django_scopes import scopes_disabled

from shemei.apps.accounts.queries import permissions_of, permissions_of_each
from shemei.apps.insight.models import BoardMail, BoardShare
from shemei.kernel.permissions import Permission

if TYPE_CHECKING:
    from collections.abc import Iterable

Given = TypeVar("Given", BoardShare, BoardMail)
_SALT = "shemei.insight.share"


def token_of(share: BoardShare) -> str:
    return Signer(salt=_SALT, sep=".").sign(share.key)


def opened(token: str, now: datetime) -> BoardShare | None:
    """The share that an address opens now; None where it never was one, is over or was revoked.

    One whose maker was removed opens from that moment on no more, before the row itself says so; nor does
    one whose maker may no longer give data away, until they may again.
    """
    try:
        key = Signer(salt=_SALT, sep=".").unsign(token)
    except BadSignature:
        return None
    with scopes_disabled():
        rows = BoardShare.objects.select_related("board__workspace", "workspace")
        rows = rows.filter(board__removed_at=None, workspace__is_active=True)
        share = rows.filter(key=key).first()
    return share if share is not None and is_live(share, now) else None


def is_live(share: BoardShare, now: datetime) -> bool:
    """Whether a link opens: not over, not revoked, and its maker may still give data away."""
    return share.is_open(now) and may_be_given(share)


def may_be_given(given: BoardShare | BoardMail) -> bool:
    """Whether a link or a mail goes on: its maker may still give data away.

    One made before makers were kept goes on until it ends, or an owner takes it over.
    """
    maker = given.made_by_key
    if not maker:
        return True
    if given.maker_may is not None:
        return given.maker_may
    return Permission.EXPORT in permissions_of(maker)


def with_makers(rows: Iterable[Given]) -> list[Given]:
    """Links or mails of which :func:`may_be_given` is then known: each maker was asked for once, all together."""
    found = list(rows)
    may = permissions_of_each(row.made_by_key for row in found if row.made_by_key)
    for row in found:
        row.maker_may = not row.made_by_key or Permission.EXPORT in may[row.made_by_key]
    return found


def count_view(share: BoardShare, now: datetime) -> None:
    """Remember that a link was opened; two at once count twice."""
    BoardShare.objects.filter(pk=share.pk).update(views=F("views") + 1, seen_at=now)
