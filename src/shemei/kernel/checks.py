"""Checks that a text passes before the public sees it: rooms register checkers, whoever publishes asks them all.

The compliance room fills this with rule packs; until then a room may bring the little it knows itself.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from shemei.kernel.workspace import Workspace

Level = Literal["block", "warn"]


@dataclass(frozen=True, slots=True)
class Passage:
    """One piece of text and where it stands; ``place`` leads back to the field it was typed in."""

    where: str
    text: str
    place: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """What is about to be published: its texts, and what is known of it (``traits``)."""

    kind: str
    passages: Sequence[Passage]
    traits: Mapping[str, bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Finding:
    """What a checker remarks. ``block`` must be changed, ``warn`` is for a person to decide."""

    level: Level
    where: str
    word: str
    reason: str
    law: str
    offer: str
    place: str = ""

    @property
    def blocks(self) -> bool:
        return self.level == "block"


_checkers: dict[str, Callable[[Any, Document], Iterable[Finding]]] = {}


def add_check(name: str, checker: Callable[[Any, Document], Iterable[Finding]]) -> None:
    """Register ``checker(workspace, document)``; a second one of the same name takes the first one's place."""
    _checkers[name] = checker


def check(workspace: Workspace, document: Document) -> list[Finding]:
    """What all checkers remark, each remark once, what blocks first."""
    found = (one for checker in _checkers.values() for one in checker(workspace, document))
    return sorted(dict.fromkeys(found), key=lambda one: not one.blocks)
