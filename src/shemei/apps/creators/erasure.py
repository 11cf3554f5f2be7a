"""What is written of a person in notes on creators and on what was agreed with them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from shemei.apps.creators.models import Collaboration, Creator
from shemei.kernel.erasure import blank_texts, named_texts

if TYPE_CHECKING:
    from shemei.warehouse.log.tombstones import Erased


def erase_notes(person: Erased) -> int:
    """Take the person's number out of notes; returns how many notes."""
    return blank_texts(_creators(), "note", person) + blank_texts(_agreed(), "note", person)


def tell_notes(person: Erased) -> list[dict[str, Any]]:
    return named_texts(_creators(), "note", person) + named_texts(_agreed(), "note", person)


def _creators() -> Any:
    return Creator.objects.exclude(note="")


def _agreed() -> Any:
    return Collaboration.objects.exclude(note="").select_related("creator")
