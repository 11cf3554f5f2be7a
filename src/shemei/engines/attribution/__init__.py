"""Multi-touch attribution: which channel earned the conversion. Exact, without seed or simulation.

Heuristics (first, last, linear, time decay, position), the absorbing Markov chain of order 1 to 3
and the Shapley value, all from the same counted paths.
"""

from __future__ import annotations

from shemei.engines.attribution.agreement import Agreement, agreement, shares
from shemei.engines.attribution.markov import RemovalEffects, TooManyStates, removal_effects
from shemei.engines.attribution.model import MODELS, Credit, PathCounts, Totals
from shemei.engines.attribution.summary import Summary, attribute, combine, credits, summarise

__all__ = [
    "MODELS",
    "Agreement",
    "Credit",
    "PathCounts",
    "RemovalEffects",
    "Summary",
    "TooManyStates",
    "Totals",
    "agreement",
    "attribute",
    "combine",
    "credits",
    "removal_effects",
    "shares",
    "summarise",
]
