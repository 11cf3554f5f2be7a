"""A burst is fine, a flood is not.

``AtOnce`` and ``Bucket`` count in one web process: their aim is that nobody fills the machine, and they cost
nothing. ``shemei serve`` runs one; where more of them run, each allows as much again. ``Limit`` counts in the
database, for what must hold for the installation, at the price of a write.
"""

from __future__ import annotations

import hashlib
import hmac
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

from django.conf import settings
from django.core.cache import cache
from django.db.models import F
from django.db.models.functions import Greatest
from django_scopes import scopes_disabled

from shemei.kernel.models import Allowance

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shemei.kernel.workspace import Workspace


class AtOnce:
    """``most`` things of one sender run side by side in this process; the next waits ``patience`` seconds for its turn.

    It knows nothing of other processes: with n of them, n times ``most`` may run in the installation.
    """

    def __init__(self, most: int, patience: float) -> None:
        self.most, self.patience = most, patience
        self._lock = threading.Lock()
        self._doors: WeakValueDictionary[str, threading.BoundedSemaphore] = WeakValueDictionary()

    @contextmanager
    def one(self, who: str) -> Iterator[bool]:
        """Whether its turn came; it lasts until the block ends."""
        with self._lock:
            door = self._doors.setdefault(who, threading.BoundedSemaphore(self.most))
        came = door.acquire(timeout=self.patience)
        try:
            yield came
        finally:
            if came:
                door.release()


@dataclass(frozen=True, slots=True)
class Bucket:
    """``burst`` requests at once, refilled by ``per_second``; of each web process, for its cache is its own."""

    name: str
    burst: int
    per_second: float

    def take(self, who: str, *, now: float | None = None) -> float:
        """Take one token for ``who``: 0 where there was one, else the seconds until the next."""
        moment = time.time() if now is None else now
        key = f"bucket:{self.name}:{who}"
        left, since = cache.get(key, (float(self.burst), moment))
        left = min(self.burst, left + (moment - since) * self.per_second)
        if left < 1:
            return (1 - left) / self.per_second
        cache.set(key, (left - 1, moment), timeout=int(self.burst / self.per_second) + 60)
        return 0.0


@dataclass(frozen=True, slots=True)
class Limit:
    """The same in the database: as many web processes as there are count together.

    A row holds the moment up to which its allowance is used up; one UPDATE with a condition takes the next
    token, so that two at once never take the same. Whose row it is stands there as a keyed hash.
    """

    name: str
    burst: int
    per_second: float

    def take(self, workspace: Workspace, who: str, *, now: float | None = None) -> float:
        """Take one token for ``who``: 0 where there was one, else the seconds until the next."""
        moment, step = time.time() if now is None else now, 1 / self.per_second
        name = _hashed(f"{self.name}:{who}")
        latest = moment + (self.burst - 1) * step
        mine = Allowance.objects.filter(workspace=workspace, name=name)
        taken = Greatest(F("until"), moment) + step
        if mine.filter(until__lte=latest).update(until=taken):
            return 0.0
        row = Allowance(workspace=workspace, name=name, until=moment)
        Allowance.objects.bulk_create([row], ignore_conflicts=True)
        if mine.filter(until__lte=latest).update(until=taken):
            return 0.0
        until = mine.values_list("until", flat=True).first()
        return max(0.0, until - latest) if until else 0.0


def address_of(address: str) -> str:
    """What counts as one sender: an IPv4 address, or the /64 that one household or phone has of IPv6.

    >>> (
    ...     address_of("203.0.113.7"),
    ...     address_of("2001:db8:1:2:3:4:5:6"),
    ...     address_of("::ffff:203.0.113.7"),
    ... )
    ('203.0.113.7', '2001:db8:1:2::', '203.0.113.7')
    >>> address_of("unix:")
    ''
    """
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return ""
    if not isinstance(found, IPv6Address):
        return str(found)
    if found.ipv4_mapped:
        return str(found.ipv4_mapped)
    return str(IPv6Address(int(found) >> 64 << 64))


def forget_whole(now: float | None = None) -> int:
    """Delete allowances that nothing is taken of any more; returns how many."""
    moment = time.time() if now is None else now
    with scopes_disabled():
        return Allowance.objects.filter(until__lt=moment).delete()[0]


def _hashed(text: str) -> str:
    return hmac.new(settings.SECRET_KEY.encode(), text.encode(), hashlib.sha256).hexdigest()
