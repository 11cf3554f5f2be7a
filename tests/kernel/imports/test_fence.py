"""A run that stood still while another took its batch over must neither write nor take back."""

from __future__ import annotations

import io
import threading
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django_scopes import scope, scopes_disabled

from shemei.apps.commerce.models import Order
from shemei.kernel.actor import SYSTEM
from shemei.kernel.imports import actions
from shemei.kernel.imports.models import ImportBatch
from shemei.kernel.models import LongTask, OutboxEvent

if TYPE_CHECKING:
    from tests.world import World

    from shemei.warehouse.home import Home

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE = 30


@pytest.fixture
def place(home: Home, monkeypatch: pytest.MonkeyPatch) -> World:
    from tests.world import tell

    monkeypatch.setattr(actions, "CHUNK_GROUPS", 10)
    return tell()


def ready(place: World) -> ImportBatch:
    rows = "".join(f"M{n:05d},2026-11-03,{n + 1}\n" for n in range(35))
    data = io.BytesIO(f"订单号,付款时间,实付\n{rows}".encode())
    with place.scope():
        batch = actions.receive(place.brand, data, "o.csv", by=SYSTEM, kind="orders")
        return actions.check(batch, by=SYSTEM)


class Run(threading.Thread):
    """Writes a batch, and stands still after its first chunk until it is woken."""

    def __init__(self, place: World, pk: int, *, then: BaseException | None = None) -> None:
        super().__init__(daemon=True)
        self.place, self.pk, self.then = place, pk, then
        self.standing, self.woken = threading.Event(), threading.Event()
        self.end: BaseException | None = None

    def run(self) -> None:
        try:
            with scope(workspace=self.place.brand):
                actions.write(ImportBatch.objects.get(pk=self.pk), by=SYSTEM, tell=self._tell)
        except BaseException as error:
            self.end = error
        finally:
            connection.close()

    def _tell(self, done: int, *_: Any) -> None:
        if done == 10:
            self.standing.set()
            assert self.woken.wait(PATIENCE)
            if self.then:
                raise self.then


@pytest.mark.parametrize("then", [None, RuntimeError("the disk is full")])
def test_who_was_overtaken_touches_nothing(place: World, then: BaseException | None) -> None:
    batch = ready(place)
    first = Run(place, batch.pk, then=then)
    first.start()
    assert first.standing.wait(PATIENCE)
    with place.scope():
        task = LongTask.objects.create(workspace=place.brand, title="another run")
        ImportBatch.objects.filter(pk=batch.pk).update(task=task)
        second = ImportBatch.objects.get(pk=batch.pk)
        assert (second.state, second.position) == ("writing", 1)
        actions.write(second, by=SYSTEM)
    first.woken.set()
    first.join(PATIENCE)
    assert first.end is not None
    with scopes_disabled():
        done = ImportBatch.objects.get(pk=batch.pk)
        assert (done.state, done.counts["new"]) == ("done", 35)
        assert Order.objects.count() == OutboxEvent.objects.count() == 35


def test_two_runs_of_one_batch_write_each_chunk_once(place: World) -> None:
    """Even where neither knows of the other: the chunk belongs to who moves ``position`` first."""
    batch = ready(place)
    first, second = Run(place, batch.pk), Run(place, batch.pk)
    first.start()
    assert first.standing.wait(PATIENCE)
    second.woken.set()
    second.start()
    second.join(PATIENCE)
    assert second.end is None
    first.woken.set()
    first.join(PATIENCE)
    assert first.end is not None
    with scopes_disabled():
        assert ImportBatch.objects.get(pk=batch.pk).state == "done"
        assert Order.objects.count() == OutboxEvent.objects.count() == 35
