"""Token buckets on the cache: a burst is fine, a flood is not. Each web process counts for itself."""

from __future__ import annotations

import time
from dataclasses import dataclass

from django.core.cache import cache


@dataclass(frozen=True, slots=True)
class Bucket:
    """``burst`` requests at once, refilled by ``per_second``."""

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
