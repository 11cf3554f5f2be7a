"""Rows of the overview's tables, as its template shows them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ChannelRow:
    key: str
    name: str
    platform: str
    text: str
    percent: float
    change: float | None
    href: str


@dataclass(frozen=True, slots=True)
class DriverRow:
    name: str
    change: float
    text: str
    tone: str
    left: float
    width: float

    @property
    def zero(self) -> float:
        """Where the line between loss and gain stands."""
        return self.left if self.change > 0 else self.left + self.width


@dataclass(frozen=True, slots=True)
class EarnerRow:
    key: str
    name: str
    note: str
    platform: str
    url: str
    rate: float | None
    earned: str
    orders: float
    returned: float | None


@dataclass(frozen=True, slots=True)
class CreatorRow:
    key: str
    name: str
    note: str
    url: str
    delivered: float | None
    earned: str
    returned: float | None

    @property
    def bar(self) -> float:
        """The bar ends at 132 %, so that more than was promised can be seen."""
        return 100 * min(self.delivered or 0.0, 1.32) / 1.32

    @property
    def mark(self) -> float:
        return 100 / 1.32
