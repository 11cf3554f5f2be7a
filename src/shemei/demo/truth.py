"""What the demo's channels really brought: its simulator run again without each of them.

"Without" means: the same people have the same luck and meet the channel as before, but it moves nobody, neither at once
nor later. The difference in orders is the channel's incremental effect, of these very people, to the order. Effects need
not add up to all orders: two channels can each have been needed for one order.
"""

from __future__ import annotations

import numpy as np

from shemei.apps.insight.attribution.truth import SimulatedTruth
from shemei.demo.people import CHANNELS, Floats, Touches, simulate
from shemei.demo.plan import DAYS, Plan


def true_effect(
    plan: Plan, touches: Touches, people: int, seed: int, until: float
) -> SimulatedTruth:
    """Orders by day with every channel, and what each channel added to them; ``touches`` is the run with all of them."""
    every = _daily(touches, until)
    effects = {
        name: tuple((every - _daily(simulate(plan, people, seed, without=name), until)).tolist())
        for name in CHANNELS
    }
    return SimulatedTruth(plan.workspace_key, plan.first, tuple(every.tolist()), effects)


def _daily(touches: Touches, until: float) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Bought touches by day, of the time before ``until``."""
    bought: Floats = touches.seconds[touches.bought & (touches.seconds < until)]
    return np.bincount((bought // 86_400).astype(np.int64), minlength=DAYS)
