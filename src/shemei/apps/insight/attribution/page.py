"""What the attribution page shows: models side by side, how they differ, and the paths behind every figure."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from shemei.apps.advertising import queries as advertising
from shemei.apps.insight.attribution.against_truth import AgainstTruth, against_truth, scaled
from shemei.apps.insight.attribution.paths import (
    REST,
    OrderPath,
    PathRow,
    common_paths,
    flows,
    order_paths,
)
from shemei.apps.insight.attribution.steadiness import LEAST_SOLD, Steadiness
from shemei.apps.insight.queries import Board, days_of, model_table, other_says
from shemei.apps.insight.rules import reading
from shemei.engines.attribution.stability import LEAST_DAYS
from shemei.engines.resampling import Band, day_bootstrap
from shemei.kernel.figures import MODEL_NAMES
from shemei.portal.charts import Chart, Flow
from shemei.portal.numbers import MoneyColumn, pct
from shemei.portal.wording import shared_count
from shemei.warehouse.channels import channel_name

MODELS = tuple(MODEL_NAMES)
LEVELS = 5
SHOWN_ROWS = 15
STAGES = {"1": "首触", "2": "再触", "3": "收尾"}


@dataclass(frozen=True, slots=True)
class Cell:
    """One figure with its shade (0–5) within the table."""

    model: str
    text: str
    level: int


@dataclass(frozen=True, slots=True)
class Row:
    key: str
    name: str
    note: str
    platform: str
    cells: tuple[Cell, ...]
    band: str
    reading: str
    href: str
    truth: str = ""


@dataclass(frozen=True, slots=True)
class ClaimRow:
    platform: str
    claimed: int
    traced: float
    share: float

    @property
    def percent(self) -> float:
        return 100 * self.share


class AttributionPage:
    """One dimension, one measure, all models; ``column`` is value, conversions or share."""

    def __init__(self, board: Board, by: str, column: str) -> None:
        self.board, self.by, self.column = board, by, column

    @cached_property
    def answer(self) -> Any:
        return self.board.attribution(self.by, self.board.period, MODELS)

    @property
    def models(self) -> list[tuple[str, str]]:
        return [(key, MODEL_NAMES[key]) for key in MODELS if key in self.answer.models]

    @cached_property
    def table(self) -> dict[str, dict[str, float]]:
        """``{name: {model: figure}}`` of the chosen measure."""
        return model_table(self.answer, self.column)

    @cached_property
    def money(self) -> MoneyColumn:
        """One unit for all cells of the table."""
        return MoneyColumn.of(value for row in self.table.values() for value in row.values())

    def show(self, value: float) -> str:
        if self.column == "value":
            return self.money.show(value)
        return shared_count(value) if self.column == "conversions" else pct(value, 1)

    @cached_property
    def rows(self) -> list[Row]:
        table, chosen = self.table, self.board.model
        some = [key for key, row in table.items() if any(row.values())]
        ranked = sorted(some, key=lambda key: (-table[key].get(chosen, 0.0), key))[:SHOWN_ROWS]
        names = self.board.named(self.by, ranked)
        return [
            Row(
                key, names[key].name, names[key].note, names[key].platform,
                self._cells(table[key]), self._band(key), self._reading(key),
                self.board.part_href(self.by, key), self._truth(key),
            )
            for key in ranked
        ]  # fmt: skip

    @property
    def other_says(self) -> str:
        return other_says(self.by, (row.key for row in self.rows))

    def _reading(self, key: str) -> str:
        """Its place in the paths; the chain also credits what stands in paths without an order alone, which has none."""
        return reading(self.table[key]) if key in self.in_paths else "不在成交路径里"

    @cached_property
    def in_paths(self) -> frozenset[str]:
        """What stands in the paths of orders; every touch there has its part of a linear credit."""
        touched = self.answer.models["linear"].items()
        return frozenset(key for key, credit in touched if credit.conversions)

    @property
    def counted(self) -> int:
        """How many of them there are; what bears no name is none."""
        return sum(1 for key in self.in_paths if key)

    def _cells(self, row: dict[str, float]) -> tuple[Cell, ...]:
        values = [(model, row.get(model, 0.0)) for model, _ in self.models]
        return tuple(
            Cell(model, self.show(value), round(LEVELS * value / self._most))
            for model, value in values
        )

    @cached_property
    def _most(self) -> float:
        """What stands for the darkest shade."""
        return max((v for row in self.table.values() for v in row.values()), default=0.0) or 1.0

    def _band(self, key: str) -> str:
        band = self.bands.get(key)
        return f"{self.money.show(band.low)} 至 {self.money.show(band.high)}" if band else ""

    @cached_property
    def steady(self) -> Steadiness:
        keys = tuple(row.key for row in self.rows)
        return Steadiness(self.board, self.by, self.column, keys)

    @cached_property
    def trial(self) -> AgainstTruth | None:
        """The models held against the simulated truth; real brands have none."""
        return against_truth(self.board, self.by, self.answer)

    def _truth(self, key: str) -> str:
        if self.trial is None:
            return ""
        told = scaled(self.trial.truth, key, self._whole)
        return "" if told is None else self.show(told)

    @property
    def _whole(self) -> float:
        """What the chosen model shares out, in the chosen measure."""
        return sum(row.get(self.board.model, 0.0) for row in self.table.values())

    @property
    def truth_total(self) -> str:
        return self.show(sum(self.trial.truth.values()) * self._whole) if self.trial else ""

    @property
    def hidden(self) -> int:
        """How many of those in the paths are below the rows that are shown."""
        return sum(1 for key in self.in_paths - {row.key for row in self.rows} if key)

    @property
    def shown_totals(self) -> list[str]:
        rows = self.table.values()
        return [self.show(sum(row.get(model, 0.0) for row in rows)) for model, _ in self.models]

    @property
    def flow_says(self) -> str:
        """The picture in one sentence: where paths begin and where they end."""
        long = [path for path in self.order_paths if len(path.channels) > 1]
        if not long:
            return "没有两次以上触达的订单。"
        first, last = (
            Counter(path.channels[n] for path in long).most_common(1)[0] for n in (0, -1)
        )
        return f"开头最多的是{channel_name(first[0])}（{pct(first[1] / len(long), 0)}），收尾最多的是{channel_name(last[0])}（{pct(last[1] / len(long), 0)}）。"

    @cached_property
    def bands(self) -> dict[str, Band]:
        """By day, for credited value under the chosen model where it adds up over days (not Markov)."""
        if self.column != "value" or self.board.model == "markov":
            return {}
        daily = self.board.daily(self.board.period, self.by)
        keys = sorted({key for row in daily.values() for key in row})
        sold = sum(any(row.values()) for row in daily.values())
        if self.board.period.days < LEAST_DAYS or sold < LEAST_SOLD:
            return {}
        empty: dict[str, float] = {}
        days = [int(day.strftime("%Y%m%d")) for day in days_of(self.board.period)]
        matrix = np.array([[daily.get(day, empty).get(key, 0.0) for key in keys] for day in days])
        return dict(zip(keys, day_bootstrap(matrix), strict=True))

    @cached_property
    def order_paths(self) -> list[OrderPath]:
        return order_paths(self.board)

    @property
    def long_paths(self) -> int:
        return sum(len(path.channels) > 1 for path in self.order_paths)

    @cached_property
    def paths(self) -> list[PathRow]:
        return common_paths(self.order_paths, 8)

    @cached_property
    def picture(self) -> Chart:
        links = flows(self.order_paths)
        closing: dict[str, int] = {}
        for (_, target), count in links.items():
            if target.endswith(" 3"):
                closing[target] = closing.get(target, 0) + count
        drawn = [Flow(_stage(a), _stage(b), count) for (a, b), count in links.most_common()]
        drawn += [
            Flow(_stage(name), "付款", count)
            for name, count in sorted(closing.items(), key=lambda item: -item[1])
        ]
        nodes = {name.split()[0] for pair in links for name in pair}
        return Chart(
            id="flow",
            kind="sankey",
            flows=tuple(drawn),
            platforms={_name(key): key if key != REST else "other" for key in nodes},
            height=380,
            suffix="单",
        )

    @cached_property
    def claims(self) -> list[ClaimRow]:
        """What platforms say they sold beside what can be traced; two kinds of figure, never added up."""
        told = advertising.total_by(
            self.board.workspace, self.board.period.first, self.board.period.last
        )
        credits = self.board.values(self.board.channels_now)
        rows = [
            ClaimRow(
                key,
                total.claimed_value,
                credits.get(key, 0.0),
                credits.get(key, 0.0) / total.claimed_value,
            )
            for key, total in told.items()
            if total.claimed_value
        ]
        return sorted(rows, key=lambda row: -row.claimed)


def _stage(node: str) -> str:
    key, stage = node.split()
    return f"{_name(key)} · {STAGES[stage]}"


def _name(key: str) -> str:
    return "其余渠道" if key == REST else channel_name(key)
