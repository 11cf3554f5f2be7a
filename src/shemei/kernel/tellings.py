"""Tellings: what an import or a person said of something, kept for ever, so that an import can be taken back.

A room keeps them beside its own table and lets the table follow: what holds is each value as last told; what a
later telling leaves out stays. An import's tellings wait (``PENDING``) until the whole file is in.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from django.db import models
from django_scopes import ScopedManager

from shemei.kernel.models import WorkspaceOwned


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

    def put_down(self, told: Mapping[str, Any], *, batch: str, **subject: Any) -> bool:
        """Keep what an import tells of ``subject`` until the file is in; False where it is no news."""
        fresh = news(told, self.filter(**subject).imported())
        if fresh:
            self._keep(fresh, batch, subject)
        return bool(fresh)

    def _keep(self, fresh: Mapping[str, Any], batch: str, subject: Mapping[str, Any]) -> None:
        told = {"told": dict(fresh), "state": Telling.State.PENDING}
        self.update_or_create(batch=batch, **subject, defaults=told)

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
