"""Rows of the overview's tables, as its template shows them."""

from __future__ import annotations

from dataclasses import dataclass

from shemei.portal.numbers import figure


@dataclass(frozen=True, slots=True)
class ChannelRow:
    key: str
    name: str
    platform: str
    value: float
    percent: float
    change: float | None


@dataclass(frozen=True, slots=True)
class DriverRow:
    name: str
    change: float
    tone: str
    left: float
    width: float

    @property
    def text(self) -> str:
        """Signed, in 万元 with one digit, all rows alike."""
        return f"{'+' if self.change > 0 else ''}{figure(self.change / 1e6, 1)} 万"


@dataclass(frozen=True, slots=True)
class EarnerRow:
    key: str
    name: str
    note: str
    platform: str
    url: str
    rate: float | None
    value: float
    orders: float
    returned: float | None

    @property
    def wan(self) -> str:
        return figure(self.value / 1e6, 1)


@dataclass(frozen=True, slots=True)
class CreatorRow:
    key: str
    name: str
    note: str
    url: str
    delivered: float | None
    value: float
    returned: float | None

    @property
    def wan(self) -> str:
        return figure(self.value / 1e6, 1)

    @property
    def bar(self) -> float:
        """The bar ends at 132 %, so that more than was promised can be seen."""
        return 100 * min(self.delivered or 0.0, 1.32) / 1.32

    @property
    def mark(self) -> float:
        return 100 / 1.32
