"""URLs of a workspace: everything a brand owns lives under ``/w/<workspace key>/``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse

if TYPE_CHECKING:
    from django.http import HttpRequest

    from shemei.kernel.workspace import Workspace


def wurl(workspace: Workspace, name: str, *args: object) -> str:
    """Reverse a room's URL name inside ``workspace``: ``wurl(ws, "tracking:link", link.key)``."""
    return reverse(name, args=(workspace.key, *args))


def holds_nul(request: HttpRequest) -> bool:
    """Whether an address holds the NUL character: no text is written with it, and PostgreSQL keeps none."""
    return "\0" in request.path_info or "%00" in request.META.get("QUERY_STRING", "")
