"""Writes of the advertising room. The log's spend always sums to the table's."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import transaction

from shemei.apps.advertising import rules
from shemei.apps.advertising.facts import SpendBooked
from shemei.apps.advertising.models import Spend, SpendEntry
from shemei.apps.brand.queries import id_of
from shemei.kernel import audit, outbox
from shemei.kernel.actor import Actor
from shemei.kernel.edits import assign
from shemei.kernel.permissions import Permission, require
from shemei.kernel.tellings import fold

if TYPE_CHECKING:
    from shemei.kernel.workspace import Workspace

Pair = tuple[rules.Cost | None, rules.Cost | None]


@transaction.atomic
def enter_spend(workspace: Workspace, *, by: Actor, **values: Any) -> Spend:
    """Enter a spend by hand. ``values`` are its fields; the campaign comes as ``campaign_key``."""
    require(by, Permission.SPEND)
    spend = Spend(workspace=workspace)
    assign(spend, _tidy(workspace, values))
    spend.full_clean()
    spend.save()
    _book(workspace, [(None, spend.cost)], source="entry")
    audit.record("spend.entered", spend, by=by, amount=_words(spend.amount))
    return spend


@transaction.atomic
def change_spend(spend: Spend, *, by: Actor, **values: Any) -> Spend:
    """Correct a spend; the log gets the difference, never a second truth."""
    require(by, Permission.SPEND)
    before, tidy = spend.cost, _tidy(spend.workspace, values)
    corrected = {name: value for name, value in tidy.items() if getattr(spend, name) != value}
    if not (fields := assign(spend, tidy)):
        return spend
    spend.full_clean()
    spend.save()
    if spend.identity:
        _keep_correction(spend, corrected)
    _book(spend.workspace, [(before, spend.cost)], source="entry")
    audit.record("spend.changed", spend, by=by, fields="、".join(fields))
    return spend


@transaction.atomic
def delete_spend(spend: Spend, *, by: Actor) -> None:
    """Remove a spend entered by mistake; the log gets the counter-entry."""
    require(by, Permission.SPEND)
    _book(spend.workspace, [(spend.cost, None)], source="entry")
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


def _tidy(workspace: Workspace, values: dict[str, Any]) -> dict[str, Any]:
    rest = dict(values)
    if "campaign_key" in rest:
        rest["campaign_id"] = id_of("campaign", workspace, rest.pop("campaign_key"))
    return rest


def _words(amount: int) -> str:
    return f"¥{amount / 100:,.2f}"


def imported(identity: str) -> dict[str, Any]:
    """What imports said last of one line."""
    return SpendEntry.objects.filter(identity=identity).imported()


def stage_entry(workspace: Workspace, identity: str, values: dict[str, Any], *, batch: str) -> bool:
    """Put down what an import tells of one line, to be booked when the file is in; False where it is no news."""
    return SpendEntry.objects.put_down(
        values, batch=batch, identity=identity, workspace_id=workspace.pk
    )


@transaction.atomic
def apply_batch(workspace: Workspace, batch: str) -> int:
    """Book everything that one import has put down; returns how many lines changed."""
    return _turn(workspace, batch, SpendEntry.State.PENDING, SpendEntry.State.APPLIED)


@transaction.atomic
def undo_batch(workspace: Workspace, batch: str) -> int:
    """Take back one import; lines that it corrected say again what they said before."""
    SpendEntry.objects.forget_pending(batch)
    return _turn(workspace, batch, SpendEntry.State.APPLIED, SpendEntry.State.UNDONE)


def _turn(workspace: Workspace, batch: str, state: str, to: str) -> int:
    entries = SpendEntry.objects.filter(batch=batch, state=state)
    identities = list(entries.values_list("identity", flat=True))
    before = {row.identity: row.cost for row in _spends(identities)}
    entries.update(state=to)
    _settle(workspace, identities, batch)
    after = {row.identity: row.cost for row in _spends(identities)}
    _book(
        workspace, [(before.get(i), after.get(i)) for i in identities], source="import", batch=batch
    )
    return len(identities)


def _spends(identities: list[str]) -> Iterable[Spend]:
    return Spend.objects.filter(identity__in=identities).with_labels()


def _settle(workspace: Workspace, identities: list[str], batch: str) -> None:
    """Let the table follow the entries: lines that nobody tells any more are gone."""
    tellings: dict[str, list[dict[str, Any]]] = {}
    for entry in SpendEntry.objects.filter(identity__in=identities).standing():
        tellings.setdefault(entry.identity, []).append(
            {**entry.told, "by_import": bool(entry.batch)}
        )
    kept = {row.identity: row for row in _spends(identities)}
    for identity in identities:
        row = kept.get(identity)
        told = tellings.get(identity, [])
        if not any(values["by_import"] for values in told):
            Spend.objects.filter(identity=identity).delete()
            continue
        _write(
            row or Spend(workspace=workspace, identity=identity, source="import", batch=batch), told
        )


def _write(row: Spend, tellings: list[dict[str, Any]]) -> None:
    held = {name: value for name, value in fold(tellings).items() if name != "by_import"}
    if isinstance(held.get("day"), str):
        held["day"] = date.fromisoformat(held["day"])
    if assign(row, held) or row.pk is None:
        row.save()


def _book(workspace: Workspace, pairs: list[Pair], *, source: str, batch: str = "") -> None:
    """Tell the log what changed from the first to the second of each pair."""
    costs = [cost for before, after in pairs for cost in rules.differences(before, after)]
    if costs:
        outbox.emit(SpendBooked(workspace.key, tuple(costs), source, batch), workspace=workspace)
