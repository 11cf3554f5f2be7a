"""A chart as values: what is drawn, the same numbers as a table, and the words beside it.

Views build a :class:`Chart`, ``<c-chart :chart="…">`` shows it, ``charts.js`` draws it from its JSON.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from shemei.portal.numbers import NONE, exact, pct, times, wan, yuan

Kind = Literal["stack", "bar", "line", "hbar", "sankey", "funnel", "heat", "dots"]
Unit = Literal["count", "money", "ratio", "times"]


@dataclass(frozen=True, slots=True)
class Series:
    """One row of values; ``platform`` gives it that platform's colour, ``role="compare"`` a grey dash.

    ``low`` and ``high`` draw a band around a line or whiskers around dots. ``right`` gives a line the
    second axis, for figures of another size.
    """

    name: str
    values: tuple[float | None, ...]
    platform: str = ""
    role: Literal["", "compare", "forecast"] = ""
    low: tuple[float | None, ...] = ()
    high: tuple[float | None, ...] = ()
    right: bool = False


@dataclass(frozen=True, slots=True)
class Band:
    """A named stretch of the axis, such as 双11."""

    name: str
    first: str
    last: str


@dataclass(frozen=True, slots=True)
class Flow:
    """One link of a Sankey picture."""

    source: str
    target: str
    value: float


@dataclass(frozen=True, slots=True)
class Chart:
    """``unit="money"`` takes 分. ``focus`` is the first index of the chosen period: what lies before is grey.

    ``at`` are the days of ``x`` (ISO) where these are no even steps: a line then runs over true time.
    """

    id: str
    kind: Kind
    x: tuple[str, ...] = ()
    series: tuple[Series, ...] = ()
    unit: Unit = "count"
    x_name: str = "日期"
    bands: tuple[Band, ...] = ()
    flows: tuple[Flow, ...] = ()
    platforms: dict[str, str] = field(default_factory=dict)
    focus: int = 0
    reference: float | None = None
    reference_word: str = ""
    height: int = 280
    suffix: str = ""
    totals: bool = True
    at: tuple[str, ...] = ()

    @property
    def spec(self) -> dict[str, Any]:
        """What ``charts.js`` reads."""
        return asdict(self)

    @property
    def is_empty(self) -> bool:
        values = [v for one in self.series for v in one.values] + [
            flow.value for flow in self.flows
        ]
        return not any(v is not None for v in values)

    @property
    def head(self) -> list[str]:
        if self.flows:
            return ["由", "到", "数量"]
        return [self.x_name, *(one.name for one in self.series)]

    @property
    def rows(self) -> list[list[str]]:
        """The same numbers as text, one list per table row."""
        if self.flows:
            return [[flow.source, flow.target, self.cell(flow.value)] for flow in self.flows]
        columns = [one.values for one in self.series]
        return [[x, *(self.cell(column[i]) for column in columns)] for i, x in enumerate(self.x)]

    @property
    def total_row(self) -> list[str]:
        """Sums per series where they mean something."""
        if self.flows or not self.totals or self.unit in ("ratio", "times") or len(self.x) < 2:
            return []
        sums = [sum(v for v in one.values if v is not None) for one in self.series]
        return ["合计", *(self.cell(value) for value in sums)]

    def cell(self, value: float | None) -> str:
        """One figure as the table writes it: in full, so that a column has one number of digits."""
        if value is None or self.unit in ("ratio", "times"):
            return self.show(value)
        return f"{exact(value, self.unit)} {self.suffix}".rstrip()

    def show(self, value: float | None) -> str:
        """One figure as the picture writes it: short."""
        if value is None:
            return NONE
        if self.unit == "ratio":
            return pct(value)
        if self.unit == "times":
            return times(value)
        text = (yuan if self.unit == "money" else wan)(value)
        return f"{text} {self.suffix}".rstrip()
