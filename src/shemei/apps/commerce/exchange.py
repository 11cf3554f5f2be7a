"""What amounts of another currency are worth in the brand's own: its rates, and what the log was told at which.

Everything here and whatever changes a rate goes one after the other within a brand: who tells the log
an amount has read the rates that stand when its transaction ends.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TYPE_CHECKING

from django.db import connection
from django.db.models import Q

from shemei.apps.commerce.models import ExchangeRate, Order, Refund
from shemei.apps.commerce.rules import MOST_MONEY, converted
from shemei.kernel.workspace import one_at_a_time
from shemei.warehouse.vocabulary import SHANGHAI

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from decimal import Decimal

    from shemei.kernel.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Worth:
    """What an amount is in the brand's currency, and at which rate; ``amount`` is None where no rate is known.

    It is None as well of what would be worth more than anything can be (``is_beyond``).
    """

    amount: int | None = None
    rate: Decimal | None = None
    is_beyond: bool = False

    @property
    def waiting(self) -> bool | None:
        """What a row of this worth does: it waits for a rate, for another one (False), or not at all."""
        return None if self.rate is not None else not self.is_beyond


UNKNOWN, BEYOND = Worth(), Worth(is_beyond=True)


class Rates:
    """The rates of a brand, each in force from its day until the next one of its currency."""

    def __init__(self, rows: Iterable[tuple[str, date, Decimal]]) -> None:
        self._days: dict[str, list[date]] = defaultdict(list)
        self._rates: dict[str, list[Decimal]] = defaultdict(list)
        for currency, since, rate in sorted(rows):
            self._days[currency].append(since)
            self._rates[currency].append(rate)

    def on(self, currency: str, moment: datetime) -> Decimal | None:
        """The rate in force on the Shanghai day of a moment."""
        place = bisect_right(self._days.get(currency, ()), moment.astimezone(SHANGHAI).date())
        return self._rates[currency][place - 1] if place else None

    def worth(self, amount: int, currency: str, moment: datetime) -> Worth:
        return worth_at(amount, self.on(currency, moment))

    def begins(self) -> Iterator[tuple[str, datetime]]:
        """Each currency with the moment from which there is a rate."""
        for currency, days in self._days.items():
            yield currency, midnight(days[0])


def worth_at(amount: int, rate: Decimal | None) -> Worth:
    """An amount at a rate; one that no order can be worth has no worth at all, rather than a wrong one.

    Sums of what no order can be worth would not fit the numbers of the boards.
    """
    if rate is None:
        return UNKNOWN
    worth = converted(amount, rate)
    return Worth(worth, rate) if abs(worth) <= MOST_MONEY else BEYOND


def midnight(day: date) -> datetime:
    """When a day begins in Shanghai."""
    return datetime.combine(day, time(), SHANGHAI)


def rates_of(workspace: Workspace) -> Rates:
    rows = ExchangeRate.objects.filter(workspace=workspace)
    return Rates(rows.values_list("currency", "since", "rate"))


def rates_now(workspace: Workspace) -> Rates:
    """The rates to tell the log by: they stay as they are until this transaction ends."""
    one_at_a_time(workspace)
    return rates_of(workspace)


# -- what is remembered on the rows ----------------------------------------------------------------


def note(row: Order | Refund, reported: int | None, worth: Worth) -> None:
    """Put on a row in another currency what the log holds of it, and whether it waits for a rate."""
    row.reported, row.rate, row.waiting = reported, worth.rate, worth.waiting


def forget(row: Order | Refund) -> None:
    """A row in the brand's currency needs no memory: the log holds its amount."""
    row.reported = row.rate = row.waiting = None


def keep(rows: Sequence[Order | Refund]) -> None:
    """Write down what was noted on rows of one kind, by the thousand."""
    if not rows:
        return
    table = connection.ops.quote_name(rows[0]._meta.db_table)
    sql = f'UPDATE {table} SET "reported" = %s, "rate" = %s, "waiting" = %s WHERE "id" = %s'
    with connection.cursor() as cursor:
        cursor.executemany(sql, [(row.reported, row.rate, row.waiting, row.pk) for row in rows])


def held_at(held: int | None, worth: Worth, *, is_raw: bool) -> int | None:
    """What the log is to hold of a row it holds ``held`` of (None: it does not know the row).

    Without a rate a row that is not told yet goes on waiting, and one that was told counts nothing; but one that
    an older version told with its amount as it was (``is_raw``) stays until somebody says a rate.

    >>> held_at(None, UNKNOWN, is_raw=False), held_at(900, UNKNOWN, is_raw=False)
    (None, 0)
    >>> held_at(100, UNKNOWN, is_raw=True), held_at(100, Worth(920), is_raw=True)
    (100, 920)
    """
    if worth.amount is not None or held is None:
        return worth.amount
    return held if is_raw else 0


def due(rates: Rates, moment: str) -> Q:
    """Waiting rows that can be told something now: a rate has come for their day, or theirs has gone."""
    can = Q(rate__isnull=False)
    for currency, begins in rates.begins():
        can |= Q(currency=currency, **{f"{moment}__gte": begins})
    return Q(waiting=True) & can
