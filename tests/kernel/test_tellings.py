"""What imports tell is booked whole, page by page, and one import after the other."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import TYPE_CHECKING, Any

import orjson
import pytest
from django.db import connection
from django_scopes import scope

from shemei.apps.advertising.models import Spend
from shemei.apps.advertising.tellings import SpendLedger
from shemei.kernel import tellings
from shemei.kernel.models import OutboxEvent

if TYPE_CHECKING:
    from tests.world import World

DAY = date(2026, 11, 1).isoformat()


def tell(world: World, line: str, amount: int, batch: str) -> None:
    values = {"day": DAY, "platform": "douyin", "kind": "信息流", "plan": line, "amount": amount}
    assert SpendLedger(world.brand, batch).put_down(values, line)


def in_the_log() -> int:
    events = OutboxEvent.objects.values_list("event", flat=True)
    return sum(orjson.loads(event)["amount"] for event in events)


def test_a_file_longer_than_a_page_is_booked_and_taken_back_whole(
    inside: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tellings, "PAGE", 2)
    for n in range(5):
        tell(inside, f"line-{n}", 10**n, "b1")
    assert SpendLedger(inside.brand, "b1").apply() == 5
    assert sum(Spend.objects.values_list("amount", flat=True)) == in_the_log() == 11_111
    assert SpendLedger(inside.brand, "b1").undo() == 5
    assert (Spend.objects.count(), in_the_log()) == (0, 0)


def test_an_import_is_booked_once(inside: World) -> None:
    tell(inside, "line", 500, "b1")
    assert [SpendLedger(inside.brand, "b1").apply() for _ in range(2)] == [1, 0]
    assert [SpendLedger(inside.brand, "b1").undo() for _ in range(2)] == [1, 0]


@pytest.mark.django_db(transaction=True)
def test_two_files_that_tell_of_one_line_settle_it_one_after_the_other(world: World) -> None:
    settled = threading.Event()

    class Slow(SpendLedger):
        """Stands still between settling and the end of its transaction."""

        def settle(self, subjects: Sequence[Any]) -> None:
            super().settle(subjects)
            settled.set()
            time.sleep(0.5)

    def book(ledger: type[SpendLedger], batch: str) -> int:
        try:
            with scope(workspace=world.brand):
                return ledger(world.brand, batch).apply()
        finally:
            connection.close()

    with world.scope():
        tell(world, "line", 500, "b1")
        tell(world, "line", 620, "b2")
    with ThreadPoolExecutor() as runs:
        first = runs.submit(book, Slow, "b1")
        assert settled.wait(30)
        second = runs.submit(book, SpendLedger, "b2")
        assert (first.result(), second.result()) == (1, 1)
    with world.scope():
        assert Spend.objects.get().amount == in_the_log() == 620


def test_what_one_file_tells_twice_of_a_line_adds_up_and_the_later_wins(inside: World) -> None:
    ledger = SpendLedger(inside.brand, "b1")
    line = {"day": DAY, "platform": "douyin", "kind": "信息流", "plan": "line"}
    assert ledger.put_down({**line, "amount": 500, "impressions": 9}, "line")
    assert ledger.put_down({"amount": 620, "clicks": 3}, "line")
    assert not ledger.put_down({"amount": 620}, "line")
    ledger.apply()
    row = Spend.objects.get()
    assert (row.amount, row.impressions, row.clicks) == (620, 9, 3)
