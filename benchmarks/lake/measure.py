"""What something took: time on the wall, time of the processors, memory at its highest."""

from __future__ import annotations

import statistics
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


@dataclass(frozen=True, slots=True)
class Took:
    """Seconds on the wall and of the processors."""

    wall: float
    cpu: float

    def __str__(self) -> str:
        return f"{self.wall:.2f} s wall, {self.cpu:.2f} s CPU"


def took(work: Callable[[], object]) -> Took:
    """Return what some work took in this process, all its threads counted."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return Took(time.perf_counter() - wall, time.process_time() - cpu)


def middle(taken: Iterable[Took]) -> Took:
    """Return the median of each figure."""
    runs = list(taken)
    return Took(
        statistics.median(run.wall for run in runs), statistics.median(run.cpu for run in runs)
    )


def percentile(values: Iterable[float], share: float) -> float:
    """Return the least value that so large a share of them does not exceed."""
    ranked = sorted(values)
    return ranked[max(0, -(-len(ranked) * int(share * 100) // 100) - 1)]


def peak_mb() -> float:
    """Return the most memory that this program had resident, in MB.

    Of this program alone: what ``getrusage`` tells begins with the memory of who started it.
    """
    told = Path("/proc/self/status").read_text()
    return int(told.split("VmHWM:")[1].split()[0]) * 1024 / 1e6


class Disturbance:
    """How much of the processors others used while something was measured."""

    def __init__(self) -> None:
        self._wall, self._busy = time.perf_counter(), _busy()
        self._loads: list[float] = []
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def _watch(self) -> None:
        while not self._done.wait(1.0):
            self._loads.append(float(Path("/proc/loadavg").read_text().split()[0]))

    def end(self) -> str:
        """Return it in words."""
        self._done.set()
        load = statistics.mean(self._loads) if self._loads else 0.0
        return f"load average {load:.1f}"


def _busy() -> int:
    fields = Path("/proc/stat").read_text().splitlines()[0].split()[1:]
    numbers = [int(field) for field in fields[:8]]
    return sum(numbers) - numbers[3] - numbers[4]
