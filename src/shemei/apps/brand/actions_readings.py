"""Writes of the brand tracker: a reading is entered, corrected, removed and brought back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from shemei.apps.brand import rules_readings as rules
from shemei.apps.brand.models import BrandReading
from shemei.apps.brand.tellings import as_fields, tell_reading_by_hand
from shemei.kernel import audit
from shemei.kernel.edits import assign, save
from shemei.kernel.periods import today
from shemei.kernel.permissions import Permission, require
from shemei.kernel.policies import Refused

if TYPE_CHECKING:
    from shemei.kernel.actor import Actor
    from shemei.kernel.workspace import Workspace


@transaction.atomic
def enter_reading(workspace: Workspace, *, by: Actor, **values: Any) -> BrandReading:
    """Enter what somebody measured. Shares are of 1, a net score has points; ``source`` says who measured."""
    require(by, Permission.ACCOUNTS)
    _check(values)
    fields = _fields(values)
    reading = _room(workspace, fields) or BrandReading(workspace=workspace)
    assign(reading, fields | {"batch": ""})
    save(reading)
    audit.record("reading.entered", reading, by=by, value=_words(reading), source=reading.source)
    return reading


def _room(workspace: Workspace, fields: dict[str, Any]) -> BrandReading | None:
    """The bare row that an import never finished has made for the same reading."""
    same = {name: fields.get(name, "") for name in ("metric", "day", "platform", "source")}
    rows = BrandReading.objects.filter(workspace=workspace, removed_at=None, value=None, **same)
    return rows.first()


@transaction.atomic
def change_reading(reading: BrandReading, *, by: Actor, **values: Any) -> BrandReading:
    """Correct a reading; what files told of it stays beneath."""
    require(by, Permission.ACCOUNTS)
    _check(values)
    fields = assign(reading, _fields(values))
    save(reading)
    if fields:
        tell_reading_by_hand(reading)
        audit.record("reading.changed", reading, by=by, fields="、".join(fields))
    return reading


@transaction.atomic
def remove_reading(reading: BrandReading, *, by: Actor) -> None:
    """Put a reading away; it can be brought back."""
    require(by, Permission.ACCOUNTS)
    if reading.removed_at is None:
        reading.removed_at = timezone.now()
        reading.save(update_fields=["removed_at"])
        audit.record(
            "reading.removed", reading, by=by, value=_words(reading), source=reading.source
        )


@transaction.atomic
def restore_reading(reading: BrandReading, *, by: Actor) -> None:
    """Bring a reading back, unless another has taken its place."""
    require(by, Permission.ACCOUNTS)
    if reading.removed_at is not None:
        if _kept_like(reading).exists():
            raise Refused(f"「{reading}」已另有一个读数。请先删掉那一个，再恢复这一个。")
        reading.removed_at = None
        save(reading)
        audit.record(
            "reading.restored", reading, by=by, value=_words(reading), source=reading.source
        )


def _kept_like(reading: BrandReading) -> Any:
    same = {name: getattr(reading, name) for name in ("metric", "day", "platform", "source")}
    return BrandReading.objects.filter(workspace=reading.workspace, removed_at=None, **same)


def _check(values: dict[str, Any]) -> None:
    found: dict[str, list[str]] = {}
    for field, problem, fix in rules.faults(values["metric"], values, today()):
        found.setdefault(field, []).append(f"{problem}。{fix}。")
    if found:
        raise ValidationError(found)


def _fields(values: dict[str, Any]) -> dict[str, Any]:
    first = values.get("first")
    return as_fields(values | {"first": first.isoformat() if first else None})


def _words(reading: BrandReading) -> str:
    return rules.shown(reading.metric, float(reading.value or 0))
