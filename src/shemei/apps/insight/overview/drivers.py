"""Which channels a change came from, as lines that add up, as they are written, to the change above them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from shemei.apps.insight import rules
from shemei.apps.insight.overview.rows import DriverRow
from shemei.portal.numbers import MINUS, MoneyColumn, figure, yuan

SHOWN, WIDE = 6, 88
REST = "其余渠道"
"""Not 其他: that is the name of a channel."""


@dataclass(frozen=True)
class Drivers:
    """The change of a credited value by channel; ``names`` is what channels are called."""

    parts: Sequence[rules.Driver]
    names: Mapping[str, str]

    @cached_property
    def _lines(self) -> list[tuple[str, float]]:
        """The channels that moved most and, last, all others together; a single other one by its own name."""
        by_size = sorted(self.parts, key=lambda part: -abs(part.change))
        cut = SHOWN if len(by_size) > SHOWN + 1 else SHOWN + 1
        shown = sorted(by_size[:cut], key=lambda part: -part.change)
        lines = [(self.names[part.key], part.change) for part in shown]
        rest = round(sum(part.change for part in by_size[cut:]), 6)
        return [*lines, (REST, rest)] if rest else lines

    @cached_property
    def money(self) -> MoneyColumn:
        return MoneyColumn.of([self.gained, *(change for _, change in self._lines)])

    @property
    def gained(self) -> float:
        return sum(part.change for part in self.parts)

    @property
    def _step(self) -> int:
        """The smallest amount that a line can say, in 分."""
        return int(self.money.scale // 10**self.money.digits)

    @cached_property
    def steps(self) -> list[int]:
        """What each line says, in steps; their sum is what the change says."""
        return rules.apportioned([change / self._step for _, change in self._lines])

    @property
    def total(self) -> str:
        """The size of the change in the unit of the lines; what is too small for it is said in full."""
        steps = abs(sum(self.steps))
        if not steps:
            return yuan(abs(self.gained))
        unit = " 万" if self.money.unit == "万元" else ""
        return f"¥{self._written(steps)}{unit}"

    def _written(self, steps: int) -> str:
        return figure(steps * self._step / self.money.scale, self.money.digits)

    def _text(self, steps: int, change: float) -> str:
        if steps:
            return f"{'+' if steps > 0 else ''}{self._written(steps)}"
        least = self._written(1)
        return (
            self._written(0) if not change else f"< {least}" if change > 0 else f"> {MINUS}{least}"
        )

    @cached_property
    def rows(self) -> list[DriverRow]:
        low = -min(0.0, min((change for _, change in self._lines), default=0.0))
        most = max(0.0, max((change for _, change in self._lines), default=0.0))
        scale = low + most or 1.0
        zero = WIDE * low / scale
        return [
            DriverRow(
                name,
                change,
                self._text(steps, change),
                "good" if change > 0 else "bad",
                zero if change > 0 else zero + WIDE * change / scale,
                WIDE * abs(change) / scale,
            )
            for (name, change), steps in zip(self._lines, self.steps, strict=True)
        ]
