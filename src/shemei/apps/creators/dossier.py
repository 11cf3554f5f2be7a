"""What is known of one creator, as the page shows it: each with its source and day, prices with what they were before."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from shemei.apps.creators import known
from shemei.kernel.imports.spans import in_words
from shemei.portal.numbers import figure, pct, wan, yuan

if TYPE_CHECKING:
    from datetime import date

    from shemei.apps.creators.models import Creator

_SHOW: dict[str, Any] = {
    "count": wan,
    "money": yuan,
    "ratio": lambda share: pct(share, 1),
    "score": lambda score: figure(score, 1),
}


@dataclass(frozen=True, slots=True)
class Said:
    """One value with whom it is from and since when it holds."""

    label: str
    shown: str
    source: str
    day: date
    earlier: list[Said] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Part:
    """All that is known under one head."""

    name: str
    lines: list[Said]

    @property
    def origin(self) -> Said | None:
        """One of the lines where all are of one source and day, which is then said once."""
        told = {(line.source, line.day) for line in self.lines}
        return self.lines[0] if len(told) == 1 else None

    @property
    def has_changed(self) -> bool:
        return any(line.earlier for line in self.lines)


def shown(value: Any, unit: str) -> str:
    """A range in words, a text as it is."""
    return str(value) if unit == "text" else in_words(value, _SHOW[unit])


def dossier(row: Creator) -> list[Part]:
    """Everything known, by head, the heads in their order; a head of which nothing is known is left out."""
    history = _history(row)
    parts = (
        Part(group, [_latest(item, history[item.key]) for item in known.ITEMS if item.group == group and item.key in history])
        for group in known.GROUPS
    )  # fmt: skip
    return [part for part in parts if part.lines]


def prices(row: Creator) -> list[Said]:
    return next((part.lines for part in dossier(row) if part.name == known.QUOTES), [])


def _history(row: Creator) -> dict[str, list[tuple[Any, str, date]]]:
    """Per item every change of its value, the oldest first."""
    changes: dict[str, list[tuple[Any, str, date]]] = {}
    for telling in row.tellings.standing().order_by("day", "id"):
        for key, value in telling.told.items():
            before = changes.setdefault(key, [])
            if not before or before[-1][0] != value:
                before.append((value, telling.source, telling.day))
    return {key: told for key, told in changes.items() if key in known.BY_KEY}


def _latest(item: known.Item, changes: list[tuple[Any, str, date]]) -> Said:
    *before, (value, source, day) = changes
    earlier = [Said(item.label, shown(v, item.unit), s, d) for v, s, d in reversed(before)]
    return Said(item.label, shown(value, item.unit), source, day, earlier)
