"""The simulator's truth: what it means, that it is the same every time, and that the docs tell its very numbers."""

from __future__ import annotations

import json
from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from shemei.apps.insight.attribution.truth import WHAT, SimulatedTruth, read_truth, write_truth
from shemei.demo.build import build
from shemei.demo.errors import table
from shemei.demo.people import CHANNELS, simulate
from shemei.demo.plan import DAYS, Plan, make_plan
from shemei.demo.truth import true_effect
from shemei.kernel.periods import Period
from shemei.warehouse.vocabulary import SHANGHAI

if TYPE_CHECKING:
    from shemei.warehouse.home import Home

PEOPLE, SEED = 4_000, 11
UNTIL = (DAYS - 0.4) * 86_400.0
DOC = Path(__file__).parents[2] / "docs" / "concepts" / "which-model-errs.md"


@pytest.fixture(scope="module")
def plan() -> Plan:
    return make_plan(date(2026, 11, 24), SEED)


@pytest.fixture(scope="module")
def truth(plan: Plan) -> SimulatedTruth:
    return true_effect(plan, simulate(plan, PEOPLE, SEED), PEOPLE, SEED, UNTIL)


def test_the_effect_is_the_orders_missing_without_the_channel(
    plan: Plan, truth: SimulatedTruth
) -> None:
    def orders(without: str = "") -> int:
        touches = simulate(plan, PEOPLE, SEED, without=without)
        return int((touches.bought & (touches.seconds < UNTIL)).sum())

    everything = Period(plan.first, plan.today)
    assert sum(truth.orders) == orders() > 100
    assert truth.of(everything) == {name: orders() - orders(name) for name in CHANNELS}
    assert truth.of(everything)["wecom"] > truth.of(everything)["weibo"] > 0


def test_the_same_seed_gives_the_same_truth(plan: Plan, truth: SimulatedTruth) -> None:
    again = true_effect(plan, simulate(plan, PEOPLE, SEED), PEOPLE, SEED, UNTIL)
    assert again == truth


def test_nobody_who_never_met_the_channel_buys_otherwise_without_it(plan: Plan) -> None:
    """Common random numbers: the channel's absence touches only those who met it."""
    every, without = (simulate(plan, PEOPLE, SEED, without=name) for name in ("", "offline"))
    met = np.unique(every.person[every.channel == CHANNELS.index("offline")])

    def bought(run: object) -> list[tuple[int, float]]:
        rows = run.bought & ~np.isin(run.person, met)  # type: ignore[attr-defined]
        return sorted(zip(run.person[rows].tolist(), run.seconds[rows].tolist(), strict=True))  # type: ignore[attr-defined]

    assert bought(every) == bought(without)
    assert len(bought(every)) > 100


def test_the_file_says_what_it_is_and_comes_back_whole(home: Home, truth: SimulatedTruth) -> None:
    told = json.loads(write_truth(home, truth).read_text(encoding="utf-8"))
    assert told["what"] == WHAT and "模拟" in WHAT
    assert read_truth(home, truth.workspace) == truth
    assert read_truth(home, "another") is None


def test_a_span_without_orders_has_no_truth(truth: SimulatedTruth) -> None:
    assert truth.of(Period(date(2020, 1, 1), date(2020, 1, 31))) == {}


def test_every_document_tells_the_errors_of_the_table() -> None:
    lines = [line.strip("| ").split(" | ") for line in DOC.read_text(encoding="utf-8").splitlines()]
    names = next(line for line in lines if line[0] == "渠道")
    misplaced = next(line for line in lines if line[0] == "**分错的份额**")
    error = dict(zip(names, (cell.strip("*") for cell in misplaced), strict=True))
    told = (DOC.parents[1] / "reference" / "attribution.md").read_text(encoding="utf-8")
    said = f"是 {error['沙普利']}，马尔可夫 {error['马尔可夫']}，末次 {error['末次触达']}；"
    assert f"示例公司里它分错的份额{said}" in told


@pytest.mark.slow
@pytest.mark.django_db
def test_the_documents_tell_the_numbers_of_the_whole_company(home: Home) -> None:
    noon = datetime.combine(date(2026, 11, 24), time(12), SHANGHAI)
    built = build(home, now=noon, password="example-password", tell=lambda step: None)
    assert table(home, built.workspace) in DOC.read_text(encoding="utf-8")
