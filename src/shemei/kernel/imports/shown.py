"""Values of cells as people check them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from shemei.kernel.imports.spans import in_words
from shemei.warehouse.vocabulary import SHANGHAI, date_of, from_ts

if TYPE_CHECKING:
    from collections.abc import Callable

    from shemei.kernel.imports.kinds import Field


def shown(one: Field, value: Any) -> str:
    """A value as a person checks it; ``personal`` ones show their end only."""
    if one.personal:
        return one.mask(str(value)) if one.mask else f"…{str(value)[-4:]}"
    if one.show:
        return one.show(value)
    name = one.parse.__name__
    if show := SHOWN.get(name.removesuffix("_span")):
        return in_words(value, show) if name.endswith("_span") else show(value)
    return one.words.get(str(value), str(value)[:40])


SHOWN: dict[str, Callable[[Any], str]] = {
    "count": lambda n: f"{n:,}",
    "decimal": lambda n: f"{n:,.6g}",
    "seconds": lambda n: f"{n:,.6g} 秒",
    "ratio": lambda share: f"{share:.2%}",
    "money": lambda cents: f"{cents / 100:,.2f}",
    "moment": lambda ts: from_ts(ts).astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S"),
    "day": lambda day: date_of(day).isoformat(),
}
"""By the name of its reader, how a value is shown."""
