"""URLs of a workspace: everything a brand owns lives under ``/w/<workspace key>/``."""

from __future__ import annotations

from typing import Any

from django.urls import reverse


def wurl(workspace: Any, name: str, *args: object) -> str:
    """Reverse a room's URL name inside ``workspace``: ``wurl(ws, "tracking:link", link.key)``."""
    return reverse(name, args=(workspace.key, *args))
