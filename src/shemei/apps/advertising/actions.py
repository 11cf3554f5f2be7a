"""Writes of the advertising room. The log's spend always sums to the table's."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction

from shemei.apps.advertising.models import Spend, SpendEntry
from shemei.apps.advertising.tellings import book
from shemei.apps.brand.queries import with_campaign
from shemei.kernel import audit
from shemei.kernel.actor import Actor
from shemei.kernel.edits import assign, save
from shemei.kernel.permissions import Permission, require

if TYPE_CHECKING:
    from shemei.kernel.workspace import Workspace


@transaction.atomic
def enter_spend(workspace: Workspace, *, by: Actor, **values: Any) -> Spend:
    """Enter a spend by hand. ``values`` are its fields; the campaign comes as ``campaign_key``."""
    require(by, Permission.SPEND)
    spend = Spend(workspace=workspace)
    assign(spend, with_campaign(workspace, values))
    save(spend)
    book(workspace, [(None, spend.cost)], source="entry")
    audit.record("spend.entered", spend, by=by, amount=_words(spend.amount))
    return spend


@transaction.atomic
def change_spend(spend: Spend, *, by: Actor, **values: Any) -> Spend:
    """Correct a spend; the log gets the difference, never a second truth."""
    require(by, Permission.SPEND)
    _hold(spend)
    before, tidy = spend.cost, with_campaign(spend.workspace, values)
    corrected = {name: value for name, value in tidy.items() if getattr(spend, name) != value}
    if not (fields := assign(spend, tidy)):
        return spend
    save(spend)
    if spend.identity:
        _keep_correction(spend, corrected)
    book(spend.workspace, [(before, spend.cost)], source="entry")
    audit.record("spend.changed", spend, by=by, fields="、".join(fields))
    return spend


def _hold(spend: Spend) -> None:
    """Lock the line and read it again: an import may have told of it since it was looked up."""
    try:
        spend.refresh_from_db(from_queryset=Spend.objects.select_for_update())
    except Spend.DoesNotExist:
        raise ValidationError("这一笔花费刚被删除了，没有改动。") from None


@transaction.atomic
def delete_spend(spend: Spend, *, by: Actor) -> None:
    """Remove a spend entered by mistake; the log gets the counter-entry."""
    require(by, Permission.SPEND)
    _hold(spend)
    book(spend.workspace, [(spend.cost, None)], source="entry")
    audit.record("spend.deleted", spend, by=by, amount=_words(spend.amount))
    SpendEntry.objects.filter(identity=spend.identity).exclude(identity="").update(
        state=SpendEntry.State.UNDONE
    )
    spend.delete()


def _keep_correction(spend: Spend, corrected: dict[str, Any]) -> None:
    SpendEntry.objects.create(
        workspace_id=spend.workspace_id, identity=spend.identity, told=_plain(corrected)
    )


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in values.items()
    }


def _words(amount: int) -> str:
    return f"¥{amount / 100:,.2f}"
