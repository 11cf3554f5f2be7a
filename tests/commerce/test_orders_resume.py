"""Order files that were cancelled, killed or failed in the middle: all or nothing, and nothing twice."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
from tests.commerce.conftest import Bring
from tests.commerce.files import events

from shemei.apps.commerce.models import Order
from shemei.kernel.actor import SYSTEM
from shemei.kernel.imports import actions
from shemei.kernel.imports.models import ImportBatch
from shemei.kernel.models import OutboxEvent
from shemei.kernel.tasks import Cancelled

if TYPE_CHECKING:
    from tests.world import World


def ready(world: World, text: str) -> ImportBatch:
    batch = actions.receive(
        world.brand, io.BytesIO(text.encode()), "o.csv", by=SYSTEM, kind="orders"
    )
    return actions.check(actions.set_mapping(batch, batch.mapping, {}, by=SYSTEM), by=SYSTEM)


def many(count: int) -> str:
    return "订单号,付款时间,实付\n" + "".join(
        f"M{n:05d},2026-11-03,{n + 1}\n" for n in range(count)
    )


def test_a_cancelled_import_leaves_nothing(
    bring: Bring, inside: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "CHUNK_GROUPS", 10)
    batch = ready(inside, many(35))

    def stop(done: int, total: int | None = None, step: str | None = None) -> None:
        if done >= 20:
            assert Order.objects.count() == 20
            raise Cancelled

    with pytest.raises(Cancelled):
        actions.write(batch, by=SYSTEM, tell=stop)
    assert Order.objects.count() == OutboxEvent.objects.count() == 0
    batch.refresh_from_db()
    assert batch.state == ImportBatch.State.CANCELLED


class Killed(BaseException):
    """Stands for a process that is gone: nothing after it runs."""


def test_a_killed_import_goes_on_where_it_was(
    bring: Bring, inside: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "CHUNK_GROUPS", 10)
    batch = ready(inside, many(35))

    def die(done: int, total: int | None = None, step: str | None = None) -> None:
        if done >= 20:
            raise Killed

    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(actions, "_take_back", lambda *_: None)
        actions.write(batch, by=SYSTEM, tell=die)
    batch = ImportBatch.objects.get(pk=batch.pk)
    assert (batch.state, batch.position, Order.objects.count(), OutboxEvent.objects.count()) == (
        "writing",
        2,
        20,
        0,
    )
    actions.write(batch, by=SYSTEM)
    assert (batch.state, batch.counts["new"], Order.objects.count(), len(events("order"))) == (
        "done",
        35,
        35,
        35,
    )


def test_a_failing_write_leaves_nothing_and_says_why(
    bring: Bring, inside: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = ready(inside, many(5))
    monkeypatch.setattr("shemei.apps.commerce.imports.tell_orders", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        actions.write(batch, by=SYSTEM)
    batch.refresh_from_db()
    assert (batch.state, Order.objects.count(), OutboxEvent.objects.count()) == ("failed", 0, 0)
