"""What members wrote of a person in remarks on figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from shemei.apps.insight.models import FigureNote
from shemei.kernel.erasure import blank_texts, named_texts

if TYPE_CHECKING:
    from shemei.warehouse.log.tombstones import Erased


def erase_remarks(person: Erased) -> int:
    """Take the person's number out of remarks, also removed ones; returns how many."""
    return blank_texts(FigureNote.objects.all(), "text", person)


def tell_remarks(person: Erased) -> list[dict[str, Any]]:
    return named_texts(FigureNote.objects.all(), "text", person)
