"""The event log and the questions asked of it: one log, open files, no second truth. No Django.

Analysts begin with :func:`open_home`::

    from shemei.warehouse import Totals, open_home

    lake = open_home(".shemei-demo")
    lake.ask(Totals(lake.workspaces()[0], *lake.days(), ("clicks", "orders"))).to_polars()
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shemei.warehouse.analyst import HomeError, open_home
    from shemei.warehouse.attribution import attribute
    from shemei.warehouse.catalogue import METRICS, Step
    from shemei.warehouse.flows import (
        Funnel,
        LagPercents,
        Lags,
        Retention,
        ShareDepths,
        SharedPages,
    )
    from shemei.warehouse.lake import Answer, Lake
    from shemei.warehouse.questions import (
        Journey,
        Orders,
        PathTable,
        People,
        QuestionError,
        RefundParts,
        Refunds,
        Rows,
        Series,
        Totals,
        Visitors,
    )

__all__ = [
    "METRICS", "Answer", "Funnel", "HomeError", "Journey", "LagPercents", "Lags", "Lake",
    "Orders", "PathTable", "People", "QuestionError", "RefundParts", "Refunds", "Retention", "Rows", "Series", "ShareDepths", "SharedPages",
    "Step", "Totals", "Visitors", "attribute", "open_home",
]  # fmt: skip

_DOORS = {
    "analyst": ("HomeError", "open_home"),
    "attribution": ("attribute",),
    "catalogue": ("METRICS", "Step"),
    "flows": ("Funnel", "LagPercents", "Lags", "Retention", "ShareDepths", "SharedPages"),
    "lake": ("Answer", "Lake"),
    "questions": (
        "Journey", "Orders", "PathTable", "People", "QuestionError", "RefundParts", "Refunds", "Rows", "Series", "Totals", "Visitors",
    ),
}  # fmt: skip


def __getattr__(name: str) -> object:
    """Load a name at its first use: the edge imports this package and needs no database."""
    for module, names in _DOORS.items():
        if name in names:
            return getattr(import_module(f"{__name__}.{module}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
