"""Which column is which field: a saved choice, a known export, exact names, then names without their units."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from shemei.kernel.imports.kinds import ImportKind, Preset

LONGEST = 120
"""No name of a column is longer; a cell that is one is text."""
_BRACKETED = re.compile(r"[(\[（【][^)\]）】]*[)\]）】]")
_SPACING = re.compile(r"[\s_\-:：*·.]+")


@lru_cache(maxsize=4096)
def normal(header: str) -> str:
    """A header without what does not matter: width, case, spaces, underscores, the star of required columns."""
    return _SPACING.sub("", unicodedata.normalize("NFKC", header[:LONGEST]).lower())


def without_unit(header: str) -> str:
    return normal(_BRACKETED.sub("", unicodedata.normalize("NFKC", header[:LONGEST])))


def fingerprint(headers: Sequence[str]) -> str:
    """The same for the same set of headers in any order."""
    return hashlib.sha256("\n".join(sorted(map(normal, headers))).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Mapping_:
    """``columns`` is field → column index; ``how`` says per field why (saved, preset, name, unit)."""

    columns: dict[str, int]
    how: dict[str, str] = field(default_factory=dict)
    preset: Preset | None = None

    def missing(self, kind: ImportKind) -> list[str]:
        return [f.label for f in kind.fields if f.required and f.key not in self.columns]


def match(
    kind: ImportKind, headers: Sequence[str], saved: Mapping[str, str] | None = None
) -> Mapping_:
    """Match headers to the fields of ``kind``; a header serves one field only, the first that claims it."""
    places: dict[str, int] = {}
    for index, header in enumerate(headers):
        places.setdefault(normal(header), index)
    bare = {without_unit(header): index for index, header in reversed(list(enumerate(headers)))}
    found = _Found()
    preset = preset_of(kind, headers)
    found.take(places, (saved or {}).items(), "saved")
    if preset:
        found.take(places, preset.columns.items(), "preset")
        found.take(bare, preset.columns.items(), "preset")
    found.take(places, _names(kind), "name")
    found.take(bare, _names(kind), "unit")
    return Mapping_(found.columns, found.how, preset)


class _Found:
    def __init__(self) -> None:
        self.columns: dict[str, int] = {}
        self.how: dict[str, str] = {}

    def take(self, places: Mapping[str, int], pairs: Iterable[tuple[str, str]], how: str) -> None:
        for key, header in pairs:
            index = places.get(normal(header))
            if key in self.columns or index is None or index in self.columns.values():
                continue
            self.columns[key], self.how[key] = index, how


def _names(kind: ImportKind) -> list[tuple[str, str]]:
    """Every field's own label first, then first synonyms, then second ones: the likelier name wins."""
    ranked = [
        (rank, place, item.key, name)
        for place, item in enumerate(kind.fields)
        for rank, name in enumerate((item.label, *item.synonyms))
    ]
    return [(key, name) for _, _, key, name in sorted(ranked, key=lambda entry: entry[:2])]


def preset_of(kind: ImportKind, headers: Sequence[str]) -> Preset | None:
    have = {normal(header) for header in headers} | {without_unit(header) for header in headers}
    fitting = [p for p in kind.presets if {normal(h) for h in p.signature} <= have]
    return max(fitting, key=lambda p: len(p.signature), default=None)


def known_headers(kinds: Iterable[ImportKind]) -> Callable[[str], bool]:
    """A test for header detection: does any of these kinds know this name?"""
    names = {normal(name) for kind in kinds for _, name in _names(kind)}
    names |= {normal(h) for kind in kinds for p in kind.presets for h in p.signature}
    return lambda header: normal(header) in names or without_unit(header) in names


def recognise(kinds: Sequence[ImportKind], headers: Sequence[str]) -> ImportKind | None:
    """The kind that fits a file best: a known export, else most fields with none required missing."""
    scored = [(_fit(kind, headers), -place, kind) for place, kind in enumerate(kinds)]
    best = max(scored, key=lambda entry: entry[:2], default=None)
    return best[2] if best and best[0] > 0 else None


def _fit(kind: ImportKind, headers: Sequence[str]) -> float:
    found = match(kind, headers)
    if found.preset:
        return 1000.0 + len(found.preset.signature)
    return float(len(found.columns)) - 3 * len(found.missing(kind))
