"""Each model's error on the demo, as the table of ``docs/concepts/which-model-errs.md``: ``python -m shemei.demo.errors HOME``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from shemei.apps.insight.attribution.truth import SimulatedTruth, read_truth
from shemei.demo.people import CHANNELS
from shemei.demo.plan import DAYS
from shemei.engines.attribution import MODELS, agreement, shares
from shemei.kernel.figures import MODEL_NAMES
from shemei.kernel.periods import Period
from shemei.warehouse.attribution import attribute
from shemei.warehouse.channels import channel_name
from shemei.warehouse.home import Home
from shemei.warehouse.lake import Lake
from shemei.warehouse.vocabulary import int_day


def span_of(truth: SimulatedTruth) -> Period:
    """All days that the demo knows."""
    return Period(truth.first, truth.first.fromordinal(truth.first.toordinal() + DAYS - 1))


def credited(home: Home, truth: SimulatedTruth) -> dict[str, dict[str, float]]:
    """Model → channel → orders credited over all days, with the look-back that workspaces begin with."""
    span = span_of(truth)
    told = attribute(Lake(home), truth.workspace, int_day(span.first), int_day(span.last))
    return {
        model: {name: credit.conversions for name, credit in told.models[model].items()}
        for model in MODELS
    }


def table(home: Home, workspace: str) -> str:
    """Shares by channel under each model beside the truth, and below them each model's error."""
    truth = read_truth(home, workspace)
    if truth is None:
        raise SystemExit(f"{home.path} 里没有模拟真值。先造示例公司：shemei demo --no-serve")
    effect = truth.of(span_of(truth))
    models = credited(home, truth)
    real = shares(effect)
    given = {model: shares(row) for model, row in models.items()}
    errors = {model: agreement(row, effect) for model, row in models.items()}
    head = ["渠道", "模拟真值", *(MODEL_NAMES[model] for model in MODELS)]
    lines = [head, ["---", *["---:"] * (len(head) - 1)]]
    others = sorted({name for row in given.values() for name in row} - {*CHANNELS})
    for name in (*sorted(CHANNELS, key=lambda name: -real[name]), *others):
        row = [_signed(given[m].get(name, 0.0) - real.get(name, 0.0)) for m in MODELS]
        lines.append([channel_name(name), f"{real[name]:.1%}" if name in real else "—", *row])
    lines.append(["**分错的份额**", "—", *(f"**{errors[m].misplaced:.1%}**" for m in MODELS)])
    lines.append(["名次相关", "—", *(f"{errors[m].rank or 0.0:.2f}" for m in MODELS)])
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _signed(difference: float) -> str:
    points = f"{abs(100 * difference):.1f}"
    return points if points == "0.0" else f"{'−' if difference < 0 else '+'}{points}"


def main(place: str) -> None:
    """Print the table of every simulated brand of a home."""
    home = Home(Path(place).resolve())
    for path in sorted((home.path / "simulated").glob("*.json")):
        click.echo(table(home, path.stem))


if __name__ == "__main__":
    main(sys.argv[1])
