"""One person in sixteen, kept apart so that visitors of large periods can be estimated."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shemei.warehouse.computed.tables import render

if TYPE_CHECKING:
    from collections.abc import Iterable

    from shemei.warehouse.computed.bench import Bench

ONE_IN = 16


def rebuild_sample(bench: Bench, months: Iterable[int]) -> None:
    """Compute the sample of these months (yyyymm) again, with people named as they are now."""
    for month in sorted(months):
        pairs = bench.source("pairs", month * 100, month * 100 + 31)
        bench.store("sample", str(month), render("sample", {"pairs": pairs, "one_in": ONE_IN}))
