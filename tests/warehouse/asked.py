"""Everything a home answers, as one value: what two homes that hold the same must agree on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.warehouse.cast import BRAND, FIRST, LAST

from shemei.warehouse.attribution import attribute
from shemei.warehouse.lake import Lake
from shemei.warehouse.questions import PathTable, People, Series, Totals

if TYPE_CHECKING:
    from shemei.warehouse.home import Home


QUESTIONS = (
    Totals(BRAND, FIRST, LAST, ("clicks", "orders", "net_revenue", "visitors", "new_customers")),
    Series(BRAND, FIRST, LAST, ("visits", "spend"), by=("channel",)),
    People(BRAND, FIRST, LAST, limit=100),
    PathTable(BRAND, FIRST, LAST, untracked=True),
)


def answers(home: Home) -> list[Any]:
    lake = Lake(home)
    found: list[Any] = [sorted(map(repr, lake.ask(q).rows.to_pylist())) for q in QUESTIONS]
    credits = attribute(lake, BRAND, FIRST, LAST)
    return [*found, credits.totals, {m: _rounded(c) for m, c in credits.models.items()}]


def _rounded(credits: dict[str, Any]) -> dict[str, tuple[float, float]]:
    return {k: (round(c.conversions, 9), round(c.value, 6)) for k, c in sorted(credits.items())}
