"""What rooms hold of a person outside the log: they say what, hand it out, and delete it when asked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django_scopes import scope

from shemei.engines import phones
from shemei.kernel.crypto import phone_hash
from shemei.kernel.erased import remember_person

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from shemei.kernel.workspace import Workspace
    from shemei.warehouse.log.tombstones import Erased

GONE = "（已按要求删除）"


@dataclass(frozen=True, slots=True)
class Holder:
    """A room that holds something: ``erase`` returns how many rows it changed, ``tell`` what it holds."""

    erase: Callable[[Erased], int]
    tell: Callable[[Erased], list[dict[str, Any]]] | None = None
    after: str = ""


_handlers: dict[str, Holder] = {}


@dataclass(frozen=True, slots=True)
class Held:
    """What one room holds of a person, and what becomes of it when the person is erased."""

    name: str
    rows: list[dict[str, Any]]
    after: str

    @property
    def count(self) -> int:
        return len(self.rows)


def add_erasure(
    name: str,
    handler: Callable[[Erased], int],
    tell: Callable[[Erased], list[dict[str, Any]]] | None = None,
    *,
    after: str = "",
) -> None:
    """Register what a room does: ``handler(person)`` returns how many rows it changed or deleted.

    It runs inside the workspace's scope and one transaction with all others, and is idempotent.
    ``tell(person)`` returns what the room holds, for the person to read; ``after`` says in a few
    words what an erasure leaves.
    """
    _handlers[name] = Holder(handler, tell, after)


def erase_operational(workspace: Workspace, person: Erased) -> dict[str, int]:
    """Call every room's handler for one person; returns name → rows, all or nothing.

    It is remembered who was erased: a file uploaded later would bring the person back otherwise.
    """
    with scope(workspace=workspace), transaction.atomic():
        remember_person(workspace, person)
        return {name: holder.erase(person) for name, holder in _handlers.items()}


def held_of(workspace: Workspace, person: Erased) -> list[Held]:
    """What every room holds of one person; call it for a page or an export."""
    with scope(workspace=workspace):
        return [
            Held(name, holder.tell(person), holder.after)
            for name, holder in _handlers.items()
            if holder.tell
        ]


def is_named(text: str, person: Erased) -> bool:
    """Whether a free text holds the person's phone number or number as a customer."""
    return blanked(text, person) != text


def blanked(text: str, person: Erased) -> str:
    """A free text without the person's phone number and number as a customer."""

    def of_phone(found: re.Match[str]) -> str:
        return GONE if phone_hash(person.workspace, found[0]) in person.phones else found[0]

    text = phones.IN_TEXT.sub(of_phone, text) if person.phones else text
    for ref in person.customers:
        if len(ref) > 3:
            text = re.sub(rf"(?<!\w){re.escape(ref)}(?!\w)", GONE, text)
    return text


def blank_texts(rows: Iterable[Any], field: str, person: Erased) -> int:
    """Blank one text field of some rows where it names the person; returns how many rows."""
    count = 0
    for row in rows:
        before = getattr(row, field)
        after = blanked(before, person)
        if after != before:
            type(row).objects.filter(pk=row.pk).update(**{field: after[: _longest(row, field)]})
            count += 1
    return count


def _longest(row: Any, field: str) -> int | None:
    longest: int | None = row._meta.get_field(field).max_length
    return longest


def named_texts(rows: Iterable[Any], field: str, person: Erased) -> list[dict[str, Any]]:
    """The texts of some rows that name the person, with where they stand."""
    return [
        {"在": str(row), "内容": getattr(row, field)}
        for row in rows
        if is_named(getattr(row, field), person)
    ]
