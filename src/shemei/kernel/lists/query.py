"""What a list's address says: search, filters, sort, page; and the addresses next to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode

from shemei.kernel.periods import period_from

if TYPE_CHECKING:
    from collections.abc import Iterable

    from shemei.kernel.lists.declared import Filter

TRANSIENT = ("page", "view", "export", "table")
PeriodParts = ("range", "from", "to")


@dataclass(frozen=True, slots=True)
class ListQuery:
    """Immutable pairs of a query string."""

    pairs: tuple[tuple[str, str], ...] = ()

    @classmethod
    def read(cls, text: str) -> ListQuery:
        return cls(tuple(parse_qsl(text, keep_blank_values=False)))

    def get(self, name: str, default: str = "") -> str:
        return next((value for key, value in self.pairs if key == name), default)

    def all(self, name: str) -> list[str]:
        return [value for key, value in self.pairs if key == name]

    def without(self, *names: str, value: str | None = None) -> ListQuery:
        def goes(key: str, held: str) -> bool:
            return key in names and (value is None or held == value)

        return ListQuery(tuple(pair for pair in self.pairs if not goes(*pair)))

    def having(self, name: str, value: str) -> ListQuery:
        return ListQuery((*self.without(name).pairs, (name, value)))

    def adding(self, name: str, value: str) -> ListQuery:
        return ListQuery((*self.pairs, (name, value)))

    @property
    def canonical(self) -> str:
        """Without page and view, in a fixed order: what a saved view keeps."""
        return urlencode(sorted(self.without(*TRANSIENT).pairs))

    @property
    def href(self) -> str:
        return f"?{urlencode(self.pairs)}"

    def only(self, names: Iterable[str]) -> ListQuery:
        kept = set(names)
        return ListQuery(tuple(pair for pair in self.pairs if pair[0] in kept))

    def page(self) -> int:
        text = self.get("page")
        return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 7 else 1


def filter_keys(declared: Filter) -> tuple[str, ...]:
    """The query keys one filter owns: a period has three."""
    if declared.kind == "period":
        return tuple(f"{declared.name}_{part}" for part in PeriodParts)
    return (declared.name,)


def filter_value(declared: Filter, query: ListQuery, allowed: Iterable[str]) -> Any:
    """The value to apply, or ``None``; values that are no choice are dropped."""
    if declared.kind == "period":
        parts = {p: query.get(f"{declared.name}_{p}") for p in PeriodParts}
        return period_from(parts) if parts["range"] or (parts["from"] and parts["to"]) else None
    known = set(allowed)
    values = [value for value in query.all(declared.name) if value in known]
    if not values:
        return None
    return values if declared.multiple else values[0]
