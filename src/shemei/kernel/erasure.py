"""Who deletes what of a person outside the log: rooms register a handler, an erasure calls them all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django_scopes import scope

if TYPE_CHECKING:
    from collections.abc import Callable

    from shemei.kernel.workspace import Workspace
    from shemei.warehouse.tombstones import Erased

_handlers: dict[str, Callable[[Erased], int]] = {}


def add_erasure(name: str, handler: Callable[[Erased], int]) -> None:
    """Register what a room does: ``handler(person)`` returns how many rows it changed or deleted.

    It runs inside the workspace's scope and one transaction with all others, and is idempotent.
    """
    _handlers[name] = handler


def erase_operational(workspace: Workspace, person: Erased) -> dict[str, int]:
    """Call every room's handler for one person; returns name → rows, all or nothing."""
    with scope(workspace=workspace), transaction.atomic():
        return {name: handler(person) for name, handler in _handlers.items()}
