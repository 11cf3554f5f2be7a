"""What orders leave for somebody to do: a rate for those in another currency."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shemei.apps.commerce import queries
from shemei.apps.commerce.rates import may_set_rates
from shemei.kernel.registry import Todo

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shemei.kernel.http import BrandRequest


def waiting(request: BrandRequest) -> Iterator[Todo]:
    """One line per currency that orders wait in."""
    if not may_set_rates(request.actor):
        return
    for one in queries.rates_wanted(request.workspace):
        yield Todo(
            one.sentence,
            one.url,
            "coins",
            "warn",
            "填一条汇率，会自己补进看板",
            one.count,
        )
