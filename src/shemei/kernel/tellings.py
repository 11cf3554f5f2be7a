"""Tellings: what an import or a person said of something, kept for ever, so that an import can be taken back.

A room keeps them beside its own table and lets the table follow: what holds is each value as last told; what a
later telling leaves out stays. An import's tellings wait (``PENDING``) until the whole file is in; the room's
:class:`Ledger` books them all at once, and takes them back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models, transaction
from django_scopes import ScopedManager

from shemei.kernel.models import WorkspaceOwned

if TYPE_CHECKING:
    from shemei.kernel.workspace import Workspace

PAGE = 500
"""How many subjects are settled at a time: a large file names more than one statement can."""


def fold(tellings: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """What holds after several tellings.

    >>> fold([{"likes": 5, "plays": 90}, {"plays": 120}])
    {'likes': 5, 'plays': 120}
    """
    held: dict[str, Any] = {}
    for told in tellings:
        held |= told
    return held


def news(told: Mapping[str, Any], held: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a telling that differ from what its kind of source said last.

    >>> news({"likes": 5, "plays": 90}, {"likes": 5})
    {'plays': 90}
    """
    return {name: value for name, value in told.items() if held.get(name) != value}


class TellingQuerySet(models.QuerySet["Telling"]):
    """Narrow it to one subject (a post's day, a line of spends) and ask what was said of it."""

    def standing(self) -> TellingQuerySet:
        return self.filter(state=Telling.State.APPLIED)

    def imported(self) -> dict[str, Any]:
        """What imports said last; the same file again is measured against it."""
        return self.standing().exclude(batch="").held()

    def held(self) -> dict[str, Any]:
        return fold(self.values_list("told", flat=True))

    def forget_pending(self, batch: str) -> None:
        self.filter(batch=batch, state=Telling.State.PENDING).delete()


class Telling(WorkspaceOwned):
    """One telling. A room adds the subject, and a constraint: one telling per subject and batch."""

    class State(models.TextChoices):
        PENDING = "pending", "待入账"
        APPLIED = "applied", "已入账"
        UNDONE = "undone", "已撤销"

    told = models.JSONField("所报", default=dict)
    batch: models.CharField[str, str] = models.CharField(
        "导入批次", max_length=22, blank=True, db_index=True
    )
    state: models.CharField[str, str] = models.CharField(
        "状态", max_length=8, choices=State.choices, default=State.APPLIED
    )

    objects = ScopedManager(
        workspace="workspace", _manager_class=models.Manager.from_queryset(TellingQuerySet)
    )

    class Meta:
        abstract = True
        ordering: ClassVar = ["id"]


class Ledger:
    """One import's tellings in a room's table: put down row by row, booked when the file is in, taken back on undo.

    A room names its tellings and the field that says of what they tell, and how its table follows (``settle``).
    """

    tellings: ClassVar[type[Telling]]
    subject: ClassVar[str]

    def __init__(self, workspace: Workspace, batch: str) -> None:
        self.workspace, self.batch = workspace, batch

    def line(self, subject: Any, day: date | None) -> dict[str, Any]:
        """What one telling of this import is known by: its subject, and its day where the room keeps days."""
        return {self.subject: subject} | ({"day": day} if day else {})

    def held(self, subject: Any, day: date | None = None) -> dict[str, Any]:
        """What imports said last of it: the same again is no news."""
        return self.tellings.objects.filter(**self.line(subject, day)).imported()

    def is_told(self, subject: Any) -> bool:
        """Whether this import has told of it already."""
        return self.tellings.objects.filter(
            batch=self.batch, state=Telling.State.PENDING, **{self.subject: subject}
        ).exists()

    def adopt(self, subject: Any) -> None:
        """Keep as a telling what a subject says that none told of yet: an undo returns to it."""

    def put_down(self, told: Mapping[str, Any], subject: Any, day: date | None = None) -> bool:
        """Keep what the import tells until the whole file is in; False where it is no news.

        Where the file tells twice of one line, the later telling adds to the earlier and wins over it.
        """
        self.adopt(subject)
        mine = {"batch": self.batch} | self.line(subject, day)
        so_far = self.tellings.objects.filter(**mine, state=Telling.State.PENDING).held()
        fresh = news(told, self.held(subject, day) | so_far)
        if fresh:
            self.tellings.objects.update_or_create(
                workspace_id=self.workspace.pk,
                **mine,
                defaults={"told": so_far | fresh, "state": Telling.State.PENDING},
            )
        return bool(fresh)

    def settle(self, subjects: Sequence[Any]) -> None:
        """Let the room's table follow what now stands of these subjects (values of the field ``subject``)."""
        raise NotImplementedError

    def brought(self) -> models.QuerySet[Any] | None:
        """The rows that this import brought and nobody worked on: they go when nothing else is told of them."""
        return None

    @transaction.atomic
    def apply(self) -> int:
        """Book what the import has put down; returns of how many subjects it told."""
        return self._turn(Telling.State.PENDING, Telling.State.APPLIED)

    @transaction.atomic
    def undo(self) -> int:
        """Take the import back: its tellings, what followed from them, and the rows that only it knew of."""
        self.tellings.objects.forget_pending(self.batch)
        turned = self._turn(Telling.State.APPLIED, Telling.State.UNDONE)
        self._let_go()
        return turned

    def _let_go(self) -> None:
        """Remove the rows that only this import knew of; one that another import tells of is that one's from now on.

        So it goes with the last of them, in whichever order they are taken back. An import under way counts.
        """
        brought = self.brought()
        if brought is None:
            return
        told = self.tellings.objects.filter(**{self.subject: models.OuterRef("pk")})
        others = told.exclude(batch=self.batch).exclude(state=Telling.State.UNDONE)
        brought.filter(~models.Exists(others)).delete()
        heirs = others.exclude(batch="").order_by("pk")
        brought.filter(models.Exists(heirs)).update(
            batch=models.Subquery(heirs.values("batch")[:1])
        )

    def _turn(self, state: str, to: str) -> int:
        mine = self.tellings.objects.filter(batch=self.batch, state=state)
        self._lock(mine)
        subjects = list(mine.order_by(self.subject).values_list(self.subject, flat=True).distinct())
        mine.update(state=to)
        for start in range(0, len(subjects), PAGE):
            self.settle(subjects[start : start + PAGE])
        return len(subjects)

    def _lock(self, mine: models.QuerySet[Telling]) -> None:
        """Hold all that was told of the same subjects: two imports that name one settle it one after the other."""
        same = {f"{self.subject}__in": mine.values(self.subject)}
        held = self.tellings.objects.filter(**same).order_by("pk").select_for_update()
        list(held.values_list("pk", flat=True))
