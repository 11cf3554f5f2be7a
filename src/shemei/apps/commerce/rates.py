"""The exchange rates of a brand: entering, correcting and removing one; the log follows at once."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction

from shemei.apps.commerce import jobs
from shemei.apps.commerce.conversion import Part, open_days, tell_some
from shemei.apps.commerce.models import ExchangeRate
from shemei.apps.commerce.rules import currency_name
from shemei.kernel import audit
from shemei.kernel.edits import save
from shemei.kernel.jobs import enqueue_on_commit
from shemei.kernel.periods import today
from shemei.kernel.permissions import Permission, require
from shemei.kernel.workspace import one_at_a_time

if TYPE_CHECKING:
    from shemei.kernel.actor import Actor
    from shemei.kernel.workspace import Workspace

MOST = Decimal(1_000_000)
FIRST = date(1990, 1, 1)
AHEAD = timedelta(366)
_CODE = re.compile(r"[A-Z]{3}")


def may_set_rates(actor: Actor) -> bool:
    """Who brings amounts in says what they are worth: by file, by form, or a program that sends orders."""
    return actor.can(Permission.IMPORT) or actor.can(Permission.ORDERS)


@transaction.atomic
def add_rate(
    workspace: Workspace, *, currency: str, since: date, rate: Decimal, by: Actor
) -> tuple[ExchangeRate, Part]:
    """Enter what one unit of a currency is worth from a day on; the same once more is the same rate."""
    _check(workspace, by, currency, since, rate)
    known = ExchangeRate.objects.filter(workspace=workspace, currency=currency, since=since).first()
    if known and known.rate != rate:
        raise ValidationError(
            {"since": f"{since} 起已有一条：{known.words}。要改它，请在汇率列表里点开它。"}
        )
    if known:
        return known, Part(0, 0)
    row = ExchangeRate(
        workspace=workspace, currency=currency, since=since, rate=rate, set_by=by.label
    )
    save(row)
    audit.record("rate.added", row, by=by)
    return row, _tell(row, since, since)


@transaction.atomic
def correct_rate(row: ExchangeRate, *, since: date, rate: Decimal, by: Actor) -> Part:
    """Another rate, or another day that it is in force from: what the log was told by it is corrected."""
    _check(row.workspace, by, row.currency, since, rate)
    locked = _still_there(row)
    if (locked.since, locked.rate) == (since, rate):
        return Part(0, 0)
    was, days = f"{locked.since} 起 {locked.words}", sorted((locked.since, since))
    locked.since, locked.rate, locked.set_by = since, rate, by.label
    save(locked)
    audit.record("rate.changed", locked, by=by, before=was)
    return _tell(locked, *days)


@transaction.atomic
def remove_rate(row: ExchangeRate, *, by: Actor) -> Part:
    """Remove a rate: the one before it is in force again; where there is none, its orders wait and count nothing."""
    _may(by)
    one_at_a_time(row.workspace)
    locked = _still_there(row)
    audit.record("rate.removed", locked, by=by)
    locked.delete()
    return _tell(locked, locked.since, locked.since)


def _may(by: Actor) -> None:
    if not may_set_rates(by):
        require(by, Permission.IMPORT)


def _check(workspace: Workspace, by: Actor, currency: str, since: date, rate: Decimal) -> None:
    """Refuse what cannot be; then whoever else sets a rate of this brand waits."""
    _may(by)
    if not _CODE.fullmatch(currency):
        raise ValidationError({"currency": "币种是三个大写字母，例如 GBP。"})
    if currency == workspace.currency:
        name = currency_name(currency)
        raise ValidationError({"currency": f"看板就按{name}计，不用汇率。请选订单的币种。"})
    if not 0 < rate < MOST:
        raise ValidationError({"rate": "汇率须大于 0、小于 100 万。"})
    if not FIRST <= since <= today() + AHEAD:
        raise ValidationError({"since": "日期须在 1990 年之后、一年以内。请核对。"})
    one_at_a_time(workspace)


def _still_there(row: ExchangeRate) -> ExchangeRate:
    locked = ExchangeRate.objects.select_related("workspace").filter(pk=row.pk).first()
    if locked is None:
        raise ValidationError("这条汇率刚被别人删了。请回到列表看现在的。")
    return locked


def _tell(row: ExchangeRate, first: date, last: date) -> Part:
    """Open the days from ``first`` to the next rate after ``last``, and tell what can be told at once.

    The worker tells the rest.
    """
    mine = ExchangeRate.objects.filter(workspace=row.workspace, currency=row.currency)
    later = mine.filter(since__gt=last).order_by("since").first()
    open_days(row.workspace, row.currency, first, later.since if later else None)
    part = tell_some(row.workspace)
    if part.last:
        enqueue_on_commit(jobs.tell_rates, row.workspace.pk)
    return part


@transaction.atomic
def put_rate(
    workspace: Workspace, *, currency: str, since: date, rate: Decimal, by: Actor
) -> tuple[ExchangeRate, Part]:
    """Enter a rate, or correct the one of that day: what a program says of a day stands."""
    _check(workspace, by, currency, since, rate)
    mine = ExchangeRate.objects.filter(workspace=workspace, currency=currency, since=since)
    if known := mine.select_related("workspace").first():
        part = correct_rate(known, since=since, rate=rate, by=by)
        known.refresh_from_db()
        return known, part
    return add_rate(workspace, currency=currency, since=since, rate=rate, by=by)
