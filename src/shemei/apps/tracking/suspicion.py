"""Clicks that look odd afterwards. Hints for a person's eye, never a verdict: nothing is left out by them."""

from __future__ import annotations

from collections import defaultdict, deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

BURST_SECONDS, BURST_CLICKS = 10, 20
ARRIVAL_MINUTES, FEWEST_CLICKS, LOW_ARRIVAL = 30, 20, 0.3


@dataclass(frozen=True, slots=True)
class Burst:
    """A short rush on one link by one kind of browser; ``ts`` is when it began."""

    link: str
    ts: int
    clicks: int
    device: str
    in_app: str


@dataclass(frozen=True, slots=True)
class Arrivals:
    """How many clicks of a link were seen again on the site that carries the tag."""

    link: str
    clicks: int
    arrived: int

    @property
    def share(self) -> float:
        return self.arrived / self.clicks


def bursts(rows: Iterable[Mapping[str, Any]]) -> list[Burst]:
    """Rushes of at least 20 clicks by different visitors in 10 seconds, the largest first."""
    found: dict[tuple[str, str, str], Burst] = {}
    windows: dict[tuple[str, str, str], deque[tuple[int, str]]] = defaultdict(deque)
    for row in sorted(rows, key=lambda row: row["ts"]):
        key = (row["link"], row["device"], row["in_app"])
        window = windows[key]
        window.append((row["ts"], row["visitor"]))
        while window[0][0] < row["ts"] - BURST_SECONDS * 1_000_000:
            window.popleft()
        people = len({visitor for _, visitor in window})
        if people >= BURST_CLICKS and people > (found[key].clicks if key in found else 0):
            found[key] = Burst(key[0], window[0][0], people, key[1], key[2])
    return sorted(found.values(), key=lambda burst: -burst.clicks)


def unarrived(
    clicks: Iterable[Mapping[str, Any]], visits: Iterable[Mapping[str, Any]], until: int
) -> list[Arrivals]:
    """Links whose clicks are rarely seen on the site within 30 minutes, the rarest first.

    Clicks too young to have arrived by ``until`` are left aside, and links with few clicks too.
    """
    seen = {row["click_id"] for row in visits if row["click_id"]}
    old = until - ARRIVAL_MINUTES * 60_000_000
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for row in clicks:
        if row["ts"] <= old:
            counts[row["link"]][0] += 1
            counts[row["link"]][1] += row["click_id"] in seen
    found = [Arrivals(link, n, arrived) for link, (n, arrived) in counts.items()]
    low = [one for one in found if one.clicks >= FEWEST_CLICKS and one.share < LOW_ARRIVAL]
    return sorted(low, key=lambda one: (one.share, -one.clicks))
