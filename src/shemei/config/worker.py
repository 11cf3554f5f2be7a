"""The worker process: hands facts to their listeners, moves events into the lake, keeps what is pre-aggregated fresh."""

from __future__ import annotations

import logging
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import close_old_connections

from shemei.kernel import outbox
from shemei.kernel.jobs import load_jobs, queue
from shemei.warehouse.computed import settling
from shemei.warehouse.home import Home
from shemei.warehouse.log import loader
from shemei.warehouse.upkeep import maintenance

log = logging.getLogger(__name__)
BEAT = 0.5
SETTLE_AFTER = 2.0
MAINTAIN_AFTER = 600.0


class Worker:
    """One loop for the spine and one small consumer for jobs; the database rows and segments are the truth."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self._settled = 0.0
        self._maintained = time.monotonic()
        self._dirty = True
        self._judged: tuple[int, ...] = ()

    def run(self, stopping: threading.Event) -> None:
        """Work until ``stopping`` is set; one failing beat is logged and the next one tries again."""
        load_jobs()
        mend_link_book()
        consumer = queue.create_consumer(workers=2, periodic=True, worker_type="thread")
        with signals_kept():
            consumer.start()
        try:
            while not stopping.wait(BEAT):
                self._guarded_beat()
        finally:
            consumer.stop(graceful=True)

    def _guarded_beat(self) -> None:
        close_old_connections()
        try:
            self.beat()
        except Exception:
            log.exception("a beat of the worker failed; the next one tries again")

    def beat(self) -> None:
        outbox.dispatch()
        outbox.relay(self.home)
        self._dirty |= loader.load(self.home).loaded_records > 0
        self._dirty |= self._was_judged()
        now = time.monotonic()
        if self._dirty and now - self._settled > SETTLE_AFTER:
            self._dirty = settling.settle(self.home, full=False).behind
            self._settled = time.monotonic()
        if now - self._maintained > MAINTAIN_AFTER:
            maintenance.maintain(self.home)
            self._maintained = now

    def _was_judged(self) -> bool:
        """Whether somebody has left events out or put clicks back since the last beat."""
        before, self._judged = self._judged, settling.judged_at(self.home)
        return before != self._judged


@contextmanager
def signals_kept() -> Iterator[None]:
    """Put back who hears the signals: the consumer of jobs takes them, and would leave the worker deaf to a stop."""
    kept = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, hears in kept.items():
        signal.signal(number, hears)


def mend_link_book() -> None:
    """Give the edge what the database says, should a kill or a restored backup have left them apart."""
    from shemei.apps.tracking.jobs import mend

    try:
        mend()
    except Exception:
        log.exception("the link book could not be checked; the half-hourly job tries again")
