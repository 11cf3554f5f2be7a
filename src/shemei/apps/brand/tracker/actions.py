"""Writes of the brand tracker: a reading is entered, corrected, removed and brought back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from shemei.apps.brand.models import BrandReading
from shemei.apps.brand.tracker import rules
from shemei.apps.brand.tracker.tellings import as_fields, tell_reading_by_hand
from shemei.kernel import audit
from shemei.kernel.edits import assign, save
from shemei.kernel.periods import today
from shemei.kernel.permissions import Permission, require
from shemei.kernel.policies import Refused

if TYPE_CHECKING:
    from shemei.kernel.actor import Actor
    from shemei.kernel.workspace import Workspace

ARRIVING = "正在导入的一份表里也有这一天、这个来源的这个指标。"


@transaction.atomic
def enter_reading(workspace: Workspace, *, by: Actor, **values: Any) -> BrandReading:
    """Enter what somebody measured. Shares are of 1, a net score has points; ``source`` says who measured.

    Where an import under way has made room for the same reading, that room is taken: the person's word holds.
    """
    require(by, Permission.ACCOUNTS)
    _check(values)
    typed = BrandReading(workspace=workspace, **_fields(values))
    reading = BrandReading.objects.bare().like(typed).select_for_update().first() or typed
    assign(reading, _fields(values) | {"batch": ""})
    save(reading)
    tell_reading_by_hand(reading)
    audit.record("reading.entered", reading, by=by, value=_words(reading), source=reading.source)
    return reading


@transaction.atomic
def change_reading(reading: BrandReading, *, by: Actor, **values: Any) -> BrandReading:
    """Correct a reading; what files told of it stays beneath."""
    require(by, Permission.ACCOUNTS)
    _check(values)
    _hold(reading)
    if reading.removed_at is not None:
        raise ValidationError("这个读数刚被删除了，没有改动。要留着它，请重新记一个。")
    fields = assign(reading, _fields(values))
    if BrandReading.objects.bare().like(reading).exists():
        raise ValidationError(f"{ARRIVING}请等它导入完再改。")
    save(reading)
    if fields:
        tell_reading_by_hand(reading)
        audit.record("reading.changed", reading, by=by, fields="、".join(fields))
    return reading


@transaction.atomic
def remove_reading(reading: BrandReading, *, by: Actor) -> None:
    """Put a reading away; it can be brought back."""
    require(by, Permission.ACCOUNTS)
    _hold(reading)
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
    _hold(reading)
    if reading.removed_at is not None:
        same = BrandReading.objects.filter(removed_at=None).like(reading)
        if same.bare().exists():
            raise Refused(f"{ARRIVING}请等它导入完再恢复「{reading}」。")
        if same.exists():
            raise Refused(f"「{reading}」已另有一个读数。请先删掉那一个，再恢复这一个。")
        reading.removed_at = None
        save(reading)
        audit.record(
            "reading.restored", reading, by=by, value=_words(reading), source=reading.source
        )


def _hold(reading: BrandReading) -> None:
    """Lock the reading and read it again: a person or an import may have touched it since it was looked up."""
    try:
        reading.refresh_from_db(from_queryset=BrandReading.objects.select_for_update())
    except BrandReading.DoesNotExist:
        raise Refused(f"「{reading}」刚随撤销的导入一起删除了，没有改动。") from None


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
