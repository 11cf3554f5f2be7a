"""Kinds whose rows become tellings: a room says what its rows mean and what they tell, the rest is here."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from django.utils import timezone

from shemei.kernel.imports.kinds import Change, Group, ImportKind, Tally
from shemei.kernel.imports.shown import shown
from shemei.kernel.tellings import Ledger, news
from shemei.warehouse.vocabulary import date_of

if TYPE_CHECKING:
    from shemei.kernel.actor import Actor
    from shemei.kernel.imports.models import ImportBatch

Line = tuple[dict[str, Any], Any, date | None]
"""What is told, of which subject, of which day: as :meth:`Ledger.put_down` takes it."""


def day_of_file(batch: ImportBatch) -> date:
    """The day of a row that names none: the day of the upload, or the one before where that is chosen."""
    uploaded = timezone.localtime(batch.created_at).date()
    return uploaded - timedelta(batch.option("day") == "yesterday")


class ToldKind(ImportKind):
    """The file's tellings are booked when it is in, and taken back with it."""

    ledger: ClassVar[type[Ledger]]

    def ledger_of(self, batch: ImportBatch) -> Ledger:
        return self.ledger(batch.workspace, batch.key)

    def note(
        self, tally: Tally, row: int, subject: str, told: dict[str, Any], held: dict[str, Any]
    ) -> None:
        """List what a telling changes of what was told before."""
        fields = {one.key: one for one in self.fields}
        for name, value in news(told, held).items() if held else ():
            if one := fields.get(name):
                old = shown(one, held[name]) if held.get(name) is not None else ""
                tally.note(Change(row, subject, one.label, old, shown(one, value)))

    def finish(self, batch: ImportBatch, by: Actor) -> list[str]:
        self.ledger_of(batch).apply()
        return []

    def undo(self, batch: ImportBatch, by: Actor) -> None:
        self.ledger_of(batch).undo()


class ToldLines(ToldKind):
    """A group is one line, an account's day say: new where no import has told of it."""

    def lines(self, groups: Sequence[Group], batch: ImportBatch) -> list[Line]:
        raise NotImplementedError

    def compare(self, groups: Sequence[Group], batch: ImportBatch) -> Tally:
        tally, ledger = Tally(), self.ledger_of(batch)
        for group, (told, *line) in zip(groups, self.lines(groups, batch), strict=True):
            held = ledger.held(*line)
            tally.count(known=bool(held), changed=bool(news(told, held)))
            name = self.called(group[0].values, line[0])
            self.note(tally, group[0].number, name, told, held)
        return tally

    def write_batch(self, groups: Sequence[Group], batch: ImportBatch, by: Actor) -> Tally:
        tally, ledger = Tally(), self.ledger_of(batch)
        for told, *line in self.lines(groups, batch):
            held = ledger.held(*line)
            tally.count(known=bool(held), changed=bool(news(told, held)))
            ledger.put_down(told, *line)
        return tally

    def called(self, values: dict[str, Any], subject: Any) -> str:
        """What a line is called on the check page, for people."""
        day = f"，{date_of(values['day'])}" if "day" in values else ""
        return f"{subject}{day}"


class Subjects(Protocol):
    """The rows of a room that a chunk of a file may mean, looked up at once; ``batch`` says who brought one."""

    def find(self, values: dict[str, Any]) -> Any | None: ...

    def make(self, values: dict[str, Any]) -> Any: ...


class ToldSubjects(ToldKind):
    """A group is one subject, a creator say, on one or several days: it is found or made, then told of.

    The figures count subjects, whatever number of days and rows the file has of each.
    """

    def subjects(self, groups: Sequence[Group], batch: ImportBatch) -> Subjects:
        raise NotImplementedError

    def told(self, values: dict[str, Any]) -> dict[str, Any]:
        """What one row tells of its subject."""
        raise NotImplementedError

    def compare(self, groups: Sequence[Group], batch: ImportBatch) -> Tally:
        tally, ledger, known = Tally(), self.ledger_of(batch), self.subjects(groups, batch)
        seen: set[Any] = set()
        for group in groups:
            subject, days = known.find(group[0].values), self._by_day(group)
            pairs = [(told, ledger.held(subject, day)) for day, told in days if subject is not None]
            if subject is None or subject.pk not in seen:
                tally.count(known=subject is not None, changed=any(news(*pair) for pair in pairs))
                self._say_days(tally, days)
            seen |= {subject.pk} if subject is not None else set()
            for told, held in pairs:
                self.note(tally, group[0].number, str(subject), told, held)
        return tally

    def write_batch(self, groups: Sequence[Group], batch: ImportBatch, by: Actor) -> Tally:
        tally, ledger, known = Tally(), self.ledger_of(batch), self.subjects(groups, batch)
        seen: set[Any] = set()
        for group in groups:
            first, days = group[0].values, self._by_day(group)
            found = known.find(first)
            subject = found or known.make(first)
            is_met = subject.pk in seen or (found is not None and ledger.is_told(subject))
            news_of = [ledger.put_down(told, subject, day) for day, told in days]
            if not is_met:
                tally.count(known=subject.batch != batch.key, changed=any(news_of))
                self._say_days(tally, days)
            seen.add(subject.pk)
        return tally

    def _say_days(self, tally: Tally, days: Sequence[Any]) -> None:
        """Figures count subjects: one that the file tells of on several days is one."""
        several = (
            f"{{n}} {self.noun}在表里不止一天：各天的数都收了，新增与变化里各只算一{self.noun}。"
        )
        tally.remarks[several] += len(days) > 1

    def _by_day(self, group: Group) -> list[tuple[date, dict[str, Any]]]:
        """Day by day; where a day stands twice, later rows add to and win over earlier ones."""
        days: dict[int, dict[str, Any]] = {}
        for row in sorted(group, key=lambda r: r.number):
            days.setdefault(row.values["day"], {}).update(self.told(row.values))
        return [(date_of(day), told) for day, told in sorted(days.items())]
