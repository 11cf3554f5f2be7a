"""Models held against the simulated truth: how much of the credit stands with the wrong channel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from django.conf import settings

from shemei.apps.insight.attribution.truth import read_truth
from shemei.apps.insight.queries import Board
from shemei.engines.attribution import Agreement, agreement, shares
from shemei.kernel.figures import MODEL_NAMES
from shemei.portal.charts import Chart, Series
from shemei.portal.numbers import pct
from shemei.warehouse.attribution import Attribution
from shemei.warehouse.channels import channel_name

ENOUGH = 100
"""Orders below which chance moves the truth itself too much to hold anything against it."""
FOREIGN = 0.05
"""The most that may have been ordered otherwise, by import or by hand: the truth knows nothing of those orders."""


@dataclass(frozen=True, slots=True)
class ModelError:
    """One model's error in a period; ``over`` and ``under`` are the channels it favours and slights most."""

    model: str
    name: str
    agreement: Agreement
    over: str
    under: str

    @property
    def percent(self) -> float:
        return 100 * self.agreement.misplaced

    @property
    def misplaced(self) -> str:
        return pct(self.agreement.misplaced, 1)

    @property
    def rank(self) -> str:
        return "—" if self.agreement.rank is None else f"{self.agreement.rank:.2f}"


@dataclass(frozen=True)
class AgainstTruth:
    """``effect`` is what each channel added, in orders; ``answer`` what the models credit."""

    effect: dict[str, int]
    answer: Attribution
    chosen: str

    @cached_property
    def truth(self) -> dict[str, float]:
        return shares(self.effect)

    def credited(self, model: str) -> dict[str, float]:
        return shares({k: credit.conversions for k, credit in self.answer.models[model].items()})

    @cached_property
    def errors(self) -> list[ModelError]:
        """The nearest model first."""
        told = [self._error(model) for model in MODEL_NAMES if self.credited(model)]
        return sorted(told, key=lambda error: error.agreement.misplaced)

    def _error(self, model: str) -> ModelError:
        ours = self.credited(model)
        off = {k: ours.get(k, 0.0) - self.truth.get(k, 0.0) for k in {*ours, *self.truth}}
        ranked = sorted(off, key=lambda key: (off[key], key))
        over, under = (_points(key, off[key]) for key in (ranked[-1], ranked[0]))
        return ModelError(model, MODEL_NAMES[model], agreement(ours, self.effect), over, under)

    @property
    def says(self) -> str:
        best, worst = self.errors[0], self.errors[-1]
        return f"{best.name}离真值最近，{best.misplaced}的功劳给错了渠道；{worst.name}最远，{worst.misplaced}。"

    @property
    def picture(self) -> Chart:
        names = sorted(self.truth, key=lambda key: -self.truth[key])
        ours = self.credited(self.chosen)
        return Chart(
            id="truth",
            kind="hbar",
            x=tuple(channel_name(name) for name in names),
            series=(
                Series("模拟真值", tuple(max(0.0, self.truth[name]) for name in names)),
                Series(MODEL_NAMES[self.chosen], tuple(ours.get(name, 0.0) for name in names)),
            ),
            unit="ratio",
            x_name="渠道",
            height=420,
        )


def _points(key: str, off: float) -> str:
    return f"{channel_name(key)} {'+' if off > 0 else '−'}{abs(100 * off):.1f}"


def against_truth(board: Board, by: str, answer: Attribution) -> AgainstTruth | None:
    """Of a simulated brand by channel; ``None`` for real brands, other dimensions and spans it hardly covers."""
    known = read_truth(settings.SHEMEI_HOME, board.workspace.key) if by == "channel" else None
    if known is None or not answer.totals.conversions:
        return None
    simulated, effect = known.orders_of(board.period), known.of(board.period)
    ordered = answer.totals.conversions + answer.untracked.orders
    is_covered = simulated >= ENOUGH and ordered <= (1 + FOREIGN) * simulated
    return AgainstTruth(effect, answer, board.model) if is_covered and shares(effect) else None


def scaled(truth: Mapping[str, float], key: str, whole: float) -> float | None:
    """The part of a column's sum that would be a channel's by the truth; ``None`` where nothing is known."""
    return truth[key] * whole if key in truth else None
