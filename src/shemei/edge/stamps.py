"""Times and ids for the hot path: as ``vocabulary`` defines them, remembered while they hold."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass

from shemei.warehouse.vocabulary import SHANGHAI, day_of, from_ts, week_of

_POOLED = 2048
_DAY = 86_400_000_000


@dataclass(frozen=True, slots=True)
class Day:
    """A Shanghai day: from ``start`` up to ``end`` (UTC microseconds), with its week's Monday."""

    start: int
    end: int
    day: int
    week: int


def whole_day(ts: int) -> Day:
    """Return the day ``ts`` lies in.

    Examples
    --------
    >>> found = whole_day(1_700_000_000_000_000)
    >>> found.day, found.week, (found.end - found.start) // 3_600_000_000
    (20231115, 20231113, 24)
    """
    local = from_ts(ts).astimezone(SHANGHAI)
    since = ((local.hour * 60 + local.minute) * 60 + local.second) * 1_000_000 + local.microsecond
    day = day_of(ts)
    return Day(ts - since, ts - since + _DAY, day, week_of(day))


class Clock:
    """Server time with its day and week; a day is worked out once.

    Examples
    --------
    >>> clock = Clock()
    >>> clock.day(1_700_000_000_000_000).day, clock.day(1_700_000_000_000_001).week
    (20231115, 20231113)
    """

    def __init__(self) -> None:
        self._day = Day(0, 0, 0, 0)

    @staticmethod
    def now() -> int:
        """Return UTC microseconds."""
        return time.time_ns() // 1000

    def day(self, ts: int) -> Day:
        """Return the day of ``ts``."""
        day = self._day
        if day.start <= ts < day.end:
            return day
        self._day = day = whole_day(ts)
        return day


class Ids:
    """Makes ids from a pool of random bytes, one system call for two thousand of them.

    Examples
    --------
    >>> ids = Ids()
    >>> made = ids.uuid7(1_700_000_000_000_000)
    >>> len(made), made[:14], made[14], len(ids.visitor())
    (36, '018bcfe5-6800-', '7', 32)
    """

    def __init__(self) -> None:
        self._pool = ""
        self._at = 0

    def _digits(self) -> str:
        """Return 32 random hexadecimal digits never handed out before."""
        at = self._at
        if at >= len(self._pool):
            self._pool, at = os.urandom(_POOLED * 16).hex(), 0
        self._at = at + 32
        return self._pool[at : at + 32]

    def uuid7(self, ts: int) -> str:
        """Return a UUIDv7 for ``ts`` (UTC microseconds)."""
        time_part, tail = f"{ts // 1000:012x}", self._digits()
        variant = "89ab"[int(tail[3], 16) & 3]
        return f"{time_part[:8]}-{time_part[8:]}-7{tail[:3]}-{variant}{tail[4:7]}-{tail[7:19]}"

    def visitor(self) -> str:
        """Return a new visitor id."""
        return self._digits()
