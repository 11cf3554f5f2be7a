"""How firm each model's shares are: bands from days drawn again, and shares over rolling weeks."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from shemei.apps.insight.queries import Board, days_of
from shemei.engines.attribution.stability import (
    LEAST_DAYS,
    markov_share_bands,
    rolling_shares,
    share_bands,
)
from shemei.engines.resampling import Band
from shemei.kernel.figures import MODEL_NAMES, lake
from shemei.portal.charts import Chart, Series
from shemei.warehouse.attribution import DayByDay, day_by_day

LINES = 6
LEAST_MOVE = 0.0005
LEAST_SOLD = 3
"""Days with credited orders: of fewer, days drawn again would hardly differ, and look certain."""
WORTH = {"conversions": 0, "value": 1, "share": 1}


@dataclass(frozen=True, slots=True)
class BandRow:
    name: str
    platform: str
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Steadiness:
    """Of one dimension and measure; ``keys`` are the rows of the page, the largest first."""

    board: Board
    by: str
    column: str
    keys: tuple[str, ...]

    @cached_property
    def days(self) -> DayByDay:
        board = self.board
        return day_by_day(
            lake(),
            board.workspace.key,
            board.period.first_day,
            board.period.last_day,
            by=self.by,
            lookback_days=board.workspace.lookback_days,
        )

    @cached_property
    def days_sold(self) -> int:
        """Days that anything was credited on: drawing again the days of one sale would find no doubt at all."""
        if not self.days.names:
            return 0
        return int((self.days.credits["last"].sum(axis=1)[:, 0] > 0).sum())

    @cached_property
    def bands(self) -> dict[str, dict[str, Band]]:
        """``{model: {name: band}}`` in shares; empty for too few days, the chain only of few names."""
        if self.board.period.days < LEAST_DAYS or self.days_sold < LEAST_SOLD:
            return {}
        worth = WORTH[self.column]
        found = {
            model: dict(zip(self.days.names, share_bands(credits[:, :, worth]), strict=False))
            for model, credits in self.days.credits.items()
        }
        found["markov"] = (
            markov_share_bands(self.days.steps, worth=worth) if self.days.steps else {}
        )
        return {model: found[model] for model in MODEL_NAMES if found.get(model)}

    @property
    def models(self) -> list[tuple[str, str]]:
        return [(model, MODEL_NAMES[model]) for model in self.bands]

    @cached_property
    def rows(self) -> list[BandRow]:
        named = self.board.named(self.by, self.keys)
        return [
            BandRow(
                named[key].name,
                named[key].platform,
                tuple(_text(bands.get(key)) for bands in self.bands.values()),
            )
            for key in self.keys
        ]

    @property
    def _additive(self) -> str:
        """The chain has no days of its own; its shares over weeks are shown as Shapley's."""
        return "shapley" if self.board.model == "markov" else self.board.model

    @property
    def rolling_model(self) -> str:
        return MODEL_NAMES[self._additive]

    @cached_property
    def rolling(self) -> Chart | None:
        """Shares of the largest names over each seven days; ``None`` in spans below two weeks."""
        days = days_of(self.board.period)
        if len(days) < 2 * LEAST_DAYS or not self.days.names:
            return None
        shares = rolling_shares(self.days.credits[self._additive][:, :, WORTH[self.column]])
        place = {name: n for n, name in enumerate(self.days.names)}
        named = self.board.named(self.by, self.keys)
        shown = [key for key in self.keys if key in place][:LINES]
        return Chart(
            id="rolling",
            kind="line",
            x=tuple(f"{day:%m-%d}" for day in days[LEAST_DAYS - 1 :]),
            series=tuple(
                _line(key, named[key].name, shares[:, place[key]], self.by) for key in shown
            ),
            unit="ratio",
            totals=False,
        )

    @property
    def says(self) -> str:
        """The name whose share moved most between weeks, and that some weeks have none."""
        if self.rolling is None:
            return ""
        told = [(_spread(line.values), line.name) for line in self.rolling.series]
        if not told:
            return ""
        most, name = max(told)
        said = f"{name}的占比动得最多，一周与一周之间差到 {100 * most:.1f} 个百分点。"
        if len(self.days.names) == 1:
            said = f"只有{name}，占比没有动过。"
        elif most < LEAST_MOVE:
            said = "占比没有动过。"
        blank = any(value is None for value in self.rolling.series[0].values)
        return said + ("7 天里没有订单的日子不画。" if blank else "")


def _line(
    key: str, name: str, shares: np.ndarray[tuple[int], np.dtype[np.float64]], by: str
) -> Series:
    values = tuple(None if math.isnan(share) else share for share in shares.tolist())
    return Series(name, values, platform=key if by == "channel" else "")


def _spread(values: tuple[float | None, ...]) -> float:
    told = [value for value in values if value is not None]
    return max(told) - min(told) if told else 0.0


def _text(band: Band | None) -> str:
    return f"{100 * band.low:.1f} 至 {100 * band.high:.1f}" if band else "—"
