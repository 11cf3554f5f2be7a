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


def shown(value: Any, unit: str) -> str:
    """A range in words, a text as it is."""
    return str(value) if unit == "text" else in_words(value, _SHOW[unit])


def dossier(row: Creator) -> list[tuple[str, list[Said]]]:
    """Everything known, by head, the heads in their order; a head of which nothing is known is left out."""
    history = _history(row)
    parts = (
        (group, [_latest(item, history[item.key]) for item in known.ITEMS if item.group == group and item.key in history])
        for group in known.GROUPS
    )  # fmt: skip
    return [(group, lines) for group, lines in parts if lines]


def prices(row: Creator) -> list[Said]:
    return dict(dossier(row)).get(known.QUOTES, [])


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
