"""Lines of spend follow what was told of them; the log's spend always sums to the table's."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from shemei.apps.advertising import rules
from shemei.apps.advertising.facts import SpendBooked
from shemei.apps.advertising.models import Spend, SpendEntry
from shemei.kernel import outbox
from shemei.kernel.edits import assign
from shemei.kernel.tellings import Ledger, fold

if TYPE_CHECKING:
    from shemei.kernel.workspace import Workspace

Pair = tuple[rules.Cost | None, rules.Cost | None]


class SpendLedger(Ledger):
    tellings = SpendEntry
    subject = "identity"

    def settle(self, subjects: Sequence[Any]) -> None:
        before = _costs(subjects)
        self._follow(subjects)
        after = _costs(subjects)
        pairs = [(before.get(line), after.get(line)) for line in subjects]
        book(self.workspace, pairs, source="import", batch=self.batch)

    def _follow(self, identities: Sequence[str]) -> None:
        """Let the table follow the entries: lines that no import tells any more are gone."""
        tellings: dict[str, list[SpendEntry]] = {}
        for entry in SpendEntry.objects.filter(identity__in=identities).standing():
            tellings.setdefault(entry.identity, []).append(entry)
        kept = {row.identity: row for row in _spends(identities)}
        for identity in identities:
            told = tellings.get(identity, [])
            if any(entry.batch for entry in told):
                _write(kept.get(identity) or self._line(identity), told)
            else:
                Spend.objects.filter(identity=identity).delete()

    def _line(self, identity: str) -> Spend:
        return Spend(workspace=self.workspace, identity=identity, source="import", batch=self.batch)


def _spends(identities: Sequence[str]) -> Iterable[Spend]:
    return Spend.objects.filter(identity__in=identities).with_labels()


def _costs(identities: Sequence[str]) -> dict[str, rules.Cost]:
    return {row.identity: row.cost for row in _spends(identities)}


def _write(row: Spend, tellings: Sequence[SpendEntry]) -> None:
    held = fold(entry.told for entry in tellings)
    if isinstance(held.get("day"), str):
        held["day"] = date.fromisoformat(held["day"])
    if assign(row, held) or row.pk is None:
        row.save()


def book(workspace: Workspace, pairs: list[Pair], *, source: str, batch: str = "") -> None:
    """Tell the log what changed from the first to the second of each pair."""
    costs = [cost for before, after in pairs for cost in rules.differences(before, after)]
    if costs:
        outbox.emit(SpendBooked(workspace.key, tuple(costs), source, batch), workspace=workspace)
