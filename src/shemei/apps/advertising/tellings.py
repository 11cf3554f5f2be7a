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


ANEW = "anew"
"""In what a telling says: what was told of the line before counts no more, here it begins anew."""


class SpendLedger(Ledger):
    tellings = SpendEntry
    subject = "identity"

    def held(self, subject: Any, day: date | None = None) -> dict[str, Any]:
        mine = self._pending(subject).first()
        if mine and ANEW in mine.told:
            return {}
        entries = SpendEntry.objects.filter(identity=subject).exclude(batch="").standing()
        return _held(_since(list(entries)))

    def replace(self, identity: str) -> bool:
        """Let the line go when the file is in, for the file tells it otherwise; False where it tells it as well."""
        if self._pending(identity).exists():
            return False
        SpendEntry.objects.create(
            workspace_id=self.workspace.pk, identity=identity, batch=self.batch,
            told={ANEW: True}, state=SpendEntry.State.PENDING,
        )  # fmt: skip
        return True

    def _pending(self, identity: str) -> Any:
        state = SpendEntry.State.PENDING
        return SpendEntry.objects.filter(identity=identity, batch=self.batch, state=state)

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
            told = _since(tellings.get(identity, []))
            if first := next((entry.batch for entry in told if tells(entry)), ""):
                _write(kept.get(identity) or self._line(identity, first), told)
            else:
                Spend.objects.filter(identity=identity).delete()

    def _line(self, identity: str, batch: str) -> Spend:
        return Spend(workspace=self.workspace, identity=identity, source="import", batch=batch)


def _since(tellings: Sequence[SpendEntry]) -> Sequence[SpendEntry]:
    """The tellings that count: those from the last one on that begins anew."""
    starts = [place for place, entry in enumerate(tellings) if ANEW in entry.told]
    return tellings[starts[-1] :] if starts else tellings


def tells(entry: SpendEntry) -> bool:
    """Whether it is an import's, and says more than that the line begins anew."""
    return bool(entry.batch and entry.told.keys() - {ANEW})


def last_tellers(identities: Iterable[str]) -> dict[str, str]:
    """By line, the import that told of it last, of the lines that stand."""
    entries: dict[str, list[SpendEntry]] = {}
    for entry in SpendEntry.objects.filter(identity__in=set(identities)).standing():
        entries.setdefault(entry.identity, []).append(entry)
    told = {line: [e.batch for e in _since(rows) if tells(e)] for line, rows in entries.items()}
    return {line: batches[-1] for line, batches in told.items() if batches}


def _held(tellings: Sequence[SpendEntry]) -> dict[str, Any]:
    held = fold(entry.told for entry in tellings)
    return {name: value for name, value in held.items() if name != ANEW}


def _spends(identities: Sequence[str]) -> Iterable[Spend]:
    return Spend.objects.filter(identity__in=identities).with_labels()


def _costs(identities: Sequence[str]) -> dict[str, rules.Cost]:
    return {row.identity: row.cost for row in _spends(identities)}


def _write(row: Spend, tellings: Sequence[SpendEntry]) -> None:
    held = _held(tellings)
    if isinstance(held.get("day"), str):
        held["day"] = date.fromisoformat(held["day"])
    if assign(row, held) or row.pk is None:
        row.save()


def book(workspace: Workspace, pairs: list[Pair], *, source: str, batch: str = "") -> None:
    """Tell the log what changed from the first to the second of each pair."""
    costs = [cost for before, after in pairs for cost in rules.differences(before, after)]
    if costs:
        outbox.emit(SpendBooked(workspace.key, tuple(costs), source, batch), workspace=workspace)
