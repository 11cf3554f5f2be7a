"""The orders behind one credited figure: how much of each order a model gives to one name, touch by touch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from math import copysign, floor

import numpy as np

from shemei.apps.insight.attribution.paths import OrderPath
from shemei.apps.insight.queries import DIMENSIONS, Board
from shemei.engines.attribution import Credit, PathCounts
from shemei.engines.attribution.summary import ADDITIVE
from shemei.kernel.figures import MODEL_NAMES
from shemei.portal.numbers import figure, pct, tick, yuan
from shemei.portal.wording import shared_count
from shemei.warehouse.attribution import Totals
from shemei.warehouse.vocabulary import from_ts

FORMULAS = {
    "first": "付款前的第一次触达拿走整单，其余的没有。",
    "last": "付款前的最后一次触达拿走整单，其余的没有。",
    "linear": "一单平分给它的每一次触达：共 n 次，每次 1 ÷ n；同一个{word}触达几次就拿几份。",
    "time_decay": "离付款越近分得越多：每往前 7 天权重减半，一单各次触达的权重加起来是 100%。",
    "position": "第一次和最后一次各 40%，中间各次平分 20%；只有两次各 50%，只有一次拿整单。",
    "shapley": "一单平分给路径上不同的{word}：有 n 个，每个 1 ÷ n；同一个触达几次也只算一个，所以不再分到每次触达。",
    "markov": "把所有路径（也含没成交的）画成一条链，算去掉它会少成交几成，再按各{word}少掉的比例分可追踪总额。",
}
"""How each model shares out, in words."""
MOST_DIGITS = 12


def enough_digits(shares: Sequence[tuple[float, float]], least: int) -> int:
    """So many digits that each share, written with them, times its whole comes out as it does unrounded.

    >>> enough_digits([(1 / 3, 300)], 3), enough_digits([(0.05459179, 165_432_100)], 4)
    (3, 9)
    """
    for digits in range(least, MOST_DIGITS):
        if all(nearest(written(part, digits) * of) == nearest(part * of) for part, of in shares):
            return digits
    return MOST_DIGITS


def nearest(value: float) -> int:
    """The nearest whole number, halves away from zero; what is a half but for the noise of adding is one.

    >>> nearest(115_672.49999999999), nearest(-0.5), nearest(-0.4)
    (115673, -1, 0)
    """
    return int(copysign(floor(abs(round(value, 6)) + 0.5), value))


def written(value: float, digits: int) -> float:
    """A value as it is written with so many digits, halves away from zero.

    >>> written(0.0625, 3), round(0.0625, 3)
    (0.063, 0.062)
    """
    return nearest(value * 10**digits) / 10**digits


@dataclass(frozen=True, slots=True)
class CreditRow:
    """One order with what a name gets of it; ``touches`` are the places of its touches and the share of each."""

    order_id: str
    paid_ts: int
    worth: int
    share: float
    touches: tuple[tuple[int, float], ...]
    length: int

    @property
    def paid_at(self) -> datetime:
        return from_ts(self.paid_ts)

    @property
    def value(self) -> float:
        return self.share * self.worth

    @property
    def fen(self) -> int:
        """What it gets, as it is written."""
        return nearest(self.value)

    @property
    def told(self) -> str:
        """Which of its touches count, in words: 第 1 次 40%，共 4 次."""
        parts = [f"第 {n} 次 {tick(pct(share, 4))}" for n, share in self.touches if share]
        return (
            f"{'、'.join(parts)}，共 {self.length} 次"
            if parts
            else f"平分，它得 {tick(pct(self.share, 4))}"
        )


def credit_rows(found: Sequence[OrderPath], by: str, key: str, model: str) -> list[CreditRow]:
    """The orders that ``model`` gives a name something of, the largest part first; they add up to its credit.

    Markov's chain gives no order a share of its own: it has no rows.
    """
    inside = [path for path in found if key in path.keys(by)]
    if model not in ADDITIVE or not inside:
        return []
    shares = _of_touches(inside, by, model)
    rows, at = [], 0
    for path in inside:
        end = at + len(path.channels)
        rows.append(_row(path, by, key, model, shares[at:end]))
        at = end
    return sorted((row for row in rows if row.share), key=lambda row: (-row.value, row.order_id))


def _of_touches(found: Sequence[OrderPath], by: str, model: str) -> list[float]:
    """The share of each touch in its order, path after path; Shapley's stand on the first touch of each name."""
    codes, count = [], 0
    for path in found:
        names = path.keys(by) if model == "shapley" else range(len(path.channels))
        places = {name: count + n for n, name in reversed(list(enumerate(names)))}
        codes += [places[name] for name in names]
        count += len(path.channels)
    ones = np.ones(len(found))
    counts = PathCounts(
        names=("",) * count,
        offsets=np.cumsum([0, *(len(path.channels) for path in found)]),
        codes=np.array(codes),
        conversions=ones,
        values=np.zeros(len(found)),
        nulls=np.zeros(len(found)),
        hours=np.array([hours for path in found for hours in path.hours]),
    )
    shares: list[float] = ADDITIVE[model](counts)[:, 0].tolist()
    return shares


