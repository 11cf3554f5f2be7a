"""The true effect of channels, where a simulator made the data and so knows it: a labelled file of the home, never guessed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path

from shemei.kernel.periods import Period
from shemei.warehouse.home import Home

WHAT = "模拟真值：示例公司由程序模拟，同样的人、同样的运气，让一个渠道不打动任何人再跑一遍，少掉的订单就是它真实的增量。真实的品牌没有这份文件。"


@dataclass(frozen=True, slots=True)
class SimulatedTruth:
    """``orders`` by day from ``first`` on, and per channel how many of each day's it added (by chance also fewer)."""

    workspace: str
    first: date
    orders: tuple[int, ...]
    effects: dict[str, tuple[int, ...]]

    def _inside(self, period: Period) -> list[int]:
        spread = [self.first + timedelta(n) for n in range(len(self.orders))]
        return [n for n, day in enumerate(spread) if period.first <= day <= period.last]

    def orders_of(self, period: Period) -> int:
        """How many orders were simulated in a period."""
        return sum(self.orders[n] for n in self._inside(period))

    def of(self, period: Period) -> dict[str, int]:
        """What each channel added in a period; empty where the period has no order."""
        if not self.orders_of(period):
            return {}
        inside = self._inside(period)
        return {name: sum(days[n] for n in inside) for name, days in self.effects.items()}


def _place(home: Home, workspace: str) -> Path:
    return home.path / "simulated" / f"{workspace}.json"


def write_truth(home: Home, truth: SimulatedTruth) -> Path:
    """Put the truth into the home, with a word of what it is."""
    place = _place(home, truth.workspace)
    place.parent.mkdir(exist_ok=True)
    told = {
        "what": WHAT,
        "workspace": truth.workspace,
        "first_day": truth.first.isoformat(),
        "orders": truth.orders,
        "incremental_orders": truth.effects,
    }
    place.write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")
    read_truth.cache_clear()
    return place


@lru_cache(maxsize=8)
def read_truth(home: Home, workspace: str) -> SimulatedTruth | None:
    """The truth of a simulated brand; ``None`` for every real one."""
    place = _place(home, workspace)
    if not place.exists():
        return None
    told = json.loads(place.read_text(encoding="utf-8"))
    effects = {name: tuple(days) for name, days in told["incremental_orders"].items()}
    first = date.fromisoformat(told["first_day"])
    return SimulatedTruth(told["workspace"], first, tuple(told["orders"]), effects)
