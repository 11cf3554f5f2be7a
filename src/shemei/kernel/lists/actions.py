"""Writes of saved views: each leaves a record, for a team's view changes what others see."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction

from shemei.kernel import audit
from shemei.kernel.lists.policies import CHANGE_VIEW
from shemei.kernel.models import SavedView

if TYPE_CHECKING:
    from shemei.kernel.workspace import Member

LONGEST_QUERY = 1000


@transaction.atomic
def save_view(listing: str, title: str, query: str, *, is_team: bool, by: Member) -> SavedView:
    title = " ".join(title.split())
    if not 1 <= len(title) <= 24:
        raise ValidationError("视图要有一个 1 至 24 字的名称。")
    view: SavedView = SavedView.objects.create(
        workspace=by.workspace,
        listing=listing,
        title=title,
        query=query[:LONGEST_QUERY],
        member=by,
        is_team=is_team,
    )
    audit.record("view.saved", view, by=by.actor)
    return view


@transaction.atomic
def update_view(view: SavedView, query: str, *, by: Member) -> None:
    CHANGE_VIEW.demand(by.actor, view)
    view.query = query[:LONGEST_QUERY]
    view.save(update_fields=["query"])
    audit.record("view.changed", view, by=by.actor)


@transaction.atomic
def delete_view(view: SavedView, *, by: Member) -> None:
    CHANGE_VIEW.demand(by.actor, view)
    audit.record("view.deleted", view, by=by.actor)
    view.delete()