def _row(path: OrderPath, by: str, key: str, model: str, shares: Sequence[float]) -> CreditRow:
    own = [(n, share) for n, share in enumerate(shares, start=1) if path.keys(by)[n - 1] == key]
    touches = () if model == "shapley" else tuple(own)
    whole = sum(share for _, share in own)
    return CreditRow(path.order_id, path.paid_ts, path.value, whole, touches, len(shares))


class CreditStory:
    """One cell of the attribution table: its figure, how it is made, and the orders that add up to it."""

    SHOWN = 8

    def __init__(
        self, board: Board, found: Sequence[OrderPath], by: str, key: str, model: str, column: str
    ) -> None:
        self.by, self.model, self.column = by, model, column
        answer = board.attribution(by, board.period, (model,))
        self.totals: Totals = answer.totals
        self.credit: Credit = answer.models[model].get(key, Credit(0.0, 0.0))
        self.rows = credit_rows(found, by, key, model)

    @property
    def model_name(self) -> str:
        return MODEL_NAMES[self.model]

    @property
    def share(self) -> float:
        return self.credit.value / self.totals.value if self.totals.value else 0.0

    @property
    def figure(self) -> str:
        """The figure that was clicked."""
        if self.column == "conversions":
            return f"{shared_count(self.credit.conversions)} 单"
        return pct(self.share, 1) if self.column == "share" else yuan(self.fen, full=True)

    @property
    def fen(self) -> int:
        """The credited amount, as it is written."""
        return nearest(self.credit.value)

    @property
    def formula(self) -> str:
        return FORMULAS[self.model].format(word=DIMENSIONS[self.by])

    @property
    def sum_told(self) -> str:
        """The figure with the numbers that make it, to be checked by hand."""
        value, whole = yuan(self.fen, full=True), yuan(self.totals.value, full=True)
        if self.column == "share":
            return f"{pct(self.share, 2)} = {value} ÷ {whole}"
        if self.model == "markov":
            return self._chain_told()
        orders = f"{len(self.rows):,} 单"
        if self.column == "conversions":
            return (
                f"{figure(self.credit.conversions, self.share_digits)} 单 = {orders}里它的份额相加"
            )
        return f"{value} = {orders}的成交额 × 它的份额，再相加"

    def _chain_told(self) -> str:
        if self.column == "conversions":
            whole = self.totals.conversions
            share = self.credit.conversions / whole if whole else 0.0
            told = pct(share, enough_digits([(share, 100 * whole)], 4) - 2)
            return f"{figure(self.credit.conversions, 2)} 单 = {figure(whole)} 单 × {told}"
        value, whole = yuan(self.fen, full=True), yuan(self.totals.value, full=True)
        told = pct(self.share, enough_digits([(self.share, self.totals.value)], 4) - 2)
        return f"{value} = {whole} × {told}"

    @cached_property
    def share_digits(self) -> int:
        """So many that the worth of every order that is shown times its share is what it says."""
        return enough_digits([(row.share, row.worth) for row in self.shown], 3)

    @property
    def shown(self) -> list[CreditRow]:
        return self.rows[: self.SHOWN]

    @property
    def rest(self) -> list[CreditRow]:
        return self.rows[self.SHOWN :]

    @property
    def rest_share(self) -> float:
        return written(sum(row.share for row in self.rest), self.share_digits)

    @property
    def rest_fen(self) -> int:
        return nearest(sum(row.value for row in self.rest))

    @property
    def whole_share(self) -> float:
        return written(self.credit.conversions, self.share_digits)

    @property
    def lost_share(self) -> float:
        """What the shares as they are written miss of the whole: each is rounded, and so is the whole."""
        shown = sum(written(row.share, self.share_digits) for row in self.shown)
        return written(self.whole_share - shown - self.rest_share, self.share_digits)

    @property
    def lost_fen(self) -> int:
        return self.fen - sum(row.fen for row in self.shown) - self.rest_fen
