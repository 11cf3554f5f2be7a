"""What happens here and matters in other rooms."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class WorkspaceChanged:
    """Settings of a brand changed; ``fields`` are model field names (``link_host``, ``name`` …)."""

    workspace: str
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MemberRemoved:
    """A membership ended at ``at`` (UTC, ISO); what the member had opened to others ends with it."""

    workspace: str
    member: str
    at: str
