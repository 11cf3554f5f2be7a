"""Creators follow what was told of them: followers, quotes and the rest, the latest day wins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet
from django.utils import timezone

from shemei.apps.creators import known, rules
from shemei.apps.creators.models import Creator, CreatorTelling, TierRule
from shemei.kernel.edits import assign
from shemei.kernel.tellings import Ledger

if TYPE_CHECKING:
    from shemei.kernel.workspace import Workspace

BY_HAND = "手工填写"


def limits_table() -> dict[str, rules.TierLimits]:
    """The tier limits of the workspace in scope, by platform; ``""`` is the general rule."""
    return {rule.platform: rule.limits for rule in TierRule.objects.all()}


def tell_by_hand(creator: Creator, values: Mapping[str, Any]) -> None:
    """A person's own figures are a telling of today, so that a later undo returns to them."""
    told = {name: values[name] for name in ("name", "followers", "city") if name in values}
    if "followers" in told:
        told["followers"] = [told["followers"]] * 2
    if told:
        CreatorTelling.objects.create(
            workspace_id=creator.workspace_id, creator=creator, day=timezone.localdate(), source=BY_HAND, told=told,
        )  # fmt: skip


class CreatorLedger(Ledger):
    tellings = CreatorTelling
    subject = "creator"

    def __init__(self, workspace: Workspace, batch: str, source: str = "") -> None:
        super().__init__(workspace, batch)
        self.source = source

    def line(self, subject: Creator, day: date | None) -> dict[str, Any]:
        return super().line(subject, day) | {"source": self.source}

    def held(self, subject: Creator, day: date | None = None) -> dict[str, Any]:
        """What this source said last, up to that day where one is given."""
        rows = CreatorTelling.objects.filter(creator=subject, source=self.source)
        return (rows.filter(day__lte=day) if day else rows).imported()

    def adopt(self, subject: Creator) -> None:
        """A creator entered before anything was told has a first telling: the row as it is."""
        if subject.batch or subject.tellings.standing().filter(source=BY_HAND).exists():
            return
        CreatorTelling.objects.create(
            workspace_id=subject.workspace_id, creator=subject, source=BY_HAND,
            day=timezone.localtime(subject.created_at).date(),
            told={"name": subject.name, "followers": [subject.followers] * 2, "city": subject.city, "external_id": subject.external_id},
        )  # fmt: skip

    def settle(self, subjects: Sequence[Any]) -> None:
        limits = limits_table()
        for creator in Creator.objects.filter(pk__in=subjects):
            _follow(creator, limits)

    def brought(self) -> QuerySet[Creator]:
        return Creator.objects.filter(batch=self.batch, collaborations=None, note="")


def _follow(creator: Creator, limits: Mapping[str, rules.TierLimits]) -> None:
    """Let the row say what was told last."""
    held = creator.tellings.standing().order_by("day", "id").held()
    row: dict[str, Any] = {
        name: held[name] for name in ("name", "external_id", "city") if name in held
    }
    if "followers" in held:
        row["followers"] = _one(held["followers"]) or 0
    row["quote_from"] = known.lowest_quote(held)
    row["cpm"] = _one(held.get("cpm"))
    assign(creator, row)
    creator.tier = rules.tier_of(creator.followers, rules.limits_for(creator.platform, limits))
    creator.save()


def _one(span: Any) -> int | None:
    """The end of a range to sort by: its lower one, or the only one it names."""
    if not span:
        return None
    return span[0] if span[0] is not None else span[1]
